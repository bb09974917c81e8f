"""The session's rows as the lines that a board pulls: bands, rows, and what stands under them."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from noc_tui.console import bars, row_text
from noc_tui.console.row_text import Page
from noc_tui.console.session import Session
from noc_tui.incidents.ordering import BAND_NAMES, NEEDS_ACTION
from widgets.line import Line
from widgets.roles import RowState, Run
from widgets.rows import BoardLine


class BoardSource:
    """A `RowSource` over a session; `page` says what all rows of a paint share."""

    def __init__(self, session: Session, page: Callable[[], Page]) -> None:
        self._session = session
        self._board = session.board
        self._page = page
        self.painted: dict[int, int] = {}
        """The revision of each row as it was last looked at for a paint: what a verb's `expect` rests on."""

    def count(self) -> int:
        """How many lines there are."""
        return self._board.line_count()

    def key_at(self, index: int) -> int | None:
        """The number of the incident on a line."""
        return self._board.number_at(index)

    def index_of(self, key: int) -> int | None:
        """Where an incident stands."""
        return self._board.line_of(key)

    def version_at(self, index: int) -> Hashable:
        """What a line depends on."""
        number = self._board.number_at(index)
        if number is None:
            return self._heading_text(index)
        incident = self._board.rows[number]
        self.painted[number] = incident.revision
        return row_text.version_of(incident, self._session.marks(number), self._page())

    def line(self, index: int, width: int) -> BoardLine:
        """A row, a band's heading or a blank."""
        number = self._board.number_at(index)
        if number is None:
            return BoardLine(self._heading(index))
        incident = self._board.rows[number]
        line = row_text.row(incident, self._session.marks(number), self._page(), width)
        return BoardLine(line, row_text.state_of(incident))

    def foot(self, below: int, width: int) -> Line | None:
        """How many rows are below the screen, and what is hidden by the filter."""
        more = self._rows_below(below)
        hidden = bars.hidden_words(self._session)
        if not more and not hidden:
            return None
        words: list[Run] = [("   ", "muted")]
        if more:
            words.append((f"{more} more below" + ("; " if hidden else ""), "muted"))
        return [*words, *hidden]

    def _rows_below(self, below: int) -> int:
        if below >= self.count():
            return 0
        rows = 0
        for segment in self._board.segments():
            first = segment.line + segment.heading
            rows += max(0, first + segment.end - segment.start - max(below, first))
        return rows

    def _heading_text(self, index: int) -> tuple[str, int, str]:
        segment = self._board.segment_at(index)
        is_heading = index == segment.line + segment.heading - 1
        if not is_heading or segment.band < 0:
            return ("", 0, "")
        count = segment.end - segment.start
        more = ""
        if segment.band == NEEDS_ACTION and not count:
            more = bars.first_band(self._session, self._page())
        return (BAND_NAMES[segment.band], count, more)

    def _heading(self, index: int) -> Line:
        name, count, more = self._heading_text(index)
        if not name:
            return []
        needs = name == BAND_NAMES[NEEDS_ACTION]
        line: list[Run] = [("   ", "muted"), (name, "bright" if needs else "text"), (f"  {count}", "muted")]
        return [*line, (f"   {more}", "muted")] if more else line


def mark_of(session: Session) -> Callable[[int], RowState]:
    """Return the function that tells a board which rows are picked."""

    def state(number: int) -> RowState:
        return RowState.PICKED if number in session.picks else RowState.PLAIN

    return state
