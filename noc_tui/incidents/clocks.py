"""The SLA clocks: response (to acknowledge) and resolution (to resolve), by priority (OPERATOR.md 1.2).

The fold keeps absolute due instants, so a board sorts without reckoning; a paused clock has no due and keeps what is
left. The response clock never pauses. Calendar hours (24 x 7) alone so far.
"""

from __future__ import annotations

from noc_tui.incidents.commands import Patch
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.policy import Policy


def started(policy: Policy, priority: int, opened_at: Micros) -> Patch:
    """Return the dues of a new incident."""
    target = policy.target(priority)
    return {
        "response_due": opened_at + target.response,
        "resolution_due": opened_at + target.resolution,
    }


def retargeted(policy: Policy, incident: Incident, priority: int) -> Patch:
    """Return the dues after a change of priority: reckoned from the original start, pauses kept."""
    old, new = policy.target(incident.priority), policy.target(priority)
    patch: Patch = {}
    if incident.response_due is not None and incident.acked_at is None:
        patch["response_due"] = incident.response_due + new.response - old.response
    longer = new.resolution - old.resolution
    if incident.resolution_due is not None:
        patch["resolution_due"] = incident.resolution_due + longer
    if incident.resolution_left is not None:
        patch["resolution_left"] = incident.resolution_left + longer
    return patch


def paused(policy: Policy, incident: Incident, reason: str, now: Micros) -> Patch:
    """Return the pause that a hold brings, if the policy lets this reason pause the resolution clock."""
    if reason not in policy.pausing or incident.resolution_due is None:
        return {}
    return {"resolution_left": incident.resolution_due - now, "resolution_due": None}


def resumed(incident: Incident, now: Micros) -> Patch:
    """Return the end of a pause: what was left runs on from `now`, or from the end that the hold had been given."""
    if incident.resolution_left is None:
        return {}
    end = min(now, incident.held_until or now)
    return {"resolution_due": end + incident.resolution_left, "resolution_left": None}


def reopened(incident: Incident, now: Micros) -> Patch:
    """Return the resolution clock running on after a reopen; the time between is left out."""
    if incident.resolved_at is None or incident.resolution_due is None:
        return {}
    return {"resolution_due": incident.resolution_due + now - incident.resolved_at}


def last_stamp(incident: Incident) -> Micros:
    """Return the last instant that the incident's clocks rest on: nothing is done to it before that."""
    stamps = (incident.opened_at, incident.acked_at, incident.held_since, incident.resolved_at, incident.closed_at)
    return max(stamp or 0 for stamp in stamps)


def next_due(incident: Incident) -> Micros | None:
    """Return the due instant of the clock that runs now: response until acknowledged, then resolution."""
    if incident.state not in OPEN_STATES:
        return None
    return incident.response_due if incident.state == "new" else incident.resolution_due


def quarter_at(policy: Policy, incident: Incident) -> Micros | None:
    """Return the instant from which less than a quarter of the running clock is left."""
    due = next_due(incident)
    if due is None:
        return None
    target = policy.target(incident.priority)
    return due - (target.response if incident.state == "new" else target.resolution) // 4
