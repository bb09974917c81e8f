"""The fold: what an event's patches make of an incident and of an alert.

Total by construction (DESIGN.md 2): an event carries what it changed, so any kind, also one of a newer version, folds
the same everywhere, and replaying never fails. Fields that this version does not know are passed over.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import fields, replace

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event

_INCIDENT_FIELDS = frozenset(field.name for field in fields(Incident)) - {
    "id",
    "number",
    "revision",
    "changed_seq",
    "updated_at",
}
_ALERT_FIELDS = frozenset(field.name for field in fields(Alert)) - {"ref", "changed_seq"}


def _frozen(value: Any) -> Any:
    """Lists of a JSON patch become the tuples that the structs hold."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _known(patch: Any, names: frozenset[str]) -> dict[str, Any]:
    if not isinstance(patch, dict):
        return {}
    return {name: _frozen(value) for name, value in patch.items() if name in names}


def patch_incident(incident: Incident, patch: dict[str, Any], event: Event) -> Incident:
    """Return the incident after a `set` patch, at the event's revision and seq."""
    return replace(
        incident,
        number=event.number or incident.number,
        revision=event.revision,
        changed_seq=event.seq,
        updated_at=event.at,
        **_known(patch, _INCIDENT_FIELDS),
    )


def patch_alert(alert: Alert, patch: dict[str, Any], seq: int) -> Alert:
    """Return the alert after a `set` patch, at the event's seq."""
    return replace(alert, changed_seq=seq, **_known(patch, _ALERT_FIELDS))


def evolve(incident: Incident | None, event: Event) -> Incident:
    """Return what the incident is after `event`; the first event of an incident makes it."""
    before = incident or Incident(id=event.incident_id, number=event.number)
    return patch_incident(before, event.data.get("set", {}), event)


def evolve_alert(alert: Alert | None, event: Event) -> Alert:
    """Return what the alert is after `event`; the first event of an alert makes it."""
    before = alert or Alert(ref=event.alert)
    patch = event.data.get("alert", {})
    return patch_alert(before, patch.get("set", {}) if isinstance(patch, dict) else {}, event.seq)
