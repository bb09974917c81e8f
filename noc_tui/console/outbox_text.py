"""A command of the outbox in words: on its line, and as a card with both sides where it was refused."""

from __future__ import annotations

from typing import Any, Final

from noc_tui.console.keymap import Keymap
from noc_tui.console.rivals import Rival, in_short
from noc_tui.console.row_text import Page, state_word
from noc_tui.console.session import Session
from noc_tui.incidents.commands import Command
from noc_tui.incidents.desk_views import DESK_VERBS
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.times import clock
from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.ports import Entry
from widgets.line import Line, cut_end, cut_middle, fit, line_width, width_of
from widgets.roles import Role, Run

_LABEL: Final = 11
_VERB: Final = 11
_NUMBER: Final = 12
_RESOURCE: Final = 16
CARD: Final = 6
"""Lines of a card."""


def row_of(session: Session, entry: Entry) -> Incident | None:
    """Return the incident that a command is about, as it is shown; None if it is not on the board."""
    number = session.outgoing.number_of(entry.command.incident) or entry.number
    row = session.row(number)
    return row if row is not None and row.id == entry.command.incident else None


def named(session: Session, entry: Entry) -> str:
    """Return what a command is called: `take INC-020829 fw2.lon2`."""
    row = row_of(session, entry)
    resource = f" {row.resource}" if row is not None and row.resource else ""
    return f"{_verb(entry.command)} {_number(entry, row)}{resource}".rstrip()


def _verb(command: Command) -> str:
    row = VERBS.get(command.verb) or DESK_VERBS.get(command.verb)
    return row.short if row is not None else command.verb


def _number(entry: Entry, row: Incident | None) -> str:
    if entry.command.verb in DESK_VERBS:
        return str(entry.command.args.get("name", ""))
    return number_text(row.number if row is not None else entry.number, entry.command.incident)


def line_of(session: Session, entry: Entry, page: Page, width: int) -> Line:
    """Return a command on one line: how old, what, about which incident, and how it stands."""
    refused = entry.state == "refused"
    row, sign = row_of(session, entry), page.signs.unsent
    if session.link is not None and session.link.up:
        sign = page.signs.cut
    role: Role = "bright" if refused else "text"
    runs: list[Run] = [
        (" " if refused else sign, role),
        (f" {short(max(0, page.now - entry.command.at)):>4}  ", "muted"),
        (fit(_verb(entry.command), _VERB, sign=page.signs.cut), role),
        (fit(_number(entry, row), _NUMBER), "muted"),
    ]
    if width > 60 and row is not None:
        runs += [(fit(row.resource, _RESOURCE, cut=cut_middle, sign=page.signs.cut) + "  ", role)]
    said = why(session, entry) if refused else details(entry.command)
    return [*runs, (cut_end(said, width - line_width(runs), page.signs.cut), role)]


def card(session: Session, entry: Entry, page: Page, width: int) -> list[Line]:
    """Return what was asked, what is so now, why it was refused, and what can be done about it by one key."""
    refused, row = entry.state == "refused", row_of(session, entry)
    name = cut_end(named(session, entry), width - 24, page.signs.cut)
    ago = short(max(0, page.now - (entry.changed_at if refused else entry.command.at)))
    how = f"refused {ago} ago" if refused else f"pressed {ago} ago"
    if entry.tries > 1 and not refused:
        how += f", tried {entry.tries} times"
    lines: list[Line] = [
        [(name, "strong"), (" " * max(2, width - width_of(name) - width_of(how)), "muted"), (how, "muted")]
    ]
    facts = [
        ("you asked", f"{asked(entry.command)}, at {clock(entry.command.at)}"),
        ("now", _now(session, entry, row, page)),
    ]
    facts += [("why", entry.reason)] if refused else [("next", _goes_out(session, entry))]
    for label, text in facts:
        lines.append([(f"{label:<{_LABEL}}", "muted"), (cut_end(text, width - _LABEL, page.signs.cut), "text")])
    return [*lines, [], _choices(entry, session.rivals.get(entry.command.id), session.keys)]


def why(session: Session, entry: Entry) -> str:
    """Return why a command was refused: who was quicker if that is known, else what the authority said."""
    rival = session.rivals.get(entry.command.id)
    return in_short(entry.command, rival) if rival is not None else entry.reason


def asked(command: Command) -> str:
    """Return what a command asks, in words: `resolve, fixed`, `add a note, "seen"`."""
    title = VERBS[command.verb].title if command.verb in VERBS else command.verb
    told = details(command)
    return f"{title}, {told}" if told else title


def details(command: Command) -> str:
    """Return the choices that a command was pressed with; of one that should page somebody, that nobody was."""
    told = [_told(name, value) for name, value in command.args.items() if name not in ("command", "alert")]
    paged = "nobody was paged yet" if command.verb in ("escalate", "escalate_up") else ""
    return ", ".join(part for part in (*told, paged) if part)


def _told(name: str, value: Any) -> str:
    if name == "until" and isinstance(value, int):
        return f"until {clock(value)}"
    if name == "parent" and isinstance(value, int):
        return number_text(value)
    if name in ("text", "note", "reason", "cause", "title"):
        return f'"{value}"'
    return {True: name.replace("_", " "), False: ""}[value] if isinstance(value, bool) else str(value)


def _now(session: Session, entry: Entry, row: Incident | None, page: Page) -> str:
    """How the incident is now, and who made it so."""
    if row is None:
        return "not on the board"
    state = f"{state_word(row, page.now)}, P{row.priority}, owner {row.owner or 'nobody'}"
    rival = session.rivals.get(entry.command.id)
    return state if rival is None else f"{state}; {in_short(entry.command, rival)}"


def _goes_out(session: Session, entry: Entry) -> str:
    if session.link is None or session.link.up:
        return "it is on its way"
    if session.link.blocked or session.link.refused:
        return "it waits until that server takes what you do: see above"
    return "it goes out when the link is back"


def _choices(entry: Entry, rival: Rival | None, shown: Keymap) -> Line:
    keys = ("enter", ".", "x", "X") if entry.state == "refused" else ("enter", "x", "r")
    runs: list[Run] = []
    for key in keys:
        label, word = shown.hint_of("outbox", key)
        if key == "." and entry.command.verb == "take":
            word = f"take it over from {rival.actor}" if rival is not None else "take it over"
        runs += [("   " if runs else "", "muted"), (label, "key"), (f" {word}", "muted")]
    return runs
