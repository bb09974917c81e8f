"""The JSON that scripts rely on (DESIGN.md 6)."""

from __future__ import annotations

import json

from noc_tui.incidents.model import HOUR
from noc_tui.journal.wire import INCIDENT_FIELDS, alert_json, event_json, incident_json, incidents_json
from tests.unit.incidents.desk import Desk

NAMES = (
    "number, id, title, state, attention, priority, impact, urgency, severity, category, major, service, resource,"
    " site, owner, team, source, alert_count, alerts_firing, opened_at, acked_at, resolved_at, closed_at, updated_at,"
    " snoozed_until, held_until, suppressed_by, parent, revision, response_due, resolution_due, labels"
)
EVENT_NAMES = (
    "seq, id, command_id, incident, incident_id, alert, revision, at, received_at, actor, origin, kind, data, batch,"
    " undoes"
)


def test_an_incident_has_the_names_that_scripts_know() -> None:
    desk = Desk()
    number = desk.raised()
    desk.ok("ana", "label", number, label="fibre")
    shape = incident_json(desk.at(number))
    assert tuple(shape) == INCIDENT_FIELDS == tuple(NAMES.split(", "))
    assert (shape["number"], shape["labels"], shape["owner"]) == ("INC-000001", ["fibre"], None)
    assert (shape["opened_at"], shape["acked_at"]) == ("2025-11-17T03:00:00.000000Z", None)
    assert shape["attention"] is False
    assert json.loads(json.dumps(incidents_json([desk.at(number)]))) == [shape]


def test_a_child_names_its_parent() -> None:
    desk = Desk()
    child, parent = desk.raised("a"), desk.raised("b")
    desk.ok("ana", "link", child, parent=parent)
    assert incident_json(desk.at(child))["parent"] == "INC-000002"
    assert incident_json(desk.at(parent))["parent"] is None


def test_an_alert_is_named_by_its_key() -> None:
    desk = Desk()
    number = desk.raised(labels=(("site", "ams"),), url="https://x.example/1")
    shape = alert_json(desk.of())
    assert (shape["alert"], shape["source"], shape["incident"]) == ("k", "mon", "INC-000001")
    assert (shape["labels"], shape["raised_at"]) == ({"site": "ams"}, "2025-11-17T03:00:00.000000Z")
    assert (shape["cleared_at"], shape["shelved_until"], shape["suppressed_by"]) == (None, None, None)
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.cleared()
    shape = alert_json(desk.of())
    assert (shape["shelved_until"], shape["cleared_at"]) == (
        "2025-11-17T04:00:00.000000Z",
        "2025-11-17T03:00:00.000000Z",
    )


def test_an_event_tells_its_instants_as_text_wherever_they_are() -> None:
    desk = Desk()
    number = desk.raised()
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    created, raised, shelved = (event_json(event) for event in desk.journal)
    assert tuple(created) == tuple(EVENT_NAMES.split(", "))
    assert (created["seq"], created["incident"], created["command_id"]) == (1, "INC-000001", None)
    assert created["data"]["set"]["opened_at"] == "2025-11-17T03:00:00.000000Z"
    assert raised["data"]["alert"]["set"]["recent_toggles"] == ["2025-11-17T03:00:00.000000Z"]
    assert raised["data"]["alert"]["was"]["raised_at"] is None
    assert shelved["data"]["set"]["shelved_until"] == "2025-11-17T04:00:00.000000Z"
    assert shelved["data"]["alert"]["set"]["shelved_until"] == "2025-11-17T04:00:00.000000Z"
    assert (shelved["origin"], shelved["alert"], shelved["undoes"]) == ("ana@tty1", "mon:k", None)
    json.dumps([created, raised, shelved])
