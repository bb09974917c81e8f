"""What a terminal shows after the bytes that a program wrote: rows of text, the lit row, and what changed."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pyte

from tests.screens import KeepingScreen

_UPDATE: Final = 2026 << 5
"""A synchronised update, as the emulator numbers private modes: what is written in one shows when it ends."""

Row = tuple[tuple[Any, ...], ...]


class Screen:
    """A terminal of a size; `text` holds its rows as they are to be seen now."""

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = KeepingScreen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._rows: list[Row] = [()] * lines
        self.text = [" " * columns] * lines
        self._changed: set[int] = set()
        self._screen.dirty.update(range(lines))
        self._look()
        self._changed.clear()

    def feed(self, data: bytes) -> None:
        """Take bytes in."""
        self._stream.feed(data)
        if _UPDATE not in self._screen.mode:
            self._look()

    def take_changed(self) -> set[int]:
        """Return the rows of which any cell looks different since this was last asked."""
        changed, self._changed = self._changed, set()
        return changed

    @property
    def cursor(self) -> tuple[int, int]:
        """Line and column of the terminal's cursor, both from one."""
        return self._screen.cursor.y + 1, self._screen.cursor.x + 1

    def shows(self, words: str) -> bool:
        """Return whether some row has these words."""
        return any(words in row for row in self.text)

    def lit_row(self) -> int | None:
        """Return the row that alone has its background between the top bar and the last two: the cursor's."""
        grounds = {y: self._ground(y) for y in range(1, self._screen.lines - 2)}
        usual = Counter(grounds.values())
        return next((y for y, ground in grounds.items() if usual[ground] == 1), None)

    def _ground(self, y: int) -> tuple[str, bool]:
        line = self._screen.buffer[y]
        seen = Counter((line[x].bg, line[x].reverse) for x in range(4, self._screen.columns // 2, 4))
        return seen.most_common(1)[0][0]

    def _look(self) -> None:
        columns, buffer = range(self._screen.columns), self._screen.buffer
        for y in self._screen.dirty:
            if y >= self._screen.lines:
                continue
            line = buffer[y]
            row = tuple(line[x] for x in columns)
            if row != self._rows[y]:
                self._rows[y] = row
                self.text[y] = "".join(cell.data for cell in row)
                self._changed.add(y)
        self._screen.dirty.clear()
