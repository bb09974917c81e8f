"""A query in words, as the filter bar echoes it: `P1-P2, new or acked, older than 15 min, not ana`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noc_tui.incidents.durations import in_words
from noc_tui.incidents.model import OPEN_STATES, number_text
from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.tree import (
    Among,
    And,
    Between,
    Flag,
    Matches,
    Node,
    Not,
    Pattern,
    Query,
    QueryContext,
    Text,
)
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import day_clock

_SPEAKS_FOR_ITSELF: Final = frozenset(("st", "type", "owner", "code"))
"""Fields whose values need no name beside them."""


def in_sentence(query: Query, context: QueryContext) -> str:
    """Return the normal form of a query, fit to be shown; empty if it asks nothing."""
    parts: list[str] = []
    if query.where is not None:
        items = query.where.items if isinstance(query.where, And) else (query.where,)
        parts = [_said(item, context) for item in items]
    if query.sort:
        names = (f"{BY_NAME[by.field].noun}{', turned round' if by.down else ''}" for by in query.sort)
        parts.append(f"by {' then '.join(names)}")
    if query.group:
        parts.append(f"grouped by {BY_NAME[query.group].noun}")
    if query.at is not None:
        parts.append(f"as of {day_clock(query.at)}")
    return clean(", ".join(parts))


def _said(node: Node, context: QueryContext) -> str:
    match node:
        case Text(pattern):
            return _quoted(pattern)
        case Matches(field, patterns):
            return _matched(field, patterns)
        case Among(field, values):
            return _chosen(field, values)
        case Between(field, low, below):
            return _RANGES.get(BY_NAME[field].kind, _number)(field, low, below)
        case Flag(name):
            return name
        case Not(item):
            return f"not {_inside(item, context)}"
        case And(items):
            return " and ".join(_inside(item, context) for item in items)
        case _:
            return " or ".join(
                _inside(item, context) if isinstance(item, And) else _said(item, context) for item in node.items
            )


def _inside(node: Node, context: QueryContext) -> str:
    words = _said(node, context)
    return f"({words})" if " or " in words or isinstance(node, And) else words


def _quoted(pattern: Pattern) -> str:
    return f'"{pattern.text}"'


def _value(pattern: Pattern) -> str:
    return {"has": _quoted(pattern), "regex": f"like /{pattern.text}/"}.get(pattern.how, pattern.text or "none")


def _matched(field: str, patterns: tuple[Pattern, ...]) -> str:
    noun = BY_NAME[field].noun
    if field in _SPEAKS_FOR_ITSELF:
        return " or ".join(_value(pattern) if pattern.text else "nobody" for pattern in patterns)
    values = " or ".join(map(_value, patterns))
    return f"{noun} with {values}" if patterns[0].how == "has" else f"{noun} {values}"


def _chosen(field: str, values: tuple[str, ...]) -> str:
    if field == "p":
        return _priorities(sorted(values))
    if field == "st" and set(values) == OPEN_STATES:
        return "open"
    words = " or ".join(value or f"no {BY_NAME[field].noun}" for value in values)
    return words if field in _SPEAKS_FOR_ITSELF else f"{BY_NAME[field].noun} {words}"


def _priorities(values: list[str]) -> str:
    if len(values) > 1 and int(values[-1]) - int(values[0]) == len(values) - 1:
        return f"P{values[0]}-P{values[-1]}"
    return " or ".join(f"P{value}" for value in values)


def _number(field: str, low: int | None, below: int | None) -> str:
    noun = BY_NAME[field].noun
    show = number_text if field in ("number", "parent") else str
    if low is not None and below == low + 1:
        return number_text(low) if field == "number" else f"{noun} {show(low) if low or field != 'parent' else 'none'}"
    if low is None:
        return f"{noun} below {show(below or 0)}"
    return f"{noun} {show(low)} or more" if below is None else f"{noun} {show(low)} to {show(below - 1)}"


def _age(field: str, low: int | None, below: int | None) -> str:
    older, younger = ("older than", "younger than") if field == "age" else ("unchanged for", "changed in the last")
    parts = [f"{older} {in_words(low)}"] if low is not None else []
    return " and ".join(parts + ([f"{younger} {in_words(below)}"] if below is not None else []))


def _left(_: str, low: int | None, below: int | None) -> str:
    parts: list[str] = []
    if low is not None:
        parts.append(f"at least {in_words(low)} left" if low >= 0 else f"late by at most {in_words(-low)}")
    if below is not None:
        late = f"late by more than {in_words(-below)}" if below else "late"
        parts.append(f"less than {in_words(below)} left" if below > 0 else late)
    return " and ".join(parts)


def _time(field: str, low: int | None, below: int | None) -> str:
    parts = [f"from {day_clock(low)}"] if low is not None else []
    if below is not None:
        parts.append(f"before {day_clock(below)}")
    return f"{_EVENTS[field]} {' '.join(parts)}"


_EVENTS: Final = {"first": "opened", "last": "last alert", "resolved": "resolved", "closed": "closed"}
_RANGES: Final[dict[str, Callable[[str, int | None, int | None], str]]] = {"age": _age, "left": _left, "time": _time}
