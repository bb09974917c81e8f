"""How long a test of a fault goes on, and by what chance: set by the run, the same for one (`--seed`, `--minutes`)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random


class Budget:
    """The seed of the run, and the minutes that its long tests may take, each."""

    def __init__(self, seed: int, minutes: float) -> None:
        self._seed = seed
        self._minutes = minutes

    def chance(self, name: str) -> Random:
        """Return the chance of one test, the same in each run of the same seed."""
        return Random(f"{name} {self._seed}")

    def seconds(self, most: int) -> int:
        """Return how many seconds something may go on that would for `most`."""
        return min(most, int(60 * self._minutes))

    def turns(self, most: int) -> Iterator[int]:
        """Yield the numbers of the turns until there were `most` or the time is over; tell how many there were."""
        until = time.monotonic() + 60 * self._minutes
        done = 0
        for turn in range(most):
            if turn and time.monotonic() >= until:
                break
            yield turn
            done = turn + 1
        print(f"{done} of {most} turns, seed {self._seed}")
