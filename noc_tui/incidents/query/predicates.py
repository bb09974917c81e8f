"""From the tree to a function that says, fast, whether an incident is meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.flags import FLAG_BY_NAME
from noc_tui.incidents.query.regex import Regex
from noc_tui.incidents.query.tree import (
    Among,
    And,
    Between,
    Flag,
    Matches,
    Node,
    Not,
    Pattern,
    QueryContext,
    Text,
)

Predicate = Callable[[Incident], bool]
Haystack = Callable[[Incident], str]
"""Gives the text in which words are looked for; for a caller that keeps it, see `haystack_of`."""

IN_NUMBER: Final = re.compile(r"[-inc~0-9a-f]+")
"""What the words that a number may hold are made of."""
_DEAREST: Final = {Flag: 1, Among: 0, Between: 0, Matches: 2, Text: 3}


def haystack_of(incident: Incident) -> str:
    """Return all that words are looked for in, case-folded: title, resource, service and number, a line each."""
    number = number_text(incident.number, incident.id)
    return f"{incident.title}\n{incident.resource}\n{incident.service}\n{number}".casefold()


def predicate_of(node: Node, context: QueryContext, haystack: Haystack | None) -> Predicate:
    """Return the function for a tree; it holds for `context.now` alone where time can change the answer."""
    match node:
        case Text(pattern):
            return _text(pattern, haystack)
        case Matches(field, patterns):
            return _matches(field, patterns)
        case Among(field, values):
            return _among(field, values)
        case Between(field, low, below):
            return _between(field, low, below, context.now)
        case Flag(name):
            return _flag(name, context)
        case Not(item):
            unwanted = predicate_of(item, context, haystack)
            return lambda incident: not unwanted(incident)
        case And(items):
            return _all([predicate_of(item, context, haystack) for item in sorted(items, key=_cost)])
        case _:
            return _any([predicate_of(item, context, haystack) for item in sorted(node.items, key=_cost)])


def _flag(name: str, context: QueryContext) -> Predicate:
    if name == "parent":  # asked once, not for every incident
        parents = context.parents()
        return lambda incident: incident.number in parents
    test = FLAG_BY_NAME[name].test
    return lambda incident: test(incident, context)


def _cost(node: Node) -> int:
    """The dearer a question, the later it is put."""
    return _DEAREST.get(type(node), 4)


def _all(tests: list[Predicate]) -> Predicate:
    first, second, *more = tests
    if not more:
        return lambda incident: first(incident) and second(incident)
    rest = _all([second, *more])
    return lambda incident: first(incident) and rest(incident)


def _any(tests: list[Predicate]) -> Predicate:
    first, second, *more = tests
    if not more:
        return lambda incident: first(incident) or second(incident)
    rest = _any([second, *more])
    return lambda incident: first(incident) or rest(incident)


# Words


def _text(pattern: Pattern, haystack: Haystack | None) -> Predicate:
    if pattern.how == "like":
        return _with_gaps(pattern.text.split("*"), haystack)
    text = pattern.text
    if haystack is not None:
        kept = haystack
        return lambda incident: text in kept(incident)
    if IN_NUMBER.fullmatch(text):
        return lambda incident: (
            text in incident.title.casefold()
            or text in incident.resource.casefold()
            or text in incident.service.casefold()
            or text in number_text(incident.number, incident.id).casefold()
        )
    return lambda incident: (
        text in incident.title.casefold() or text in incident.resource.casefold() or text in incident.service.casefold()
    )


def _with_gaps(parts: list[str], haystack: Haystack | None) -> Predicate:
    find = haystack or haystack_of
    longest = max(parts, key=len)

    def test(incident: Incident) -> bool:
        lines = find(incident)
        return longest in lines and any(_in_turn(line, parts) for line in lines.split("\n"))

    return test


def _in_turn(text: str, parts: list[str], at: int = 0) -> bool:
    """Whether all parts stand in the text one after the other."""
    for part in parts:
        at = text.find(part, at) + len(part)
        if at < len(part):
            return False
    return True


def _like(text: str, parts: list[str]) -> bool:
    """Whether the text is the parts with anything between them."""
    first, *middle, last = parts
    end = len(text) - len(last)
    if not text or end < len(first) or not text.startswith(first) or not text.endswith(last):
        return False
    return _in_turn(text[:end], middle, len(first))


def fits(pattern: Pattern) -> Callable[[str], bool]:
    """Return what says whether a case-folded text fits a pattern."""
    text = pattern.text
    if pattern.how == "like":
        parts = text.split("*")
        return lambda value: _like(value, parts)
    if pattern.how == "has":
        return lambda value: text in value
    if pattern.how == "regex":
        return Regex(text).found_in
    return lambda value: value == text


def _matches(field: str, patterns: tuple[Pattern, ...]) -> Predicate:
    if field == "label":
        return _labelled(patterns)
    read = attrgetter(BY_NAME[field].attribute)
    if all(pattern.how == "is" for pattern in patterns):
        texts = frozenset(pattern.text for pattern in patterns)
        return lambda incident: read(incident).casefold() in texts
    tests = [fits(pattern) for pattern in patterns]
    if len(tests) == 1:
        test = tests[0]
        return lambda incident: test(read(incident).casefold())
    return lambda incident: _fits_any(read(incident).casefold(), tests)


def _fits_any(value: str, tests: list[Callable[[str], bool]]) -> bool:
    return any(test(value) for test in tests)


def _labelled(patterns: tuple[Pattern, ...]) -> Predicate:
    """An incident has many labels: one of them must fit; to have none is to have the empty one."""
    tests = [fits(pattern) for pattern in patterns]
    return lambda incident: any(_fits_any(label.casefold(), tests) for label in incident.labels or ("",))


# What is compared


def _among(field: str, values: tuple[str, ...]) -> Predicate:
    read: Callable[[Incident], Any] = attrgetter(BY_NAME[field].attribute)
    wanted: frozenset[Any] = frozenset(map(int, values) if field == "p" else values)
    if len(wanted) == 1:
        (only,) = wanted
        return lambda incident: bool(read(incident) == only)
    return lambda incident: read(incident) in wanted


def _between(field: str, low: int | None, below: int | None, now: int) -> Predicate:
    asked = BY_NAME[field]
    read: Callable[[Incident], int | None] = next_due if asked.kind == "left" else attrgetter(asked.attribute)
    if asked.kind == "left":
        low, below = _plus(low, now), _plus(below, now)
    if asked.kind == "age":  # the older, the earlier: the range turns round, and so does which end belongs to it
        low, below = _plus(_minus(below), now + 1), _plus(_minus(low), now + 1)
    least = -_ENDLESS if low is None else low
    most = _ENDLESS if below is None else below
    return lambda incident: (value := read(incident)) is not None and least <= value < most


_ENDLESS: Final = 1 << 70
"""More than any instant or number."""


def _plus(value: int | None, more: int) -> int | None:
    return None if value is None else value + more


def _minus(value: int | None) -> int | None:
    return None if value is None else -value
