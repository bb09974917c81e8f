"""Numbers in the order of their keys, kept by bisection."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Final

from noc_tui.console.arranging import Key

_ONE_BY_ONE: Final = 64
_PART: Final = 400
"""Up to so many changes, or this part of all, are placed one by one; more at once by a merge, which costs one pass."""


class Order:
    """Sorted keys, and the key of each number. Both may be read, and are changed by `place` alone."""

    __slots__ = ("keys", "of")

    def __init__(self, of: dict[int, Key], keys: list[Key]) -> None:
        """Take the key of each number, and the same keys sorted already.

        Passes over all rows go by `of`: it is nearly in the order of the numbers, as rows lie in memory, which is many
        times faster than to meet them in the order of their keys.
        """
        self.of = of
        self.keys = keys

    def place(self, changes: Mapping[int, Key | None]) -> bool:
        """Give numbers other keys, or none; says whether anything moved."""
        known = self.of
        moved = {number: key for number, key in changes.items() if known.get(number) != key}
        if not moved:
            return False
        if len(moved) > _ONE_BY_ONE + len(self.keys) // _PART:
            self._merge(moved)
        else:
            for number, key in moved.items():
                self._move(number, key)
        return True

    def _move(self, number: int, key: Key | None) -> None:
        old = self.of.pop(number, None)
        if old is not None:
            del self.keys[bisect_left(self.keys, old)]
        if key is not None:
            insort(self.keys, key)
            self.of[number] = key

    def _merge(self, moved: Mapping[int, Key | None]) -> None:
        self.keys[:] = [key for key in self.keys if key[-1] not in moved]
        self.keys += sorted(key for key in moved.values() if key is not None)
        self.keys.sort()  # two runs in order: one merge
        for number, key in moved.items():
            if key is None:
                self.of.pop(number, None)
            else:
                self.of[number] = key

    def index(self, number: int) -> int | None:
        """Return how many stand before a number; None if it is not here."""
        key = self.of.get(number)
        return None if key is None else bisect_left(self.keys, key)
