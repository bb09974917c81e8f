"""What the beginning of a query may become: fields, their values, flags, orders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from noc_tui.incidents.query.fields import BY_NAME, COMPARED, FIELDS, Field
from noc_tui.incidents.query.flags import FLAG_BY_NAME, FLAGS
from noc_tui.incidents.query.parsing import GROUPS
from noc_tui.incidents.query.tokens import FIELD_START
from noc_tui.incidents.query.values import CAN_LACK, NOTHING

Values = Callable[[str], Iterable[str]]
"""Gives the values that a field has just now, by the field's name."""

_LAST_PART: Final = re.compile(r'(?:[^\s()|"]|"(?:[^"\\]|\\.)*(?:"|$))*$')
_LAST_VALUE: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|$))*$')
_BARE: Final = re.compile(r'[^\s()|",*]+')
_OPERATORS: Final = {"age": ">", "left": "<", "time": ">"}


def complete(text: str, caret: int, values: Values) -> list[str]:
    """Return what the text before the caret may become, each in whole; none if nothing fits.

    `values` is asked for the values of the fields whose values are free: owner, team, res, service and so on.
    """
    head = text[:caret]
    found = _LAST_PART.search(head)
    assert found is not None  # it may be empty, but is always there
    part = found[0]
    if part.startswith("-"):
        part = part[1:]
    before = head[: len(head) - len(part)]
    return [before + offer for offer in _offers(part, values)]


def _offers(part: str, values: Values) -> list[str]:
    for sign, name in (("@", "owner"), ("#", "label")):
        if part.startswith(sign):
            return _listed(sign, part[1:], ["me", *values(name)] if sign == "@" else values(name))
    named = FIELD_START.match(part)
    if named is None:
        names = [f"{field.name}{_OPERATORS.get(field.kind, ':')}" for field in FIELDS]
        return [name for name in [*names, "is:", "has:", "sort:", "group:", "at:"] if name.startswith(part.casefold())]
    name = named[1].casefold()
    return _listed(named[0], part[named.end() :], _known(name, values))


def _known(name: str, values: Values) -> Iterable[str]:
    field = BY_NAME.get(name)
    if name == "is":
        return [flag.name for flag in FLAGS]
    if name == "has":
        return ["children", *CAN_LACK]
    if name == "group":
        return GROUPS
    if name == "sort":
        return [f"{sign}{by.name}" for sign in ("", "-") for by in FIELDS if by.sorts]
    if field is None:
        return ["yes", "no"] if name in FLAG_BY_NAME else []
    return _of_field(field, values)


def _of_field(field: Field, values: Values) -> Iterable[str]:
    if field.name == "st":
        return ["open", *field.choices]
    if field.choices:
        return reversed(field.choices)
    if field.kind in COMPARED:
        return [field.example[len(field.name) + 1 :]] if field.kind != "number" else []
    return [*values(field.name), NOTHING[0]]


def _listed(begin: str, rest: str, known: Iterable[str]) -> list[str]:
    """The values that the last one of a list may become, behind those before it."""
    found = _LAST_VALUE.search(rest)
    assert found is not None  # it may be empty, but is always there
    begun = found[0]
    head = begin + rest[: len(rest) - len(begun)]
    wanted = begun.lstrip('"').casefold()
    offers = dict.fromkeys(value for value in known if value.casefold().startswith(wanted))
    return [head + _written(value) for value in offers]


def _written(value: str) -> str:
    """The value as it is typed: in quotes where a sign in it would be taken for more."""
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
