"""What is due when: at most one instant for each number, the earliest at hand."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final

from noc_tui.incidents.model import Micros

_SPARE: Final = 64
"""Entries that have lost their meaning which are not worth a new heap."""


class Agenda:
    """A heap in which a change leaves its old entry behind until that comes up, or until there are too many.

    `len` counts what the heap holds: never more than twice the numbers, and a few.
    """

    def __init__(self) -> None:
        self._at: dict[int, Micros] = {}
        self._heap: list[tuple[Micros, int]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def note(self, number: int, at: Micros | None) -> None:
        """Set a number's instant without finding its place: for many at once, before `arrange`."""
        if at is not None:
            self._at[number] = at

    def arrange(self) -> None:
        """Build the heap anew from what is meant."""
        self._heap = [(at, number) for number, at in self._at.items()]
        heapq.heapify(self._heap)

    def put(self, number: int, at: Micros | None) -> None:
        """Set when a number is due, or that it is not; the same again costs nothing."""
        if self._at.get(number) == at:
            return
        if at is None:
            del self._at[number]
            return
        self._at[number] = at
        heapq.heappush(self._heap, (at, number))
        if len(self._heap) > 2 * len(self._at) + _SPARE:
            self.arrange()

    def first(self) -> tuple[Micros, int] | None:
        """Return the earliest instant and whose it is."""
        while self._heap:
            at, number = self._heap[0]
            if self._at.get(number) == at:
                return at, number
            heapq.heappop(self._heap)
        return None

    def take_due(self, now: Micros) -> Iterator[int]:
        """Yield the numbers whose instant has come, and strike them out."""
        while (first := self.first()) is not None and first[0] <= now:
            heapq.heappop(self._heap)
            del self._at[first[1]]
            yield first[1]
