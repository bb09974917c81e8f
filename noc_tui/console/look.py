"""How the board is looked at: through which view, with which filter, in which order and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from noc_tui.console.arranging import Arrangement, sorted_by, turned
from noc_tui.console.board_model import BoardModel
from noc_tui.console.selection import Bind, Predicate
from noc_tui.console.standing import Standing
from noc_tui.console.views import DEFAULT, Eyes, Test, Turns, View, Views
from noc_tui.incidents.model import SECOND, Incident, Micros
from noc_tui.incidents.query import Compiled, QueryContext, QueryError, compile_query
from noc_tui.incidents.saved_views import SavedView

ASK_AGAIN: Final = 10 * SECOND
"""How often a filter is asked anew whose answer changes with time alone."""


_SORTS: Final = {
    "p": "priority",
    "st": "state",
    "age": "age",
    "sla": "sla",
    "res": "resource",
    "title": "summary",
    "service": "service",
    "site": "site",
    "owner": "owner",
    "team": "team",
    "src": "source",
    "changed": "updated",
    "count": "-count",
    "number": "number",
}
"""Fields of the query language that the board can be sorted by, and its own word for each."""


class Look:
    """The view and the filter of one board."""

    def __init__(self, board: BoardModel, me: str, zone: tzinfo) -> None:
        self._board, self._me, self._zone = board, me, zone
        self._query: Compiled | None = None
        self._left: Micros = board.now
        self._arrangements: dict[str, Arrangement] = {}
        self._asked = 0
        self.views = Views(self._question)
        self.view: View = DEFAULT
        self.text = ""
        """The filter as it was typed; empty without one."""

    @property
    def words(self) -> str:
        """The filter in words, as it was understood; empty without one."""
        return self._query.words if self._query is not None else ""

    def through(self, view: View) -> None:
        """Look at the board through a view, in the order and groups that it was left in; a filter stays."""
        self._arrangements[self.view.name] = self._board.arrangement
        self.view = view
        self._board.arrange(self._arrangements.get(view.name, view.arrangement))
        self._apply(self._query.predicate if self._query is not None else None)

    def only(self, text: str, now: Micros) -> str | None:
        """Show only what a query finds; an empty one is no filter. Returns what is wrong with it, or None."""
        if not text.strip():
            self.text, self._query = "", None
            self._apply(None)
            return None
        if self._query is not None and text.strip() == self.text and not self._query.turns:
            return None
        try:
            compiled = compile_query(text, self._context(now), self._board.texts.of)
        except QueryError as error:
            return str(error)
        problem = self._arranged(compiled) or self._sort(compiled)
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
        try:
            wanted = compile_query(text, self._context(now), self._board.texts.of).predicate
        except QueryError as error:
            return str(error)
        return {number for number in self._board.numbers() if wanted(self._board.rows[number])}

    def told(self, query: str) -> str:
        """Return a query in words, or what is wrong with it."""
        try:
            return compile_query(query, self._context(self._board.now)).words if query else ""
        except QueryError as error:
            return str(error)

    def _context(self, now: Micros) -> QueryContext:
        board = self._board
        return QueryContext(me=self._me, now=now, zone=self._zone, policy=board.policy, parents=self._parents)

    def _parents(self) -> frozenset[int]:
        return frozenset(row.parent for row in self._board.rows.values() if row.parent)

    def _arranged(self, compiled: Compiled) -> str | None:
        """Group as a query asks (`group:site`); this board is that of now."""
        if compiled.query.at is not None:
            return "the board is that of now; noc-tui board --at shows it as it was"
        if compiled.query.group:
            self._board.group_by(compiled.query.group)
        return None

    def _sort(self, compiled: Compiled) -> str | None:
        """Sort as a query asks (`sort:sla,-age`)."""
        if not compiled.sort:
            return None
        words: list[str] = []
        for by in compiled.sort:
            word = _SORTS.get(by.field)
            if word is None:
                return f"the board sorts by {', '.join(_SORTS)}, not by {by.field}"
            words.append(turned(word) if by.down else word)
        sort, reverse = sorted_by(",".join(words))
        self._board.sort_by(sort, reverse=reverse)
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
        self._board.look(self._bind(self.view), wanted, hidden=self.view.hidden)

    def _bind(self, view: View) -> Bind | None:
        test, board = view.test, self._board
        return None if test is None else lambda: test(Eyes(self._me, board.policy, board.now, self._left))

    # Views

    def take_views(
        self,
        *,
        shared: Iterable[SavedView] | None = None,
        own: Iterable[SavedView] | None = None,
        order: Iterable[str] | None = None,
        left: Micros | None = None,
    ) -> None:
        """Take the saved views as they are now, and when the operator left last; rows are asked by `counting`.

        Another order of the same views asks no row anew.
        """
        self.views.take(shared, own, order)
        if left is not None:
            self._left = left
        known = self.views.named(self.view.name) or DEFAULT
        if known != self.view or left is not None:
            self._arrangements.pop(self.view.name, None)
            self.view = known
            self._apply(self._query.predicate if self._query is not None else None)
        standing = self._board.stock.standing
        if standing is None or left is not None or not standing.asks(self.views):
            self._board.stock.stand_in(Standing(self._me, list(self.views), self._left), self._board.stock.run + 1)

    @property
    def uncounted(self) -> bool:
        """Whether rows are still to be asked which views they are in."""
        return self._board.stock.run != self._asked

    def counting(self) -> Iterator[None]:
        """Ask all rows which views they are in, a slice at each step."""
        stock, board = self._board.stock, self._board
        run = stock.run
        for _ in stock.ask_all(lambda: board.now):
            yield
            if board.stock is not stock or stock.run != run:
                return
        self._asked = run

    def count(self, view: View) -> int | None:
        """Return how many rows a view has, whatever the filter; None while they are being counted."""
        standing = self._board.stock.standing
        if standing is None or self.uncounted or view.name not in standing.names:
            return None
        return self._board.stock.in_views[standing.names.index(view.name)]

    def _question(self, query: str) -> tuple[Test | None, Turns | None]:
        """Return the test of a saved query; it is read when rows are asked first, one that cannot be finds nothing."""
        found: list[Compiled | None] = []

        def compiled(eyes: Eyes) -> Compiled | None:
            if not found or (found[0] is not None and found[0].now != eyes.now and found[0].turns):
                found[:] = [self._compiled(query, eyes)]
            return found[0]

        def test(eyes: Eyes) -> Predicate:
            asked = compiled(eyes)
            return asked.predicate if asked is not None else _nothing

        def turns(incident: Incident, eyes: Eyes) -> Micros | None:
            # Start-up cost: needed for saved views alone.
            from noc_tui.incidents.turning import next_turn

            asked = compiled(eyes)
            return None if asked is None or not asked.turns else next_turn(asked.query.where, incident, eyes.now)

        return test, turns

    def _compiled(self, query: str, eyes: Eyes) -> Compiled | None:
        context = QueryContext(me=eyes.me, now=eyes.now, zone=self._zone, policy=eyes.policy)
        try:
            return compile_query(query, context)
        except QueryError:
            return None


def _nothing(_: Incident) -> bool:
    return False
