"""Undo and redo: new events that restore what earlier ones replaced (DESIGN.md 8.10, OPERATOR.md 1.5).

One undoes one's own command. It is stopped only by a later change, not itself undone, to a field that it would
restore; what is counted from the alerts is never restored but counted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from noc_tui.incidents.commands import RULE, Command, Draft, Patch, Refusal
from noc_tui.incidents.deeds import Result, find_home
from noc_tui.incidents.drafting import applied, both, draft, jsonable
from noc_tui.incidents.gathering import KEPT, gathered, home_of, joined, lifted, own_again, parted, recounted
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros
from noc_tui.incidents.naming import field_word, named, when, who
from noc_tui.incidents.scene import PastEvent, Scene

_SOFT: Final = frozenset(("attention", "touched"))
"""Fields that every act moves: restored where no person has acted since, and never in the way of an undo."""

_FIELDS: Final = frozenset(Incident.__struct_fields__)
_ALERT_FIELDS: Final = frozenset(Alert.__struct_fields__)

_UNDONE: Final = "incident.undone"
_REDONE: Final = "incident.redone"

Change = tuple[int, str, Micros]
"""Revision, actor and time of a field's last change."""


def _part(event: PastEvent, name: str) -> Patch:
    """A part of an event's body; what a foreign journal holds in its place counts as nothing."""
    part = event.data.get(name)
    return part if isinstance(part, dict) else {}


def _alert_part(event: PastEvent, name: str) -> Patch:
    part = _part(event, "alert").get(name)
    return part if isinstance(part, dict) else {}


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
        for name in _part(event, "set"):
            changes[name] = (event.revision, event.actor, event.at)
    return changes


def was_undone(events: Sequence[PastEvent], command_id: bytes) -> bool:
    """Return whether the events after a command undo it, and that undo still stands."""
    cancelled: set[bytes] = set()
    for event in reversed(events):
        if event.undoes and event.command_id not in cancelled:
            cancelled.add(event.undoes)
    return command_id in cancelled


def _target(command: Command) -> bytes:
    try:
        return bytes.fromhex(str(command.args["command"]).replace("-", ""))
    except ValueError:
        return b""


def undo(scene: Scene, incident: Incident, command: Command) -> Result:
    """Restore what the named command changed in this incident (for `redo`: what the named undo changed)."""
    target = _target(command)
    events = scene.events_of(target) if target else []
    if not events or events[0].incident_id != incident.id:
        return Refusal(f"{named(incident)}: there is nothing by that command to {command.verb}.", "bad")
    mine = [event for event in events if event.incident_id == incident.id]
    later = scene.events_since(incident.id, mine[-1].revision)
    refusal = (
        _not_theirs(incident, command, events[0], later)
        or _out_of_reach(scene, incident, mine)
        or _built_on(scene, incident, command, mine, later)
    )
    if refusal:
        return refusal
    patch, alerts = _before(command, mine, later)
    beside: list[Draft] = []
    restored = applied(incident, patch)
    if restored.state not in OPEN_STATES:
        if _needs_eyes_since(incident, later):
            return Refusal(f"{named(incident)} needs eyes again; look at it first.", "conflict")
        patch["attention"] = False
    if incident.state == "merged" != restored.state:
        patch |= own_again(scene, incident, restored.state)
        beside = parted(scene, incident, _of_home(scene, events, incident), target)
    elif restored.state == "merged" != incident.state:
        home = find_home(scene, incident, restored.parent)
        if isinstance(home, Refusal):
            return home
        beside = [joined(scene, home, incident, target)]
    if alerts:
        left = _with(gathered(scene, incident), alerts)
        patch = lifted(scene.policy, incident, patch | recounted(incident, left), left)
    kind = _REDONE if command.verb == "redo" else _UNDONE
    more: dict[str, Any] = {"what": mine[-1].kind}
    drafts = [draft(kind, incident, patch, undoes=target, **more)]
    now = applied(incident, drafts[0].set)
    for ref, alert_patch in alerts.items():
        alert = scene.alert(ref) or Alert(ref=ref)
        drafts.append(both(kind, now, {}, alert, alert_patch, undoes=target, **more))
    return drafts + beside


def _not_theirs(incident: Incident, command: Command, first: PastEvent, later: Sequence[PastEvent]) -> Refusal | None:
    """Why that command is none for this verb and this person: an undo, somebody else's, undone already."""
    name = named(incident)
    if command.verb == "redo" and first.kind != _UNDONE:
        return Refusal(f"{name}: that is no undo; redo takes an undo back.", "bad")
    if command.verb == "undo" and first.kind == _UNDONE:
        return Refusal(f"{name}: that is an undo; redo takes it back.", "bad")
    if first.actor != command.actor:
        return Refusal(f"{name}: {_inside(who(first.actor))} did that, and nobody else can {command.verb} it.")
    if was_undone(later, first.command_id):
        return Refusal(f"{name}: that is undone already.")
    return None


def _out_of_reach(scene: Scene, incident: Incident, mine: Sequence[PastEvent]) -> Refusal | None:
    """Why what it changed cannot be restored from here: a field of a newer version, an alert that has gone on."""
    for event in mine:
        unknown = min(_part(event, "set").keys() - _FIELDS, default=None)
        if unknown:
            return Refusal(f"{named(incident)}: a newer version changed its {field_word(unknown)}; undo it there.")
        alert = scene.alert(event.alert) if event.alert else None
        home = home_of(scene, alert.incident) if alert else None
        if alert and home and home.id != incident.id:
            return Refusal(f"{named(incident)}: its alert {alert.key} is with {named(home)} now; do it there.")
    return None


def _built_on(
    scene: Scene, incident: Incident, command: Command, mine: Sequence[PastEvent], later: Sequence[PastEvent]
) -> Refusal | None:
    """Which field that it would restore has changed since, and by whom if it is known."""
    field, change = _changed_since(scene, mine, later)
    if not field:
        return None
    if change is None:
        return Refusal(f"{named(incident)}: its {field_word(field)} has changed since.", "conflict")
    _, actor, at = change
    did = f"{_inside(who(actor, command.actor))} changed its {field_word(field)} since, {when(at, scene.now)}"
    return Refusal(f"{named(incident)}: {did}.", "conflict")


def _needs_eyes_since(incident: Incident, later: Sequence[PastEvent]) -> bool:
    """Whether an alert, or what ended by the clock, has called for a person since, and none has come."""
    change = last_changes(later).get("attention")
    return incident.attention and change is not None and change[1] == RULE


def _inside(name: str) -> str:
    """A name from `who` inside a sentence."""
    return {"A rule": "a rule", "You": "you", "Somebody": "somebody"}.get(name, name)


def _changed_since(scene: Scene, mine: Sequence[PastEvent], later: Sequence[PastEvent]) -> tuple[str, Change | None]:
    changes = last_changes(later)
    touched = {name for event in mine for name in _part(event, "set")} - _SOFT - KEPT
    for name in sorted(touched & changes.keys(), key=lambda name: (name != "state", name)):
        return name, changes[name]
    for event in mine:
        alert = (scene.alert(event.alert) if event.alert else None) or Alert(ref=event.alert)
        patch = _alert_part(event, "set")
        moved = min((name for name in patch if jsonable(getattr(alert, name, None)) != patch[name]), default="")
        if moved:
            return moved, _who_moved(event.alert, moved, later)
    return "", None


def _who_moved(ref: str, name: str, later: Sequence[PastEvent]) -> Change | None:
    for event in reversed(later):
        if event.alert == ref and name in _alert_part(event, "set"):
            return event.revision, event.actor, event.at
    return None


def _before(command: Command, mine: Sequence[PastEvent], later: Sequence[PastEvent]) -> tuple[Patch, dict[str, Patch]]:
    """What the incident's fields, and its alerts', were before those events."""
    keep = set(KEPT)
    if any(event.command_id and event.actor != RULE for event in standing(later)):
        keep |= _SOFT
    keep |= last_changes(later).keys() & _SOFT
    patch: Patch = {}
    alerts: dict[str, Patch] = {}
    for event in reversed(mine):
        patch |= {name: value for name, value in _part(event, "was").items() if name not in keep}
        if event.kind == "incident.created":
            patch = _withdrawn(command)
        if event.alert:
            was = {name: value for name, value in _alert_part(event, "was").items() if name in _ALERT_FIELDS}
            alerts.setdefault(event.alert, {}).update(was)
    return patch, alerts


def _of_home(scene: Scene, events: Sequence[PastEvent], incident: Incident) -> dict[bytes, Patch]:
    """What a merge lifted in the incident that took the other in, where it is still as the merge left it."""
    restored: dict[bytes, Patch] = {}
    for event in events:
        home = scene.incident(event.incident_id) if event.incident_id != incident.id else None
        lifted, was = _part(event, "set"), _part(event, "was")
        for name in (lifted.keys() & was.keys()) - KEPT:
            if home is not None and jsonable(getattr(home, name, None)) == lifted[name]:
                restored.setdefault(home.id, {})[name] = was[name]
    return restored


def _with(alerts: Sequence[Alert], patches: dict[str, Patch]) -> list[Alert]:
    return [applied(alert, patches.get(alert.ref, {})) for alert in alerts]


def _withdrawn(command: Command) -> Patch:
    """An incident logged by mistake has a number that was told to people: it is closed, not unmade."""
    return {
        "state": "closed",
        "resolved_at": command.at,
        "closed_at": command.at,
        "resolution_code": "false alarm",
        "attention": False,
    }
