"""From a field with its operator and values to what it asks: words here, what is compared in `comparing`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Final

from noc_tui.incidents.model import OPEN_STATES, RESOLUTION_CODES
from noc_tui.incidents.query import comparing
from noc_tui.incidents.query.fields import BY_NAME, COMPARED, Field, Kind
from noc_tui.incidents.query.flags import FLAG_BY_NAME, FLAGS
from noc_tui.incidents.query.tokens import Token, Value
from noc_tui.incidents.query.tree import (
    Among,
    Flag,
    Matches,
    Node,
    Pattern,
    QueryContext,
    QueryError,
    any_of,
    negated,
)

NOTHING: Final = ("none", "nobody")
"""How a query names the absence of a value."""
YES_NO: Final = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}

_EQUAL: Final = (":", "=", "!=")


def asked(token: Token, context: QueryContext) -> Node:
    """Return what a field's token asks; QueryError says what to write instead."""
    field = BY_NAME.get(token.text)
    if field is None and token.text != "is" and token.text not in FLAG_BY_NAME:
        raise _unknown(token)
    if token.op == "~":
        raise QueryError("there is no ~ here; * stands for anything, as in res:pe*", token.column)
    if token.op not in _EQUAL and (field is None or field.kind not in COMPARED):
        raise QueryError(f"{token.text} is not compared; write {token.text}:value", token.column)
    if not token.values:
        noun, example = (field.noun, field.example) if field else (token.text, _flag_example(token.text))
        raise QueryError(f"{noun} needs a value, such as {example}", token.end)
    if len(token.values) > 1 and token.op not in _EQUAL:
        raise QueryError(f"{token.op} takes one value; only : takes a list", token.values[1].column)
    node = any_of([_one(token, field, value, context) for value in token.values])
    return negated(_joined(node)) if token.op == "!=" else _joined(node)


def _flag_example(name: str) -> str:
    return "is:mine" if name == "is" else f"{name}:yes"


def _unknown(token: Token) -> QueryError:
    near = get_close_matches(token.text, [*BY_NAME, "is", "sort", *FLAG_BY_NAME], 1, 0.7)
    meant = f"did you mean {near[0]}?" if near else f'for the words themselves write "{token.written}" in quotes'
    return QueryError(f"there is no field {token.text!r}; {meant}", token.column)


def _joined(node: Node) -> Node:
    """A list on one field is one node, not many."""
    items = getattr(node, "items", ())
    if items and all(isinstance(item, Matches) for item in items):
        return Matches(items[0].field, tuple(pattern for item in items for pattern in item.patterns))
    if items and all(isinstance(item, Among) for item in items):
        field = BY_NAME[items[0].field]
        return comparing.among(field, {value for item in items for value in item.values})
    return node


def _one(token: Token, field: Field | None, value: Value, context: QueryContext) -> Node:
    if field is None:
        return _flag(token.text, value)
    return _READERS[field.kind](field, token.op, value, context)


def _flag(name: str, value: Value) -> Node:
    text = value.text.casefold()
    if name == "is":
        flag = FLAG_BY_NAME.get(text)
        if flag is None:
            known = ", ".join(word.name for word in FLAGS)
            raise QueryError(f"nothing is {value.text!r}; is: takes {known}", value.column)
        return Flag(flag.name)
    if text not in YES_NO:
        raise QueryError(f"{name} is yes or no, as in {name}:yes", value.column)
    node = Flag(FLAG_BY_NAME[name].name)
    return node if YES_NO[text] else negated(node)


# Words


def _text(field: Field, op: str, value: Value, context: QueryContext) -> Node:
    return Matches(field.name, (_pattern(field, value, context, whole=op != ":"),))


def _name(field: Field, op: str, value: Value, context: QueryContext) -> Node:
    return Matches(field.name, (_pattern(field, value, context, whole=True),))


def _pattern(field: Field, value: Value, context: QueryContext, *, whole: bool) -> Pattern:
    text = value.text.casefold()
    if not value.quoted:
        if text in NOTHING:
            return Pattern("", "is")
        if field.name == "owner" and text == "me":
            return Pattern(context.me.casefold(), "is")
        if "*" in text:
            return Pattern(text, "like")
    return Pattern(text, "is" if whole or not text else "has")


def _choice(field: Field, op: str, value: Value, context: QueryContext) -> Node:
    text = value.text.casefold()
    if field.name == "st" and text == "open":
        return comparing.among(field, OPEN_STATES)
    if field.name == "code":
        if text == NOTHING[0]:
            return comparing.among(field, {""})
        text = RESOLUTION_CODES.get(text, text)
    return comparing.among(field, {comparing.known(field, value, text)})


_READERS: Final[dict[Kind, Callable[[Field, str, Value, QueryContext], Node]]] = {
    "text": _text,
    "name": _name,
    "choice": _choice,
    "rank": comparing.rank,
    "number": comparing.number,
    "age": comparing.age,
    "left": comparing.left,
    "time": comparing.time,
}
