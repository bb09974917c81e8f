"""How a sentence names an incident, the one who did something, and the field that was changed."""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import DAY, Incident, Micros, number_text
from noc_tui.incidents.times import clock, day_clock

_FIELDS: Final = {
    "acked_at": "acknowledgement",
    "closed_at": "closing time",
    "held_reason": "hold",
    "held_since": "hold",
    "held_until": "hold",
    "level": "management level",
    "owner": "owner",
    "parent": "parent",
    "prior_state": "state",
    "priority_fixed": "priority",
    "reopen_count": "reopening",
    "resolution_code": "resolution code",
    "resolution_due": "resolution clock",
    "resolution_left": "resolution clock",
    "resolved_at": "resolving time",
    "response_due": "response clock",
    "shelf_reason": "shelf",
    "shelved_by": "shelf",
    "shelved_till_clear": "shelf",
    "shelved_until": "shelf",
    "snoozed_till_clear": "snooze",
    "snoozed_until": "snooze",
    "title_fixed": "title",
}


def named(incident: Incident) -> str:
    """Return the incident's number as people say it."""
    return number_text(incident.number, incident.id)


def who(actor: str, me: str = "") -> str:
    """Return who did something, as a sentence begins: the actor, `You` for `me`, `A rule` for a standing duty."""
    if actor == RULE:
        return "A rule"
    return "You" if actor == me else actor or "Somebody"


def field_word(field: str) -> str:
    """Return what people call a field of an incident or alert."""
    return _FIELDS.get(field, field.replace("_", " "))


def when(at: Micros, now: Micros) -> str:
    """Return when something was, as a sentence that is kept may say it: `at 03:12:44Z`, `on Tue 17 Nov 03:12Z`."""
    return f"at {clock(at)}" if abs(now - at) < DAY else f"on {day_clock(at)}"
