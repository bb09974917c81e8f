"""The default order of the board: bands, and within a band the most urgent first (LOOK.md section 3).

Needs action: not acknowledged, cleared but not acknowledged, under a quarter of a clock, late. In hand: somebody has
it. Waiting: held or snoozed. Resolved: shown a short while, and as long as an alert of it fires. Hidden: shelved or
suppressed, or gone from the board.
"""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.clocks import next_due, quarter_at
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.policy import Policy

NEEDS_ACTION: Final = 0
IN_HAND: Final = 1
WAITING: Final = 2
RESOLVED: Final = 3
HIDDEN: Final = 9
BAND_NAMES: Final = {
    NEEDS_ACTION: "Needs action",
    IN_HAND: "In hand",
    WAITING: "Waiting",
    RESOLVED: "Resolved",
}

NEVER: Final = 1 << 62
"""Later than any due instant."""

SortKey = tuple[int, int, bool, int, int]
"""Band, priority, looked at, due instant, number."""


def is_snoozed(incident: Incident, now: Micros) -> bool:
    """Return whether a person has put the incident out of the way until a time that has not come."""
    return incident.snoozed_until is not None and incident.snoozed_until > now


def is_held(incident: Incident, now: Micros) -> bool:
    """Return whether it waits for a third party; a hold that has a time is over once that has passed."""
    return incident.state == "held" and (incident.held_until is None or incident.held_until > now)


def is_shelved(incident: Incident, now: Micros) -> bool:
    """Return whether every firing alert of the incident is hidden by a shelf (or a shelf and a suppression)."""
    if not incident.alerts_shelved or (incident.shelved_until or 0) <= now:
        return False
    return incident.alerts_shelved + incident.alerts_suppressed >= incident.alerts_firing > 0


def is_suppressed(incident: Incident) -> bool:
    """Return whether every firing alert of the incident is hidden by a rule."""
    return incident.alerts_suppressed >= incident.alerts_firing > 0


def is_cleared(incident: Incident) -> bool:
    """Return whether all alerts of an open incident have cleared (ISA-18.2 "returned to normal")."""
    return incident.alert_count > 0 and incident.alerts_firing == 0 and incident.state in OPEN_STATES


def is_breached(incident: Incident, now: Micros) -> bool:
    """Return whether the running clock has run out."""
    due = next_due(incident)
    return due is not None and due <= now


def needs_eyes(incident: Incident, now: Micros) -> bool:
    """Return whether it wants a person's attention, also by a time that has come and no event has told yet."""
    if incident.attention:
        return True
    if incident.snoozed_until is not None and incident.snoozed_until <= now:
        return incident.alerts_firing > 0 or incident.alert_count == 0
    if incident.state == "held" and incident.held_until is not None and incident.held_until <= now:
        return True
    return incident.alerts_shelved > 0 and (incident.shelved_until or 0) <= now


def still_fires(incident: Incident) -> bool:
    """Return whether it is resolved while one of its alerts fires (RFC 8632 "not cleared, closed"): always shown."""
    return incident.state == "resolved" and incident.alerts_firing > 0


def _is_shown_resolved(incident: Incident, policy: Policy, now: Micros) -> bool:
    if still_fires(incident):
        return True
    return incident.state == "resolved" and now - (incident.resolved_at or 0) < policy.resolved_shown


def is_hidden(incident: Incident, policy: Policy, now: Micros) -> bool:
    """Return whether the default view leaves it out: shelved, suppressed, or resolved for long enough."""
    if incident.state in OPEN_STATES:
        return is_suppressed(incident) or is_shelved(incident, now)
    return not _is_shown_resolved(incident, policy, now)


def band_of(incident: Incident, policy: Policy, now: Micros) -> int:
    """Return the band that the incident belongs to at `now`."""
    if is_hidden(incident, policy, now):
        return HIDDEN
    if incident.state not in OPEN_STATES:
        return RESOLVED
    if needs_eyes(incident, now):
        return NEEDS_ACTION
    if is_snoozed(incident, now) or is_held(incident, now):
        return WAITING
    quarter = quarter_at(policy, incident)
    if incident.state == "new" or (quarter is not None and quarter <= now):
        return NEEDS_ACTION
    return IN_HAND


def sort_key(incident: Incident, policy: Policy, now: Micros) -> SortKey:
    """Return the incident's place in the default order at `now`."""
    due = next_due(incident)
    return (
        band_of(incident, policy, now),
        incident.priority,
        not needs_eyes(incident, now),
        NEVER if due is None else due,
        incident.number,
    )


def turns_at(incident: Incident, policy: Policy, now: Micros) -> Micros | None:
    """Return the next instant after `now` at which time alone may move the incident to another band."""
    moments = [
        incident.snoozed_until,
        incident.held_until if incident.state == "held" else None,
        incident.shelved_until if incident.alerts_shelved else None,
        quarter_at(policy, incident),
        (incident.resolved_at or 0) + policy.resolved_shown if incident.state == "resolved" else None,
    ]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
