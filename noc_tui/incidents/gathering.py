"""What an incident gathers: its alerts and those of the incidents merged into it, counted, and how bad they are.

`alert_count` says how many alerts have ever been attached (one that came back to another incident stays counted
here); `alerts_firing` those that fire now. A firing alert that a rule hides counts as suppressed, one that a person
hides and no rule does as shelved, so the two never count one alert twice. The counts are kept up by each event, since
a storm's incident has no list of its alerts; a person's act on many of them counts anew. Of an incident that is merged
the counts stand still: those of its home go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from noc_tui.incidents import clocks
from noc_tui.incidents.commands import Draft, Patch
from noc_tui.incidents.drafting import applied, draft
from noc_tui.incidents.model import OPEN_STATES, SEVERITY_RANK, Alert, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.priority import assess, priority_of
from noc_tui.incidents.scene import Scene

KEPT: Final = frozenset(
    (
        "alert_count",
        "alerts_firing",
        "alerts_shelved",
        "alerts_suppressed",
        "shelved_until",
        "suppressed_by",
        "last_alert_at",
        "cleared_at",
        "flapping",
        "toggles",
    )
)
"""Fields that are kept from the alerts: an undo counts them anew and is never stopped by them."""

_DEEPEST: Final = 32
"""Merges followed to the end; a circle cannot be made, imported history might hold one."""


def home_of(scene: Scene, number: int) -> Incident | None:
    """Return the incident with this number or, if it is merged, the one that it was merged into in the end."""
    for _ in range(_DEEPEST):
        incident = scene.by_number(number) if number else None
        if incident is None or incident.state != "merged":
            return incident
        number = incident.parent
    return None


def gathered(scene: Scene, incident: Incident) -> list[Alert]:
    """Return the alerts of an incident and of all that were merged into it."""
    found: list[Alert] = []
    seen = {incident.number}
    waiting = [incident]
    while waiting:
        one = waiting.pop()
        found += scene.alerts(one.number)
        merged = [child for child in scene.children(one.number) if child.state == "merged" and child.number not in seen]
        seen.update(child.number for child in merged)
        waiting += merged
    return found


def is_shelved(alert: Alert) -> bool:
    """Return whether the alert is on a shelf (whose end the journal has not told yet)."""
    return alert.shelved_until is not None


def is_hidden(alert: Alert) -> bool:
    """Return whether a shelf or a rule hides the alert, as far as the journal has told."""
    return is_shelved(alert) or alert.suppressed_by != ""


def share(alert: Alert) -> tuple[int, int, int]:
    """Return what an alert adds to its incident's counts: firing, shelved, suppressed."""
    suppressed = alert.firing and alert.suppressed_by != ""
    return int(alert.firing), int(alert.firing and is_shelved(alert) and not suppressed), int(suppressed)


def moved(incident: Incident, before: Alert, after: Alert, now: Micros) -> Patch:
    """Return what it changes in the incident that one of its alerts was `before` and is `after`."""
    old, new = share(before), share(after)
    firing = max(0, incident.alerts_firing + new[0] - old[0])
    shelved = max(0, incident.alerts_shelved + new[1] - old[1])
    suppressed = max(0, incident.alerts_suppressed + new[2] - old[2])
    ends = [incident.shelved_until, after.shelved_until if new[1] else None]
    name = incident.suppressed_by
    if new[2] and (not name or suppressed == 1):
        name = after.suppressed_by
    patch: Patch = {
        "alerts_firing": firing,
        "alerts_shelved": shelved,
        "alerts_suppressed": suppressed,
        "shelved_until": _first(ends) if shelved else None,
        "suppressed_by": name if suppressed else "",
    }
    return patch | _clearing(incident, firing, now)


def _first(moments: Iterable[Micros | None]) -> Micros | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _clearing(incident: Incident, firing: int, now: Micros) -> Patch:
    """The last alert that clears begins the quiet time, and ends a snooze that was to last till then."""
    if firing:
        return {"cleared_at": None}
    if not incident.alerts_firing:
        return {}
    patch: Patch = {"cleared_at": now}
    if incident.snoozed_till_clear:
        patch |= {"snoozed_until": None, "snoozed_till_clear": False}
    return patch


def recounted(incident: Incident, alerts: Iterable[Alert]) -> Patch:
    """Return the kept fields reckoned anew from all alerts that the incident gathers, the count of attached apart."""
    mine = list(alerts)
    shares = [share(alert) for alert in mine]
    firing, shelved, suppressed = (sum(one[place] for one in shares) for place in range(3))
    names = [alert.suppressed_by for alert, one in zip(mine, shares, strict=True) if one[2]]
    ends = [alert.shelved_until for alert, one in zip(mine, shares, strict=True) if one[1]]
    cleared = max((alert.cleared_at or 0 for alert in mine), default=0)
    return {
        "alerts_firing": firing,
        "alerts_shelved": shelved,
        "alerts_suppressed": suppressed,
        "shelved_until": _first(ends),
        "suppressed_by": incident.suppressed_by if incident.suppressed_by in names else next(iter(names), ""),
        "cleared_at": None if firing else incident.cleared_at or cleared or None,
        "flapping": any(alert.flapping for alert in mine),
    }


def worsened(policy: Policy, incident: Incident, alert: Alert) -> Patch:
    """Return how a worse alert lifts severity, title and priority, save what a person set; a better one: nothing."""
    if SEVERITY_RANK.get(alert.severity, 0) <= SEVERITY_RANK.get(incident.severity, 0):
        return {}
    patch: Patch = {"severity": alert.severity}
    if not incident.title_fixed and alert.summary:
        patch["title"] = alert.summary
    impact, urgency = assess(policy, alert.severity, alert.labels)
    return patch | _more_urgent(policy, incident, impact, urgency, priority_of(policy, impact, urgency))


def _more_urgent(policy: Policy, incident: Incident, impact: str, urgency: str, priority: int) -> Patch:
    if priority >= incident.priority or incident.priority_fixed:
        return {}
    levels: Patch = {"impact": impact, "urgency": urgency, "priority": priority}
    return levels | clocks.retargeted(policy, incident, priority)


def lifted(policy: Policy, incident: Incident, patch: Patch, alerts: Iterable[Alert]) -> Patch:
    """Return a patch that leaves the incident no less severe than the worst alert that fires in sight."""
    seen = [alert for alert in alerts if alert.firing and not is_hidden(alert)]
    worst = max(seen, key=lambda alert: SEVERITY_RANK.get(alert.severity, 0), default=None)
    return patch if worst is None else patch | worsened(policy, applied(incident, patch), worst)


def joined(scene: Scene, home: Incident, child: Incident, undoes: bytes = b"") -> Draft:
    """Return what a merge changes in the incident that takes the other in: counts added, never less urgent."""
    firing = home.alerts_firing + child.alerts_firing
    patch: Patch = {
        "alert_count": home.alert_count + child.alert_count,
        "alerts_firing": firing,
        "alerts_shelved": home.alerts_shelved + child.alerts_shelved,
        "alerts_suppressed": home.alerts_suppressed + child.alerts_suppressed,
        "shelved_until": _first((home.shelved_until, child.shelved_until)),
        "suppressed_by": home.suppressed_by or child.suppressed_by,
        "last_alert_at": max(home.last_alert_at or 0, child.last_alert_at or 0) or None,
        "cleared_at": None if firing else max(home.cleared_at or 0, child.cleared_at or 0) or None,
        "flapping": home.flapping or child.flapping,
        "toggles": max(home.toggles, child.toggles),
    }
    if SEVERITY_RANK.get(child.severity, 0) > SEVERITY_RANK.get(home.severity, 0):
        patch["severity"] = child.severity
    patch |= _more_urgent(scene.policy, home, child.impact, child.urgency, child.priority)
    return draft("incident.gathered", home, patch, undoes=undoes, number=child.number)


def back_at_work(incident: Incident, now: Micros) -> Patch:
    """Return what reopens an incident for its alerts: with its owner at work, or new if it has none."""
    return {
        "state": "active" if incident.owner else "new",
        "resolved_at": None,
        "closed_at": None,
        "resolution_code": "",
        "reopen_count": incident.reopen_count + 1,
    } | clocks.reopened(incident, now)


def own_again(scene: Scene, child: Incident, state: str) -> Patch:
    """Return what a merged incident is to be when it stands alone again in `state`: its alerts went on meanwhile.

    If one of them was raised after it was resolved, and still fires, it is open.
    """
    alerts = gathered(scene, child)
    patch = lifted(scene.policy, child, recounted(child, alerts), alerts)
    raised = max((alert.raised_at or 0 for alert in alerts if alert.firing), default=0)
    if state not in OPEN_STATES and raised > (child.resolved_at or raised):
        patch |= back_at_work(child, scene.now)
    return patch


def parted(
    scene: Scene, child: Incident, restored: dict[bytes, Patch] | None = None, undoes: bytes = b""
) -> list[Draft]:
    """Return what it changes in those above a merged incident that it stands alone again.

    They count what stays. `restored` (by incident) is put back there.
    """
    leaving = {alert.ref for alert in gathered(scene, child)}
    drafts = []
    for above in _above(scene, child):
        staying = [alert for alert in gathered(scene, above) if alert.ref not in leaving]
        patch: Patch = {"alert_count": max(0, above.alert_count - child.alert_count)} | recounted(above, staying)
        patch = lifted(scene.policy, above, patch | (restored or {}).get(above.id, {}), staying)
        drafts.append(draft("incident.parted", above, patch, undoes=undoes, number=child.number))
    return drafts


def _above(scene: Scene, merged: Incident) -> list[Incident]:
    """The incidents that a merged one was merged into, up to its home."""
    found: list[Incident] = []
    while merged.state == "merged" and len(found) < _DEEPEST:
        above = scene.by_number(merged.parent)
        if above is None or above in found:
            break
        found.append(above)
        merged = above
    return found
