"""A raise: which incident takes an alert that is there, or there again, and what that changes in both.

The incident that it has, if that is open; the same one opened again, if it was resolved a short while ago; the open one
of its group; else a new one. What counts as a raise is said in `intake`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from noc_tui.incidents import clocks
from noc_tui.incidents.commands import Draft, Patch
from noc_tui.incidents.drafting import applied, both, changed, draft
from noc_tui.incidents.flapping import Counter, starts_flapping, toggles_within
from noc_tui.incidents.gathering import back_at_work, gathered, home_of, is_hidden, moved, worsened
from noc_tui.incidents.grouping import group_key, rule_for, takes
from noc_tui.incidents.model import CATEGORIES, OPEN_STATES, Alert, Incident, Report
from noc_tui.incidents.priority import assess, priority_of
from noc_tui.incidents.saying import began_later, said, severity_of
from noc_tui.incidents.scene import Scene
from noc_tui.incidents.shelving import shelf_ended

NewId = Callable[[], bytes]


class Intake(msgspec.Struct, frozen=True):
    """What came of one report: the outcome's word, the incident's number, the events, and the counter if it moved."""

    outcome: str
    number: int
    drafts: list[Draft]
    counter: Counter | None = None


def raised(scene: Scene, report: Report, alert: Alert, home: Incident | None, new_id: NewId) -> Intake:
    """Return what comes of a report that raises its alert, whose incident so far is `home`."""
    now = scene.now
    turned, counter = _turn(scene, report, alert)
    alert_patch: Patch = said(report) | {
        "source": report.source,
        "key": report.key,
        "firing": True,
        "starts_at": report.starts_at,
        "raised_at": now,
        "cleared_at": None,
        "raises": alert.raises + 1,
        **turned.patch,
    }
    alert_patch |= shelf_ended(scene, alert, alert_patch["severity"])
    after = applied(alert, alert_patch)
    incident, drafts, outcome = _gatherer(scene, report, after, home, new_id)
    back = home is not None and incident.id == home.id
    if home is not None and not back and alert.firing:
        drafts.append(_gone_on(scene, home, alert, incident))
        alert = applied(alert, drafts[-1].alert_set)
    patch = _attached(scene, incident, alert, after, back=back)
    if after.flapping:
        patch |= {"flapping": True, "toggles": after.toggles}
    if not back:
        alert_patch["incident"] = incident.number
    told: dict[str, Any] = {"severity": after.severity, "summary": after.summary} | turned.told
    drafts.append(
        both("alert.flapped" if after.flapping else "alert.raised", incident, patch, alert, alert_patch, **told)
    )
    if report.suppressed_by and outcome == "opened":
        outcome = "suppressed"
    return Intake(outcome, incident.number, drafts, counter)


class _Turn(msgspec.Struct, frozen=True):
    """What a raise does to an alert's flapping, and what is told of it."""

    patch: Patch
    told: dict[str, Any] = {}


def _turn(scene: Scene, report: Report, alert: Alert) -> tuple[_Turn, Counter | None]:
    """Whether the raise is a toggle, and whether it begins the alert's flapping or is a part of it."""
    now = scene.now
    if alert.flapping:
        return _turn_of_flapping(scene, report, alert)
    if alert.firing and not began_later(report, alert):
        return _Turn({}), None
    toggles = toggles_within(alert, scene.policy, now)
    if not starts_flapping(toggles, scene.policy):
        return _Turn({"recent_toggles": toggles}), None
    told = {"from": toggles[0], "to": now, "toggles": len(toggles)}
    patch: Patch = {"recent_toggles": toggles, "flapping": True, "toggles": len(toggles)}
    return _Turn(patch, told), flap_counter(scene, report)


def _turn_of_flapping(scene: Scene, report: Report, alert: Alert) -> tuple[_Turn, Counter]:
    """The toggles that were counted so far are told with the raise; counting begins anew."""
    before = scene.counter(report.ref)
    toggles = before.toggles + (not before.firing)
    counter = Counter(
        repeats=before.repeats + 1,
        last_seen=scene.now,
        last_toggle=before.last_toggle if before.firing else scene.now,
        told_at=scene.now,
    )
    told = {"from": before.told_at or scene.now, "to": scene.now, "toggles": toggles}
    return _Turn({"toggles": alert.toggles + toggles}, told), counter


def flap_counter(scene: Scene, report: Report) -> Counter:
    """Return the counter of an alert whose flapping is declared with this report."""
    before = scene.counter(report.ref)
    return Counter(before.repeats, scene.now, 0, scene.now, report.firing, scene.now)


def _gone_on(scene: Scene, home: Incident, alert: Alert, to: Incident) -> Draft:
    """An alert that still fires leaves an incident that is over for another one, and is not counted there any more."""
    patch = moved(home, alert, Alert(ref=alert.ref), scene.now)
    if alert.flapping:
        patch["flapping"] = any(other.flapping and other.ref != alert.ref for other in gathered(scene, home))
    return both("alert.moved", home, patch, alert, {"incident": 0}, number=to.number, summary=alert.summary)


def _gatherer(
    scene: Scene, report: Report, after: Alert, home: Incident | None, new_id: NewId
) -> tuple[Incident, list[Draft], str]:
    """Return the incident that takes the alert, the drafts that make or reopen it, and the outcome's word."""
    if home is not None and home.state in OPEN_STATES:
        return home, [], "attached"
    hidden = is_hidden(after)
    if home is not None and _inside_reopen_window(scene, home):
        reopened = _reopened(scene, home, hidden=hidden)
        return applied(home, reopened.set), [reopened], "attached"
    key = group_key(scene.policy, report)
    group = _open_group(scene, key)
    if group is not None:
        return group, [], "attached"
    created = _created(scene, report, key, new_id(), home.number if home else 0, hidden=hidden)
    return applied(Incident(id=created.incident, number=created.number), created.set), [created], "opened"


def _open_group(scene: Scene, key: str) -> Incident | None:
    """The open incident that still takes alerts of the group; for a merged one, the incident it was merged into."""
    found = scene.open_group(key)
    if found is None or not takes(scene.policy, found, scene.now):
        return None
    home = home_of(scene, found.number)
    return home if home is not None and home.state in OPEN_STATES else None


def _inside_reopen_window(scene: Scene, incident: Incident) -> bool:
    if incident.state != "resolved" or incident.resolved_at is None:
        return False
    return scene.now - incident.resolved_at <= scene.policy.reopen_window


def _reopened(scene: Scene, incident: Incident, *, hidden: bool) -> Draft:
    """The alert is back: the same incident, with its owner at work, or new if it had none (OPERATOR.md 1.5 rule 6)."""
    patch = back_at_work(incident, scene.now) | {"attention": incident.attention or not hidden}
    return draft("incident.reopened", incident, patch, by="alert")


def _created(scene: Scene, report: Report, key: str, id: bytes, recurrence_of: int, *, hidden: bool) -> Draft:
    policy = scene.policy
    severity = severity_of(report)
    impact, urgency = assess(policy, severity, report.labels)
    priority = priority_of(policy, impact, urgency)
    category = dict(report.labels).get(policy.category_label, "")
    patch: Patch = {
        "title": report.summary or report.resource or report.key,
        "attention": not hidden,
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


def _attached(scene: Scene, incident: Incident, before: Alert, after: Alert, *, back: bool) -> Patch:
    """What a raised alert changes in its incident: counts, worst severity, and whether it needs eyes."""
    patch = moved(incident, before if back else Alert(ref=after.ref), after, scene.now)
    patch |= {"alert_count": incident.alert_count + (not back), "last_alert_at": scene.now}
    if is_hidden(after):
        return patch
    worse = worsened(scene.policy, incident, after)
    if back or worse:
        patch["attention"] = True
    return patch | worse
