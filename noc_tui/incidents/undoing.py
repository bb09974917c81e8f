"""Undo and redo: new events that restore what earlier ones replaced (DESIGN.md 8.10, OPERATOR.md 1.5).

An undo is stopped only by a later change, not itself undone, to a field that it would restore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from noc_tui.incidents.commands import Command, Draft, Patch, Refusal
from noc_tui.incidents.deeds import Result, changed
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.scene import PastEvent, Scene

_SOFT: Final = frozenset(("attention", "touched"))
"""Fields that every act moves: restored where nobody moved them since, and never in the way of an undo."""

Change = tuple[int, str, int]
"""Revision, actor and time of a field's last change."""


def standing(events: Sequence[PastEvent]) -> list[PastEvent]:
    """Return the events that still stand: without those that a later one undid, and without those undos."""
    cancelled: set[bytes] = set()
    commands = {event.command_id for event in events if event.command_id}
    kept: list[PastEvent] = []
    for event in reversed(events):
        if event.command_id and event.command_id in cancelled:
            continue
        if event.undoes and event.undoes in commands:
            cancelled.add(event.undoes)
            continue
        kept.append(event)
    return kept[::-1]


def last_changes(events: Sequence[PastEvent]) -> dict[str, Change]:
    """Return for each field of the incident who changed it last, among the events that still stand."""
    changes: dict[str, Change] = {}
    for event in standing(events):
        for name in event.data.get("set", {}):
            changes[name] = (event.revision, event.actor, event.at)
    return changes


def _was_undone(events: Sequence[PastEvent], command_id: bytes) -> bool:
    cancelled: set[bytes] = set()
    for event in reversed(events):
        if event.undoes and event.command_id not in cancelled:
            cancelled.add(event.undoes)
    return command_id in cancelled


def _target(command: Command) -> bytes | None:
    try:
        return bytes.fromhex(str(command.args["command"]).replace("-", ""))
    except ValueError:
        return None


def undo(scene: Scene, incident: Incident, command: Command) -> Result:
    """Restore what the named command changed in this incident (for `redo`: what the named undo changed)."""
    name = number_text(incident.number, incident.id)
    target = _target(command)
    mine = [event for event in scene.events_of(target or b"") if event.incident_id == incident.id]
    if target is None or not mine:
        return Refusal(f"{name}: there is nothing by that command to undo.", "bad")
    later = scene.events_since(incident.id, mine[-1].revision)
    if _was_undone(later, target):
        return Refusal(f"{name}: that is undone already.")
    blocked = _blocked(mine, last_changes(later))
    if blocked:
        field, (_, actor, _) = blocked
        return Refusal(f"{name}: {actor} changed its {field.replace('_', ' ')} since.", "conflict")
    kind = "incident.redone" if command.verb == "redo" else "incident.undone"
    return _restored(scene, incident, mine, last_changes(later), kind, target)


def _blocked(mine: Sequence[PastEvent], changes: dict[str, Change]) -> tuple[str, Change] | None:
    touched = {name for event in mine for name in event.data.get("set", {})} - _SOFT
    return next(((name, changes[name]) for name in sorted(touched) if name in changes), None)


def _restored(
    scene: Scene,
    incident: Incident,
    mine: Sequence[PastEvent],
    changes: dict[str, Change],
    kind: str,
    target: bytes,
) -> list[Draft]:
    patch: Patch = {}
    alerts: dict[str, Patch] = {}
    for event in reversed(mine):
        patch |= {name: value for name, value in event.data.get("was", {}).items() if name not in changes}
        if event.kind == "incident.created":
            patch = _withdrawn(scene)
        if event.alert:
            alerts.setdefault(event.alert, {}).update(event.data.get("alert", {}).get("was", {}))
    more: dict[str, Any] = {"what": mine[-1].kind}
    restored, was = changed(incident, patch)
    drafts = [Draft(kind=kind, incident=incident.id, set=restored, was=was, more=more, undoes=target)]
    for ref, alert_patch in alerts.items():
        alert = scene.alert(ref)
        if alert is not None:
            alert_set, alert_was = changed(alert, alert_patch)
            drafts.append(
                Draft(
                    kind=kind,
                    incident=incident.id,
                    alert=ref,
                    alert_set=alert_set,
                    alert_was=alert_was,
                    more=more,
                    undoes=target,
                )
            )
    return drafts


def _withdrawn(scene: Scene) -> Patch:
    """An incident logged by mistake has a number that was told to people: it is closed, not unmade."""
    return {"state": "closed", "closed_at": scene.now, "resolution_code": "false alarm", "attention": False}
