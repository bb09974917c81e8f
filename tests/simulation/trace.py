"""A run told line by line, for whoever looks for the fault."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.journal.exchange import Cursor, Page, Push, Pushed
from noc_tui.journal.ports import Entry
from noc_tui.sync.effects import Effect, Ticket
from noc_tui.sync.inputs import Input


def in_words(happened: Input | Effect) -> str:
    """Return an input or effect on one line."""
    parts = [f"{name}={_short(value)}" for name, value in asdict(happened).items() if name not in ("when", "deadline")]
    return f"{type(happened).__name__} {' '.join(parts)}"


def _short(value: Any) -> str:
    words = _WORDS.get(type(value))
    if words is not None:
        return str(words(value))
    if isinstance(value, tuple | list | frozenset):
        return f"[{' '.join(_short(one) for one in value)}]"
    text = str(value)
    return text if len(text) <= 160 else f"{text[:159]}…"


_WORDS: dict[type, Any] = {
    bytes: lambda id: id.hex()[-6:],
    Ticket: lambda ticket: f"#{ticket.number}/{ticket.lineage}",
    Cursor: lambda cursor: f"{cursor.epoch.hex()[-4:]}:{cursor.seq}:{cursor.hash.hex()[-4:]}",
    Command: lambda command: f"{command.id.hex()[-6:]}({command.verb} {command.incident.hex()[-4:]})",
    Entry: lambda entry: f"{entry.command.id.hex()[-6:]}:{entry.state}:{entry.seq}/{entry.lineage}",
    Outcome: lambda one: f"{one.command.hex()[-6:]}:{one.seqs if one.ok else one.code}{'r' if one.repeated else ''}",
    Push: lambda push: f"{_short(push.commands)}@{_short(push.cursor)}",
    Pushed: lambda pushed: f"{_short(pushed.outcomes)} head {pushed.head}",
    Page: lambda page: (
        f"{page.epoch.hex()[-4:]}:{page.after}:{page.hash.hex()[-4:]}"
        f"+{len(page.events)} head {page.head} by {_short([event.command_id for event in page.events])}"
    ),
}
