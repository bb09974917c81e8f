"""What Tab completes on the line one writes on: commands, their arguments and values, fields and values of a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.session import Session
from noc_tui.console.viewing import GROUP_WORDS, SORT_WORDS
from noc_tui.incidents.query import complete
from noc_tui.incidents.verbs import VERBS, Arg, Verb

Complete = Callable[[str, int], list[str]]
_VALUES_FROM: Final = {
    "owner": "owner",
    "team": "team",
    "site": "site",
    "service": "service",
    "res": "resource",
    "resource": "resource",
    "src": "source",
}
_LOOKED_AT: Final = 20_000
"""Of so many rows, the newest, values are offered: a key must not wait for a hundred thousand."""
_OFFERED: Final = 200
_SPANS: Final = ("15m", "30m", "1h", "4h", "8h", "2d")
"""What is offered for a time; any other can be typed."""


def completions(kind: str, session: Session) -> Complete | None:
    """Return the function that completes a line of this kind, or None."""
    if kind == "command":
        return lambda text, caret: _command(text[:caret], session)
    if kind == "filter":
        return lambda text, caret: complete(text, caret, lambda field: _values(session, field))
    return None


def _values(session: Session, field: str) -> Sequence[str]:
    """The values of a field that are known to the board, its newest rows first asked."""
    rows = islice(reversed(session.board.rows.values()), _LOOKED_AT)
    if field == "label":
        return sorted({label for row in rows for label in row.labels})[:_OFFERED]
    name = _VALUES_FROM.get(field)
    if name is None:
        return []
    return sorted({value for row in rows if (value := getattr(row, name))})[:_OFFERED]


def _command(head: str, session: Session) -> list[str]:
    """What the text before the caret may become, each in whole."""
    word, blank, rest = head.partition(" ")
    if not blank:
        return [f"{name} " for name in COMMAND_WORDS if name.startswith(word.casefold())]
    if word in ("filter", "pick"):
        asked = complete(rest, len(rest), lambda field: _values(session, field))
        return [f"{word} {one}" for one in asked]
    verb = VERBS.get(word)
    if verb is not None:
        return _of_verb(verb, rest, session)
    if word == "view" and rest.startswith(("save ", "drop ")):
        return _of_saved(rest, session)
    if word == "sort" and "," in rest:
        before, _, rest = rest.rpartition(",")
        return _beginning(f"sort {before},", rest, SORT_WORDS[:-1])
    return _beginning(f"{word} ", rest, _of_word(word, session))


def _of_saved(rest: str, session: Session) -> list[str]:
    """Names of saved views, the person's own first, and the word that makes it the desk's."""
    what, _, begun = rest.partition(" ")
    name, blank, more = begun.partition(" ")
    if blank:
        return _beginning(f"view {what} {name} ", more, ("shared",))
    views = session.look.views
    return _beginning(f"view {what} ", begun, dict.fromkeys((*views.own, *views.shared)))


def _of_word(word: str, session: Session) -> Iterable[str]:
    if word == "view":
        return [*(view.name for view in session.look.views), "save", "drop"]
    return {"sort": SORT_WORDS, "group": GROUP_WORDS}.get(word, ())


def _beginning(before: str, begun: str, options: Iterable[str], after: str = " ") -> list[str]:
    return [f"{before}{one}{after}" for one in options if one.casefold().startswith(begun.casefold())]


def _of_verb(verb: Verb, rest: str, session: Session) -> list[str]:
    """Values of the argument that comes next, then the names of those that may still be given."""
    before, blank, begun = rest.rpartition(" ")
    lead = f"{verb.id} {before}{blank}"
    name, equals, value = begun.partition("=")
    args = {arg.name: arg for arg in verb.args if arg.kind != "flag"}
    if equals and name in args:
        fitting = _beginning("", value.lstrip('"'), _of_arg(args[name], session), "")
        return [f"{lead}{name}={_quoted(one)} " for one in fitting]
    given = before.split()
    named = {word.partition("=")[0] for word in given if "=" in word}
    left = [arg for arg in args.values() if arg.name not in named]
    at = sum("=" not in word for word in given)
    found: list[str] = []
    if at < len(left):
        words = _of_arg(left[at], session)
        if at == len(left) - 1 or not blank:
            found = _beginning(lead, begun, words)
        else:
            found = _beginning(lead, begun, (one for one in words if " " not in one))
    return [*found, *_beginning(lead, begun, (arg.name for arg in left[at:] if begun or arg.name != "note"), "=")]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _of_arg(arg: Arg, session: Session) -> Sequence[str]:
    if arg.choices:
        return list(dict.fromkeys(arg.choices.values()))
    if arg.kind == "person":
        teams = dict.fromkeys((*session.policy.teams, *_values(session, "team")))
        return [*dict.fromkeys((session.me, *_values(session, "owner"))), *(f"team:{team}" for team in teams)]
    if arg.kind == "when":
        return _SPANS
    return _values(session, arg.name)
