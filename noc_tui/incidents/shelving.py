"""Shelves: an alert hidden by a person for a bounded time, then back by itself (ISA-18.2; OPC UA Part 9 5.8.17)."""

from __future__ import annotations

from noc_tui.incidents.commands import RULE, Command, Draft, Patch, Refusal
from noc_tui.incidents.deeds import Result, changed
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.incidents.scene import Scene

_UNSHELVED: Patch = {"shelved_until": None, "shelved_till_clear": False, "shelved_by": "", "shelf_reason": ""}


def is_shelved(alert: Alert) -> bool:
    """Return whether the alert is on a shelf (whose end the journal has not told yet)."""
    return alert.shelved_until is not None


def unshelved() -> Patch:
    """Return the patch that takes an alert off its shelf."""
    return dict(_UNSHELVED)


def _chosen(scene: Scene, incident: Incident, command: Command, *, shelved: bool) -> list[Alert] | Refusal:
    name = number_text(incident.number, incident.id)
    wanted = command.args.get("alert")
    mine = [alert for alert in scene.alerts(incident.number) if wanted in (None, alert.ref, alert.key)]
    if not mine:
        return Refusal(f"{name} has no alert {wanted}." if wanted else f"{name} has no alerts.", "bad")
    fitting = [alert for alert in mine if is_shelved(alert) == shelved and (shelved or wanted or alert.firing)]
    if not fitting:
        return Refusal(f"{name} has no alert on a shelf." if shelved else f"The alerts of {name} are shelved already.")
    return fitting


def shelve(scene: Scene, incident: Incident, command: Command) -> Result:
    """Hide one alert, or all that fire, until a time within the policy's; its state goes on being followed."""
    until = command.args["until"]
    if until <= scene.now:
        return Refusal("shelve: that time has passed already.", "bad")
    if until > scene.now + scene.policy.shelf_max:
        return Refusal(f"shelve: at most {short(scene.policy.shelf_max)}, the policy says.", "bad")
    chosen = _chosen(scene, incident, command, shelved=False)
    if isinstance(chosen, Refusal):
        return chosen
    shelf: Patch = {
        "shelved_until": until,
        "shelved_till_clear": bool(command.args.get("till_clear")),
        "shelved_by": command.actor,
        "shelf_reason": command.args["reason"],
    }
    drafts: list[Draft] = []
    count = incident.alerts_shelved
    for alert in chosen:
        count += alert.firing
        drafts.append(_shelf_draft("shelf.added", incident, alert, shelf, count, until))
    return chained(incident, drafts)


def unshelve(scene: Scene, incident: Incident, command: Command) -> Result:
    """End a shelf. When its time has come and the alert still fires, it needs eyes again (ISA-18.2: state B)."""
    chosen = _chosen(scene, incident, command, shelved=True)
    if isinstance(chosen, Refusal):
        return chosen
    by_rule = command.actor == RULE
    if by_rule:
        chosen = [alert for alert in chosen if (alert.shelved_until or 0) <= scene.now]
        if not chosen:
            return Refusal(f"{number_text(incident.number)} is shelved for longer.")
    drafts: list[Draft] = []
    count = incident.alerts_shelved
    for alert in chosen:
        count = max(0, count - alert.firing)
        until = incident.shelved_until if count else None
        made = _shelf_draft("shelf.removed", incident, alert, unshelved(), count, until)
        if by_rule and alert.firing:
            made = _with_attention(incident, made)
        drafts.append(made)
    return chained(incident, drafts)


def _with_attention(incident: Incident, made: Draft) -> Draft:
    patch, was = changed(incident, made.set | {"attention": True})
    return _replaced(made, patch, was)


def _shelf_draft(kind: str, incident: Incident, alert: Alert, shelf: Patch, count: int, until: int | None) -> Draft:
    alert_set, alert_was = changed(alert, shelf)
    patch, was = changed(incident, {"alerts_shelved": count, "shelved_until": until})
    told = {"reason": shelf["shelf_reason"]} if shelf["shelf_reason"] else {}
    return Draft(
        kind=kind,
        incident=incident.id,
        set=patch,
        was=was,
        alert=alert.ref,
        alert_set=alert_set,
        alert_was=alert_was,
        more=told,
    )


def _replaced(made: Draft, patch: Patch, was: Patch) -> Draft:
    return Draft(
        kind=made.kind,
        incident=made.incident,
        set=patch,
        was=was,
        alert=made.alert,
        alert_set=made.alert_set,
        alert_was=made.alert_was,
        more=made.more,
        undoes=made.undoes,
    )


def chained(incident: Incident, drafts: list[Draft]) -> list[Draft]:
    """Return drafts on one incident with each `was` telling what the draft before it left."""
    held: Patch = {}
    result = []
    for made in drafts:
        patch = {name: value for name, value in made.set.items() if held.get(name, made.was[name]) != value}
        was = {name: held.get(name, made.was[name]) for name in patch}
        held |= patch
        result.append(_replaced(made, patch, was))
    return result
