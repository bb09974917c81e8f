"""What a query compares: ranks, numbers, ages and times, with `>`, `<` and `..`.

A comparison covers from its low end up to, without, its high end. So `age>15m` and `age<15m` share nothing and leave
nothing out, and whoever has just turned fifteen minutes is among the older.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from noc_tui.incidents.durations import DurationError, parse_duration
from noc_tui.incidents.model import Micros
from noc_tui.incidents.query.fields import Field
from noc_tui.incidents.query.tokens import Piece, Value
from noc_tui.incidents.query.tree import Among, Between, Node, QueryContext, QueryError
from noc_tui.incidents.times import Span, TimeError, parse_span

EQUAL: Final = (":", "=", "!=")
"""Operators that ask for the value itself."""

_NUMBER: Final = re.compile(r"(?:inc-|t)?([0-9]{1,15})")


class _Ends(NamedTuple):
    """Both ends of a range; None where it is open."""

    low: Value | None
    high: Value | None


def _range(value: Value) -> _Ends | None:
    """The ends of a value with `..` in it; None if it is a single value."""
    for place, piece in enumerate(value.pieces):
        cut = -1 if piece.quoted else piece.text.find("..")
        if cut < 0:
            continue
        before = Piece(piece.text[:cut], quoted=False, column=piece.column)
        after = Piece(piece.text[cut + 2 :], quoted=False, column=piece.column + cut + 2)
        low = _value((*value.pieces[:place], before))
        high = _value((after, *value.pieces[place + 1 :]))
        if low is None and high is None:
            raise QueryError("a range has a beginning, an end or both, as in 1..2", value.column)
        return _Ends(low, high)
    return None


def _value(pieces: tuple[Piece, ...]) -> Value | None:
    written = tuple(piece for piece in pieces if piece.text)
    return Value(written, written[0].column) if written else None


def known(field: Field, value: Value, text: str) -> str:
    """Return the choice that a folded text names, whole or by an unmistakable beginning."""
    meant = [choice for choice in field.choices if choice.startswith(text)]
    if text in meant:
        return text
    if len(meant) == 1:
        return meant[0]
    choices = ", ".join(sorted(field.choices) if field.name == "p" else field.choices)
    raise QueryError(f"there is no {field.noun} {value.text!r}; one of {choices}", value.column)


def among(field: Field, values: set[str] | frozenset[str]) -> Among:
    """Return the question for some of the field's choices, or for none ("")."""
    return Among(field.name, tuple(choice for choice in (*field.choices, "") if choice in values))


def rank(field: Field, op: str, value: Value, _: QueryContext) -> Node:
    """Return what is asked of a rank: `>` is worse, and P1 is the worst priority."""
    choices = field.choices
    ends = _range(value)
    if ends is not None:
        if op not in EQUAL or ends.low is None or ends.high is None:
            raise QueryError(f"a range of {field.noun} has two ends, as in {choices[-1]}..{choices[-2]}", value.column)
        first, last = sorted((_place(field, ends.low), _place(field, ends.high)))
        return among(field, set(choices[first : last + 1]))
    place = _place(field, value)
    chosen = {
        ">": choices[place + 1 :],
        ">=": choices[place:],
        "<": choices[:place],
        "<=": choices[: place + 1],
    }.get(op, (choices[place],))
    if not chosen:
        raise QueryError(f"no {field.noun} is {'worse' if op == '>' else 'better'} than {value.text}", value.column)
    return among(field, set(chosen))


def _place(field: Field, value: Value) -> int:
    text = value.text.casefold()
    return field.choices.index(known(field, value, text.removeprefix("p") if field.name == "p" else text))


def number(field: Field, op: str, value: Value, _: QueryContext) -> Node:
    """Return what is asked of a number; numbers of incidents may be written INC-000042."""

    def read(end: Value) -> Span:
        text = end.text.casefold()
        if text == "none":
            return Span(0, 1)
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise QueryError(f"not a number: {end.text!r} (try {field.example})", end.column)
        return Span(int(found[1]), int(found[1]) + 1)

    return _between(field, op, value, read)


def time(field: Field, op: str, value: Value, context: QueryContext) -> Node:
    """Return what is asked of a time: a day stands for all of it, so `>` is after its end and `<` before it begins."""

    def read(end: Value) -> Span:
        try:
            return parse_span(end.text, context.now, context.zone)
        except TimeError as error:
            raise QueryError(str(error), end.column) from None

    if op in EQUAL and _range(value) is None:
        span = read(value)
        if span.start == span.end:
            name = field.name
            text = value.text
            raise QueryError(f"{text} is an instant; write {name}>{text} or {name}:{text}..now", value.column)
    return _between(field, op, value, read)


def age(field: Field, op: str, value: Value, _: QueryContext) -> Node:
    """Return what is asked of an age."""
    return _lasting(field, op, value, _duration)


def left(field: Field, op: str, value: Value, _: QueryContext) -> Node:
    """Return what is asked of the time left, which is below nothing when it is late."""

    def read(end: Value) -> Micros:
        if end.text.startswith("-"):
            first, *rest = end.pieces
            shorter = Piece(first.text[1:], first.quoted, first.column + 1)
            return -_duration(Value((shorter, *rest), end.column + 1))
        return _duration(end)

    return _lasting(field, op, value, read)


def _lasting(field: Field, op: str, value: Value, read: Callable[[Value], Micros]) -> Node:
    name = field.name
    if op in EQUAL and _range(value) is None:
        read(value)
        text = value.text
        raise QueryError(f"{name} is compared; write {name}>{text}, {name}<{text} or {name}:1h..2h", value.column)
    return _between(field, op, value, lambda end: Span(at := read(end), at))


def _duration(value: Value) -> Micros:
    if value.text == "0":
        return 0
    try:
        return parse_duration(value.text)
    except DurationError as error:
        raise QueryError(str(error), value.column) from None


def _between(field: Field, op: str, value: Value, read: Callable[[Value], Span]) -> Between:
    """The range that an operator and a value, or two values, ask for; each value covers a span itself."""
    ends = _range(value)
    if ends is None:
        start, end = read(value)
        low, below = {
            ">": (end, None),
            ">=": (start, None),
            "<": (None, start),
            "<=": (None, end),
        }.get(op, (start, end))
        return Between(field.name, low, below)
    if op not in EQUAL:
        raise QueryError(f"{op} and .. do not go together; write {field.name}:{value.text}", value.column)
    low = read(ends.low).start if ends.low else None
    below = read(ends.high).end if ends.high else None
    if low is not None and below is not None and low > below:
        raise QueryError(f"this range ends before it begins: {value.text}", value.column)
    return Between(field.name, low, below)
