"""What a board asks of whoever has the rows."""

from collections.abc import Hashable
from typing import NamedTuple, Protocol

from widgets.line import Line
from widgets.roles import RowState


class BoardLine(NamedTuple):
    """One line of a board: its runs, laid out from column 0, and what kind of row it is.

    Column 0 is left blank for the cursor's bar; what stands in column 1 is covered while the row is picked.
    """

    runs: Line
    state: RowState = RowState.PLAIN
    """PLAIN or ALARM: what the data makes of the row. The cursor and the picks come on top."""


class RowSource(Protocol):
    """The lines of a board, in order: rows with a key, and between them headings and blanks without one.

    All answers come from memory. A source may change at any time between two calls of the event loop, and
    then says so by `Board.rows_changed` or `Board.refresh_keys` before it returns to the loop.
    """

    def count(self) -> int:
        """How many lines there are."""

    def line(self, index: int, width: int) -> BoardLine:
        """The line at `index`, laid out for `width` cells; asked for visible lines only."""

    def key_at(self, index: int) -> int | None:
        """The key of the row at `index`; None for a heading or a blank, which the cursor passes over."""

    def index_of(self, key: int) -> int | None:
        """Where the row with that key stands now; None when it is not among the lines."""

    def version_at(self, index: int) -> Hashable:
        """A token that differs whenever the line would look different, its clocks included."""

    def foot(self, above: int, below: int, width: int) -> Line | None:
        """What stands under the rows, when lines before index `above` and from `below` on are out of sight.

        None for nothing. `above` is 0 and `below` equals `count()` when all fit. Asked with a width of 0 to know
        whether there is anything then.
        """
