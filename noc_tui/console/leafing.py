"""A cursor in a list of entries that take different numbers of lines, and the part of them that is in view.

Only the entries in view are ever asked for their lines: ten thousand cost what ten do.
"""

from __future__ import annotations

from collections.abc import Callable

from widgets.line import Line

LinesOf = Callable[[int], list[Line]]
"""Returns the lines of an entry by its place."""


class Leaf:
    """Where one is in a list: the entry `at`, and the entry and the line of it that stand at the `top` of the view."""

    def __init__(self) -> None:
        self.at = 0
        self.top = 0
        self._skip = 0
        """Lines of the top entry that are above the view: an entry may be taller than the screen."""
        self._height = self._shown = 1
        self._tall = 0

    def move(self, what: str, count: int, entries: int) -> None:
        """Move the cursor by a word of the table of keys; an entry that goes on below is read to its end first."""
        page = max(1, self._shown - 1)
        half = max(1, page // 2)
        steps = {"down": 1, "up": -1, "page_down": page, "page_up": -page, "half_down": half, "half_up": -half}
        step = steps.get(what, 0) * count
        if what in ("first", "last"):
            self.at = 0 if what == "first" else entries - 1
        elif abs(step) == 1 and self._goes_on(step):
            self._skip += step
        else:
            self.at += step
        self.at = max(0, min(entries - 1, self.at))

    def shift(self, by: int) -> None:
        """Entries were put in before the first one, or taken away there (`by` below zero)."""
        self.at, self.top = max(0, self.at + by), max(0, self.top + by)

    def view(self, entries: int, height: int, lines_of: LinesOf) -> list[tuple[int, list[Line]]]:
        """Return the entries in view with their lines, the cursor's among them, cut to the height."""
        self.at = max(0, min(self.at, entries - 1))
        self._hold(height, lines_of)
        shown: list[tuple[int, list[Line]]] = []
        room = height
        for index in range(self.top, entries):
            lines = lines_of(index)[self._skip if index == self.top else 0 :]
            shown.append((index, lines[:room]))
            room -= len(lines)
            if room <= 0:
                break
        if room > 0 and shown:
            self._fill(shown, room, lines_of)
        self._height, self._shown = height, max(1, len(shown))
        self._tall = len(lines_of(self.at)) if shown else 0
        return shown

    def _hold(self, height: int, lines_of: LinesOf) -> None:
        """Move the top as little as brings the cursor's entry into view."""
        if self.at <= self.top:
            if self.at < self.top or len(lines_of(self.at)) <= height:
                self._skip = 0
            self.top = self.at
            return
        used = 0
        for index in range(self.at, self.top, -1):
            used += len(lines_of(index))
            if used >= height:
                self.top, self._skip = index, used - height if index < self.at else 0
                return
        above = len(lines_of(self.top)) - self._skip
        self._skip += max(0, used + above - height)

    def _fill(self, shown: list[tuple[int, list[Line]]], room: int, lines_of: LinesOf) -> None:
        """Show more above where the list ends before the view does."""
        if self._skip:
            whole = lines_of(self.top)
            taken = min(self._skip, room)
            self._skip -= taken
            room -= taken
            shown[0] = (self.top, whole[self._skip :])
        while room > 0 and self.top > 0:
            self.top -= 1
            whole = lines_of(self.top)
            self._skip = max(0, len(whole) - room)
            shown.insert(0, (self.top, whole[self._skip :]))
            room -= len(whole)

    def _goes_on(self, step: int) -> bool:
        """Whether the cursor's entry has lines out of view where a step leads."""
        if self.top != self.at:
            return False
        return self._skip > 0 if step < 0 else self._tall - self._skip > self._height
