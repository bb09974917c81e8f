"""A query as a condition and an order of SQL, for what is too much to be held in memory: the same meaning, row by row.

What SQLite's own functions cannot say (upper and lower case beyond ASCII, gaps, expressions) is said by the functions
of the query language itself, which `prepared` gives to a connection. Texts in ASCII alone, nearly all there are, go the
short way. Nothing is ever NULL here: what has no value is not so, and its opposite is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
)

from noc_tui.incidents.listing import LAST, SORT_NAMES
from noc_tui.incidents.model import OPEN_STATES, STATES, Micros
from noc_tui.incidents.query import Query, QueryContext, SortBy
from noc_tui.incidents.query.fields import BY_NAME, Field
from noc_tui.incidents.query.flags import STALE
from noc_tui.incidents.query.predicates import IN_NUMBER, fits
from noc_tui.incidents.query.regex import Regex
from noc_tui.incidents.query.tree import Among, And, Between, Flag, Matches, Node, Not, Pattern, Text
from noc_tui.store.schema import incidents

_i = incidents.c
Condition = ColumnElement[bool]
_FAR: Final = 1 << 62
_LABEL: Final[ColumnElement[str]] = literal_column("label.value")


def prepared(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that conditions call."""
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    connection.create_function("fits", 3, _fits, deterministic=True)


@lru_cache(maxsize=64)
def _fitting(text: str, how: Any) -> Callable[[str], bool]:
    return fits(Pattern(text, how))


def _fits(text: str, pattern: str, how: str) -> bool:
    return _fitting(pattern, how)(text)


def condition_of(query: Query, context: QueryContext) -> Condition:
    """Return what a query asks, at the instant of its context."""
    return true() if query.where is None else _said(query.where, context)


def order_of(sort: tuple[SortBy, ...]) -> list[ColumnElement[Any]]:
    """Return the order that a query asks for; by number where rows are alike, and those without a value last."""
    found: list[ColumnElement[Any]] = []
    for by in sort:
        value = _sorted_by(BY_NAME[by.field])
        found += [value.is_(None), value.desc() if by.down else value]
    return [*found, _i.number]


def named_order_of(name: str) -> list[ColumnElement[Any]]:
    """Return one of the board's own orders (`SORT_NAMES`); a dash turns it round."""
    assert name in SORT_NAMES
    by = _NAMED[name.removeprefix("-")]
    return [by.desc(), _i.number.desc()] if name.startswith("-") else [by, _i.number]


def _said(node: Node, context: QueryContext) -> Condition:
    match node:
        case Text(pattern):
            return _anywhere(pattern)
        case Matches("label", patterns):
            return _labelled(patterns)
        case Matches(field, patterns):
            return _matches(incidents.c[BY_NAME[field].attribute], patterns)
        case Among(field, values):
            wanted: list[Any] = [int(value) for value in values] if field == "p" else list(values)
            return incidents.c[BY_NAME[field].attribute].in_(wanted)
        case Between(field, low, below):
            return _between(BY_NAME[field], low, below, context.now)
        case Flag(name):
            return _FLAGS[name](context)
        case Not(item):
            return not_(_said(item, context))
        case _:
            join = and_ if isinstance(node, And) else or_
            return join(*(_said(item, context) for item in node.items))


# Words


def _folded(text: ColumnElement[str]) -> ColumnElement[str]:
    """A text case-folded: by SQLite where it is ASCII, of which bytes and characters are as many."""
    plain = func.length(cast(text, LargeBinary)) == func.length(text)
    return case((plain, func.lower(text)), else_=func.folded(text))


def _anywhere(pattern: Pattern) -> Condition:
    """A word in the title, the resource, the service or the number, as `predicates.haystack_of` has them."""
    texts: list[ColumnElement[str]] = [_i.title, _i.resource, _i.service]
    number = func.printf("inc-%06d", _i.number)
    if pattern.how == "like":
        anywhere = Pattern(f"*{pattern.text}*", "like")
        return or_(*(_one(_folded(text), anywhere) for text in texts), _one(number, anywhere))
    found = [_one(_folded(text), pattern) for text in texts]
    return or_(*found, _one(number, pattern)) if IN_NUMBER.fullmatch(pattern.text) else or_(*found)


def _one(folded: ColumnElement[str], pattern: Pattern) -> Condition:
    text = pattern.text
    if pattern.how == "is":
        return folded == text
    if pattern.how == "has":
        return func.instr(folded, text) > 0
    fitting: Condition = func.fits(folded, text, pattern.how) == 1
    # Most are told by the longest part alone.
    part = max(text.split("*"), key=len) if pattern.how == "like" else Regex(text).literal
    return and_(func.instr(folded, part) > 0, fitting) if part else fitting


def _matches(column: ColumnElement[str], patterns: tuple[Pattern, ...]) -> Condition:
    whole = [pattern.text for pattern in patterns if pattern.how == "is"]
    found = [_folded(column).in_(whole)] if whole else []
    return or_(*found, *(_one(_folded(column), pattern) for pattern in patterns if pattern.how != "is"))


def _labelled(patterns: tuple[Pattern, ...]) -> Condition:
    """One of the labels fits; to have none is to have the empty one."""
    labels = func.json_each(_i.labels).table_valued("value", name="label")
    some = exists(select(literal(1)).select_from(labels).where(_matches(_LABEL, patterns)))
    none = _i.labels == "[]" if any(fits(pattern)("") for pattern in patterns) else false()
    return or_(some, none)


# What is compared


def _between(field: Field, low: int | None, below: int | None, now: Micros) -> Condition:
    value: ColumnElement[int] = _next_due() if field.kind == "left" else incidents.c[field.attribute]
    if field.kind == "left":
        low, below = _plus(low, now), _plus(below, now)
    if field.kind == "age":
        low, below = _plus(_minus(below), now + 1), _plus(_minus(low), now + 1)
    asked: list[Condition] = [value.is_not(None)]
    if low is not None:
        asked.append(value >= _near(low))
    if below is not None:
        asked.append(value < _near(below))
    return and_(*asked)


def _near(value: int) -> int:
    """No row holds what is beyond; SQLite's integers end there."""
    return max(-_FAR, min(value, _FAR))


def _plus(value: int | None, more: int) -> int | None:
    return None if value is None else value + more


def _minus(value: int | None) -> int | None:
    return None if value is None else -value


# Flags: the conditions of `query.flags`, by the functions that it calls


def _open() -> Condition:
    return _i.state.in_(sorted(OPEN_STATES))


def _in_state(state: str) -> Callable[[QueryContext], Condition]:
    return lambda _: _i.state == state


def _after(column: ColumnElement[Any], now: Micros) -> Condition:
    return func.coalesce(column, -_FAR) > now


def _come(column: ColumnElement[Any], now: Micros) -> Condition:
    return func.coalesce(column, _FAR) <= now


def _next_due() -> ColumnElement[int]:
    running = case((_i.state == "new", _i.response_due), else_=_i.resolution_due)
    return case((_open(), running), else_=null())


def _short(context: QueryContext) -> Condition:
    targets = {priority: context.policy.target(priority) for priority in range(1, 6)}
    response = case({p: target.response // 4 for p, target in targets.items()}, value=_i.priority, else_=0)
    resolution = case({p: target.resolution // 4 for p, target in targets.items()}, value=_i.priority, else_=0)
    return _come(_next_due() - case((_i.state == "new", response), else_=resolution), context.now)


def _held(context: QueryContext) -> Condition:
    return and_(_i.state == "held", or_(_i.held_until.is_(None), _after(_i.held_until, context.now)))


def _snoozed(context: QueryContext) -> Condition:
    return _after(_i.snoozed_until, context.now)


def _shelved(context: QueryContext) -> Condition:
    hidden = _i.alerts_shelved + _i.alerts_suppressed >= _i.alerts_firing
    return and_(_i.alerts_shelved != 0, _after(_i.shelved_until, max(0, context.now)), hidden, _i.alerts_firing > 0)


def _needs_eyes(now: Micros) -> Condition:
    fires = or_(_i.alerts_firing > 0, _i.alert_count == 0)
    later = or_(
        and_(_i.state == "held", _come(_i.held_until, now)),
        and_(_i.alerts_shelved > 0, func.coalesce(_i.shelved_until, 0) <= now),
    )
    return or_(_i.attention == 1, case((_come(_i.snoozed_until, now), fires), else_=later))


def _mine(context: QueryContext) -> Condition:
    return _folded(_i.owner) == context.me.casefold() if context.me else false()


def _stale(context: QueryContext) -> Condition:
    return and_(_open(), _i.alerts_firing > 0, _i.updated_at <= context.now - STALE)


def _is_parent(_: QueryContext) -> Condition:
    child = incidents.alias("child")
    return exists(select(literal(1)).where(child.c.parent == _i.number, child.c.parent != 0))


_FLAGS: Final[dict[str, Callable[[QueryContext], Condition]]] = {
    "open": lambda _: _open(),
    **{state: _in_state(state) for state in STATES},
    "held": _held,
    "unacked": lambda context: and_(_open(), _needs_eyes(context.now)),
    "mine": _mine,
    "unowned": lambda _: _i.owner == "",
    "major": lambda _: _i.major == 1,
    "waiting": lambda context: or_(_held(context), _snoozed(context)),
    "short": _short,
    "breached": lambda context: _come(_next_due(), context.now),
    "flapping": lambda _: _i.flapping == 1,
    "cleared": lambda _: and_(_i.alert_count > 0, _i.alerts_firing == 0, _open()),
    "snoozed": _snoozed,
    "shelved": _shelved,
    "suppressed": lambda _: and_(_i.alerts_suppressed >= _i.alerts_firing, _i.alerts_firing > 0),
    "group": lambda _: _i.alert_count > 1,
    "parent": _is_parent,
    "child": lambda _: _i.parent > 0,
    "escalated": lambda _: _i.level > 0,
    "touched": lambda _: _i.touched == 1,
    "stale": _stale,
    "back": lambda _: or_(_i.reopen_count > 0, _i.recurrence_of > 0),
}


# Orders


def _sorted_by(field: Field) -> ColumnElement[Any]:
    """What `query.sorting` orders by; NULL for what has no value."""
    if field.kind == "left":
        return _next_due()
    column = incidents.c[field.attribute]
    if field.name == "p":
        return column
    if field.kind in ("rank", "choice"):
        sign = -1 if field.kind == "rank" else 1
        return case({choice: sign * place for place, choice in enumerate(field.choices)}, value=column, else_=null())
    if field.kind == "age":
        return -column
    return func.nullif(_folded(column), "") if field.kind in ("text", "name") else column


def _named(text: ColumnElement[str]) -> ColumnElement[str]:
    """A text to order by, behind every other where there is none."""
    return func.coalesce(func.nullif(text, ""), LAST)


_NAMED: Final[dict[str, ColumnElement[Any]]] = {
    "priority": _i.priority * 2 + case((_i.attention == 1, 0), else_=1),
    "age": -_i.opened_at,
    "sla": func.coalesce(_next_due(), _FAR),
    "resource": _named(_folded(_i.resource)),
    "owner": _named(_i.owner),
    "updated": -_i.updated_at,
    "site": _named(_folded(_i.site)),
    "team": _named(_folded(_i.team)),
    "service": _named(_folded(_i.service)),
    "source": _named(_folded(_i.source)),
    "summary": _named(_folded(_i.title)),
    "state": case({state: place for place, state in enumerate(STATES)}, value=_i.state, else_=len(STATES)),
    "count": -_i.alert_count,
    "number": _i.number,
}
