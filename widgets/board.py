"""A list of any length of which only what is on the screen is ever drawn."""

from collections.abc import Callable, Collection, Hashable
from typing import Final

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from widgets.ink import Palette
from widgets.painter import NOWHERE, Look, Painter
from widgets.roles import RowState, Run
from widgets.rows import RowSource
from widgets.signs import UNICODE, Signs
from widgets.surface import Surface
from widgets.viewport import ScreenRow, Viewport

WHEEL: Final = 3
"""Lines for one notch of a mouse wheel."""


def no_marks(_key: int) -> RowState:
    """Say of every row that nobody did anything to it."""
    return RowState.PLAIN


class Board(Surface, can_focus=True):
    """The rows of a `RowSource`, with a cursor on one of them.

    Nothing is drawn that did not change: a step of the cursor draws two lines, a change in the source the
    lines that look different after it. The keyboard is the host's: it calls `move`, `page` and the others.
    """

    DEFAULT_CSS = """
    Board { width: 1fr; height: 1fr; }
    """

    class CursorMoved(Message):
        """The cursor is on another row, moved by a key, the mouse, or because its row is gone."""

        def __init__(self, board: "Board", key: int | None) -> None:
            super().__init__()
            self.board = board
            self.key = key

        @property
        def control(self) -> "Board":
            """The board it happened on."""
            return self.board

        def can_replace(self, message: Message) -> bool:
            """Of several moves in a row only the last one is told."""
            return isinstance(message, Board.CursorMoved) and message.board is self.board

    class Activated(Message):
        """The row under the cursor was chosen."""

        def __init__(self, board: "Board", key: int) -> None:
            super().__init__()
            self.board = board
            self.key = key

        @property
        def control(self) -> "Board":
            """The board it happened on."""
            return self.board

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

    # -- what the host says

    def rows_changed(self) -> None:
        """Tell that rows were added, removed, sorted or changed: the cursor keeps its row and its place."""
        was = self._view.key
        self._view.settle()
        self._compare()
        self._tell(was)

    def refresh_keys(self, keys: Collection[int]) -> None:
        """Tell that these rows may look different now; those in sight that do are drawn."""
        self._compare(keys)

    def show(self, source: RowSource) -> None:
        """Show the rows of another source; the cursor stays on its row if that is among them."""
        was = self._view.key
        self._view.source = source
        self._painter.forget()
        self._view.settle()
        self._redraw()
        self._tell(was)

    def repalette(self, palette: Palette, signs: Signs) -> None:
        """Draw everything in other colours and signs."""
        self._painter = Painter(palette, signs)
        self._redraw()

    # -- moves

    def move(self, rows: int) -> None:
        """Move the cursor `rows` rows down, or up when negative."""
        before = self._place()
        self._view.move(rows)
        self._moved(before)

    def page(self, pages: int) -> None:
        """Turn `pages` pages down, or up when negative; one line stays in sight."""
        before = self._place()
        self._view.turn(pages * max(1, self._view.room - 1))
        self._moved(before)

    def half_page(self, halves: int) -> None:
        """Turn half a page down, or up when negative, as often as told."""
        before = self._place()
        self._view.turn(halves * max(1, self._view.room // 2))
        self._moved(before)

    def home(self) -> None:
        """Go to the first row."""
        before = self._place()
        self._view.home()
        self._moved(before)

    def end(self) -> None:
        """Go to the last row."""
        before = self._place()
        self._view.end()
        self._moved(before)

    def to_screen_row(self, place: ScreenRow) -> None:
        """Go to the highest, the middle or the lowest row in sight."""
        before = self._place()
        self._view.to_screen_row(place)
        self._moved(before)

    def go_to(self, key: int) -> bool:
        """Go to the row with that key; False when there is none."""
        before = self._place()
        found = self._view.go_to(key)
        self._moved(before)
        return found

    def scroll_lines(self, lines: int) -> None:
        """Scroll under the cursor, which stays on its row until the edge takes it along."""
        before = self._place()
        self._view.scroll(lines)
        self._moved(before)

    def activate(self) -> None:
        """Choose the row under the cursor."""
        if self._view.key is not None:
            self.post_message(self.Activated(self, self._view.key))

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

    def on_focus(self) -> None:
        """Light the cursor's row."""
        self._compare()

    def on_blur(self) -> None:
        """Dim the cursor's row."""
        self._compare()

    def on_click(self, event: events.Click) -> None:
        """Go to the row; choose it if the cursor was there."""
        keys = self._view.keys
        key = keys[event.y] if event.y < len(keys) else None
        if key is None:
            return
        if key == self._view.key:
            self.activate()
        else:
            self.go_to(key)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by a notch of the wheel."""
        event.stop()
        self.scroll_lines(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by a notch of the wheel."""
        event.stop()
        self.scroll_lines(-WHEEL)

    # -- inside

    def _place(self) -> tuple[int, int | None, int | None]:
        return self._view.top, self._view.row, self._view.key

    def _moved(self, before: tuple[int, int | None, int | None]) -> None:
        """Repaint after a move: two lines, unless the view scrolled."""
        top, row, key = before
        view = self._view
        if view.top != top:
            self._compare()
        elif view.key != key:
            self._repaint([y for y in (row, view.row) if y is not None])
        self._tell(key)

    def _tell(self, was: int | None) -> None:
        if self._view.key != was:
            self.post_message(self.CursorMoved(self, self._view.key))

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
        return tuple(view.source.foot(view.top + len(view.keys), self._width) or ())

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
