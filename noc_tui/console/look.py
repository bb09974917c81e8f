"""How the board is looked at: through which view, and with which filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from noc_tui.console.board_model import BoardModel
from noc_tui.console.selection import Predicate
from noc_tui.console.views import DEFAULT, View
from noc_tui.incidents.model import SECOND, Incident, Micros
from noc_tui.incidents.query import Compiled, QueryContext, QueryError, compile_query

ASK_AGAIN: Final = 10 * SECOND
"""How often a filter is asked anew whose answer changes with time alone."""


_SORTS: Final = {
    "p": "priority",
    "age": "age",
    "sla": "sla",
    "res": "resource",
    "owner": "owner",
    "changed": "updated",
}
"""Fields of the query language that the board can be sorted by, and its own word for each."""


class Look:
    """The view and the filter of one board."""

    def __init__(self, board: BoardModel, me: str, zone: tzinfo) -> None:
        self._board, self._me, self._zone = board, me, zone
        self._query: Compiled | None = None
        self.view: View = DEFAULT
        self.text = ""
        """The filter as it was typed; empty without one."""

    @property
    def words(self) -> str:
        """The filter in words, as it was understood; empty without one."""
        return self._query.words if self._query is not None else ""

    def through(self, view: View) -> None:
        """Look at the board through a view; a filter stays."""
        self.view = view
        self._apply(self._query.predicate if self._query is not None else None)

    def only(self, text: str, now: Micros) -> str | None:
        """Show only what a query finds; an empty one is no filter. Returns what is wrong with it, or None."""
        if not text.strip():
            self.text, self._query = "", None
            self._apply(None)
            return None
        if self._query is not None and text.strip() == self.text and not self._query.turns:
            return None
        context = QueryContext(me=self._me, now=now, zone=self._zone, policy=self._board.policy)
        try:
            compiled = compile_query(text, context, self._board.texts.of)
        except QueryError as error:
            return str(error)
        problem = self._sort(compiled)
        if problem is not None:
            return problem
        before, self._query = self._query, compiled
        self.text = text.strip()
        if before is not None and compiled.narrows(before):
            self._board.narrow(compiled.predicate)
        else:
            self._apply(compiled.predicate)
        return None

    def found(self, text: str, now: Micros) -> set[int] | str:
        """Return the shown incidents that a query finds, or what is wrong with it."""
        context = QueryContext(me=self._me, now=now, zone=self._zone, policy=self._board.policy)
        try:
            wanted = compile_query(text, context, self._board.texts.of).predicate
        except QueryError as error:
            return str(error)
        return {number for number in self._board.numbers() if wanted(self._board.rows[number])}

    def _sort(self, compiled: Compiled) -> str | None:
        """Sort as a query asks (`sort:age`); the board knows one order at a time."""
        if not compiled.sort:
            return None
        wanted = compiled.sort[0]
        sort = _SORTS.get(wanted.field)
        if sort is None:
            return f"the board sorts by {', '.join(_SORTS)}, not by {wanted.field}"
        self._board.sort_by(sort, reverse=wanted.down)
        return None

    def ask_again(self, now: Micros) -> bool:
        """Ask a query anew whose answer time alone can change; says whether it did."""
        query = self._query
        if query is None or not query.turns or now - query.now < ASK_AGAIN:
            return False
        self.only(self.text, now)
        return True

    def warming(self) -> Iterator[None]:
        """Make ready for a filter, in slices: the texts of all rows, so that its first word is found at once."""
        return self._board.texts.warm(self._board.rows)

    def _apply(self, wanted: Predicate | None) -> None:
        shows = self.view.shows
        if shows is None:
            self._board.look(None, wanted)
            return
        board, me = self._board, self._me

        def in_view(incident: Incident) -> bool:
            return shows(incident, board.policy, me, board.now)

        self._board.look(in_view, wanted)
