"""The intake: what a source's report makes of an alert and of the incident that gathers it.

One dedup key is one alert; repeats move a counter; labels named by the policy gather the alerts of a window into one
incident; a flapping alert is told as flapping; back inside the reopen window is the same incident, marked. What comes
to a merged incident is told of the one that it was merged into. No alert fires unseen: where its incident is not open
any more, whatever a person could not have known when they resolved it raises the alert anew (docs/decisions/0006).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents import clocks
from noc_tui.incidents.commands import Command, Draft, Patch, Refusal
from noc_tui.incidents.drafting import applied, both, changed, draft
from noc_tui.incidents.flapping import Counter, starts_flapping, toggles_within
from noc_tui.incidents.gathering import back_at_work, gathered, home_of, is_hidden, is_shelved, moved, worsened
from noc_tui.incidents.grouping import group_key, rule_for, takes
from noc_tui.incidents.model import (
    CATEGORIES,
    MINUTE,
    OPEN_STATES,
    SEVERITIES,
    SEVERITY_RANK,
    Alert,
    Incident,
    Labels,
    Report,
)
from noc_tui.incidents.priority import assess, priority_of
from noc_tui.incidents.scene import Scene
from noc_tui.incidents.shelving import shelf_is_over, unshelved
from noc_tui.incidents.text import clean

NewId = Callable[[], bytes]

_WORDED: Final = ("summary", "resource", "service", "site", "url")
"""What a source says of an alert in words of its own, its labels apart."""


class Intake(msgspec.Struct, frozen=True):
    """What came of one report: the outcome's word, the incident's number, the events, and the counter if it moved."""

    outcome: str
    number: int
    drafts: list[Draft]
    counter: Counter | None = None


def take_in(scene: Scene, report: Report, new_id: NewId) -> Intake:
    """Return what `report` leads to, given what is known of its alert; the same report again is a repeat."""
    alert = scene.alert(report.ref) or Alert(ref=report.ref)
    home = home_of(scene, alert.incident)
    if report.firing and (home is None or not alert.firing or _is_anew(scene, report, alert, home)):
        return _raised(scene, report, alert, home, new_id)
    if home is None:
        return _cleared_alone(scene, alert)
    if alert.flapping:
        return _counted(scene, report, alert, home)
    if alert.firing and not report.firing and not _is_late(report, alert):
        return _cleared(scene, report, alert, home)
    return _repeated(scene, report, alert, home)


def _is_late(report: Report, alert: Alert) -> bool:
    """A clear of an earlier occurrence that comes after the raise of a later one says nothing of that one."""
    return None not in (report.starts_at, alert.starts_at) and (report.starts_at or 0) < (alert.starts_at or 0)


def _is_anew(scene: Scene, report: Report, alert: Alert, home: Incident) -> bool:
    """Whether an alert that fires already, and whose incident is not open, is more than what a person resolved.

    That is a later occurrence, a worse severity, an alert that nothing hides any more, or the next turn of a flapping
    one. Firing on unchanged is no news: who resolved the incident could see it.
    """
    if home.state in OPEN_STATES:
        return False
    return (
        _began_later(report, alert)
        or SEVERITY_RANK[_severity(report)] > SEVERITY_RANK.get(alert.severity, 0)
        or (is_hidden(alert) and not _stays_hidden(scene, report, alert))
        or (alert.flapping and not scene.counter(report.ref).firing)
    )


def _began_later(report: Report, alert: Alert) -> bool:
    """Whether the report tells of a later occurrence than the known one: the end of that one never reached us."""
    known = alert.raised_at if alert.starts_at is None else alert.starts_at
    return None not in (report.starts_at, known) and (report.starts_at or 0) > (known or 0)


def _stays_hidden(scene: Scene, report: Report, alert: Alert) -> bool:
    return report.suppressed_by != "" or (is_shelved(alert) and not shelf_is_over(alert, scene.now))


def _said(report: Report) -> Patch:
    """The alert's fields as the source says them now."""
    return {
        "severity": _severity(report),
        "resource": report.resource,
        "summary": report.summary,
        "service": report.service,
        "site": report.site,
        "labels": report.labels,
        "url": report.url,
        "suppressed_by": report.suppressed_by,
    }


def _severity(report: Report) -> str:
    return report.severity if report.severity in SEVERITY_RANK else SEVERITIES[0]


def _shelf_ended(scene: Scene, alert: Alert, severity: str) -> Patch:
    """A shelf ends by its time; and an alert that becomes critical is shown all the same (OPERATOR.md J3)."""
    breaks_through = is_shelved(alert) and severity == SEVERITIES[-1] and alert.severity != severity
    return unshelved() if breaks_through or shelf_is_over(alert, scene.now) else {}


def _raised(scene: Scene, report: Report, alert: Alert, home: Incident | None, new_id: NewId) -> Intake:
    now = scene.now
    turned, counter = _turn(scene, report, alert)
    alert_patch: Patch = _said(report) | {
        "source": report.source,
        "key": report.key,
        "firing": True,
        "starts_at": report.starts_at,
        "raised_at": now,
        "cleared_at": None,
        "raises": alert.raises + 1,
        **turned.patch,
    }
    alert_patch |= _shelf_ended(scene, alert, alert_patch["severity"])
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
    if alert.firing and not _began_later(report, alert):
        return _Turn({}), None
    toggles = toggles_within(alert, scene.policy, now)
    if not starts_flapping(toggles, scene.policy):
        return _Turn({"recent_toggles": toggles}), None
    told = {"from": toggles[0], "to": now, "toggles": len(toggles)}
    patch: Patch = {"recent_toggles": toggles, "flapping": True, "toggles": len(toggles)}
    return _Turn(patch, told), _flap_counter(scene, report)


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


def _gone_on(scene: Scene, home: Incident, alert: Alert, to: Incident) -> Draft:
    """An alert that still fires leaves an incident that is over for another one, and is not counted there any more."""
    patch = moved(home, alert, Alert(ref=alert.ref), scene.now)
    if alert.flapping:
        patch["flapping"] = any(other.flapping and other.ref != alert.ref for other in gathered(scene, home))
    return both("alert.moved", home, patch, alert, {"incident": 0}, number=to.number, summary=alert.summary)


def _flap_counter(scene: Scene, report: Report) -> Counter:
    before = scene.counter(report.ref)
    return Counter(before.repeats, scene.now, 0, scene.now, report.firing, scene.now)


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
    severity = _severity(report)
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


def _cleared_alone(scene: Scene, alert: Alert) -> Intake:
    """An alert that no incident gathers, or that nobody knew, is over."""
    if not alert.firing:
        return Intake("cleared", 0, [])
    over: Patch = {"firing": False, "flapping": False, "cleared_at": scene.now}
    alert_set, alert_was = changed(alert, over)
    return Intake(
        "cleared", 0, [Draft(kind="alert.cleared", alert=alert.ref, alert_set=alert_set, alert_was=alert_was)]
    )


def _cleared(scene: Scene, report: Report, alert: Alert, home: Incident) -> Intake:
    now = scene.now
    toggles = toggles_within(alert, scene.policy, now)
    if starts_flapping(toggles, scene.policy):
        return _flaps_from_clear(scene, report, alert, home, toggles)
    alert_patch = _over(scene, alert) | {"recent_toggles": toggles}
    patch = moved(home, alert, applied(alert, alert_patch), now)
    return Intake(
        "cleared", home.number, [both("alert.cleared", home, patch, alert, alert_patch, summary=alert.summary)]
    )


def _over(scene: Scene, alert: Alert) -> Patch:
    """What the end of the condition changes in an alert; it takes a shelf that was to last till then along."""
    over: Patch = {"firing": False, "cleared_at": scene.now, "suppressed_by": ""}
    return over | (unshelved() if alert.shelved_till_clear or shelf_is_over(alert, scene.now) else {})


def _flaps_from_clear(scene: Scene, report: Report, alert: Alert, home: Incident, toggles: tuple[int, ...]) -> Intake:
    """The toggle that makes it flapping is a clear: it counts as firing until it has settled."""
    alert_patch: Patch = {"flapping": True, "toggles": len(toggles), "recent_toggles": toggles}
    patch: Patch = {"flapping": True, "toggles": len(toggles)}
    told: dict[str, Any] = {"from": toggles[0], "to": scene.now, "toggles": len(toggles)}
    made = both("alert.flapped", home, patch, alert, alert_patch, **told)
    return Intake("repeated", home.number, [made], _flap_counter(scene, report))


def _repeated(scene: Scene, report: Report, alert: Alert, home: Incident) -> Intake:
    """The source says again what is known, which is counted; what it says otherwise is an event."""
    counter = scene.counter(report.ref)
    counted = replace(counter, repeats=counter.repeats + 1, last_seen=scene.now, firing=alert.firing)
    if not report.firing:
        return Intake("repeated", home.number, [], counted)
    if (_severity(report), report.suppressed_by) == (alert.severity, alert.suppressed_by):
        reworded = _reworded(report, alert)
        told = [both("alert.updated", home, {}, alert, reworded, summary=report.summary)] if reworded else []
        return Intake("repeated", home.number, told, counted)
    made = _reconsidered(scene, home, alert, _said(report) | _later_start(report, alert))
    return Intake("suppressed" if made.kind == "alert.suppressed" else "attached", home.number, [made], counted)


def _reworded(report: Report, alert: Alert) -> Patch:
    """What the source says in other words than before; text that differs only in how we keep it does not differ."""
    found = _later_start(report, alert)
    for name in _WORDED:
        said, known = getattr(report, name), getattr(alert, name)
        if said != known and clean(said) != known:
            found[name] = said
    if report.labels != alert.labels and _cleaned(report.labels) != alert.labels:
        found["labels"] = report.labels
    return found


def _cleaned(labels: Labels) -> Labels:
    return tuple([(clean(name), clean(value)) for name, value in labels])


def _later_start(report: Report, alert: Alert) -> Patch:
    return {"starts_at": report.starts_at} if _began_later(report, alert) else {}


def _reconsidered(scene: Scene, home: Incident, alert: Alert, said: Patch) -> Draft:
    """A firing alert changed its severity, or a silence came or went."""
    alert_patch = said | _shelf_ended(scene, alert, said["severity"])
    after = applied(alert, alert_patch)
    patch = moved(home, alert, after, scene.now)
    if not is_hidden(after):
        worse = worsened(scene.policy, home, after)
        if worse or is_hidden(alert):
            patch["attention"] = True
        patch |= worse
    kind = "alert.severity_changed"
    if after.suppressed_by != alert.suppressed_by:
        kind = "alert.suppressed" if after.suppressed_by else "alert.unsuppressed"
    told: dict[str, Any] = {"severity": after.severity, "from": alert.severity, "summary": after.summary}
    return both(kind, home, patch, alert, alert_patch, **told)


def _counted(scene: Scene, report: Report, alert: Alert, home: Incident) -> Intake:
    """A flapping alert: toggles are counted beside the journal and told once a minute, what is worse at once."""
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
    worst = max(_severity(report), alert.severity, key=lambda name: SEVERITY_RANK.get(name, 0))
    if report.firing and (worst, report.suppressed_by) != (alert.severity, alert.suppressed_by):
        made = _reconsidered(scene, home, alert, _said(report) | _later_start(report, alert) | {"severity": worst})
        return Intake("suppressed" if made.kind == "alert.suppressed" else "attached", home.number, [made], counter)
    if not counter.toggles or now - before.told_at < MINUTE:
        return Intake("repeated", home.number, [], counter)
    total: Patch = {"toggles": alert.toggles + counter.toggles}
    told: dict[str, Any] = {"from": before.told_at or now, "to": now, "toggles": counter.toggles}
    made = both("alert.flapped", home, total, alert, total, **told)
    return Intake("repeated", home.number, [made], replace(counter, toggles=0, told_at=now))


def settle(scene: Scene, incident: Incident, command: Command) -> list[Draft] | Refusal:
    """End the flapping of an alert that has been steady for the policy's time, as it is now (a standing duty)."""
    alert = scene.alert(str(command.args["alert"]))
    home = home_of(scene, incident.number)
    if alert is None or not alert.flapping or home is None or home_of(scene, alert.incident) != home:
        return Refusal("That alert is not flapping.")
    counter = scene.counter(alert.ref)
    if scene.now - max(counter.last_toggle, alert.raised_at or 0) < scene.policy.flap_quiet:
        return Refusal("That alert is not steady yet.")
    toggles = alert.toggles + counter.toggles
    alert_patch: Patch = {"flapping": False, "recent_toggles": [], "toggles": toggles}
    if not counter.firing:
        alert_patch |= _over(scene, alert)
    patch = moved(home, alert, applied(alert, alert_patch), scene.now)
    others = any(other.flapping and other.ref != alert.ref for other in gathered(scene, home))
    patch |= {"flapping": others, "toggles": toggles}
    return [both("alert.settled", home, patch, alert, alert_patch, summary=alert.summary)]
