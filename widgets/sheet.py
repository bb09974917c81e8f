"""The lines of a source, painted: what a board is apart from its keys."""

from collections.abc import Callable, Collection, Hashable

from textual import events
from textual.geometry import Offset, Region, Size
from textual.strip import Strip

from widgets.ink import Palette
from widgets.painter import NOWHERE, Look, Painter
from widgets.roles import RowState, Run
from widgets.rows import RowSource
from widgets.signs import UNICODE, Signs
from widgets.surface import Surface
from widgets.viewport import Viewport


def no_marks(_key: int) -> RowState:
    """Say of every row that nobody did anything to it."""
    return RowState.PLAIN


class Sheet(Surface, can_focus=True):
    """The part of a `RowSource` that fits the widget, its cursor's row lit.

    Each screen line remembers how it looked when it was painted; only those that look different now are painted
    again, and rows painted before come from the painter's memory.
    """

    def __init__(
        self,
        source: RowSource,
        palette: Palette,
        signs: Signs = UNICODE,
        *,
        row_state: Callable[[int], RowState] = no_marks,
        id: str | None = None,
    ) -> None:
        """Show `source`; `row_state` tells of a key whether the row is picked."""
        super().__init__(id=id)
        self.lines_rendered: int = 0
        """Lines drawn or taken from the kept ones for a paint, ever; for tests and figures."""
        self.painted_key: int | None = None
        """The row that stood under the cursor at the last paint: what a verb is meant for."""
        self.painted_version: Hashable = None
        """That row's version at that paint."""
        self._row_state = row_state
        self._view = Viewport(source)
        self._view.settle()
        self._width = 0
        self._strips: list[Strip | None] = []
        self._looks: list[Look | None] = []
        self._painter = Painter(palette, signs)

    # -- what the host asks

    @property
    def source(self) -> RowSource:
        """Where the rows come from."""
        return self._view.source

    @property
    def cursor(self) -> int | None:
        """The key of the row under the cursor; None while there is no row."""
        return self._view.key

    @property
    def cursor_row(self) -> int | None:
        """The cursor's line on the screen, from the board's top; None while it is out of sight."""
        return self._view.row

    @property
    def visible_keys(self) -> list[int]:
        """The keys of the rows on the screen, from the top."""
        return [key for key in self._view.keys if key is not None]

    @property
    def rows_shown(self) -> int:
        """How many lines from the top are the source's, and move when it scrolls."""
        return len(self._view.keys)

    # -- what the host says

    def rows_changed(self) -> None:
        """Tell that rows were added, removed, sorted or changed: the cursor keeps its row and its place."""
        self._view.settle()
        self._compare()

    def refresh_keys(self, keys: Collection[int]) -> None:
        """Tell that these rows may look different now; those in sight that do are drawn."""
        self._compare(keys)

    def show(self, source: RowSource) -> None:
        """Show the rows of another source; the cursor stays on its row if that is among them."""
        self._view.source = source
        self._painter.forget()
        self._view.settle()
        self._redraw()

    def repalette(self, palette: Palette, signs: Signs) -> None:
        """Draw everything in other colours and signs."""
        self._painter = Painter(palette, signs)
        self._redraw()

    # -- what Textual asks and says

    def lay_out(self, size: Size) -> None:
        """Fit the window to the widget."""
        self._width = size.width
        self._view.resize(size.height)
        self._strips = [None] * size.height
        self._looks = [None] * size.height

    def strip_at(self, y: int) -> Strip:
        """The strip of a screen line; drawn if it is not there yet."""
        strip = self._strips[y]
        if strip is None:
            look = self._looks[y] = self._look_at(y)
            strip = self._strips[y] = self._drawn(y, look)
            self.lines_rendered += 1
        if y == self._view.row:
            self._painted(y)
        return strip

    def on_focus(self, event: events.Focus) -> None:
        """Light the cursor's row, and that alone: what Textual does by default paints the whole widget."""
        event.prevent_default()
        self.has_focus = True
        self._compare()
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))

    def on_blur(self, event: events.Blur) -> None:
        """Dim the cursor's row, and that alone."""
        event.prevent_default()
        self.has_focus = False
        self._compare()
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))

    # -- inside

    def _compare(self, keys: Collection[int] | None = None) -> None:
        """Repaint the lines that look different now; of those with a key, only `keys` if given."""
        shown = self._view.keys
        lines = range(len(self._strips))
        if keys is not None:
            lines_of_keys = [y for y, key in enumerate(shown) if key in keys]
            self._repaint([y for y in lines_of_keys if self._look_at(y) != self._looks[y]])
        else:
            self._repaint([y for y in lines if self._look_at(y) != self._looks[y]])

    def _repaint(self, lines: Collection[int]) -> None:
        for y in lines:
            self._strips[y] = None
        if len(lines) > len(self._strips) // 2:
            self.refresh(Region(0, 0, self._width, len(self._strips)))
        elif lines:
            self.refresh(*[Region(0, y, self._width, 1) for y in lines])

    def _redraw(self) -> None:
        self._strips = [None] * len(self._strips)
        self.refresh()

    def _look_at(self, y: int) -> Look:
        view = self._view
        if y >= len(view.keys):
            return Look(None, (self._foot() or None) if y == self._foot_line() else None, place=NOWHERE)
        key, index = view.keys[y], view.top + y
        version = view.source.version_at(index)
        if key is None:
            return Look(None, version, place=index)
        state = self._row_state(key)
        if key == view.key:
            state |= RowState.CURSOR if self.has_focus else RowState.CURSOR_UNFOCUSED
        return Look(key, version, state)

    def _foot_line(self) -> int:
        """Under the last row and one blank, or on the last line."""
        return min(len(self._view.keys) + 1, len(self._strips) - 1)

    def _foot(self) -> tuple[Run, ...]:
        view = self._view
        return tuple(view.source.foot(view.top, view.top + len(view.keys), self._width) or ())

    def _drawn(self, y: int, look: Look) -> Strip:
        view = self._view
        if look.place == NOWHERE:
            return self._painter.free(self._foot() if look.version is not None else (), self._width)
        return self._painter.row(view.source, view.top + y, look, self._width)

    def _painted(self, y: int) -> None:
        """Remember what is under the cursor; a screen reader follows the terminal's own cursor to it."""
        look = self._looks[y]
        if look is not None:
            self.painted_key, self.painted_version = look.key, look.version
        if self.has_focus:
            self.app.cursor_position = self.region.offset + Offset(0, y)
