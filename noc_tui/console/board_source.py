"""The session's rows as the lines that a board pulls: bands, rows, and what stands under them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable
from typing import Final

from noc_tui.console import bars, row_text
from noc_tui.console.figures import counted
from noc_tui.console.row_text import GroupHead, Page
from noc_tui.console.session import Session
from noc_tui.incidents.ordering import BAND_NAMES, NEEDS_ACTION
from widgets.line import Line
from widgets.roles import RowState, Run
from widgets.rows import BoardLine

_BANDS: Final = frozenset(BAND_NAMES.values())
_SPARE: Final = 256
"""Rows that left the board whose painted revision is not worth forgetting."""
_LOOKED_AT: Final = 2_000
"""Lines above the screen that are looked through for new P1s where the order does not gather them."""


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
        return self._board.lines.layout.count

    def key_at(self, index: int) -> int | None:
        """The number of the incident on a line, or the key of a group's head."""
        return self._board.lines.key_at(index)

    def index_of(self, key: int) -> int | None:
        """Where an incident stands."""
        return self._board.lines.line_of(key)

    def version_at(self, index: int) -> Hashable:
        """What a line depends on."""
        number = self._board.lines.number_at(index)
        if number is None:
            return self._group(index) or self._heading_text(index)
        incident = self._board.rows[number]
        self._note_painted(number, incident.revision)
        return row_text.version_of(incident, self._session.marks(number), self._page())

    def _note_painted(self, number: int, revision: int) -> None:
        self.painted[number] = revision
        rows = self._board.rows
        if len(self.painted) > _SPARE + 2 * len(rows):  # half of them at least have left the board
            self.painted = {number: revision for number, revision in self.painted.items() if number in rows}

    def line(self, index: int, width: int) -> BoardLine:
        """A row, a band's heading or a blank."""
        number = self._board.lines.number_at(index)
        if number is None:
            group = self._group(index)
            return BoardLine(row_text.group_head(group, self._page()) if group else self._heading(index))
        incident = self._board.rows[number]
        line = row_text.row(incident, self._session.marks(number), self._page(), width)
        return BoardLine(line, row_text.state_of(incident))

    def foot(self, above: int, below: int, width: int) -> Line | None:
        """What is out of sight: new P1s above the screen first, rows above and below it, what the filter hides."""
        higher, lower = self._standing(0, above), self._standing(below, self.count())
        hidden = bars.hidden_words(self._session)
        parts: list[list[Run]] = []
        if not self._board.selection.in_bands and (nothing := bars.nothing_words(self._session)):
            parts.append([(nothing, "text")])
        if higher:
            parts.append(self._above(higher, above))
        if lower:
            parts.append([(f"{lower} below", "muted")])
        if hidden:
            parts.append(hidden)
        words: list[Run] = [("   ", "muted")]
        for part in parts:
            words += [("; ", "muted"), *part] if len(words) > 1 else part
        return words if parts else None

    def _above(self, what: str, above: int) -> list[Run]:
        p1 = self._new_p1_in(above)
        if not p1:
            return [(f"{what} above", "muted")]
        first = self._session.keys.keys_of(action="first")
        return [(f"{what} above: ", "muted"), (f"{p1} new P1", "bright"), ("  ", "muted"), (first, "key")]

    def _standing(self, first: int, end: int) -> str:
        """How many rows, and heads of groups, stand on the lines from `first` on and before `end`; empty if none."""
        layout = self._board.lines.layout
        rows = layout.rows_before(end) - layout.rows_before(first)
        heads = layout.heads_before(end) - layout.heads_before(first)
        count = counted(rows, calm=self._page().calm)
        said = [f"{count} more" if first else f"{count} rows" if heads else count] if rows else []
        return " and ".join([*said, f"{heads} group{'s' if heads > 1 else ''}"] if heads else said)

    def _new_p1_in(self, above: int) -> int:
        """How many P1s that nobody has acknowledged stand before a line; in the default order they stand first."""
        unacked = self._session.board.shown.unacked[1]
        if not unacked:
            return 0
        if not self._board.selection.in_bands:
            return sum(self._is_new_p1(line) for line in range(min(above, _LOOKED_AT)))
        top = self._board.lines.layout.segments[0].heading
        return min(unacked, bisect_left(range(top, above), True, key=lambda line: not self._is_new_p1(line)))

    def _is_new_p1(self, line: int) -> bool:
        number = self._board.lines.number_at(line)
        row = self._board.rows.get(number) if number is not None else None
        return row is not None and row.attention and row.priority == 1

    def _group(self, index: int) -> GroupHead | None:
        """The head of a group, if one stands on this line."""
        name = self._board.lines.head_at(index)
        if name is None:
            return None
        groups = self._board.selection.groups
        by = groups.by if groups is not None else ""
        return GroupHead(by, name, self._board.lines.figures(name), folded=name in self._board.lines.folds)

    def _heading_text(self, index: int) -> tuple[str, str, str]:
        segment = self._board.lines.layout.at_line(index)
        is_heading = index == segment.line + segment.heading - 1
        if not is_heading or segment.band < 0:
            return ("", "", "")
        count = segment.end - segment.start
        more = ""
        if segment.band == NEEDS_ACTION and not count:
            nothing = bars.nothing_words(self._session)
            if nothing:
                return (nothing, "", "")
            more = bars.first_band(self._session, self._page())
        calm = self._page().calm and segment.band != NEEDS_ACTION  # what needs somebody is counted on
        return (BAND_NAMES[segment.band], counted(count, calm=calm), more)

    def _heading(self, index: int) -> Line:
        name, count, more = self._heading_text(index)
        if not name:
            return []
        if name not in _BANDS:
            return [("   ", "muted"), (name, "text")]
        needs = name == BAND_NAMES[NEEDS_ACTION]
        line: list[Run] = [("   ", "muted"), (name, "bright" if needs else "text"), (f"  {count}", "muted")]
        return [*line, (f"   {more}", "muted")] if more else line


def mark_of(session: Session) -> Callable[[int], RowState]:
    """Return the function that tells a board which rows are picked."""

    def state(number: int) -> RowState:
        return RowState.PICKED if number in session.picks else RowState.PLAIN

    return state
