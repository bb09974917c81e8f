"""What holds at any moment at any desk: each check takes a desk and asserts one invariant of the business."""

from __future__ import annotations

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.gathering import gathered, home_of, is_hidden, share
from noc_tui.incidents.model import OPEN_STATES, SEVERITY_RANK, STATES, Alert, Incident
from noc_tui.incidents.ordering import sort_key
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event
from noc_tui.journal.fold import evolve, evolve_alert
from noc_tui.journal.replay import state_at
from tests.unit.incidents.desk import Desk


def all_hold(desk: Desk) -> None:
    """Every invariant that can be read off a desk at one moment."""
    replays_to_what_is(desk)
    counts_are_true(desk)
    severity_is_never_too_low(desk)
    states_are_whole(desk)
    nothing_fires_unseen(desk)
    attention_is_where_somebody_looks(desk)


def replays_to_what_is(desk: Desk) -> None:
    """SYNC.md invariant 8: the fold of all events from scratch is the projection."""
    again = state_at(desk.journal)
    assert again.incidents == desk.state.incidents
    assert again.alerts == desk.state.alerts


def events_follow(events: list[Event], before: dict[bytes, Incident], alerts: dict[str, Alert], prev: bytes) -> None:
    """Each event names what it replaces, continues its incident's revisions (invariant 6) and the chain (9)."""
    for event in events:
        assert seal(prev, event) == event.hash
        prev = event.hash
        data = event.data
        if event.incident_id:
            incident = before.get(event.incident_id) or Incident(id=event.incident_id, number=event.number)
            assert event.revision == incident.revision + 1
            if event.revision > 1 or "was" in data:  # what is new replaces nothing
                _says_what_was(incident, data.get("set", {}), data.get("was", {}))
            before[event.incident_id] = evolve(before.get(event.incident_id), event)
        if event.alert:
            parts = data.get("alert", {})
            known = alerts.get(event.alert)
            if known or "was" in parts:
                _says_what_was(known or Alert(ref=event.alert), parts.get("set", {}), parts.get("was", {}))
            alerts[event.alert] = evolve_alert(alerts.get(event.alert), event)


def _says_what_was(value: Incident | Alert, now: dict[str, object], was: dict[str, object]) -> None:
    assert now.keys() == was.keys()
    for name, replaced in was.items():
        assert _as_list(getattr(value, name)) == replaced, f"{name} was {getattr(value, name)}, not {replaced}"


def _as_list(value: object) -> object:
    return [_as_list(item) for item in value] if isinstance(value, tuple) else value


def counts_are_true(desk: Desk) -> None:
    """An incident counts its alerts and those of all merged into it; `alert_count` those that ever came."""
    came: dict[int, int] = {}
    for event in desk.journal:
        number = event.data.get("alert", {}).get("set", {}).get("incident")
        if number:
            came[number] = came.get(number, 0) + 1
    for incident in desk.state.incidents.values():
        if incident.state == "merged":
            continue
        alerts = gathered(desk, incident)
        sums = tuple(sum(share(alert)[place] for alert in alerts) for place in range(3))
        assert (incident.alerts_firing, incident.alerts_shelved, incident.alerts_suppressed) == sums
        assert incident.alert_count == sum(came.get(number, 0) for number in family(desk, incident))
        assert incident.flapping == any(alert.flapping for alert in alerts)
        assert bool(incident.suppressed_by) == (incident.alerts_suppressed > 0)
        assert (incident.shelved_until is None) == (incident.alerts_shelved == 0)
        ends = [alert.shelved_until for alert in alerts if share(alert)[1] and alert.shelved_until is not None]
        assert incident.shelved_until is None or incident.shelved_until <= min(ends)


def family(desk: Desk, incident: Incident) -> list[int]:
    """An incident's number and those of all merged into it."""
    merged = [child for child in desk.children(incident.number) if child.state == "merged"]
    return [incident.number, *(number for child in merged for number in family(desk, child))]


def severity_is_never_too_low(desk: Desk) -> None:
    """No alert that fires in sight is worse than its incident says."""
    for incident in desk.state.incidents.values():
        if incident.state != "merged":
            for alert in gathered(desk, incident):
                if alert.firing and not is_hidden(alert):
                    assert SEVERITY_RANK[alert.severity] <= SEVERITY_RANK[incident.severity]


def nothing_fires_unseen(desk: Desk) -> None:
    """An alert that fires has an open home, unless a person put that home away since the alert was last raised."""
    raised: dict[str, int] = {}
    put_away: dict[bytes, int] = {}
    for event in desk.journal:
        data = event.data
        if "raised_at" in data.get("alert", {}).get("set", {}):
            raised[event.alert] = event.seq
        state = data.get("set", {}).get("state")
        if state is not None and event.command_id and event.actor != RULE:
            put_away[event.incident_id] = 0 if state in OPEN_STATES else event.seq
    for alert in desk.state.alerts.values():
        home = home_of(desk, alert.incident)
        if alert.firing and (home is None or home.state not in OPEN_STATES):
            assert home is not None
            assert put_away.get(home.id, 0) > raised[alert.ref], f"{alert.ref} burns in {home.number}"


def attention_is_where_somebody_looks(desk: Desk) -> None:
    """Only an open incident calls for a person."""
    for incident in desk.state.incidents.values():
        assert incident.state in OPEN_STATES or not incident.attention


def states_are_whole(desk: Desk) -> None:
    """Attributes that belong to a state are there with it and gone without it."""
    for incident in desk.state.incidents.values():
        assert incident.state in STATES
        assert 1 <= incident.priority <= 5
        held = incident.state == "held" or incident.prior_state == "held"
        assert (incident.held_since is not None) == held
        assert bool(incident.prior_state) == (incident.state == "merged")
        assert (incident.resolved_at is not None) == (
            incident.state in ("resolved", "closed") or incident.prior_state == "resolved"
        )
        assert (incident.closed_at is not None) == (incident.state == "closed")
        assert (incident.resolution_due is None) == (incident.resolution_left is not None)
        assert incident.state != "merged" or incident.parent
    keys = [sort_key(incident, desk.policy, desk.now) for incident in desk.state.incidents.values()]
    assert len(set(keys)) == len(keys)
