"""Counters of alerts in memory, written behind: repeats and toggles never wait for a disk (DESIGN.md 8.14).

A repeat moves a counter here; what moved is written to the live file in slices between the batches, so a power cut
loses at most `OVERDUE` of counts, never an alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import SECOND, Micros

OVERDUE: Final = 4 * SECOND
"""How long a changed counter may wait to be written."""
SLICE: Final = 500
"""Counters written at once between two batches."""
KEPT: Final = 50_000
"""Unchanged counters kept in memory; beyond, the ones read first are dropped."""


class CounterFile(Protocol):
    """Where counters are kept: the live file."""

    def counters(self, refs: Iterable[str]) -> dict[str, Counter]:
        """Return the counters of those of `refs` that have one."""

    def put_counters(self, counters: Mapping[str, Counter]) -> None:
        """Keep counters, last value wins."""


class CounterBook:
    """The counters that this process has seen or moved, for one thread at a time."""

    def __init__(self, file: CounterFile) -> None:
        self._file = file
        self._known: dict[str, Counter] = {}
        self._moved: dict[str, Counter] = {}
        self._oldest: Micros | None = None

    def __len__(self) -> int:
        return len(self._known) + len(self._moved)

    def counter(self, ref: str, along: Sequence[str] = ()) -> Counter:
        """Return an alert's counter; if it has to be read, those of the alerts `along` are read in the same go."""
        found = self._moved.get(ref) or self._known.get(ref)
        if found is None:
            self._read((*along, ref))
            found = self._known[ref]
        return found

    def move(self, counters: Mapping[str, Counter], now: Micros) -> None:
        """Take the counters that a committed batch has moved."""
        if counters and self._oldest is None:
            self._oldest = now
        self._moved.update(counters)

    def write_overdue(self, now: Micros) -> None:
        """Write a slice of what has moved if the oldest of it has waited long enough."""
        if self._oldest is not None and now - self._oldest >= OVERDUE:
            self._write(SLICE)

    def write_all(self) -> None:
        """Write all that has moved."""
        self._write(len(self._moved))

    def _read(self, refs: Iterable[str]) -> None:
        missing = {ref for ref in refs if ref not in self._moved and ref not in self._known}
        while len(self._known) + len(missing) > KEPT and self._known:
            del self._known[next(iter(self._known))]
        found = self._file.counters(missing)
        for ref in missing:
            self._known[ref] = found.get(ref, _NONE)

    def _write(self, most: int) -> None:
        part = dict(islice(self._moved.items(), most))
        if part:
            self._file.put_counters(part)
        for ref in part:
            del self._moved[ref]
        self._known.update(part)
        if not self._moved:
            self._oldest = None


_NONE: Final = Counter()
