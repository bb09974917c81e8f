"""What Tab completes on the line one writes on: commands, their choices, fields and values of a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.session import Session
from noc_tui.incidents.query import complete
from noc_tui.incidents.verbs import VERBS

Complete = Callable[[str, int], list[str]]
_VALUES_FROM = {
    "owner": "owner",
    "team": "team",
    "site": "site",
    "service": "service",
    "res": "resource",
    "src": "source",
}


def completions(kind: str, session: Session) -> Complete | None:
    """Return the function that completes a line of this kind, or None."""
    if kind == "command":
        return _command
    if kind == "filter":
        return lambda text, caret: complete(text, caret, lambda field: _values(session, field))
    return None


def _values(session: Session, field: str) -> Iterable[str]:
    name = _VALUES_FROM.get(field)
    if name is None:
        return []
    return sorted({value for row in session.board.rows.values() if (value := getattr(row, name))})[:200]


def _command(text: str, caret: int) -> list[str]:
    head = text[:caret]
    word, blank, rest = head.partition(" ")
    if not blank:
        return [f"{name} " for name in COMMAND_WORDS if name.startswith(word)]
    verb = VERBS.get(word)
    if verb is None or " " in rest.strip():
        return []
    choices = next((arg.choices for arg in verb.args if arg.choices), {})
    return [f"{word} {choice} " for choice in dict.fromkeys(choices.values()) if choice.startswith(rest)]
