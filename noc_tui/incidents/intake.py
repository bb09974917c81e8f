"""The intake: what a source's report makes of an alert and of the incident that gathers it.

One dedup key is one alert; repeats move a counter; labels named by the policy gather the alerts of a window into one
incident; a flapping alert is told as flapping; back inside the reopen window is the same incident, marked. What comes
to a merged incident is told of the one that it was merged into. No alert fires unseen: where its incident is not open
any more, whatever a person could not have known when they resolved it raises the alert anew (docs/decisions/0006).
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Draft, Patch, Refusal
from noc_tui.incidents.cutting import cut_report, telling
from noc_tui.incidents.drafting import applied, both, changed
from noc_tui.incidents.flapping import starts_flapping, toggles_within
from noc_tui.incidents.gathering import gathered, home_of, is_hidden, is_shelved, moved, worsened
from noc_tui.incidents.model import MINUTE, OPEN_STATES, SEVERITY_RANK, Alert, Incident, Report
from noc_tui.incidents.raising import Intake, NewId, flap_counter, raised
from noc_tui.incidents.saying import began_later, differs, other_start, reworded, said, severity_of
from noc_tui.incidents.scene import Scene
from noc_tui.incidents.shelving import shelf_ended, shelf_is_over, unshelved


def take_in(scene: Scene, report: Report, new_id: NewId) -> Intake:
    """Return what `report` leads to, given what is known of its alert; the same report again is a repeat."""
    report, cuts = cut_report(report)
    intake = _taken_in(scene, report, new_id)
    return replace(intake, drafts=telling(intake.drafts, cuts)) if cuts else intake


def _taken_in(scene: Scene, report: Report, new_id: NewId) -> Intake:
    alert = scene.alert(report.ref) or Alert(ref=report.ref)
    home = home_of(scene, alert.incident)
    if report.firing and (home is None or not alert.firing or _is_anew(scene, report, alert, home)):
        return raised(scene, report, alert, home, new_id)
    if home is None:
        return _cleared_alone(scene, alert)
    if alert.flapping:
        return _counted(scene, report, alert, home)
    if alert.firing and not report.firing and not _is_late(report, alert):
        return _cleared(scene, report, alert, home)
    return _repeated(scene, report, alert, home)


def _is_late(report: Report, alert: Alert) -> bool:
    """A clear of an earlier occurrence that comes after the raise of a later one says nothing of that one.

    It is one if it was over before the later one began; where its end is not told, if it began before.
    """
    told = report.starts_at if report.at is None else report.at
    return None not in (told, alert.starts_at) and (told or 0) < (alert.starts_at or 0)


def _is_anew(scene: Scene, report: Report, alert: Alert, home: Incident) -> bool:
    """Whether an alert that fires already, and whose incident is not open, is more than what a person resolved.

    That is a later occurrence, a worse severity, an alert that nothing hides any more, the next turn of a flapping one,
    or what its source says once only. Firing on unchanged is no news: who resolved the incident could see it.
    """
    if home.state in OPEN_STATES:
        return False
    return (
        report.anew
        or began_later(report, alert)
        or SEVERITY_RANK[severity_of(report)] > SEVERITY_RANK.get(alert.severity, 0)
        or (is_hidden(alert) and not _stays_hidden(scene, report, alert))
        or (alert.flapping and not scene.counter(report.ref).firing)
    )


def _stays_hidden(scene: Scene, report: Report, alert: Alert) -> bool:
    return report.suppressed_by != "" or (is_shelved(alert) and not shelf_is_over(alert, scene.now))


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
    return Intake("repeated", home.number, [made], flap_counter(scene, report))


def _repeated(scene: Scene, report: Report, alert: Alert, home: Incident) -> Intake:
    """The source says again what is known, which is counted; what it says otherwise is an event."""
    counter = scene.counter(report.ref)
    counted = replace(counter, repeats=counter.repeats + 1, last_seen=scene.now, firing=alert.firing)
    if not report.firing:
        return Intake("repeated", home.number, [], counted)
    if severity_of(report) == alert.severity and not differs(report.suppressed_by, alert.suppressed_by):
        words = reworded(report, alert)
        told = [both("alert.updated", home, {}, alert, words, summary=report.summary)] if words else []
        return Intake("repeated", home.number, told, counted)
    made = _reconsidered(scene, home, alert, said(report) | other_start(report, alert))
    return Intake("suppressed" if made.kind == "alert.suppressed" else "attached", home.number, [made], counted)


def _reconsidered(scene: Scene, home: Incident, alert: Alert, changes: Patch) -> Draft:
    """A firing alert changed its severity, or a silence came or went."""
    alert_patch = changes | shelf_ended(scene, alert, changes["severity"])
    after = applied(alert, alert_patch)
    patch = moved(home, alert, after, scene.now)
    if not is_hidden(after):
        worse = worsened(scene.policy, home, after)
        if worse or is_hidden(alert):
            patch["attention"] = True
        patch |= worse
    kind = "alert.severity_changed"
    if differs(after.suppressed_by, alert.suppressed_by):
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
    worst = max(severity_of(report), alert.severity, key=lambda name: SEVERITY_RANK.get(name, 0))
    if report.firing and (worst != alert.severity or differs(report.suppressed_by, alert.suppressed_by)):
        made = _reconsidered(scene, home, alert, said(report) | other_start(report, alert) | {"severity": worst})
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
