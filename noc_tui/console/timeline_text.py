"""Events as lines of a timeline: when, how long after the opening, who, what; and what changed from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from noc_tui.console.event_text import lateness, since_opened, words
from noc_tui.console.row_text import Page
from noc_tui.console.wrapping import ALL, wrap
from noc_tui.incidents.model import HOUR, Incident, number_text
from noc_tui.incidents.naming import field_word
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import clock, day_clock
from noc_tui.journal.envelope import Event
from noc_tui.journal.part import by_person
from widgets.line import Line, fit, width_of
from widgets.roles import Role

_TODAY: Final = 20 * HOUR
"""What is older is told with its day."""
_TOLD: Final = (
    *("state", "priority", "impact", "urgency", "severity", "category", "major", "title", "service", "resource"),
    *("site", "owner", "team", "tier", "level", "parent", "held_reason", "held_until", "snoozed_until"),
    *("resolution_code", "cause", "labels", "shelved_until", "suppressed_by"),
)
"""Fields whose change a person reads; the others are reckoned from them, or clocks that follow."""


def event_lines(event: Event, page: Page, width: int, incident: Incident, *, full: bool) -> list[Line]:
    """Return an event on one line, or in full on as many as its words need."""
    person = by_person(event)
    role: Role = "text" if person else "muted"
    if event.kind == "incident.noted":
        role = "bright"
    when = clock(event.at) if page.now - event.at < _TODAY or full else " ".join(day_clock(event.at).split()[1:3])
    who = "me" if event.actor == page.me and person else event.actor
    after = f"{since_opened(event, incident):>6}  " if full else ""
    text = words(event)
    late = lateness(event)
    text = f"{text}  ({late})" if late else text
    head = f"{when:<9}  {after}"
    first, *more = wrap(text, width - len(head) - 9, ALL if full else 1, page.signs.cut)
    told = fit(who, 7, sign=page.signs.cut) + "  "
    lines: list[Line] = [[(head, "muted"), (told, role if person else "muted"), (first, role)]]
    return [*lines, *([(" " * (len(head) + 9), "muted"), (part, role)] for part in more)]


def day_lines(event: Event, before: Event | None) -> list[Line]:
    """Return the heading of an event's day, after a blank, where it is another than that of the event before."""
    if before is None or day_clock(event.at)[:6] == day_clock(before.at)[:6]:
        return []
    return [[], [(day_clock(event.at).rsplit(" ", 1)[0], "bright")]]


def changes_of(event: Event) -> list[str]:
    """Return what an event changed, one field after the other: `state from new to acked`, `owner ana`."""
    data = event.data
    found = _changes(data)
    alert = data.get("alert")
    if isinstance(alert, dict):
        found += [
            f"alert's {change}"
            for change in _changes(alert)
            if not change.startswith(("resource ", "service ", "site "))
        ]
    return found


def _changes(data: dict[str, Any]) -> list[str]:
    patch, was = data.get("set"), data.get("was")
    if not isinstance(patch, dict):
        return []
    before = was if isinstance(was, dict) else {}
    found: list[str] = []
    for field in _TOLD:
        if field not in patch:
            continue
        old, new = _value(field, before.get(field)), _value(field, patch[field])
        if old != new:
            found.append(clean(f"{field_word(field)} from {old} to {new}" if old else f"{field_word(field)} {new}"))
    return found


def _value(field: str, value: Any) -> str:
    """A field's value as a person says it; empty where there is none."""
    if value in (None, "", []) or (field == "parent" and not value):
        return "none" if value is not None else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        number = {"priority": f"P{value}", "parent": number_text(value), "tier": f"t{value}"}.get(field)
        return number or (day_clock(value) if field.endswith("_until") else str(value))
    if isinstance(value, list):
        return " ".join("=".join(map(str, part)) if isinstance(part, list) else str(part) for part in value)
    return str(value)


def footer(event: Event, page: Page, width: int, most: int) -> Sequence[Line]:
    """Return what is known of one event beyond its line: what changed, then its place in the journal."""
    told = "; ".join(changes_of(event)) or "nothing is changed by it"
    place = f"seq {event.seq}" if event.seq else "not sent yet"
    by = f"by {event.actor}" + (f" at {event.origin}" if event.origin else "")
    undone = "   takes a deed back" if event.undoes else ""
    lines = wrap(told, width, most - 1, page.signs.cut)
    facts = f"{place}   revision {event.revision}   {by}   {day_clock(event.at)}{undone}"
    facts = clean(facts)
    while width_of(facts) > width and "   " in facts:
        facts = facts.rpartition("   ")[0]
    told_lines: list[Line] = [[(part, "text")] for part in lines]
    return [*told_lines, [(facts, "muted")]]
