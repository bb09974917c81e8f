"""The intake: what a source's report makes of an alert and of the incident that gathers it.

One dedup key is one alert; repeats move a counter; labels named by the policy gather the alerts of a window into one
incident; a flapping alert is told as flapping; back inside the reopen window is the same incident, marked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from noc_tui.incidents import clocks
from noc_tui.incidents.commands import Command, Draft, Patch, Refusal
from noc_tui.incidents.deeds import Result, changed, jsonable
from noc_tui.incidents.flapping import Counter, starts_flapping, toggles_within
from noc_tui.incidents.grouping import group_key, rule_for, takes
from noc_tui.incidents.model import (
    CATEGORIES,
    MINUTE,
    OPEN_STATES,
    SEVERITIES,
    SEVERITY_RANK,
    Alert,
    Incident,
    Report,
)
from noc_tui.incidents.priority import assess, priority_of
from noc_tui.incidents.scene import Scene
from noc_tui.incidents.shelving import is_shelved, unshelved

NewId = Callable[[], bytes]


class Intake(msgspec.Struct, frozen=True):
    """What came of one report: the outcome's word, the incident's number, the events, and the counter if it moved."""

    outcome: str
    number: int
    drafts: list[Draft]
    counter: Counter | None = None


def take_in(scene: Scene, report: Report, new_id: NewId) -> Intake:
    """Return what `report` leads to, given what is known of its alert; the same report again is a repeat."""
    alert = scene.alert(report.ref)
    if alert is None:
        if not report.firing:
            return Intake("cleared", 0, [])
        return _raised(scene, report, Alert(ref=report.ref), new_id)
    if alert.flapping:
        return _counted(scene, report, alert)
    if report.firing and not alert.firing:
        return _raised(scene, report, alert, new_id)
    if not report.firing and alert.firing:
        return _cleared(scene, report, alert)
    return _repeated(scene, report, alert)


def _said(report: Report) -> Patch:
    """The alert's fields as the source says them now."""
    return {
        "severity": report.severity if report.severity in SEVERITY_RANK else SEVERITIES[0],
        "resource": report.resource,
        "summary": report.summary,
        "service": report.service,
        "site": report.site,
        "labels": jsonable(report.labels),
        "url": report.url,
        "suppressed_by": report.suppressed_by,
    }


def _home(scene: Scene, number: int) -> Incident | None:
    """The incident with this number, or the one that it was merged into."""
    incident = scene.by_number(number) if number else None
    for _ in range(8):  # merges are never deeper; a circle cannot be made, imported history might hold one
        if incident is None or incident.state != "merged":
            return incident
        incident = scene.by_number(incident.parent)
    return None


def _raised(scene: Scene, report: Report, alert: Alert, new_id: NewId) -> Intake:
    now = scene.now
    toggles = toggles_within(alert, scene.policy, now)
    flaps = starts_flapping(toggles, scene.policy)
    said = _said(report)
    alert_patch: Patch = said | {
        "source": report.source,
        "key": report.key,
        "firing": True,
        "starts_at": report.starts_at,
        "raised_at": now,
        "cleared_at": None,
        "raises": alert.raises + 1,
        "recent_toggles": list(toggles),
    }
    if flaps:
        alert_patch |= {"flapping": True, "toggles": len(toggles)}
    incident, drafts, outcome = _gatherer(scene, report, alert, new_id)
    attached = alert.incident == incident.number and alert.raises > 0
    patch = _attached(scene, incident, report, alert, new=not attached)
    if flaps:
        patch |= {"flapping": True, "toggles": len(toggles)}
    alert_patch["incident"] = incident.number
    kind = "alert.flapped" if flaps else "alert.raised"
    told: dict[str, Any] = {"severity": said["severity"], "summary": report.summary}
    if flaps:
        told |= {"from": toggles[0], "to": now, "toggles": len(toggles)}
    drafts.append(_both(kind, incident, patch, alert, alert_patch, told))
    if report.suppressed_by and outcome == "opened":
        outcome = "suppressed"
    return Intake(outcome, incident.number, drafts, Counter(last_seen=now, told_at=now) if flaps else None)


def _both(kind: str, incident: Incident, patch: Patch, alert: Alert, alert_patch: Patch, told: dict[str, Any]) -> Draft:
    now, was = changed(incident, patch)
    alert_now, alert_was = changed(alert, alert_patch)
    return Draft(
        kind=kind,
        incident=incident.id,
        set=now,
        was=was,
        alert=alert.ref,
        alert_set=alert_now,
        alert_was=alert_was,
        more=told,
    )


def _gatherer(scene: Scene, report: Report, alert: Alert, new_id: NewId) -> tuple[Incident, list[Draft], str]:
    """Return the incident that takes the alert, the drafts that make or reopen it, and the outcome's word."""
    before = _home(scene, alert.incident)
    if before is not None and before.state in OPEN_STATES:
        return before, [], "attached"
    if before is not None and _inside_reopen_window(scene, before):
        reopened = _reopened(scene, before)
        return _as_drafted(before, reopened), [reopened], "attached"
    key = group_key(scene.policy, report)
    group = scene.open_group(key)
    if group is not None and takes(scene.policy, group, scene.now):
        return group, [], "attached"
    created = _created(scene, report, key, new_id(), before.number if before else 0)
    return _as_drafted(Incident(id=created.incident, number=created.number), created), [created], "opened"


def _as_drafted(incident: Incident, draft: Draft) -> Incident:
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in draft.set.items()}
    return replace(incident, **values)


def _inside_reopen_window(scene: Scene, incident: Incident) -> bool:
    if incident.state != "resolved" or incident.resolved_at is None:
        return False
    return scene.now - incident.resolved_at <= scene.policy.reopen_window


def _reopened(scene: Scene, incident: Incident) -> Draft:
    """The alert is back: the same incident, with its owner at work, or new if it had none (OPERATOR.md 1.5 rule 6)."""
    patch: Patch = {
        "state": "active" if incident.owner else "new",
        "resolved_at": None,
        "resolution_code": "",
        "attention": True,
        "reopen_count": incident.reopen_count + 1,
    } | clocks.reopened(incident, scene.now)
    now, was = changed(incident, patch)
    return Draft(kind="incident.reopened", incident=incident.id, set=now, was=was, more={"by": "alert"})


def _created(scene: Scene, report: Report, key: str, id: bytes, recurrence_of: int) -> Draft:
    policy = scene.policy
    severity = report.severity if report.severity in SEVERITY_RANK else SEVERITIES[0]
    impact, urgency = assess(policy, severity, report.labels)
    priority = priority_of(policy, impact, urgency)
    labels = dict(report.labels)
    category = labels.get(policy.category_label, "")
    patch: Patch = {
        "title": report.summary or report.resource or report.key,
        "attention": not report.suppressed_by,
        "priority": priority,
        "impact": impact,
        "urgency": urgency,
        "severity": severity,
        "category": category if category in CATEGORIES else "other",
        "service": report.service,
        "resource": _group_resource(scene, report),
        "site": report.site,
        "team": policy.teams[0],
        "source": report.source,
        "group_key": key,
        "opened_at": scene.now,
        "recurrence_of": recurrence_of,
    } | clocks.started(policy, priority, scene.now)
    now, was = changed(Incident(id=id, number=0), patch)
    return Draft(kind="incident.created", incident=id, number=scene.new_number(), set=now, was=was)


def _group_resource(scene: Scene, report: Report) -> str:
    found = rule_for(scene.policy, report)
    if found is None or not found[0].title:
        return report.resource
    rule, key = found
    name = rule.title
    for label, value in zip(rule.by, key.split("\x1f")[1:], strict=False):
        name = name.replace("{" + label + "}", value)
    return name


def _attached(scene: Scene, incident: Incident, report: Report, alert: Alert, *, new: bool) -> Patch:
    """What a raised alert changes in its incident: counts, worst severity, and whether it needs eyes."""
    hidden_by_shelf = is_shelved(alert) and not _breaks_through(alert, report)
    patch: Patch = {
        "alert_count": incident.alert_count + new,
        "alerts_firing": incident.alerts_firing + 1,
        "alerts_shelved": incident.alerts_shelved + hidden_by_shelf,
        "alerts_suppressed": incident.alerts_suppressed + bool(report.suppressed_by),
        "last_alert_at": scene.now,
        "cleared_at": None,
    }
    if report.suppressed_by and not incident.suppressed_by:
        patch["suppressed_by"] = report.suppressed_by
    if hidden_by_shelf or report.suppressed_by:
        return patch
    if not new:
        patch["attention"] = True
    return patch | _worsened(scene, incident, report)


def _breaks_through(alert: Alert, report: Report) -> bool:
    """A shelved alert that becomes critical is shown all the same (OPERATOR.md J3)."""
    return report.severity == "critical" and alert.severity != "critical"


def _worsened(scene: Scene, incident: Incident, report: Report) -> Patch:
    """A worse alert lifts severity and, unless a person set it, priority; a better one changes nothing."""
    rank = SEVERITY_RANK.get(report.severity, 0)
    if rank <= SEVERITY_RANK[incident.severity]:
        return {}
    patch: Patch = {"severity": report.severity, "attention": True}
    if not incident.title_fixed and report.summary:
        patch["title"] = report.summary
    impact, urgency = assess(scene.policy, report.severity, report.labels)
    priority = priority_of(scene.policy, impact, urgency)
    if priority < incident.priority and not incident.priority_fixed:
        patch |= {"impact": impact, "urgency": urgency, "priority": priority}
        patch |= clocks.retargeted(scene.policy, incident, priority)
    return patch


def _cleared(scene: Scene, report: Report, alert: Alert) -> Intake:
    now = scene.now
    toggles = toggles_within(alert, scene.policy, now)
    if starts_flapping(toggles, scene.policy):
        return _flaps_from_clear(scene, alert, toggles)
    alert_patch: Patch = {"firing": False, "cleared_at": now, "recent_toggles": list(toggles)}
    if alert.shelved_till_clear:
        alert_patch |= unshelved()
    incident = scene.by_number(alert.incident)
    if incident is None:
        alert_now, alert_was = changed(alert, alert_patch)
        lone = Draft(kind="alert.cleared", alert=alert.ref, alert_set=alert_now, alert_was=alert_was)
        return Intake("cleared", 0, [lone])
    patch = _detached(scene, incident, alert)
    told = {"summary": alert.summary}
    return Intake("cleared", incident.number, [_both("alert.cleared", incident, patch, alert, alert_patch, told)])


def _flaps_from_clear(scene: Scene, alert: Alert, toggles: tuple[int, ...]) -> Intake:
    """The toggle that makes it flapping is a clear: it counts as firing until it has settled."""
    told = {"from": toggles[0], "to": scene.now, "toggles": len(toggles)}
    alert_patch: Patch = {"flapping": True, "toggles": len(toggles), "recent_toggles": list(toggles)}
    incident = scene.by_number(alert.incident)
    counter = Counter(last_seen=scene.now, told_at=scene.now, last_toggle=scene.now, firing=False)
    if incident is None:
        alert_now, alert_was = changed(alert, alert_patch)
        lone = Draft(kind="alert.flapped", alert=alert.ref, alert_set=alert_now, alert_was=alert_was, more=told)
        return Intake("repeated", 0, [lone], counter)
    patch: Patch = {"flapping": True, "toggles": len(toggles)}
    made = _both("alert.flapped", incident, patch, alert, alert_patch, told)
    return Intake("repeated", incident.number, [made], counter)


def _detached(scene: Scene, incident: Incident, alert: Alert) -> Patch:
    """What a cleared alert changes in its incident."""
    firing = max(0, incident.alerts_firing - 1)
    patch: Patch = {
        "alerts_firing": firing,
        "alerts_shelved": max(0, incident.alerts_shelved - is_shelved(alert)),
        "alerts_suppressed": max(0, incident.alerts_suppressed - bool(alert.suppressed_by)),
    }
    if firing == 0:
        patch |= {"cleared_at": scene.now, "suppressed_by": ""}
        if incident.snoozed_till_clear:
            patch |= {"snoozed_until": None, "snoozed_till_clear": False}
    return patch


def _repeated(scene: Scene, report: Report, alert: Alert) -> Intake:
    """The source says again what is known: a change of severity or suppression is an event, the rest is counted."""
    counter = scene.counter(report.ref)
    counted = replace(counter, repeats=counter.repeats + 1, last_seen=scene.now, firing=report.firing)
    if not report.firing:
        return Intake("repeated", alert.incident, [], counted)
    said = _said(report)
    if said["severity"] == alert.severity and report.suppressed_by == alert.suppressed_by:
        return Intake("repeated", alert.incident, [], counted)
    incident = scene.by_number(alert.incident)
    if incident is None:
        return Intake("repeated", 0, [], counted)
    kind, patch, extra = _reconsidered(scene, incident, report, alert)
    told = {"severity": said["severity"], "from": alert.severity, "summary": report.summary}
    outcome = "suppressed" if kind == "alert.suppressed" else "attached"
    made = _both(kind, incident, patch, alert, said | extra, told)
    return Intake(outcome, incident.number, [made], counted)


def _reconsidered(scene: Scene, incident: Incident, report: Report, alert: Alert) -> tuple[str, Patch, Patch]:
    """A firing alert changed its severity, or a silence came or went: (kind, incident patch, alert patch)."""
    was, hides = bool(alert.suppressed_by), bool(report.suppressed_by)
    suppressed = max(0, incident.alerts_suppressed + hides - was)
    patch: Patch = {"alerts_suppressed": suppressed}
    patch["suppressed_by"] = (report.suppressed_by or incident.suppressed_by) if suppressed else ""
    extra: Patch = {}
    if hides and not was:
        return "alert.suppressed", patch, extra
    if was and not hides:
        return "alert.unsuppressed", patch | {"attention": True}, extra
    if is_shelved(alert) and not hides:
        if not _breaks_through(alert, report):
            return "alert.severity_changed", patch, extra
        extra = unshelved()
        patch["alerts_shelved"] = max(0, incident.alerts_shelved - 1)
    if not hides:
        patch |= _worsened(scene, incident, report)
    return "alert.severity_changed", patch, extra


def _counted(scene: Scene, report: Report, alert: Alert) -> Intake:
    """A flapping alert: toggles are counted beside the journal and told once a minute."""
    now = scene.now
    before = scene.counter(report.ref)
    toggled = report.firing != before.firing
    counter = replace(
        before,
        repeats=before.repeats + 1,
        last_seen=now,
        toggles=before.toggles + toggled,
        last_toggle=now if toggled else before.last_toggle,
        firing=report.firing,
    )
    incident = scene.by_number(alert.incident)
    if incident is None or not counter.toggles or now - before.told_at < MINUTE:
        return Intake("repeated", alert.incident, [], counter)
    total = alert.toggles + counter.toggles
    told = {"from": before.told_at, "to": now, "toggles": counter.toggles}
    made = _both("alert.flapped", incident, {"toggles": total}, alert, {"toggles": total}, told)
    return Intake("repeated", alert.incident, [made], replace(counter, toggles=0, told_at=now))


def settle(scene: Scene, incident: Incident, command: Command) -> Result:
    """End the flapping of an alert that has been steady for the policy's time, as it is now (a standing duty)."""
    alert = scene.alert(str(command.args["alert"]))
    if alert is None or not alert.flapping or alert.incident != incident.number:
        return Refusal("That alert is not flapping.")
    counter = scene.counter(alert.ref)
    if scene.now - max(counter.last_toggle, alert.raised_at or 0) < scene.policy.flap_quiet:
        return Refusal("That alert is not steady yet.")
    alert_patch: Patch = {
        "flapping": False,
        "firing": counter.firing,
        "recent_toggles": [],
        "toggles": alert.toggles + counter.toggles,
    }
    patch: Patch = {"toggles": alert.toggles + counter.toggles}
    others = [other for other in scene.alerts(incident.number) if other.flapping and other.ref != alert.ref]
    patch["flapping"] = bool(others)
    if not counter.firing:
        alert_patch["cleared_at"] = scene.now
        patch |= _detached(scene, incident, alert)
    return [_both("alert.settled", incident, patch, alert, alert_patch, {"summary": alert.summary})]
