"""From a field with its operator and values to what it asks: words here, what is compared in `comparing`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Final

from noc_tui.incidents.model import OPEN_STATES, RESOLUTION_CODES
from noc_tui.incidents.query import comparing
from noc_tui.incidents.query.fields import BY_NAME, COMPARED, Field, Kind
from noc_tui.incidents.query.flags import FLAG_BY_NAME, FLAGS
from noc_tui.incidents.query.regex import Regex, RegexError
from noc_tui.incidents.query.tokens import Token, Value
from noc_tui.incidents.query.tree import (
    Among,
    Between,
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

_SEARCH: Final = ":find (or noc-tui search) looks into everything that was logged"
_ELSEWHERE: Final = {
    "note": f"what was noted is not on the board; {_SEARCH}",
    "cust": f"customers stand in the labels of alerts; {_SEARCH}",
    "customer": f"customers stand in the labels of alerts; {_SEARCH}",
    "seen": "repeats are counted beside the journal; last: is when the last alert came, as in last>-2h",
    "touched": "who touched it stands in its timeline; is:touched is by anybody, owner:me what is yours",
}
"""What people ask for that no field holds, and where it is."""
CAN_LACK: Final = ("owner", "team", "parent", "label", "cause", "code", "site", "service", "alerts")
"""Fields that `has:` asks for."""
_EQUAL: Final = (":", "=", "!=")


def asked(token: Token, context: QueryContext) -> Node:
    """Return what a field's token asks; QueryError says what to write instead."""
    field = BY_NAME.get(token.text)
    by_me = token.text == "touched" and any(value.text.casefold() in ("me", "@me") for value in token.values)
    if by_me or (token.text != "touched" and token.text in _ELSEWHERE):
        raise QueryError(_ELSEWHERE[token.text], token.column)
    if field is None and token.text not in ("is", "has") and token.text not in FLAG_BY_NAME:
        raise _unknown(token)
    if token.op == "~":
        return _by_regex(token, field)
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
    return {"is": "is:mine", "has": "has:parent"}.get(name, f"{name}:yes")


def _unknown(token: Token) -> QueryError:
    near = get_close_matches(token.text, [*BY_NAME, "is", "has", "sort", "group", "at", *FLAG_BY_NAME], 1, 0.7)
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
    if token.text == "has":
        return _has(value)
    if field is None:
        return _flag(token.text, value)
    return _READERS[field.kind](field, token.op, value, context)


def _flag(name: str, value: Value) -> Node:
    text = value.text.casefold()
    if name == "is":
        if text == "conflict":
            raise QueryError("what was refused is in the outbox, not on the board; go shows it", value.column)
        flag = FLAG_BY_NAME.get(text)
        if flag is None:
            known = ", ".join(word.name for word in FLAGS)
            raise QueryError(f"nothing is {value.text!r}; is: takes {known}", value.column)
        return Flag(flag.name)
    if text not in YES_NO:
        raise QueryError(f"{name} is yes or no, as in {name}:yes", value.column)
    node = Flag(FLAG_BY_NAME[name].name)
    return node if YES_NO[text] else negated(node)


def _has(value: Value) -> Node:
    """Whether a field has a value at all."""
    text = value.text.casefold()
    if text == "children":
        return Flag("parent")
    if text in ("note", "notes"):
        raise QueryError(_ELSEWHERE["note"], value.column)
    field = BY_NAME.get(text)
    if field is None or not (field.kind in ("text", "name", "number") or field.name == "code"):
        raise QueryError(f"has: takes children, {', '.join(CAN_LACK)}", value.column)
    if field.kind == "number":
        return Between(field.name, 1, None)
    absent = comparing.among(field, {""}) if field.kind == "choice" else Matches(field.name, (Pattern("", "is"),))
    return negated(absent)


def _by_regex(token: Token, field: Field | None) -> Node:
    """A field's text fits an expression."""
    if field is None or field.kind not in ("text", "name"):
        raise QueryError(f"~ looks into texts, as in res~^pe0; write {token.text}:value", token.column)
    if not token.values:
        raise QueryError(f'{field.noun} needs an expression, such as {field.name}~"^pe[0-4]"', token.end)
    patterns = []
    for value in token.values:
        try:
            Regex(value.text)
        except RegexError as error:
            raise QueryError(str(error), value.pieces[0].column + error.place) from None
        patterns.append(Pattern(value.text, "regex"))
    return Matches(field.name, tuple(patterns))


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
