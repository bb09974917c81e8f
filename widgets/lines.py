"""A few fixed lines of a screen: bars, heads, panes, strips of keys, a help sheet."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from textual.geometry import Region, Size
from textual.strip import Strip

from widgets.changed import changed_cells
from widgets.ink import Palette
from widgets.line import Line, to_strip
from widgets.roles import RowState
from widgets.surface import Surface

_NO_STATES: Final[Mapping[int, RowState]] = MappingProxyType({})


def _line(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else ()


class Lines(Surface):
    """Lines given whole, of which only those that changed are painted.

    The lines beyond the widget's height are not shown; missing ones are blank.
    """

    DEFAULT_CSS = """
    Lines { width: 1fr; height: 1; }
    """

    def __init__(
        self,
        palette: Palette,
        state: RowState = RowState.PLAIN,
        *,
        height: int | None = None,
        id: str | None = None,
    ) -> None:
        """Stand on the ground of `state` (RAISED for a bar); `height` in lines, where no style sheet says."""
        super().__init__(id=id)
        self.palette = palette
        self.state = state
        if height is not None:
            self.styles.height = height
        self.lines_rendered: int = 0
        """Lines drawn, ever; for tests and figures."""
        self._lines: tuple[Line, ...] = ()
        self._states = _NO_STATES
        self._strips: list[Strip | None] = []
        self._width = 0

    @property
    def shown(self) -> Sequence[Line]:
        """What was given last."""
        return self._lines

    def show(self, lines: Sequence[Line], states: Mapping[int, RowState] = _NO_STATES) -> None:
        """Show these lines, from the top; `states` for the ones that stand on another ground."""
        new = tuple(tuple(line) for line in lines)
        old, was = self._lines, self._states
        self._lines, self._states = new, states
        if self.framed:
            self._show_lines(old, was)
            return
        regions: list[Region] = []
        for y in range(len(self._strips)):
            before, after = _line(old, y), _line(new, y)
            if states.get(y) != was.get(y):
                begin, end = 0, self._width
            elif before == after:
                continue
            else:
                begin, end = changed_cells(before, after, self._width)
            if end > begin:
                self._strips[y] = None
                regions.append(Region(begin, y, end - begin, 1))
        if regions:
            self.refresh(*regions)

    def _show_lines(self, old: Sequence[Line], was: Mapping[int, RowState]) -> None:
        """Paint the lines that differ: which of their cells do, the screen finds itself."""
        new, states = self._lines, self._states
        changed = [y for y in range(len(self._strips)) if _line(old, y) != _line(new, y) or states.get(y) != was.get(y)]
        if changed:
            for y in changed:
                self._strips[y] = None
            first = changed[0]
            self.refresh(Region(0, first, self._width, changed[-1] + 1 - first))

    def repalette(self, palette: Palette) -> None:
        """Draw everything in other colours."""
        self.palette = palette
        self._strips = [None] * len(self._strips)
        self.refresh()

    def lay_out(self, size: Size) -> None:
        """Draw everything for another size."""
        self._width = size.width
        self._strips = [None] * size.height

    def strip_at(self, y: int) -> Strip:
        """The strip of a line; drawn if it is not there yet."""
        strip = self._strips[y]
        if strip is None:
            line = self._lines[y] if y < len(self._lines) else ()
            state = self._states.get(y, self.state)
            strip = self._strips[y] = to_strip(line, self.palette, state, self._width)
            self.lines_rendered += 1
        return strip
