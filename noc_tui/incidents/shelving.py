"""Shelves: an alert hidden by a person for a bounded time, then back by itself (ISA-18.2; OPC UA Part 9 5.8.17)."""

from __future__ import annotations

from noc_tui.incidents.commands import RULE, Command, Draft, Patch, Refusal
from noc_tui.incidents.drafting import applied, both, draft
from noc_tui.incidents.durations import in_words
from noc_tui.incidents.gathering import back_at_work, gathered, is_shelved, moved, recounted, worsened
from noc_tui.incidents.model import OPEN_STATES, SEVERITIES, Alert, Incident, Micros
from noc_tui.incidents.naming import named
from noc_tui.incidents.scene import Scene

_UNSHELVED: Patch = {"shelved_until": None, "shelved_till_clear": False, "shelved_by": "", "shelf_reason": ""}


def unshelved() -> Patch:
    """Return the patch that takes an alert off its shelf."""
    return dict(_UNSHELVED)


def shelf_is_over(alert: Alert, now: Micros) -> bool:
    """Return whether the alert's shelf has come to its time, told by the journal or not."""
    return alert.shelved_until is not None and alert.shelved_until <= now


def shelf_ended(scene: Scene, alert: Alert, severity: str) -> Patch:
    """Return the end of a shelf whose time has come, or that an alert turned critical breaks (OPERATOR.md J3)."""
    breaks_through = is_shelved(alert) and severity == SEVERITIES[-1] and alert.severity != severity
    return unshelved() if breaks_through or shelf_is_over(alert, scene.now) else {}


def _chosen(incident: Incident, alerts: list[Alert], command: Command) -> list[Alert] | Refusal:
    wanted = command.args.get("alert")
    mine = [alert for alert in alerts if wanted in (None, alert.ref, alert.key)]
    if not mine:
        return Refusal(f"{named(incident)} has no alert {wanted}." if wanted else f"{named(incident)} has no alerts.")
    return mine


def shelve(scene: Scene, incident: Incident, command: Command) -> list[Draft] | Refusal:
    """Hide one alert, or all that fire, until a time within the policy's; its state goes on being followed."""
    until = command.args["until"]
    if until <= command.at:
        return Refusal("shelve: that time has passed already.", "bad")
    if until > command.at + scene.policy.shelf_max:
        return Refusal(f"shelve: at most {in_words(scene.policy.shelf_max)}, the policy says.", "bad")
    alerts = gathered(scene, incident)
    chosen = _chosen(incident, alerts, command)
    if isinstance(chosen, Refusal):
        return chosen
    left = {alert.ref: alert for alert in alerts}
    free = [alert for alert in chosen if not is_shelved(alert) or shelf_is_over(alert, scene.now)]
    fitting = [alert for alert in free if command.args.get("alert") or alert.firing]
    if not fitting:
        if len(free) < len(chosen):
            return Refusal(f"The alerts of {named(incident)} are shelved already.")
        return Refusal(f"{named(incident)} has no alert that fires.")
    shelf: Patch = {
        "shelved_until": until,
        "shelved_till_clear": bool(command.args.get("till_clear")),
        "shelved_by": command.actor,
        "shelf_reason": command.args["reason"],
    }
    drafts: list[Draft] = []
    for alert in fitting:
        left[alert.ref] = applied(alert, shelf)
        patch = moved(incident, alert, left[alert.ref], scene.now)
        if alert is fitting[-1]:  # a shelf that was over may have been the one that ended next
            patch |= recounted(incident, left.values())
        drafts.append(both("shelf.added", incident, patch, alert, shelf, reason=command.args["reason"]))
        incident = applied(incident, drafts[-1].set)
    return drafts


def _is_in_sight(alert: Alert) -> bool:
    """Whether an alert fires that nothing but its shelf hides."""
    return alert.firing and not alert.suppressed_by


def unshelve(scene: Scene, incident: Incident, command: Command) -> list[Draft] | Refusal:
    """End a shelf. When its time has come and the alert still fires, it needs eyes again (ISA-18.2: state B).

    A resolved incident is then open again: it was resolved while nobody could see the alert.
    """
    alerts = gathered(scene, incident)
    chosen = _chosen(incident, alerts, command)
    if isinstance(chosen, Refusal):
        return chosen
    fitting = [alert for alert in chosen if is_shelved(alert)]
    if not fitting:
        return Refusal(f"{named(incident)} has no alert on a shelf.")
    by_rule = command.actor == RULE
    if by_rule:
        fitting = [alert for alert in fitting if shelf_is_over(alert, scene.now)]
        if not fitting:
            return Refusal(f"{named(incident)} is shelved for longer.")
    left = {alert.ref: alert for alert in alerts}
    drafts: list[Draft] = []
    if by_rule and incident.state not in OPEN_STATES and any(_is_in_sight(alert) for alert in fitting):
        again = back_at_work(incident, scene.now) | {"attention": True}
        drafts.append(draft("incident.reopened", incident, again, by="shelf"))
        incident = applied(incident, drafts[-1].set)
    for alert in fitting:
        after = applied(alert, unshelved())
        left[alert.ref] = after
        patch = moved(incident, alert, after, scene.now)
        if alert is fitting[-1]:  # when the next shelf ends is known by looking at all that stay
            patch |= recounted(incident, left.values())
        if _is_in_sight(alert):
            patch |= worsened(scene.policy, incident, after)
            if by_rule:
                patch["attention"] = True
        drafts.append(both("shelf.removed", incident, patch, alert, unshelved()))
        incident = applied(incident, drafts[-1].set)
    return drafts
