"""A list of any length of which only what is on the screen is ever drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from textual import events
from textual.message import Message

from widgets.rows import RowSource
from widgets.sheet import Sheet
from widgets.viewport import ScreenRow

WHEEL: Final = 3
"""Lines for one notch of a mouse wheel."""


class Board(Sheet):
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

    # -- what the host says

    def rows_changed(self) -> None:
        """Tell that rows were added, removed, sorted or changed: the cursor keeps its row and its place."""
        was = self._view.key
        super().rows_changed()
        self._tell(was)

    def show(self, source: RowSource) -> None:
        """Show the rows of another source; the cursor stays on its row if that is among them."""
        was = self._view.key
        super().show(source)
        self._tell(was)

    # -- moves

    def move(self, rows: int) -> None:
        """Move the cursor `rows` rows down, or up when negative."""
        with self._moving():
            self._view.move(rows)

    def page(self, pages: int) -> None:
        """Turn `pages` pages down, or up when negative; one line stays in sight."""
        with self._moving():
            self._view.turn(pages * max(1, self._view.room - 1))

    def half_page(self, halves: int) -> None:
        """Turn half a page down, or up when negative, as often as told."""
        with self._moving():
            self._view.turn(halves * max(1, self._view.room // 2))

    def home(self) -> None:
        """Go to the first row."""
        with self._moving():
            self._view.home()

    def end(self) -> None:
        """Go to the last row."""
        with self._moving():
            self._view.end()

    def to_screen_row(self, place: ScreenRow) -> None:
        """Go to the highest, the middle or the lowest row in sight."""
        with self._moving():
            self._view.to_screen_row(place)

    def go_to(self, key: int) -> bool:
        """Go to the row with that key; False when there is none."""
        with self._moving():
            found = self._view.go_to(key)
        return found

    def scroll_lines(self, lines: int) -> None:
        """Scroll under the cursor, which stays on its row until the edge takes it along."""
        with self._moving():
            self._view.scroll(lines)

    def activate(self) -> None:
        """Choose the row under the cursor."""
        if self._view.key is not None:
            self.post_message(self.Activated(self, self._view.key))

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

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Repaint after a move: two lines, unless the view scrolled."""
        view = self._view
        top, row, key = view.top, view.row, view.key
        yield
        if view.top != top:
            self._compare()
        elif view.key != key:
            self._repaint([y for y in (row, view.row) if y is not None])
        self._tell(key)

    def _tell(self, was: int | None) -> None:
        if self._view.key != was:
            self.post_message(self.CursorMoved(self, self._view.key))
