"""What is due when: at most one instant for each number, the earliest at hand."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final

from noc_tui.incidents.model import MINUTE, Micros

_SPARE: Final = 64
"""Entries that have lost their meaning which are not worth a new heap."""
_NEAR: Final = 10 * MINUTE
"""So far ahead of the earliest instant the heap reaches: what is due later costs no entry until its time is near."""


class Agenda:
    """A heap of what is due soon, in which a change leaves its old entry behind until that comes up, or until there are
    too many.

    `len` counts what the heap holds: never more than twice the numbers, and a few.
    """

    def __init__(self) -> None:
        self._at: dict[int, Micros] = {}
        self._heap: list[tuple[Micros, int]] = []
        self._until: Micros = 0
        """What is due before this is in the heap."""

    def __len__(self) -> int:
        return len(self._heap)

    def note(self, number: int, at: Micros | None) -> None:
        """Set a number's instant without finding its place: for many at once, before `arrange`."""
        if at is not None:
            self._at[number] = at

    def arrange(self) -> None:
        """Build the heap anew from what is meant, as far as it is near: one pass, once in ten minutes at most."""
        self._until = min(self._at.values(), default=0) + _NEAR
        self._heap = [(at, number) for number, at in self._at.items() if at < self._until]
        heapq.heapify(self._heap)

    def put(self, number: int, at: Micros | None) -> None:
        """Set when a number is due, or that it is not; the same again costs nothing."""
        if self._at.get(number) == at:
            return
        if at is None:
            del self._at[number]
            return
        self._at[number] = at
        if at < self._until:
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
        if not self._at:
            return None
        self.arrange()
        return self._heap[0]

    def take_due(self, now: Micros) -> Iterator[int]:
        """Yield the numbers whose instant has come, and strike them out."""
        while (first := self.first()) is not None and first[0] <= now:
            heapq.heappop(self._heap)
            del self._at[first[1]]
            yield first[1]
