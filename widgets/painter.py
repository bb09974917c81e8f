"""Rows drawn as strips, and kept for the way back."""

from collections.abc import Hashable
from typing import Final, NamedTuple

from textual.strip import Strip

from widgets.ink import Palette
from widgets.line import Line, overlay, to_strip
from widgets.roles import KEY, MARK, MUTED, TEXT, RowState, Run
from widgets.rows import RowSource
from widgets.signs import Signs

KEPT: Final = 1024
"""Rows kept; a page is some forty."""

NOWHERE: Final = -1
"""The index of a screen line that is none of the source's: beneath the last row."""


class Look(NamedTuple):
    """What decides how a screen line looks: two lines of equal look need not be drawn twice."""

    key: int | None
    version: Hashable
    state: RowState = RowState.PLAIN
    place: int = 0
    """The index of a line without a key, whose version need not tell it from another such line; else 0."""


class Painter:
    """Draws the lines of a source in the colours of a palette; keeps `KEPT` rows, the oldest goes first."""

    def __init__(self, palette: Palette, signs: Signs) -> None:
        self.palette = palette
        self.signs = signs
        self._kept: dict[tuple[Look, int], Strip] = {}

    def forget(self) -> None:
        """Keep nothing: the source is another one."""
        self._kept.clear()

    def free(self, line: Line, width: int) -> Strip:
        """Draw a line that is none of the source's."""
        return to_strip(line, self.palette, RowState.PLAIN, width)

    def row(self, source: RowSource, index: int, look: Look, width: int) -> Strip:
        """Draw the source's line at `index`, which looks as `look` says."""
        if look.key is None:
            return self._drawn(source, index, look, width)
        kept = self._kept.get((look, width))
        if kept is None:
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            kept = self._kept[look, width] = self._drawn(source, index, look, width)
        return kept

    def _drawn(self, source: RowSource, index: int, look: Look, width: int) -> Strip:
        runs, state = source.line(index, width)
        marks = self._marks(look.state)
        return to_strip(overlay(runs, *marks) if marks else runs, self.palette, state | look.state, width)

    def _marks(self, state: RowState) -> list[Run]:
        """What covers the first cells: the cursor's bar, the sign of a pick."""
        marks: list[Run] = []
        if state & RowState.CURSOR:
            marks.append((self.signs.bar, KEY))
        elif state & RowState.CURSOR_UNFOCUSED:
            marks.append((self.signs.bar, MUTED))
        if state & RowState.PICKED:
            marks = [*(marks or [(" ", TEXT)]), (self.signs.picked, MARK)]
        return marks
