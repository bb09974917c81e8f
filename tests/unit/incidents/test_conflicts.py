"""Two people, one incident: what commutes goes through, of two on one field the first wins and the other is told."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND
from tests.unit.incidents.desk import ARGS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_repeated_command_changes_nothing_and_is_answered_alike(desk: Desk) -> None:
    number = desk.raised()
    command = Command(id=b"once", verb="ack", incident=desk.at(number).id, actor="ana")
    first = desk.send(command)
    events = list(desk.journal)
    assert desk.send(command) == first
    assert desk.journal == events


def test_who_acknowledges_second_is_told_who_was_first(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.ok("ana", "ack", number, seen=seen)
    desk.later(5 * SECOND)
    assert (
        desk.refused("bo", "ack", number, seen=seen) == "INC-000001 is acknowledged already. ana did it at 03:00:00Z."
    )
    assert desk.refused("ana", "ack", number, seen=seen) == "INC-000001 is acknowledged already."
    assert desk.refused("bo", "ack", number) == "INC-000001 is acknowledged already."


def test_a_race_to_take_has_one_winner(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.ok("ana", "take", number, seen=seen)
    desk.later(2 * SECOND)
    outcome = desk.do("bo", "take", number, seen=seen)
    assert outcome.reason == "ana changed the owner of INC-000001 at 03:00:00Z; look at it first."
    assert outcome.code == "conflict"
    desk.ok("bo", "take", number, seen=seen, steal=True)
    assert desk.at(number).owner == "bo"


def test_what_was_acknowledged_meanwhile_can_be_taken_all_the_same(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.ok("ana", "ack", number)
    desk.ok("bo", "take", number, seen=seen)


def test_what_was_held_meanwhile_is_not_taken_by_a_glance_before(desk: Desk) -> None:
    number = desk.in_state("acked")
    seen = desk.at(number).revision
    desk.ok("ana", "hold", number, reason="p")
    assert desk.refused("bo", "take", number, seen=seen).startswith("ana changed the state of INC-000001")


def test_resolving_rests_on_the_alerts_that_were_seen(desk: Desk) -> None:
    number = desk.raised("a", resource="r")
    desk.ok("ana", "take", number)
    seen = desk.at(number).revision
    desk.later(SECOND)
    desk.raised("b", resource="r")
    desk.later(3 * SECOND)
    outcome = desk.do("ana", "resolve", number, seen=seen, code="f")
    assert outcome.reason == "A new alert came to INC-000001 at 03:00:01Z; look at it first."
    assert outcome.code == "conflict"
    desk.ok("ana", "resolve", number, seen=desk.at(number).revision, code="f")


@pytest.mark.parametrize(
    "verb", ["ack", "take", "assign", "priority", "title", "escalate", "note", "label", "snooze", "service"]
)
def test_a_flood_of_alerts_makes_no_false_conflict(desk: Desk, verb: str) -> None:
    number = desk.raised("a", resource="r", severity="minor")
    seen = desk.at(number).revision
    for key in "bcdefgh":
        desk.raised(key, resource="r", severity="critical" if key == "c" and verb != "priority" else "minor")
        desk.cleared(key)
    args = ARGS.get(verb, {})
    if verb == "title":
        seen = desk.at(number).revision
        desk.raised("z", resource="r", severity="minor")
    desk.ok("ana", verb, number, seen=seen, **args)


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (("priority", {"priority": "1"}), ("priority", {"priority": "5"}), "priority"),
        (("title", {"title": "one"}), ("title", {"title": "two"}), "title"),
        (("assign", {"to": "ana"}), ("assign", {"to": "bo"}), "owner"),
        (("category", {"category": "hardware"}), ("category", {"category": "security"}), "category"),
        (("escalate", {}), ("escalate", {}), "team"),
        (("snooze", ARGS["snooze"]), ("snooze", ARGS["snooze"]), "snooze"),
        (("take", {}), ("resolve", {"code": "f"}), "state"),
    ],
)
def test_of_two_on_one_field_the_second_is_told(
    desk: Desk, first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]], field: str
) -> None:
    number = desk.in_state("acked")
    seen = desk.at(number).revision
    desk.ok("ana", first[0], number, seen=seen, **first[1])
    why = desk.refused("bo", second[0], number, seen=seen, **second[1])
    assert why == f"ana changed the {field} of INC-000001 at 03:00:00Z; look at it first."
    desk.ok("bo", second[0], number, seen=desk.at(number).revision, **second[1])


def test_one_s_own_change_is_no_conflict(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.ok("ana", "priority", number, seen=seen, priority="1")
    desk.ok("ana", "priority", number, seen=seen, priority="2")


def test_notes_and_labels_always_commute(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    for actor in ("ana", "bo", "cy"):
        desk.ok(actor, "note", number, seen=seen, text="seen")
        desk.ok(actor, "label", number, seen=seen, label=actor)
    assert desk.at(number).labels == ("ana", "bo", "cy")


@pytest.mark.parametrize("verb", ["priority", "title", "service", "impact", "category"])
def test_what_leaves_the_state_alone_does_not_rest_on_it(desk: Desk, verb: str) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.ok("ana", "take", number)
    desk.ok("bo", verb, number, seen=seen, **ARGS[verb])


def test_a_change_that_was_undone_is_no_conflict(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    command = desk.ok("ana", "take", number)
    desk.undo("ana", command, number)
    desk.ok("bo", "take", number, seen=seen)


def test_each_field_is_expected_as_it_was_painted(desk: Desk) -> None:
    number = desk.in_state("acked")
    seen = desk.at(number).revision
    desk.ok("ana", "assign", number, to="cy")
    expect = {"state": seen, "owner": desk.at(number).revision}
    command = Command(
        id=desk.new_id(), verb="assign", incident=desk.at(number).id, args={"to": "bo"}, expect=expect, actor="bo"
    )
    assert desk.send(command).ok


def test_a_duty_that_was_quicker_is_called_a_rule(desk: Desk) -> None:
    number = desk.raised()
    seen = desk.at(number).revision
    desk.cleared()
    desk.later(400 * SECOND)
    desk.ok("rule", "resolve", number, code="c")
    assert desk.refused("ana", "take", number, seen=seen) == (
        "INC-000001 is resolved; reopen it first. A rule did it at 03:06:40Z."
    )
