"""Where the operator has been: the list of jumps, back and forward again."""

from __future__ import annotations

from typing import Final

MOST: Final = 50
"""Places that are remembered."""


class Visited:
    """A list of places with a finger on it."""

    def __init__(self) -> None:
        self._places: list[int] = []
        self._at = 0

    def remember(self, number: int | None) -> None:
        """Keep a place to come back to before a jump; what lay ahead is forgotten."""
        if number is None:
            return
        del self._places[self._at :]
        self._places.append(number)
        del self._places[:-MOST]
        self._at = len(self._places)

    def step(self, step: int, here: int | None) -> int | None:
        """Return the place before (-1) or after (1) in the list; None at its ends."""
        if step < 0 and self._at == len(self._places) and here is not None:
            self._places.append(here)
        at = self._at + step
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]
