"""Drafts made from what is and what shall be: each carries what it changes and what that replaces."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec.structs import replace

from noc_tui.incidents.commands import Draft, Patch
from noc_tui.incidents.model import Alert, Incident

Value = TypeVar("Value", Incident, Alert)


def jsonable(value: Any) -> Any:
    """Return a field's value as a patch holds it."""
    return [jsonable(item) for item in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def changed(before: Incident | Alert, patch: Patch) -> tuple[Patch, Patch]:
    """Return (set, was): the part of `patch` that differs from `before`, and what it replaces."""
    now: Patch = {}
    was: Patch = {}
    for name, value in patch.items():
        held = getattr(before, name)
        if held != value and (type(value) is not list or jsonable(held) != value):
            now[name] = value
            was[name] = held
    return now, was


def applied(before: Value, patch: Patch) -> Value:
    """Return the value after a patch, as the fold will make it."""
    lists = {name: _frozen(value) for name, value in patch.items() if type(value) is list}
    return replace(before, **(patch | lists))


def draft(kind: str, incident: Incident, patch: Patch, *, undoes: bytes = b"", **more: Any) -> Draft:
    """Return the draft that brings the incident from what it is to `patch`, telling `more` beside it."""
    now, was = changed(incident, patch)
    told = {name: value for name, value in more.items() if value not in (None, "")}
    return Draft(kind=kind, incident=incident.id, set=now, was=was, more=told, undoes=undoes)


def resting(made: Draft, incident: Incident, field: str) -> Draft:
    """Return the draft with a field told that it rests on even if it stays: no undo of an earlier one passes that."""
    value = jsonable(getattr(incident, field))
    return replace(made, set={field: value} | made.set, was={field: value} | made.was)


def both(
    kind: str, incident: Incident, patch: Patch, alert: Alert, alert_patch: Patch, *, undoes: bytes = b"", **more: Any
) -> Draft:
    """Return the draft of what happens to an alert and, by it, to the incident that gathers it."""
    alert_set, alert_was = changed(alert, alert_patch)
    made = draft(kind, incident, patch, undoes=undoes, **more)
    return replace(made, alert=alert.ref, alert_set=alert_set, alert_was=alert_was)
