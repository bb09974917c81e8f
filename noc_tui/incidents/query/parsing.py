"""The grammar: words side by side must all be there; OR, NOT and parentheses; a field may say the order.

query = and { OR and }      and  = term { [AND] term }
term  = [NOT] ( "(" query ")" | word | phrase | field )
"""

from __future__ import annotations

import re
from typing import Final

from noc_tui.incidents.model import Micros
from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.tokens import Token, Value, tokens_of
from noc_tui.incidents.query.tree import (
    Between,
    Node,
    Pattern,
    Query,
    QueryContext,
    QueryError,
    SortBy,
    Text,
    all_of,
    any_of,
    negated,
)
from noc_tui.incidents.query.values import YES_NO, asked
from noc_tui.incidents.times import TimeError, parse_time

GROUPS: Final = ("service", "site", "owner", "team", "cause", "state")
"""Fields by which what is shown can be grouped."""
_DIRECTIVES: Final = {
    "sort": "a field, such as sort:sla,-age",
    "group": "a field, such as group:site",
    "at": 'a time, such as at:"tue 03:12"',
}
DEEPEST: Final = 32
"""How many parentheses and negations may stand inside one another."""
_ENDS: Final = frozenset(("OR", ")", "end"))
_NO_TERM: Final = _ENDS | {"AND"}
_INCIDENT: Final = re.compile(r"inc-([1-9][0-9]{0,14})")
"""A number as people say it; with all its noughts it is found as text."""


def parse(text: str, context: QueryContext) -> Query:
    """Return what a query says; QueryError names the column and says what to write instead."""
    return _Parser(tokens_of(text), context).query()


class _Parser:
    """Recursive descent over the tokens of one query."""

    def __init__(self, tokens: list[Token], context: QueryContext) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._context = context
        self._sort: list[SortBy] = []
        self._grouped = ""
        self._moment: Micros | None = None

    def query(self) -> Query:
        """Read all tokens."""
        where = None
        if self._next.kind != "end":
            where = self._any()
        if self._next.kind == ")":
            raise QueryError("unbalanced: this ) closes nothing", self._next.column)
        return Query(where, tuple(self._sort), self._grouped, self._moment)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _any(self) -> Node | None:
        first = self._all("OR")
        items = [] if first is None else [first]
        while self._next.kind == "OR":
            sign = self._take()
            other = self._all("OR")
            if not items or other is None:
                raise QueryError("OR stands between two things to look for, and the order outside of it", sign.column)
            items.append(other)
        return any_of(items) if items else None

    def _all(self, sign: str) -> Node | None:
        """What stands side by side; None if it was the order alone. `sign` is told if nothing is there."""
        items: list[Node] = []
        if self._next.kind in _NO_TERM:
            raise self._nothing("AND" if self._next.kind == "AND" else sign)
        while self._next.kind not in _ENDS:
            if self._next.kind == "AND":
                self._take()
                if self._next.kind in _NO_TERM:
                    raise self._nothing("AND")
            item = self._term()
            if item is not None:
                items.append(item)
        return all_of(items)

    def _nothing(self, sign: str) -> QueryError:
        token = self._next
        before = self._tokens[self._at - 1].kind if self._at else ""
        if token.kind == ")" and before == "(":
            return QueryError("there is nothing between these parentheses", token.column)
        if token.kind == "end" and before == "(":
            return QueryError("unbalanced: this ( is never closed", self._tokens[self._at - 1].column)
        if token.kind == ")" and not self._depth:
            return QueryError("unbalanced: this ) closes nothing", token.column)
        return QueryError(f"{sign} stands between two things to look for, as in new {sign} held", token.column)

    def _term(self) -> Node | None:
        token = self._take()
        if token.kind == "NOT":
            return self._inverted(token)
        if token.kind == "(":
            return self._group(token)
        if token.kind == "field":
            return self._field(token)
        return _text(token)

    def _inverted(self, sign: Token) -> Node:
        if self._next.kind in _NO_TERM:
            raise QueryError("NOT leaves out what stands behind it, as in NOT held", sign.end)
        self._deeper(sign)
        item = self._term()
        self._depth -= 1
        assert item is not None  # an order inside has been refused
        return negated(item)

    def _group(self, sign: Token) -> Node:
        self._deeper(sign)
        item = self._any()
        if self._next.kind != ")":
            raise QueryError("unbalanced: this ( is never closed", sign.column)
        self._take()
        self._depth -= 1
        assert item is not None  # an order inside has been refused
        return item

    def _deeper(self, sign: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"more than {DEEPEST} parentheses and negations inside one another", sign.column)

    def _field(self, token: Token) -> Node | None:
        take = {"sort": self._take_sort, "group": self._take_group, "at": self._take_at}.get(token.text)
        if take is None or _is_flag(token):
            return asked(token, self._context)
        if self._depth:
            what = {"sort": "the order", "group": "the grouping"}.get(token.text, "the time")
            raise QueryError(f"{what} stands outside parentheses and NOT", token.column)
        if not token.values or token.op not in (":", "="):
            raise QueryError(f"{token.text} needs {_DIRECTIVES[token.text]}", token.end)
        take(token.values)
        return None

    def _take_sort(self, values: tuple[Value, ...]) -> None:
        self._sort += [_sort_by(value) for value in values]

    def _take_group(self, values: tuple[Value, ...]) -> None:
        name = values[0].text.casefold()
        field = BY_NAME.get(name)
        known = next((word for word in GROUPS if BY_NAME[word] is field), "")
        if not known or len(values) > 1 or self._grouped:
            raise QueryError(f"group takes one of {', '.join(GROUPS)}", values[-1].column)
        self._grouped = known

    def _take_at(self, values: tuple[Value, ...]) -> None:
        context = self._context
        if len(values) > 1 or self._moment is not None:
            raise QueryError("at takes one time, as in at:-2h", values[-1].column)
        try:
            self._moment = parse_time(values[0].text, context.now, context.zone, "past")
        except TimeError as error:
            raise QueryError(str(error), values[0].column) from None
        if self._moment > context.now:
            raise QueryError("that has not come yet; the board is known up to now", values[0].column)


def _is_flag(token: Token) -> bool:
    """`group:yes` asks for what gathers more than one alert; `group:site` groups."""
    return token.text == "group" and bool(token.values) and token.values[0].text.casefold() in YES_NO


def _sort_by(value: Value) -> SortBy:
    name = value.text.casefold()
    field = BY_NAME.get(name.removeprefix("-"))
    if field is None or not field.sorts:
        raise QueryError(f"there is no order by {value.text!r}, such as sort:sla,-age", value.column)
    return SortBy(field.name, name.startswith("-"))


def _text(token: Token) -> Node:
    """A word, in which `*` stands for anything, or a phrase, in which nothing does."""
    text = token.text.casefold()
    if not text:
        raise QueryError("there is nothing between these quotes", token.column)
    number = _INCIDENT.fullmatch(text)
    if number and token.kind == "word":
        return Between("number", int(number[1]), int(number[1]) + 1)
    return Text(Pattern(text, "like" if token.kind == "word" and "*" in text else "has"))
