"""Events in words: what a timeline says happened (LOOK.md section 5: past tense, short, who did it beside it)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from noc_tui.incidents.durations import short
from noc_tui.incidents.model import MINUTE, Incident, Micros, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import clock
from noc_tui.journal.envelope import Event
from noc_tui.journal.part import by_person

Data = dict[str, Any]
_UNSAID: Final = Incident(id=b"", number=0).priority
"""The priority of an incident whose first event names none: what is as by default is left out of a patch."""


def _number(data: Data) -> int:
    number = data.get("number", 0)
    return number if isinstance(number, int) else 0


def _set(data: Data, name: str) -> Any:
    patch = data.get("set", {})
    return patch.get(name) if isinstance(patch, dict) else None


def _opened(data: Data) -> str:
    return f"opened as P{_set(data, 'priority') or _UNSAID}"


def _raised(data: Data) -> str:
    return f"raised {data.get('summary', 'an alert')}, {data.get('severity', '')}".rstrip(", ")


def _flapped(data: Data) -> str:
    span = int(data.get("to", 0)) - int(data.get("from", 0))
    return f"flapping, {data.get('toggles', '?')} changes in {short(max(span, 0))}"


def _taken(data: Data) -> str:
    return f"took it over from {data['from']}" if data.get("from") else "took it"


def _prioritised(data: Data) -> str:
    was = data.get("was", {}).get("priority") if isinstance(data.get("was"), dict) else None
    return f"set P{_set(data, 'priority') or '?'}" + (f", was P{was}" if was else "")


def _held(data: Data) -> str:
    until = _set(data, "held_until")
    return f"put on hold: {_set(data, 'held_reason')}" + (f", until {clock(until)}" if until else "")


def _snoozed(data: Data) -> str:
    until = _set(data, "snoozed_until")
    if _set(data, "snoozed_till_clear"):
        return "snoozed till it clears"
    return f"snoozed until {clock(until)}" if until else "snoozed"


def _resolved(data: Data) -> str:
    cause = _set(data, "cause")
    return f"resolved as {_set(data, 'resolution_code') or '?'}" + (f": {cause}" if cause else "")


_REOPENED: Final = {"alert": "reopened, the alert is back", "shelf": "reopened, the alert fires and its shelf is over"}
"""What reopened it where it was no person."""


def _undone(data: Data) -> str:
    return f"undid: {_deed(str(data.get('what', 'that')))}"


def _deed(kind: str) -> str:
    """`incident.acked` as the word behind the dot."""
    return kind.partition(".")[2].replace("_", " ") or kind


def _linked(data: Data) -> str:
    return f"linked under {number_text(int(_set(data, 'parent') or 0))}"


_WORDS: Final[dict[str, Callable[[Data], str]]] = {
    "incident.created": _opened,
    "incident.acked": lambda data: "acknowledged",
    "incident.unacked": lambda data: "took the acknowledgement back",
    "incident.taken": _taken,
    "incident.assigned": lambda data: f"assigned it to {data.get('to', '?')}",
    "incident.released": lambda data: "released it",
    "incident.noted": lambda data: f'"{data.get("text", "")}"',
    "incident.labelled": lambda data: f"added the label {data.get('label', '')}",
    "incident.unlabelled": lambda data: f"removed the label {data.get('label', '')}",
    "incident.prioritised": _prioritised,
    "incident.categorised": lambda data: f"set the category {_set(data, 'category')}",
    "incident.service_set": lambda data: f"set the service {_set(data, 'service')}",
    "incident.retitled": lambda data: f"reworded it: {_set(data, 'title')}",
    "incident.escalated": lambda data: f"escalated to {data.get('to', '?')}; nobody was paged",
    "incident.held": _held,
    "incident.resumed": lambda data: "resumed",
    "incident.snoozed": _snoozed,
    "incident.woken": lambda data: "ended the snooze",
    "incident.resolved": _resolved,
    "incident.reopened": lambda data: _REOPENED.get(str(data.get("by")), "reopened"),
    "incident.closed": lambda data: "closed",
    "incident.linked": _linked,
    "incident.unlinked": lambda data: "unlinked it",
    "incident.merged": lambda data: f"merged it into {number_text(int(_set(data, 'parent') or 0))}",
    "incident.gathered": lambda data: f"merged {number_text(_number(data))} into it",
    "incident.parted": lambda data: f"took {number_text(_number(data))} out of it again",
    "incident.unmerged": lambda data: "took the merge back",
    "incident.undone": _undone,
    "incident.redone": lambda data: f"did again: {_deed(str(data.get('what', 'that')))}",
    "alert.raised": _raised,
    "alert.cleared": lambda data: f"cleared {data.get('summary', 'an alert')}",
    "alert.moved": lambda data: f"goes on in {number_text(_number(data))}: {data.get('summary', '')}".rstrip(": "),
    "alert.updated": lambda data: f"now says {data.get('summary', '')}",
    "alert.severity_changed": lambda data: f"now {data.get('severity', '?')}: {data.get('summary', '')}",
    "alert.suppressed": lambda data: f"silenced at its source: {data.get('summary', '')}",
    "alert.unsuppressed": lambda data: f"no longer silenced: {data.get('summary', '')}",
    "alert.flapped": _flapped,
    "alert.settled": lambda data: "steady again",
    "shelf.added": lambda data: f"shelved an alert: {data.get('reason', '')}".rstrip(": "),
    "shelf.removed": lambda data: "took an alert off its shelf",
    "desk.policy_set": lambda data: "set the policy",
}


def words(event: Event) -> str:
    """Return what happened, without who and when. A kind of a newer version is named as it is, never dropped.

    So is one whose body is not what this version writes: no event ever stops a timeline.
    """
    data = event.data
    say = _WORDS.get(event.kind)
    try:
        text = say(data) if say else event.kind
    except (ArithmeticError, TypeError, ValueError, AttributeError, KeyError):
        text = event.kind
    for name in ("note", "reason"):
        extra = data.get(name)
        if extra and event.kind not in ("shelf.added",):
            text = f'{text}, "{extra}"'
    return clean(text)


def lateness(event: Event) -> str:
    """Return `sent 101 s later` when it was written offline and came in more than 5 s after, else nothing.

    What waits in the outbox has no seq: it is not sent yet.
    """
    if not by_person(event):
        return ""
    if not event.seq:
        return "not sent yet"
    late = event.received_at - event.at
    return f"sent {late // 1_000_000} s later" if late > 5_000_000 else ""


def since_opened(event: Event, incident: Incident) -> str:
    """Return minutes and seconds after the incident was opened: `0:48`, `32:13`, `5h02`."""
    span: Micros = max(0, event.at - incident.opened_at)
    if span < 100 * MINUTE:
        return f"{span // MINUTE}:{span % MINUTE // 1_000_000:02d}"
    return short(span)
