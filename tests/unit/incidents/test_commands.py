"""What each verb does to an incident, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.incidents.commands import RULE, Command
from noc_tui.incidents.model import DAY, HOUR, MINUTE
from noc_tui.incidents.verbs import VERBS, normalise
from tests.unit.incidents.desk import ARGS, MORNING, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_logging_makes_an_incident_that_nobody_has_yet(desk: Desk) -> None:
    incident = desk.at(desk.log("ana", title="no tone", service="voice", impact="h", note="called in"))
    assert (incident.title, incident.service, incident.state, incident.owner) == ("no tone", "voice", "new", "")
    assert (incident.impact, incident.urgency, incident.priority, incident.priority_fixed) == (
        "high",
        "medium",
        2,
        True,
    )
    assert incident.attention and incident.touched
    assert incident.response_due == desk.now + 30 * MINUTE
    assert desk.journal[0].data["note"] == "called in"


def test_logging_needs_a_new_id(desk: Desk) -> None:
    desk.log()
    taken = next(iter(desk.state.incidents))
    again = Command(id=desk.new_id(), verb="log", incident=taken, args={"title": "x"}, actor="ana")
    assert desk.send(again).reason == "There is an incident with this id already."
    nameless = Command(id=desk.new_id(), verb="log", args={"title": "x"}, actor="ana")
    assert desk.send(nameless).reason == "log needs the id that the new incident shall have."


def test_an_acknowledgement_stops_the_response_clock_and_can_be_taken_back(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "ack", number, note="on it")
    assert (desk.at(number).state, desk.at(number).acked_at) == ("acked", desk.now)
    assert not desk.at(number).attention
    desk.ok("bo", "unack", number)
    assert (desk.at(number).state, desk.at(number).acked_at, desk.at(number).attention) == ("new", None, True)


def test_what_got_worse_is_acknowledged_again(desk: Desk) -> None:
    number = desk.raised("a", severity="minor")
    desk.ok("ana", "ack", number)
    acked_at = desk.at(number).acked_at
    desk.now += HOUR
    desk.raised("a", severity="critical")
    assert (desk.at(number).state, desk.at(number).attention) == ("acked", True)
    again = desk.ok("bo", "ack", number)
    after = desk.at(number)
    assert (after.state, after.attention, after.acked_at) == ("acked", False, acked_at)
    assert desk.refused("bo", "ack", number) == "INC-000001 is acknowledged already."
    desk.undo("bo", again, number)
    assert desk.at(number).attention


def test_taking_back_an_acknowledgement_keeps_attention_that_an_alert_has_set(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "ack", number)
    desk.raised(severity="critical")
    assert desk.at(number).attention
    desk.ok("ana", "unack", number)
    assert desk.at(number).attention


def test_an_active_incident_is_taken_over_only_by_saying_so(desk: Desk) -> None:
    number = desk.in_state("active")
    assert desk.refused("ana", "take", number) == "INC-000001 is yours already."
    assert desk.refused("bo", "take", number) == "ana works on INC-000001; `take` with `steal` takes it over."
    desk.ok("bo", "take", number, steal=True)
    assert desk.at(number).owner == "bo"
    assert desk.journal[-1].data["from"] == "ana"


def test_taking_a_held_incident_resumes_it_and_ends_its_snooze(desk: Desk) -> None:
    number = desk.in_state("held")
    desk.ok("ana", "snooze", number, until=desk.now + HOUR)
    desk.ok("bo", "take", number)
    incident = desk.at(number)
    assert (incident.state, incident.owner, incident.held_since, incident.snoozed_until) == ("active", "bo", None, None)


def test_assigning_to_people_and_teams(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "assign", number, to="@bo")
    assert (desk.at(number).state, desk.at(number).owner, desk.at(number).acked_at) == ("acked", "bo", desk.now)
    assert desk.refused("ana", "assign", number, to="bo") == "INC-000001 is bo's already."
    desk.ok("ana", "assign", number, to="team:t2")
    assert (desk.at(number).team, desk.at(number).owner) == ("t2", "")
    assert desk.refused("ana", "assign", number, to="team:t2") == "INC-000001 is with t2 already."
    assert desk.refused("ana", "assign", number, to="team:") == "assign: name a team after team:, like team:t2."
    assert desk.refused("ana", "assign", number, to="@") == "assign: name a person after @, like @bo."


def test_assigning_what_is_active_or_resolved_keeps_its_state(desk: Desk) -> None:
    active, resolved = desk.in_state("active"), desk.in_state("resolved")
    desk.ok("ana", "assign", active, to="bo")
    desk.ok("ana", "assign", resolved, to="bo")
    assert (desk.at(active).state, desk.at(resolved).state) == ("active", "resolved")


def test_labels_are_words_once_each(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "label", number, label="#fibre")
    desk.ok("bo", "label", number, label="vendor")
    assert desk.at(number).labels == ("fibre", "vendor")
    assert desk.refused("ana", "label", number, label="fibre") == "INC-000001 has the label fibre already."
    assert desk.refused("ana", "label", number, label="#") == "label: name a word after #, like #fibre."
    desk.ok("ana", "unlabel", number, label="fibre")
    assert desk.at(number).labels == ("vendor",)
    assert desk.refused("ana", "unlabel", number, label="fibre") == "INC-000001 has no label fibre."


def test_a_priority_set_by_hand_moves_the_clocks_and_stays(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.ok("ana", "priority", number, priority="5")
    incident = desk.at(number)
    assert (incident.priority, incident.priority_fixed) == (5, True)
    assert (incident.response_due, incident.resolution_due) == (MORNING + DAY, MORNING + 7 * DAY)
    assert desk.refused("ana", "priority", number, priority="5") == "INC-000001 is P5 already."
    desk.raised(severity="critical")
    assert (desk.at(number).priority, desk.at(number).severity) == (5, "critical")


def test_fixing_the_priority_that_the_matrix_gave_is_an_event(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.ok("ana", "priority", number, priority="3")
    assert desk.at(number).priority_fixed


@pytest.mark.parametrize(("verb", "value", "priority"), [("impact", "low", 3), ("urgency", "low", 4)])
def test_impact_and_urgency_give_priority_by_the_matrix(desk: Desk, verb: str, value: str, priority: int) -> None:
    args: dict[str, Any] = {verb: value}
    number = desk.raised(severity="major")
    desk.ok("ana", verb, number, **args)
    assert desk.at(number).priority == priority
    assert desk.refused("ana", verb, number, **args) == f"INC-000001 has the {verb} {value} already."


@pytest.mark.parametrize(
    ("verb", "args"),
    [("category", {"category": "hardware"}), ("service", {"service": "voice"}), ("title", {"title": "x"})],
)
def test_plain_fields_are_set_once(desk: Desk, verb: str, args: dict[str, Any]) -> None:
    number = desk.raised()
    desk.ok("ana", verb, number, **args)
    assert getattr(desk.at(number), verb) == args[verb]
    assert desk.refused("ana", verb, number, **args) == f"INC-000001 has the {verb} {args[verb]} already."


def test_a_title_set_by_hand_is_not_reworded_by_an_alert(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "title", number, title="fibre cut in Hall 3")
    desk.raised(severity="critical", summary="all is lost")
    assert desk.at(number).title == "fibre cut in Hall 3"


def test_escalation_climbs_through_the_teams(desk: Desk) -> None:
    number = desk.raised()
    for team, tier in (("t2", 2), ("t3", 3)):
        desk.ok("ana", "escalate", number)
        assert (desk.at(number).team, desk.at(number).tier, desk.at(number).state) == (team, tier, "acked")
    assert desk.refused("ana", "escalate", number).endswith("is with the last team, t3; escalate it to a named one.")
    assert desk.refused("ana", "escalate", number, to="team:t3") == "INC-000001 is with t3 already."
    desk.ok("ana", "escalate", number, to="carrier")
    assert (desk.at(number).team, desk.at(number).tier) == ("carrier", 4)
    desk.ok("ana", "escalate", number, to="t1")
    assert desk.at(number).tier == 1


def test_escalation_to_management_climbs_through_the_managers(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "escalate_up", number)
    assert (desk.at(number).level, desk.journal[-1].data["to"]) == (1, "duty manager")
    desk.ok("ana", "escalate_up", number)
    assert desk.refused("ana", "escalate_up", number).endswith("the most senior manager that the policy names.")
    desk.ok("ana", "escalate_up", number, to="the board")
    assert desk.at(number).level == 3


def test_a_hold_pauses_the_resolution_clock_and_the_duty_ends_it(desk: Desk) -> None:
    number = desk.in_state("active")
    assert desk.refused("ana", "hold", number, reason="p", until=desk.now) == "hold: that time has passed already."
    desk.ok("ana", "hold", number, reason="p", until=desk.now + HOUR)
    assert (desk.at(number).resolution_due, desk.at(number).held_reason) == (None, "provider")
    assert desk.refused(RULE, "resume", number) == "INC-000001 is held for longer."
    desk.later(HOUR)
    desk.ok(RULE, "resume", number)
    incident = desk.at(number)
    assert (incident.state, incident.attention, incident.held_since) == ("active", True, None)
    assert incident.resolution_due == MORNING + 9 * HOUR


def test_a_duty_never_ends_a_hold_without_a_time(desk: Desk) -> None:
    number = desk.in_state("held")
    desk.later(30 * DAY)
    assert desk.refused(RULE, "resume", number) == "INC-000001 is held for longer."


def test_whoever_resumes_what_nobody_has_takes_it(desk: Desk) -> None:
    number = desk.in_state("acked")
    desk.ok("ana", "hold", number, reason="p", until=desk.now + HOUR)
    desk.ok("bo", "resume", number)
    assert (desk.at(number).state, desk.at(number).owner) == ("active", "bo")
    desk.ok("bo", "release", number)
    desk.ok("bo", "hold", number, reason="p", until=desk.now + HOUR)
    desk.later(HOUR)
    desk.ok(RULE, "resume", number)
    assert (desk.at(number).state, desk.at(number).owner) == ("acked", "")


def test_a_snooze_has_an_end_and_leaves_the_clocks_alone(desk: Desk) -> None:
    number = desk.raised()
    due = desk.at(number).response_due
    assert desk.refused("ana", "snooze", number) == "snooze needs until, or till_clear."
    assert desk.refused("ana", "snooze", number, until=desk.now) == "snooze: that time has passed already."
    assert desk.refused("ana", "snooze", number, until=desk.now + DAY) == "snooze: at most 8 h, the policy says."
    desk.ok("ana", "snooze", number, until=desk.now + HOUR)
    incident = desk.at(number)
    assert (incident.snoozed_until, incident.attention, incident.acked_at) == (desk.now + HOUR, False, None)
    assert incident.response_due == due
    assert desk.refused(RULE, "wake", number) == "INC-000001 is snoozed for longer."
    desk.later(HOUR)
    desk.ok(RULE, "wake", number)
    assert (desk.at(number).snoozed_until, desk.at(number).attention) == (None, True)
    assert desk.refused("ana", "wake", number) == "INC-000001 is not snoozed."


def test_a_snooze_till_it_clears_ends_with_the_last_alert(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "snooze", number, till_clear=True, until=desk.now + HOUR)
    assert desk.at(number).snoozed_until == desk.now + HOUR
    desk.ok("ana", "wake", number)
    desk.ok("ana", "snooze", number, till_clear=True)
    assert desk.at(number).snoozed_until == desk.now + 8 * HOUR
    desk.cleared()
    assert (desk.at(number).snoozed_until, desk.at(number).snoozed_till_clear) == (None, False)
    assert desk.refused("ana", "snooze", number, till_clear=True) == "INC-000001 has no alert that could clear."


def test_a_snooze_that_ends_over_what_has_cleared_needs_nobody(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "snooze", number, until=desk.now + HOUR)
    desk.cleared()
    desk.later(HOUR)
    desk.ok(RULE, "wake", number)
    assert not desk.at(number).attention


def test_resolving_and_closing_by_hand(desk: Desk) -> None:
    number = desk.in_state("held")
    desk.ok("ana", "resolve", number, code="w", cause="worn connector", note="cleaned")
    incident = desk.at(number)
    assert (incident.state, incident.resolution_code, incident.cause) == ("resolved", "workaround", "worn connector")
    assert (incident.resolved_at, incident.held_since) == (desk.now, None)
    desk.ok("ana", "close", number)
    assert (desk.at(number).state, desk.at(number).closed_at) == ("closed", desk.now)


def test_a_duty_resolves_only_what_is_clear_quiet_and_untouched(desk: Desk) -> None:
    number = desk.raised("a", resource="r")
    desk.raised("b", resource="r")
    why = "INC-000001 is not clear, quiet and untouched."
    assert desk.refused(RULE, "resolve", number, code="c") == why
    desk.cleared("a")
    desk.later(6 * MINUTE)
    assert desk.refused(RULE, "resolve", number, code="c") == why
    desk.cleared("b")
    assert desk.refused(RULE, "resolve", number, code="c") == why
    desk.later(4 * MINUTE)
    desk.raised("b", resource="r")
    desk.cleared("b")
    desk.later(4 * MINUTE)
    assert desk.refused(RULE, "resolve", number, code="c") == why
    desk.later(MINUTE)
    desk.ok(RULE, "resolve", number, code="c")
    assert (desk.at(number).state, desk.at(number).attention, desk.at(number).acked_at) == ("resolved", False, None)


@pytest.mark.parametrize("verb", ["ack", "note", "label"])
def test_a_duty_never_resolves_what_a_person_has_touched(desk: Desk, verb: str) -> None:
    number = desk.raised()
    command = desk.ok("ana", verb, number, **ARGS.get(verb, {}))
    desk.cleared()
    desk.later(HOUR)
    assert not desk.do(RULE, "resolve", number, code="c").ok
    desk.undo("ana", command, number)
    assert not desk.at(number).touched
    desk.ok(RULE, "resolve", number, code="c")


def test_a_duty_closes_only_after_the_policy_s_time(desk: Desk) -> None:
    number = desk.raised()
    desk.cleared()
    desk.ok("ana", "resolve", number, code="f")
    desk.later(72 * HOUR - 1)
    assert desk.refused(RULE, "close", number) == "INC-000001 was resolved too short a time ago."
    desk.later(1)
    desk.ok(RULE, "close", number)


def test_reopening_goes_back_to_work(desk: Desk) -> None:
    number = desk.raised()
    desk.cleared()
    desk.later(6 * MINUTE)
    desk.ok(RULE, "resolve", number, code="c")
    desk.later(72 * HOUR)
    desk.ok(RULE, "close", number)
    assert desk.refused("ana", "reopen", number) == "INC-000001 is closed; reopening it needs a reason."
    desk.ok("ana", "reopen", number, reason="customer still down")
    incident = desk.at(number)
    assert (incident.state, incident.owner, incident.reopen_count) == ("active", "ana", 1)
    assert (incident.resolved_at, incident.closed_at, incident.resolution_code) == (None, None, "")
    assert incident.acked_at == desk.now


def test_arguments_are_checked_before_anything_else() -> None:
    said = {
        ("ack", "colour"): "ack does not know 'colour'; it takes note.",
        ("wake", "colour"): "wake does not know 'colour'; it takes no arguments.",
    }
    for (verb, arg), sentence in said.items():
        assert normalise(VERBS[verb], {arg: "x"}) == sentence
    assert normalise(VERBS["note"], {"text": "   "}) == "note needs text."
    assert normalise(VERBS["urgency"], {}) == "urgency needs urgency: one of high, medium, low."
    assert normalise(VERBS["hold"], {"reason": "lunch"}) == (
        "hold: 'lunch' is no reason: one of customer, provider, parts, change, monitoring."
    )
    assert normalise(VERBS["hold"], {"reason": "p", "until": "soon"}) == (
        "hold: until 'soon' is not an instant in microseconds."
    )
    assert normalise(VERBS["link"], {"parent": True}) == "link: parent True is not an incident's number."
    assert normalise(VERBS["take"], {"steal": "perhaps"}) == "take: steal 'perhaps' is neither yes nor no."


def test_arguments_are_made_plain() -> None:
    assert normalise(VERBS["resolve"], {"code": " F ", "note": "", "cause": None}) == {"code": "fixed"}
    assert normalise(VERBS["resolve"], {"code": "Fixed"}) == {"code": "fixed"}
    assert normalise(VERBS["take"], {"steal": "yes"}) == {"steal": True}
    assert normalise(VERBS["take"], {"steal": "no"}) == {}
    assert normalise(VERBS["take"], {"steal": False}) == {}
    assert normalise(VERBS["hold"], {"reason": "t", "until": 5}) == {"reason": "parts", "until": 5}


def test_a_bad_request_says_so_by_its_code(desk: Desk) -> None:
    number = desk.raised()
    outcome = desk.do("ana", "hold", number, reason="lunch")
    assert (outcome.ok, outcome.code) == (False, "bad")
