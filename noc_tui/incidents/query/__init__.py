"""The filter language of board and command line (OPERATOR.md 2.3): `p:1..2 st:new,acked age>15m -@ana "power lost"`.

Text becomes a tree (`parse`), the tree a fast predicate and a sentence (`compile_query`). The tree is plain values, so
that a store can put the same question in SQL: `Field.attribute` names the column.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.query import narrowing, sorting
from noc_tui.incidents.query.completing import complete
from noc_tui.incidents.query.fields import FIELDS, Field
from noc_tui.incidents.query.flags import FLAGS, FlagWord
from noc_tui.incidents.query.parsing import parse
from noc_tui.incidents.query.predicates import Haystack, Predicate, haystack_of, predicate_of
from noc_tui.incidents.query.tree import Query, QueryContext, QueryError, SortBy
from noc_tui.incidents.query.wording import in_sentence

__all__ = [
    "Compiled",
    "Field",
    "FlagWord",
    "Haystack",
    "Query",
    "QueryContext",
    "QueryError",
    "SortBy",
    "compile_query",
    "complete",
    "fields",
    "flags",
    "haystack_of",
    "parse",
]


class Compiled(msgspec.Struct, frozen=True):
    """A query ready for use. `words` is its normal form; `turns` says that time alone can change what it finds.

    `predicate` holds for the instant of its `context`: a query that turns is compiled again as time passes.
    """

    query: Query
    predicate: Predicate
    words: str
    context: QueryContext
    turns: bool

    @property
    def now(self) -> Micros:
        """The instant that it holds for."""
        return self.context.now

    @property
    def sort(self) -> tuple[SortBy, ...]:
        """The order asked for; none: the board's own."""
        return self.query.sort

    def order(self, incidents: Iterable[Incident]) -> list[Incident]:
        """Return incidents in the order asked for; by number if none is."""
        return sorting.in_order(incidents, self.query.sort)

    def narrows(self, other: Compiled) -> bool:
        """Return whether all that it finds is among what `other` found, rows that changed since left aside.

        It is never wrong to say no: then all rows are looked through.
        """
        if (self.turns or other.turns) and self.now != other.now:
            return False
        return narrowing.implies(self.query.where, other.query.where)


def compile_query(text: str, context: QueryContext, haystack: Haystack | None = None) -> Compiled:
    """Return what a query finds, in which order, and how it is said; QueryError says what to write instead.

    A caller that keeps the texts of `haystack_of` by row may hand them in: words are then found twice as fast.
    """
    query = parse(text, context)
    where = query.where
    return Compiled(
        query=query,
        predicate=_everything if where is None else predicate_of(where, context, haystack),
        words=in_sentence(query, context),
        context=context,
        turns=narrowing.turns(where),
    )


def _everything(_: Incident) -> bool:
    return True


def fields() -> tuple[Field, ...]:
    """Return the fields that a query may name, in the order in which they are told."""
    return FIELDS


def flags() -> tuple[FlagWord, ...]:
    """Return the words that `is:` takes, in the order in which they are told."""
    return FLAGS
