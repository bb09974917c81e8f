"""What a query says, as values: a tree that a predicate, a sentence or a statement of SQL can be made of.

Everything relative to the reader is settled here: `me` is a name, `tue` is an instant. What depends on the moment of
looking (an age, a flag such as breached) stays as it was said. Texts are case-folded.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import tzinfo
from typing import Literal

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.text import clean


class QueryError(ValueError):
    """A query that cannot be read: a sentence that says what to write, and the column (from 1) where it went wrong."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message, column)
        self.message = clean(message)  # it may quote what was typed, or came over the net
        self.column = column

    def __str__(self) -> str:
        return f"{self.message} (column {self.column})"


def no_parents() -> Container[int]:
    """Return that none is a parent."""
    return frozenset()


class QueryContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and in which time zone times are typed; the policy tells how long clocks are.

    `parents` gives the numbers on which others hang; it is asked once, and only by a query that is about it.
    """

    me: str
    now: Micros
    zone: tzinfo
    policy: Policy = Policy()
    parents: Callable[[], Container[int]] = no_parents


class Pattern(msgspec.Struct, frozen=True):
    """A text to compare with: the whole (`is`), a part (`has`), or the whole with `*` for anything (`like`).

    `regex` is an expression that fits a part. An empty text `is` nothing; `like` never fits an empty text.
    """

    text: str
    how: Literal["is", "has", "like", "regex"]


class Text(msgspec.Struct, frozen=True):
    """A word or phrase somewhere in the title, the resource, the service or the number."""

    pattern: Pattern


class Matches(msgspec.Struct, frozen=True):
    """A field fits any of the patterns."""

    field: str
    patterns: tuple[Pattern, ...]


class Among(msgspec.Struct, frozen=True):
    """A field has one of the values, which are given in the field's own order."""

    field: str
    values: tuple[str, ...]


class Between(msgspec.Struct, frozen=True):
    """A field is at least `low` and below `below`; None leaves that side open. Never true of a field without value."""

    field: str
    low: int | None
    below: int | None


class Flag(msgspec.Struct, frozen=True):
    """Something is so: `is:breached`."""

    name: str


class Not(msgspec.Struct, frozen=True):
    """The item is not so."""

    item: Node


class And(msgspec.Struct, frozen=True):
    """All of two or more items are so."""

    items: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True):
    """At least one of two or more items is so."""

    items: tuple[Node, ...]


Node = Text | Matches | Among | Between | Flag | Not | And | Or


class SortBy(msgspec.Struct, frozen=True):
    """One field of an order; `down` turns it round. What has no value comes last either way."""

    field: str
    down: bool = False


class Query(msgspec.Struct, frozen=True):
    """A whole query: what to show (None: everything), and in which order (none: the board's own).

    `group` is the word (`parsing.GROUPS`) by which what is shown is grouped, `at` the instant at which it is looked at
    (None: now).
    """

    where: Node | None = None
    sort: tuple[SortBy, ...] = ()
    group: str = ""
    at: Micros | None = None


def all_of(items: list[Node]) -> Node | None:
    """Return the conjunction, without nesting or repetition; None of none."""
    flat: dict[Node, None] = {}
    for item in items:
        flat.update(dict.fromkeys(item.items if isinstance(item, And) else (item,)))
    if len(flat) < 2:
        return next(iter(flat), None)
    return And(tuple(flat))


def any_of(items: list[Node]) -> Node:
    """Return the disjunction of one or more items, without nesting or repetition."""
    flat: dict[Node, None] = {}
    for item in items:
        flat.update(dict.fromkeys(item.items if isinstance(item, Or) else (item,)))
    if len(flat) < 2:
        return next(iter(flat))
    return Or(tuple(flat))


def negated(item: Node) -> Node:
    """Return the opposite; twice is as it was."""
    return item.item if isinstance(item, Not) else Not(item)
