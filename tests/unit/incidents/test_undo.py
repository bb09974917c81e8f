"""Undo restores what was, unless somebody has built on it, and says which and who (DESIGN.md 8.10)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.incidents.commands import RULE, Command, Draft
from noc_tui.incidents.model import HOUR, MINUTE, Incident
from tests.unit.incidents.desk import ARGS, Desk

PLACE = {"revision": 0, "changed_seq": 0, "updated_at": 0}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fields(incident: Incident) -> Incident:
    """All that an undo has to restore."""
    return replace(incident, **PLACE)


EACH = [
    ("new", "ack", {}),
    ("new", "take", {}),
    ("new", "assign", {"to": "bo"}),
    ("acked", "unack", {}),
    ("active", "release", {}),
    ("active", "assign", {"to": "team:t3"}),
    ("new", "note", ARGS["note"]),
    ("new", "label", ARGS["label"]),
    ("new", "title", ARGS["title"]),
    ("new", "priority", ARGS["priority"]),
    ("new", "impact", ARGS["impact"]),
    ("acked", "escalate", {}),
    ("new", "escalate_up", {}),
    ("active", "hold", ARGS["hold"]),
    ("held", "resume", {}),
    ("held", "take", {"steal": True}),
    ("new", "snooze", ARGS["snooze"]),
    ("new", "shelve", ARGS["shelve"]),
    ("held", "resolve", ARGS["resolve"]),
    ("resolved", "reopen", {}),
    ("closed", "reopen", ARGS["reopen"]),
    ("resolved", "close", {}),
    ("new", "link", {}),
    ("held", "merge", {}),
    ("merged", "unmerge", {}),
]


@pytest.mark.parametrize(("state", "verb", "args"), EACH)
def test_undo_restores_and_redo_does_again(desk: Desk, state: str, verb: str, args: dict[str, Any]) -> None:
    number = desk.in_state(state)
    if verb in ("link", "merge"):
        args = {"parent": desk.raised("cause", resource="cause", severity="critical")}
    before = {one.number: fields(one) for one in desk.state.incidents.values()}
    alerts = {ref: replace(alert, changed_seq=0) for ref, alert in desk.state.alerts.items()}
    command = desk.ok("cy", verb, number, **args)
    after = {one.number: fields(one) for one in desk.state.incidents.values()}
    desk.later(MINUTE)
    undo = desk.undo("cy", command, number)
    assert {one.number: fields(one) for one in desk.state.incidents.values()} == before
    assert {ref: replace(alert, changed_seq=0) for ref, alert in desk.state.alerts.items()} == alerts
    assert desk.refused("cy", "undo", number, command=command.hex()) == "INC-000001: that is undone already."
    redo = desk.redo("cy", undo, number)
    assert {one.number: fields(one) for one in desk.state.incidents.values()} == after
    assert desk.refused("cy", "redo", number, command=undo.hex()) == "INC-000001: that is undone already."
    desk.undo("cy", redo, number)
    assert {one.number: fields(one) for one in desk.state.incidents.values()} == before


def test_an_undo_is_told_and_names_what_it_undoes(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    undo = desk.undo("ana", command, number)
    event = desk.journal[-1]
    assert (event.kind, event.undoes, event.data["what"]) == ("incident.undone", command, "incident.acked")
    desk.redo("ana", undo, number)
    assert (desk.journal[-1].kind, desk.journal[-1].undoes) == ("incident.redone", undo)


def test_what_was_done_again_is_undone_by_its_own_name_too(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    undo = desk.undo("ana", command, number)
    redo = desk.redo("ana", undo, number)
    desk.undo("ana", command, number)
    assert desk.at(number).state == "new"
    assert desk.refused("ana", "undo", number, command=command.hex()) == "INC-000001: that is undone already."
    assert desk.refused("ana", "redo", number, command=undo.hex()) == "INC-000001: that is undone already."
    assert "changed its state since" in desk.refused("ana", "undo", number, command=redo.hex())


def test_several_of_one_s_own_are_undone_last_first(desk: Desk) -> None:
    number = desk.raised()
    steps = [fields(desk.at(number))]
    commands = []
    acts: list[tuple[str, dict[str, Any]]] = [("take", {}), ("priority", {"priority": "1"}), ("hold", {"reason": "p"})]
    for verb, args in (*acts, ("resume", {})):
        commands.append(desk.ok("ana", verb, number, **args))
        steps.append(fields(desk.at(number)))
        desk.later(MINUTE)
    assert desk.refused("ana", "undo", number, command=commands[0].hex()) == (
        "INC-000001: you changed its state since, at 03:03:00Z."
    )
    for command, step in zip(reversed(commands), reversed(steps[:-1]), strict=True):
        desk.undo("ana", command, number)
        assert fields(desk.at(number)) == step


def test_undo_after_a_later_change_names_who_made_it(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    taken = desk.ok("bo", "take", number)
    desk.later(3 * MINUTE)
    outcome = desk.do("ana", "undo", number, command=command.hex())
    assert outcome.reason == "INC-000001: bo changed its state since, at 03:00:00Z."
    assert outcome.code == "conflict"
    desk.undo("bo", taken, number)
    desk.undo("ana", command, number)
    assert desk.at(number).state == "new"


def test_a_rule_and_a_field_are_named_in_words(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.ok("ana", "take", number)
    command = desk.ok("ana", "hold", number, reason="p")
    desk.raised(severity="critical")
    assert desk.refused("ana", "undo", number, command=command.hex()) == (
        "INC-000001: a rule changed its resolution clock since, at 03:00:00Z."
    )


def test_what_somebody_rests_on_is_not_undone_under_them(desk: Desk) -> None:
    number, parent = desk.raised("a"), desk.raised("b")
    desk.ok("cy", "ack", number)
    assign = desk.ok("bo", "assign", number, to="ana")
    link = desk.ok("bo", "link", number, parent=parent)
    desk.ok("ana", "take", number)
    assert "ana changed its owner" in desk.refused("bo", "undo", number, command=assign.hex())
    merge = desk.ok("ana", "merge", number, parent=parent)
    assert "ana changed its parent" in desk.refused("bo", "undo", number, command=link.hex())
    desk.undo("ana", merge, number)
    assert desk.at(number).parent == parent
    desk.undo("bo", link, number)


def test_a_change_to_another_field_is_not_in_the_way(desk: Desk) -> None:
    number = desk.raised("a", resource="r", severity="minor")
    command = desk.ok("ana", "take", number)
    desk.ok("bo", "title", number, title="reworded")
    desk.raised("b", resource="r", severity="critical")
    desk.undo("ana", command, number)
    incident = desk.at(number)
    assert (incident.state, incident.owner, incident.title) == ("new", "", "reworded")
    assert (incident.severity, incident.alert_count) == ("critical", 2)


def test_what_somebody_else_has_touched_stays_touched(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    desk.ok("bo", "note", number, text="looking")
    desk.undo("ana", command, number)
    assert desk.at(number).touched
    assert not desk.at(number).attention


def test_attention_that_an_alert_has_set_since_is_kept(desk: Desk) -> None:
    number = desk.raised("a", severity="minor")
    desk.ok("bo", "ack", number)
    command = desk.ok("ana", "take", number)
    desk.raised("a", severity="critical")
    desk.undo("ana", command, number)
    assert desk.at(number).attention


def test_nobody_undoes_what_another_did(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    assert desk.refused("bo", "undo", number, command=command.hex()) == (
        "INC-000001: ana did that, and nobody else can undo it."
    )


@pytest.mark.parametrize("command", ["beef", "no hex", "-"])
def test_there_is_nothing_to_undo(desk: Desk, command: str) -> None:
    number = desk.raised()
    outcome = desk.do("ana", "undo", number, command=command)
    assert outcome.reason == "INC-000001: there is nothing by that command to undo."
    assert outcome.code == "bad"


def test_a_command_on_another_incident_is_not_undone_here(desk: Desk) -> None:
    one, other = desk.raised("a"), desk.raised("b")
    command = desk.ok("ana", "merge", one, parent=other)
    assert "nothing by that command" in desk.refused("ana", "undo", other, command=command.hex())


def test_undo_and_redo_keep_to_their_own(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "ack", number)
    assert desk.refused("ana", "redo", number, command=command.hex()) == (
        "INC-000001: that is no undo; redo takes an undo back."
    )
    undo = desk.undo("ana", command, number)
    assert desk.refused("ana", "undo", number, command=undo.hex()) == (
        "INC-000001: that is an undo; redo takes it back."
    )


def test_a_batch_is_undone_item_by_item(desk: Desk) -> None:
    numbers = [desk.raised(key) for key in "abc"]
    batch = desk.new_id()
    commands = []
    for number in numbers:
        command = Command(
            id=desk.new_id(), verb="ack", incident=desk.at(number).id, actor="ana", batch=batch, at=desk.now
        )
        assert desk.send(command).ok
        commands.append(command.id)
    desk.ok("bo", "take", numbers[1])
    answers = [desk.do("ana", "undo", number, command=id.hex()) for number, id in zip(numbers, commands, strict=True)]
    assert [answer.ok for answer in answers] == [True, False, True]
    assert "bo changed its state" in answers[1].reason
    assert [desk.at(number).state for number in numbers] == ["new", "active", "new"]
    assert {event.batch for event in desk.journal if event.kind == "incident.acked"} == {batch}


def test_the_undo_of_a_logged_incident_closes_it(desk: Desk) -> None:
    number = desk.log("ana")
    log, before = desk.latest, fields(desk.at(number))
    undo = desk.undo("ana", log, number)
    incident = desk.at(number)
    assert (incident.state, incident.resolution_code, incident.attention) == ("closed", "false alarm", False)
    assert incident.closed_at == incident.resolved_at == desk.now
    desk.redo("ana", undo, number)
    assert fields(desk.at(number)) == before


def test_a_logged_incident_that_somebody_has_is_not_withdrawn(desk: Desk) -> None:
    number = desk.log("ana")
    log = desk.latest
    desk.ok("bo", "take", number)
    assert "bo changed its state since" in desk.refused("ana", "undo", number, command=log.hex())


def test_a_note_is_struck_not_removed(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "ack", number)
    command = desk.ok("ana", "note", number, text="wrong rack")
    before = fields(desk.at(number))
    desk.undo("ana", command, number)
    assert fields(desk.at(number)) == before
    assert any(event.data.get("text") == "wrong rack" for event in desk.journal)
    assert desk.journal[-1].undoes == command


def test_the_undo_of_a_shelf_counts_anew_when_the_alert_has_cleared(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.cleared()
    desk.undo("ana", command, number)
    assert desk.of().shelved_until is None
    assert (desk.at(number).alerts_firing, desk.at(number).alerts_shelved) == (0, 0)


def test_a_shelf_that_has_ended_is_not_undone(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.later(HOUR)
    desk.ok(RULE, "unshelve", number)
    assert desk.refused("ana", "undo", number, command=command.hex()) == (
        "INC-000001: a rule changed its shelf since, at 04:00:00Z."
    )


def test_a_shelf_that_a_critical_report_broke_through_is_not_undone(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.later(MINUTE)
    desk.raised(severity="critical")
    desk.ok("bo", "note", number, text="worse")
    assert desk.refused("ana", "undo", number, command=command.hex()) == (
        "INC-000001: a rule changed its shelf since, at 03:01:00Z."
    )


def test_a_shelf_that_changed_out_of_sight_is_not_undone(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    patch = {"shelved_by": "bo"}
    desk.take(Draft(kind="alert.imported", alert="mon:k", alert_set=patch, alert_was={"shelved_by": "ana"}), "import")
    assert desk.refused("ana", "undo", number, command=command.hex()) == "INC-000001: its shelf has changed since."


def test_a_shelf_is_undone_where_its_alert_is(desk: Desk) -> None:
    child, home = desk.raised("a"), desk.raised("b")
    command = desk.ok("ana", "shelve", child, until=desk.now + HOUR, reason="noise")
    merge = desk.ok("ana", "merge", child, parent=home)
    assert desk.refused("ana", "undo", child, command=command.hex()) == (
        "INC-000001: its alert a is with INC-000002 now; do it there."
    )
    desk.undo("ana", merge, child)
    desk.undo("ana", command, child)
    assert (desk.at(child).alerts_shelved, desk.at(home).alerts_shelved) == (0, 0)


def test_a_shelf_of_an_alert_that_moved_on_is_not_undone_blindly(desk: Desk) -> None:
    number = desk.raised()
    command = desk.ok("ana", "shelve", number, until=desk.now + 8 * HOUR, reason="noise")
    desk.cleared()
    desk.ok("ana", "resolve", number, code="f")
    desk.later(2 * HOUR)
    other = desk.raised()
    assert other != number
    assert desk.refused("ana", "undo", number, command=command.hex()) == (
        f"INC-000001: its alert k is with INC-00000{other} now; do it there."
    )


def test_the_undo_of_a_merge_gives_each_its_own_again(desk: Desk) -> None:
    child, parent = desk.raised("a", severity="critical"), desk.raised("b", severity="minor")
    command = desk.ok("ana", "merge", child, parent=parent)
    assert (desk.at(parent).alerts_firing, desk.at(parent).priority) == (2, 1)
    desk.cleared("a")
    desk.ok("bo", "title", parent, title="both")
    undo = desk.undo("ana", command, child)
    assert (desk.at(child).state, desk.at(child).alerts_firing, desk.at(child).cleared_at) == ("new", 0, desk.now)
    home = desk.at(parent)
    assert (home.alerts_firing, home.alert_count, home.priority, home.severity) == (1, 1, 3, "minor")
    assert home.title == "both"
    desk.ok("ana", "resolve", parent, code="f")
    desk.ok("ana", "close", parent)
    assert desk.refused("ana", "redo", child, command=undo.hex()) == "INC-000002 is closed; reopen it first."


def test_what_the_home_was_given_since_is_left_to_it(desk: Desk) -> None:
    child, parent = desk.raised("a", severity="critical"), desk.raised("b", severity="minor")
    command = desk.ok("ana", "merge", child, parent=parent)
    desk.ok("bo", "priority", parent, priority="2")
    desk.undo("ana", command, child)
    assert (desk.at(parent).priority, desk.at(parent).priority_fixed) == (2, True)


def test_an_undo_leaves_nothing_less_severe_than_its_alerts(desk: Desk) -> None:
    child, home = desk.raised("a", resource="ra"), desk.raised("b", severity="minor")
    merge = desk.ok("ana", "merge", child, parent=home)
    assert desk.raised("c", resource="ra") == home
    desk.undo("ana", merge, child)
    assert (desk.at(home).severity, desk.at(home).alert_count) == ("major", 2)

    number = desk.raised("d", resource="rd", severity="minor")
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.raised("d", resource="rd", severity="major")
    unshelve = desk.ok("ana", "unshelve", number)
    desk.raised("e", resource="rd", severity="major")
    desk.undo("ana", unshelve, number)
    assert (desk.at(number).severity, desk.at(number).priority, desk.at(number).alerts_shelved) == ("major", 2, 1)


def test_what_a_newer_version_did_is_not_half_undone(desk: Desk) -> None:
    number = desk.raised()
    command = Command(id=b"newer", verb="mitigate", actor="ana")
    draft = Draft(
        kind="incident.mitigated",
        incident=desk.at(number).id,
        set={"state": "acked", "mitigated_by": "ana"},
        was={"state": "new", "mitigated_by": ""},
    )
    desk.take(draft, "ana", command)
    assert desk.at(number).state == "acked"
    assert desk.refused("ana", "undo", number, command=b"newer".hex()) == (
        "INC-000001: a newer version changed its mitigated by; undo it there."
    )


def test_a_body_that_cannot_be_read_is_undone_to_nothing(desk: Desk) -> None:
    number = desk.raised()
    before = fields(desk.at(number))
    more: dict[str, Any] = {"set": ["state"], "alert": {"set": 1, "was": None}}
    desk.take(
        Draft(kind="incident.odd", incident=desk.at(number).id, alert="mon:k", more=more),
        "ana",
        Command(id=b"odd", verb="odd", actor="ana"),
    )
    desk.undo("ana", b"odd", number)
    assert fields(desk.at(number)) == before
