"""Another process that offers alerts to a store: `python -m tests.bench.offering STORE MIX RATE SECONDS MARKS`.

RATE is in alerts a second, 0 for as fast as they are taken, in an agent's slices. It says `ready`, waits for a line,
then says of each of the MARKS `mark NAME TIME` once that alert is durable, and at the end `taken NUMBER SECONDS`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Final

from noc_tui.agent.store_thread import SLICE
from noc_tui.store.opening import Store, open_store, wall_clock
from tests.bench.reports import MIXES, mark

BATCH: Final = 0.02
"""Seconds of alerts that are offered at once."""
FASTEST: Final = 40_000
"""More alerts a second than can be taken in."""
ROOT: Final = Path(__file__).parents[2]


def main(path: str, mix: str, rate: float, seconds: float, marks: int) -> None:
    """Make the alerts, wait for the word, offer them."""
    reports = MIXES[mix](int((rate or FASTEST) * seconds), wall_clock())
    with closing(open_store(path, create=False)) as store:
        _say("ready")
        sys.stdin.readline()
        marker = _Marks(store, marks, seconds)
        began = time.monotonic()
        taken = 0
        while taken < len(reports) and (past := time.monotonic() - began) < seconds:
            due = min(len(reports), int(past * rate) if rate else taken + SLICE)
            marker.mark_if_due(past)
            if due > taken:
                store.ingest(reports[taken:due])
                taken = due
            if rate:
                time.sleep(max(0.0, BATCH - (time.monotonic() - began - past)))
        _say(f"taken {taken} {time.monotonic() - began}")


class _Marks:
    """Marks that come at uneven times, so that they meet every phase of what looks for them."""

    def __init__(self, store: Store, marks: int, seconds: float) -> None:
        chance = Random(marks)
        self._store = store
        self._dues = [(turn + chance.random()) * seconds / (marks + 1) for turn in range(marks)]
        self._done = 0

    def mark_if_due(self, past: float) -> None:
        """Offer the next mark if its time has come, and say when it was accepted."""
        if self._done < len(self._dues) and self._dues[self._done] <= past:
            report = mark(self._done, wall_clock())
            self._done += 1
            self._store.ingest([report])
            _say(f"mark {report.resource} {time.perf_counter_ns()}")


def _say(words: str) -> None:
    print(words, flush=True)


class Offering:
    """The same process, seen by who started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None  # it was asked for
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    @property
    def over(self) -> bool:
        """Whether it has offered everything."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it before its time."""
        self._process.kill()

    def told(self) -> list[list[str]]:
        """Wait for its end and return the words of each line that it said."""
        assert self._process.stdout is not None  # it was asked for
        lines = [line.split() for line in self._process.stdout]
        if self._process.wait(60):
            raise RuntimeError(f"the process that offers alerts ended with status {self._process.returncode}")
        return lines


@contextmanager
def offering(store: Path, mix: str, *, rate: float, seconds: float, marks: int = 0) -> Iterator[Offering]:
    """Start the process, wait until it is ready, and see to its end."""
    words = [sys.executable, "-m", "tests.bench.offering", str(store), mix, str(rate), str(seconds), str(marks)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # it was asked for
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the process that offers alerts did not begin")
        yield Offering(process)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
