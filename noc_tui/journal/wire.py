"""The JSON shapes that scripts rely on (DESIGN.md 6): snake case, times as ISO 8601 UTC with microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.incidents.times import iso, parse_rfc3339
from noc_tui.journal.envelope import Event
from noc_tui.journal.ids import id_from_text, id_text

INCIDENT_FIELDS: Final = (
    "number",
    "id",
    "title",
    "state",
    "attention",
    "priority",
    "impact",
    "urgency",
    "severity",
    "category",
    "major",
    "service",
    "resource",
    "site",
    "owner",
    "team",
    "source",
    "alert_count",
    "alerts_firing",
    "opened_at",
    "acked_at",
    "resolved_at",
    "closed_at",
    "updated_at",
    "snoozed_until",
    "held_until",
    "suppressed_by",
    "parent",
    "revision",
    "response_due",
    "resolution_due",
    "labels",
)
"""The stable names of an incident, in the order they are printed."""

_INSTANTS: Final = frozenset(name for name in INCIDENT_FIELDS if name.endswith(("_at", "_due", "_until")))
_PATCH_INSTANTS: Final = _INSTANTS | {
    "from",
    "to",
    "held_since",
    "cleared_at",
    "last_alert_at",
    "shelved_until",
    "raised_at",
    "starts_at",
}


def _shown(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        return iso(value) if value is not None else None
    if name == "parent":
        return number_text(value) if value else None
    return value if value != "" else None


def incident_json(incident: Incident) -> dict[str, Any]:
    """Return an incident as scripts see it; what is absent is null."""
    shape = {name: _shown(name, getattr(incident, name)) for name in INCIDENT_FIELDS}
    shape["number"] = number_text(incident.number, incident.id)
    shape["id"] = id_text(incident.id)
    shape["labels"] = list(incident.labels)
    return shape


def incident_from(shape: dict[str, Any]) -> Incident:
    """Return the incident that a shape tells of, as far as it tells; ValueError if it is no such shape."""
    told = {name: value for name, value in shape.items() if name in INCIDENT_FIELDS and value is not None}
    try:
        told |= {name: parse_rfc3339(told[name]) for name in _INSTANTS & told.keys()}
        told |= {name: int(told[name].rpartition("-")[2]) for name in ("number", "parent") if name in told}
        return msgspec.convert(told | {"id": id_from_text(told["id"])}, Incident)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise ValueError(f"this is no incident: {error}") from None


def alert_json(alert: Alert) -> dict[str, Any]:
    """Return an alert as scripts see it: `alert` is its dedup key."""
    return {
        "alert": alert.key,
        "source": alert.source,
        "incident": number_text(alert.incident) if alert.incident else None,
        "firing": alert.firing,
        "severity": alert.severity,
        "resource": alert.resource or None,
        "summary": alert.summary or None,
        "service": alert.service or None,
        "site": alert.site or None,
        "labels": dict(alert.labels),
        "url": alert.url or None,
        "raised_at": iso(alert.raised_at) if alert.raised_at is not None else None,
        "cleared_at": iso(alert.cleared_at) if alert.cleared_at is not None else None,
        "flapping": alert.flapping,
        "shelved_until": iso(alert.shelved_until) if alert.shelved_until is not None else None,
        "suppressed_by": alert.suppressed_by or None,
    }


def _patch_json(data: dict[str, Any]) -> dict[str, Any]:
    """Instants inside patches become text too; everything else is told as it is kept."""
    return {name: _told(name, value) for name, value in data.items()}


def _told(name: str, value: Any) -> Any:
    if name in ("set", "was", "alert") and isinstance(value, dict):
        return _patch_json(value)
    if name in _PATCH_INSTANTS and type(value) is int:
        return iso(value)
    if name == "recent_toggles" and isinstance(value, list):
        return [iso(at) if type(at) is int else at for at in value]
    return value


def event_json(event: Event) -> dict[str, Any]:
    """Return an event as scripts see it."""
    return {
        "seq": event.seq,
        "id": id_text(event.id),
        "command_id": id_text(event.command_id) or None,
        "incident": number_text(event.number) if event.number else None,
        "incident_id": id_text(event.incident_id) or None,
        "alert": event.alert or None,
        "revision": event.revision,
        "at": iso(event.at),
        "received_at": iso(event.received_at),
        "actor": event.actor,
        "origin": event.origin or None,
        "kind": event.kind,
        "data": _patch_json(event.data),
        "batch": id_text(event.batch) or None,
        "undoes": id_text(event.undoes) or None,
    }


def incidents_json(incidents: Iterable[Incident]) -> list[dict[str, Any]]:
    """Return incidents as the array that `list` and `board` print."""
    return [incident_json(incident) for incident in incidents]
