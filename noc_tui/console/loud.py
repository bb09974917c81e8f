"""The loud incidents that a person does not see: a view, a filter or a folded group leaves them out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection


class LoudOutside:
    """The numbers of loud incidents (open, P1, not acknowledged) that are out of sight."""

    def __init__(self) -> None:
        self._numbers: list[int] = []

    def note(self, number: int, *, outside: bool) -> None:
        """Note of one incident whether it is loud and out of sight."""
        at = bisect_left(self._numbers, number)
        known = at < len(self._numbers) and self._numbers[at] == number
        if outside and not known:
            insort(self._numbers, number)
        elif known and not outside:
            del self._numbers[at]

    def find(self, loud: Collection[int], is_seen: Callable[[int], bool]) -> None:
        """Look at all loud incidents anew."""
        self._numbers = sorted(number for number in loud if not is_seen(number))

    @property
    def lowest(self) -> int | None:
        """The lowest of the numbers."""
        return self._numbers[0] if self._numbers else None
