"""Which lines of a long list are on the screen, and which row the cursor is on. No Textual in it.

The cursor is bound to a key, never to a place: when rows are added, removed or sorted, it stays on its row,
and that row stays on its line of the screen.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from widgets.rows import RowSource

ScreenRow: TypeAlias = Literal["H", "M", "L"]
"""The highest, the middle and the lowest row in sight, as in vi."""


class Viewport:
    """A window of `height` lines on a source, and a cursor on one of the source's rows."""

    def __init__(self, source: RowSource) -> None:
        self.source = source
        self.height = 0
        self.room = 0
        """Lines for rows: all of the height, less one when something stands under the rows."""
        self.top = 0
        """Index of the first line shown."""
        self.key: int | None = None
        """The row under the cursor; None while there is no row at all."""
        self.index = 0
        """Where that row stands."""
        self.keys: Sequence[int | None] = ()
        """The keys of the lines shown, from the top."""

    @property
    def row(self) -> int | None:
        """The screen line of the cursor; None while it is out of sight."""
        row = self.index - self.top
        return row if self.key is not None and 0 <= row < self.room else None

    # -- changes from outside

    def resize(self, height: int) -> None:
        """Give the window another height; the cursor's row stays in sight."""
        self.height = max(0, height)
        self.settle()

    def settle(self) -> None:
        """Find one's place again after the source changed: see the module's docstring.

        When the cursor's row is gone, the lines around it keep their places and the cursor takes the row
        nearest to where it was on the screen.
        """
        row, key = self.index - self.top, self.key
        in_sight = 0 <= row < self.room
        index = None if key is None else self.source.index_of(key)
        anchor = None if index is not None and in_sight else self._anchor(row if in_sight else 0)
        self._measure()
        if index is not None and in_sight:
            self._scroll_to(index - row)
        elif anchor is not None:
            self._scroll_to(anchor)
        else:
            self._scroll_to(self.top)
        if index is None:
            index = self._nearest(self.top + row if in_sight else self.top)
        self._put(index)
        self._reveal()
        self._look()

    def _anchor(self, row: int) -> int | None:
        """The top that leaves a line still known where it is: the one nearest above `row`, else below it."""
        order: list[int] = [*range(min(row, len(self.keys)) - 1, -1, -1), *range(row, len(self.keys))]
        for at in order:
            key = self.keys[at]
            if key is not None and (index := self.source.index_of(key)) is not None:
                return index - at
        return None

    # -- moves of the cursor

    def move(self, rows: int) -> None:
        """Go `rows` rows down, or up when negative; stops at the ends."""
        if self.key is None:
            return
        step = 1 if rows > 0 else -1
        index = self.index
        for _ in range(abs(rows)):
            following = self._seek(index + step, step)
            if following is None:
                break
            index = following
        self._put(index)
        self._show()

    def turn(self, lines: int) -> None:
        """Scroll by `lines`, the cursor staying on its screen line; at an end it goes to the last row."""
        row = min(max(0, self.index - self.top), max(0, self.room - 1))
        top = self.top
        self._scroll_to(top + lines)
        target = self.top + row if self.top != top else self.index + lines
        self._put(self._nearest(min(max(target, 0), self.source.count() - 1), 1 if lines > 0 else -1))
        self._show()
        self._look()

    def scroll(self, lines: int) -> None:
        """Scroll by `lines` under a cursor that stays on its row until the edge takes it along."""
        self._scroll_to(self.top + lines)
        last = min(self.top + self.room, self.source.count()) - 1
        inside = min(max(self.index, self.top), last)
        if inside != self.index:
            self._put(self._nearest(inside, 1 if lines > 0 else -1))
            self._reveal()
        self._look()

    def home(self) -> None:
        """Go to the first row, with the headings above it."""
        self._put(self._seek(0, 1))
        self._scroll_to(0)
        self._reveal()
        self._look()

    def end(self) -> None:
        """Go to the last row, and show what follows it."""
        count = self.source.count()
        self._put(self._seek(count - 1, -1))
        self._scroll_to(count)
        self._reveal()
        self._look()

    def to_screen_row(self, place: ScreenRow) -> None:
        """Go to the highest, the middle or the lowest row shown."""
        shown = min(self.room, self.source.count() - self.top)
        at = {"H": 0, "M": (shown - 1) // 2, "L": shown - 1}[place]
        self._put(self._nearest(self.top + at, -1 if place == "L" else 1))
        self._show()

    def go_to(self, key: int) -> bool:
        """Go to a row by its key, in the middle of the window if it was out of sight; False if unknown."""
        index = self.source.index_of(key)
        if index is None:
            return False
        self._put(index)
        if not self.top <= index < self.top + self.room:
            self._scroll_to(index - self.room // 2)
            self._look()
        return True

    # -- inside

    def _measure(self) -> None:
        count = self.source.count()
        footless = count <= self.height and self.source.foot(0, count, 0) is None
        self.room = self.height if footless else max(0, self.height - 1)

    def _put(self, index: int | None) -> None:
        self.key = None if index is None else self.source.key_at(index)
        self.index = index if index is not None else 0

    def _seek(self, index: int, step: int) -> int | None:
        """The first row at or after `index` in the direction of `step`."""
        count = self.source.count()
        key_at = self.source.key_at
        while 0 <= index < count:
            if key_at(index) is not None:
                return index
            index += step
        return None

    def _nearest(self, index: int, step: int = 1) -> int | None:
        """The row at `index`, else the next one in the direction of `step`, else in the other."""
        index = min(max(index, 0), max(0, self.source.count() - 1))
        found = self._seek(index, step)
        return found if found is not None else self._seek(index, -step)

    def _scroll_to(self, top: int) -> None:
        self.top = min(max(0, top), max(0, self.source.count() - self.room))

    def _show(self) -> None:
        top = self.top
        self._reveal()
        if self.top != top:
            self._look()

    def _reveal(self) -> None:
        """Scroll as little as brings the cursor's row into sight, upwards with the headings above it."""
        if self.key is None or not self.room:
            return
        if self.index >= self.top + self.room:
            self._scroll_to(self.index - self.room + 1)
        elif self.index < self.top:
            first = self.index
            while first and self.source.key_at(first - 1) is None and self.index - first < self.room - 1:
                first -= 1
            self._scroll_to(first)

    def _look(self) -> None:
        last = min(self.top + self.room, self.source.count())
        key_at = self.source.key_at
        self.keys = [key_at(index) for index in range(self.top, last)]
