"""How the board is looked at: through which view, and with which filter."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from noc_tui.console.board_model import BoardModel, Predicate
from noc_tui.console.views import DEFAULT, View
from noc_tui.incidents.model import SECOND, Incident, Micros
from noc_tui.incidents.query import Compiled, QueryContext, QueryError, compile_query

ASK_AGAIN: Final = 10 * SECOND
"""How often a filter is asked anew whose answer changes with time alone."""


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
        """Look at the board through a view, and without a filter."""
        self.view, self.text, self._query = view, "", None
        self._apply(None)

    def only(self, text: str, now: Micros) -> str | None:
        """Show only what a query finds; an empty one is no filter. Returns what is wrong with it, or None."""
        if not text.strip():
            self.text, self._query = "", None
            self._apply(None)
            return None
        context = QueryContext(me=self._me, now=now, zone=self._zone, policy=self._board.policy)
        try:
            compiled = compile_query(text, context)
        except QueryError as error:
            return str(error)
        before, self._query = self._query, compiled
        self.text = text.strip()
        if before is not None and compiled.narrows(before):
            self._board.narrow(compiled.predicate)
        else:
            self._apply(compiled.predicate)
        return None

    def ask_again(self, now: Micros) -> bool:
        """Ask a query anew whose answer time alone can change; says whether it did."""
        query = self._query
        if query is None or not query.turns or now - query.now < ASK_AGAIN:
            return False
        self.only(self.text, now)
        return True

    def _apply(self, wanted: Predicate | None) -> None:
        shows = self.view.shows
        if shows is None:
            self._board.look(None, wanted)
            return
        board, me = self._board, self._me

        def in_view(incident: Incident) -> bool:
            return shows(incident, board.policy, me, board.now)

        self._board.look(in_view, wanted)
