"""Virtual time: what is to happen, in the order of its moment, and of being planned where the moment is the same."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Deed = Callable[[], None]


class Clockwork:
    """The scheduler of a run; `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Deed]] = []
        self._planned = 0

    def after(self, delay: float, deed: Deed) -> None:
        """Plan something for later."""
        self.at(self.now + delay, deed)

    def at(self, time: float, deed: Deed) -> None:
        """Plan something for a time; of two at the same time the one planned first comes first."""
        self._planned += 1
        heapq.heappush(self._coming, (time, self._planned, deed))

    def run(self, until: float) -> None:
        """Let time pass, and everything happen that is planned before `until`."""
        while self._coming and self._coming[0][0] <= until:
            self.now, _, deed = heapq.heappop(self._coming)
            deed()
        self.now = max(self.now, until)
