"""What reports make of alerts and incidents: raised, repeated, worse, hidden, cleared, back again."""

from __future__ import annotations

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import HOUR, MINUTE, SECOND
from noc_tui.incidents.policy import Grouping, Policy
from tests.unit.incidents.desk import MORNING, Desk, report


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_raised_alert_opens_an_incident(desk: Desk) -> None:
    intake = desk.report(report(labels=(("category", "hardware"), ("tier", "gold")), service="voice", site="ams"))
    assert (intake.outcome, intake.number, desk.kinds()) == ("opened", 1, ["incident.created", "alert.raised"])
    incident = desk.at(1)
    assert (incident.title, incident.severity, incident.state) == ("k is down", "major", "new")
    assert (incident.impact, incident.urgency, incident.priority) == ("high", "high", 1)
    assert (incident.category, incident.service, incident.site, incident.team) == ("hardware", "voice", "ams", "t1")
    assert (incident.alert_count, incident.alerts_firing, incident.attention, incident.touched) == (1, 1, True, False)
    assert (incident.response_due, incident.resolution_due) == (MORNING + 15 * MINUTE, MORNING + 4 * HOUR)
    assert (desk.of().firing, desk.of().incident, desk.of().raises) == (True, 1, 1)


def test_a_report_without_words_is_titled_by_what_there_is(desk: Desk) -> None:
    assert desk.at(desk.raised("x", summary="")).title == "router-x"
    assert desk.at(desk.raised("y", summary="", resource="")).title == "y"
    assert desk.at(desk.raised("z", severity="awful", labels=(("category", "odd"),))).severity == "indeterminate"


def test_the_same_report_again_moves_a_counter(desk: Desk) -> None:
    number = desk.raised()
    desk.later(SECOND)
    events = len(desk.journal)
    intake = desk.report(report())
    assert (intake.outcome, intake.number, len(desk.journal)) == ("repeated", number, events)
    assert (desk.counter("mon:k").repeats, desk.counter("mon:k").last_seen) == (1, desk.now)
    desk.cleared()
    assert desk.cleared().outcome == "repeated"
    assert (desk.counter("mon:k").repeats, desk.counter("mon:k").firing) == (2, False)


def test_a_clear_of_what_nobody_knew_is_nothing(desk: Desk) -> None:
    intake = desk.cleared("never seen")
    assert (intake.outcome, intake.number, intake.drafts) == ("cleared", 0, [])


def test_a_late_clear_of_an_earlier_occurrence_is_not_applied(desk: Desk) -> None:
    desk.raised(starts_at=100)
    desk.cleared(starts_at=100)
    desk.raised(starts_at=200)
    assert desk.cleared(starts_at=100).outcome == "repeated"
    assert desk.of().firing
    assert desk.cleared(starts_at=200).outcome == "cleared"


def test_a_clear_is_of_the_occurrence_that_was_there_at_its_end(desk: Desk) -> None:
    desk.raised(starts_at=100)
    desk.cleared(starts_at=100)
    desk.raised(starts_at=200)
    assert desk.cleared(starts_at=100, at=150).outcome == "repeated"
    assert desk.of().firing
    assert desk.cleared(starts_at=100, at=250).outcome == "cleared"


def test_a_start_that_moves_back_is_learnt_so_that_its_end_is_no_late_one(desk: Desk) -> None:
    """Alertmanager keeps the earlier start of what two Prometheus tell it."""
    number = desk.raised(starts_at=200)
    desk.report(report(starts_at=150))
    assert (desk.of().starts_at, desk.journal[-1].kind, desk.at(number).attention) == (150, "alert.updated", True)
    assert desk.report(report(starts_at=150)).drafts == []
    assert desk.cleared(starts_at=150).outcome == "cleared"


def test_a_worse_alert_lifts_severity_title_and_priority(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.ok("ana", "ack", number)
    intake = desk.report(report(severity="critical", summary="k is dead"))
    assert (intake.outcome, desk.kinds()[-1]) == ("attached", "alert.severity_changed")
    incident = desk.at(number)
    assert (incident.severity, incident.title, incident.priority, incident.attention) == (
        "critical",
        "k is dead",
        1,
        True,
    )
    assert incident.resolution_due == MORNING + 4 * HOUR
    desk.report(report(severity="warning"))
    assert (desk.at(number).severity, desk.at(number).priority, desk.of().severity) == ("critical", 1, "warning")


def test_a_worse_alert_without_words_keeps_the_title(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.raised(severity="major", summary="")
    assert desk.at(number).title == "k is down"


def test_alerts_of_a_group_within_its_window_are_one_incident(desk: Desk) -> None:
    first = desk.raised("a", resource="pe1")
    desk.later(10 * MINUTE)
    assert desk.raised("b", resource="pe1") == first
    desk.later(10 * MINUTE)
    assert desk.raised("c", resource="pe1") == first
    desk.later(10 * MINUTE + 1)
    assert desk.raised("d", resource="pe1") != first
    assert desk.at(first).alert_count == 3


def test_a_new_alert_of_the_group_annunciates_only_when_it_is_worse(desk: Desk) -> None:
    number = desk.raised("a", resource="pe1", severity="minor")
    desk.ok("ana", "ack", number)
    desk.raised("b", resource="pe1", severity="minor")
    assert not desk.at(number).attention
    desk.raised("c", resource="pe1", severity="major")
    assert desk.at(number).attention


def test_labels_group_before_the_resource_and_name_it(desk: Desk) -> None:
    number = desk.raised("a", resource="pe1", labels=(("circuit", "LON-7"),))
    assert desk.raised("b", resource="pe2", labels=(("circuit", "LON-7"),)) == number
    assert desk.raised("c", resource="pe1") != number
    assert desk.at(number).resource == "LON-7"


def test_an_alert_that_no_rule_groups_stands_alone() -> None:
    desk = Desk(Policy(grouping=(Grouping(name="voice", by=("service",), match={"team": "voice"}),)))
    numbers = [desk.raised(key, service="voice") for key in "ab"]
    assert len(set(numbers)) == 2
    together = {desk.raised(key, service="voice", labels=(("team", "voice"),)) for key in "cd"}
    assert len(together) == 1


def test_back_inside_the_window_is_the_same_incident(desk: Desk) -> None:
    number = desk.raised()
    desk.cleared()
    desk.later(5 * MINUTE)
    desk.ok("rule", "resolve", number, code="c")
    desk.later(HOUR)
    assert desk.raised() == number
    incident = desk.at(number)
    assert (incident.state, incident.reopen_count, incident.attention, incident.alert_count) == ("new", 1, True, 1)
    assert (incident.resolved_at, incident.resolution_code) == (None, "")
    assert incident.resolution_due == MORNING + 8 * HOUR + HOUR


def test_what_had_an_owner_comes_back_to_them(desk: Desk) -> None:
    number = desk.in_state("resolved")
    desk.ok("ana", "assign", number, to="bo")
    key = desk.journal[0].data["set"]["title"].removesuffix(" is down")
    desk.cleared(key)
    desk.raised(key, resource="r0")
    assert (desk.at(number).state, desk.at(number).owner) == ("active", "bo")


@pytest.mark.parametrize("closed", [False, True])
def test_back_after_the_window_or_when_closed_is_a_new_one_linked_to_the_old(desk: Desk, closed: bool) -> None:
    number = desk.raised()
    desk.cleared()
    desk.ok("ana", "resolve", number, code="f")
    if closed:
        desk.ok("ana", "close", number)
    else:
        desk.later(HOUR + 1)
    again = desk.raised()
    assert again != number
    assert (desk.at(again).recurrence_of, desk.at(again).alert_count, desk.of().incident) == (number, 1, again)
    assert (desk.at(number).alert_count, desk.at(number).alerts_firing) == (1, 0)


def test_back_joins_the_open_incident_of_its_group(desk: Desk) -> None:
    old = desk.raised("a", resource="pe1")
    desk.cleared("a")
    desk.ok("ana", "resolve", old, code="f")
    desk.ok("ana", "close", old)
    new = desk.raised("b", resource="pe1")
    assert desk.raised("a", resource="pe1") == new
    assert desk.at(new).alert_count == 2


def test_a_clear_after_the_resolve_is_still_counted(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "resolve", number, code="w")
    desk.cleared()
    assert (desk.at(number).state, desk.at(number).alerts_firing, desk.at(number).cleared_at) == (
        "resolved",
        0,
        desk.now,
    )


def test_what_a_source_hides_is_taken_in_quietly(desk: Desk) -> None:
    intake = desk.report(report(suppressed_by="silence 7"))
    incident = desk.at(1)
    assert intake.outcome == "suppressed"
    assert (incident.attention, incident.alerts_suppressed, incident.suppressed_by) == (False, 1, "silence 7")
    desk.report(report(suppressed_by="silence 8"))
    assert (desk.at(1).suppressed_by, desk.at(1).attention, desk.kinds()[-1]) == (
        "silence 8",
        False,
        "alert.suppressed",
    )
    desk.report(report(severity="critical"))
    incident = desk.at(1)
    assert (incident.attention, incident.alerts_suppressed, incident.suppressed_by) == (True, 0, "")
    assert (incident.severity, incident.priority, desk.kinds()[-1]) == ("critical", 1, "alert.unsuppressed")


def test_what_gets_worse_while_hidden_is_quiet_until_it_is_not(desk: Desk) -> None:
    number = desk.raised(severity="minor")
    desk.ok("ana", "ack", number)
    assert desk.report(report(severity="minor", suppressed_by="window")).outcome == "suppressed"
    desk.report(report(severity="major", suppressed_by="window"))
    assert (desk.at(number).severity, desk.at(number).attention) == ("minor", False)
    desk.report(report(severity="major"))
    assert (desk.at(number).severity, desk.at(number).attention) == ("major", True)


def test_one_suppression_of_two_names_the_one_that_is_left(desk: Desk) -> None:
    number = desk.raised("a", resource="r", suppressed_by="one")
    desk.raised("b", resource="r", suppressed_by="two")
    assert desk.at(number).suppressed_by == "one"
    desk.cleared("a")
    desk.cleared("b")
    assert (desk.at(number).suppressed_by, desk.at(number).alerts_suppressed) == ("", 0)


def test_a_hidden_alert_that_is_back_reopens_without_a_bell(desk: Desk) -> None:
    number = desk.raised()
    desk.cleared()
    desk.ok("ana", "resolve", number, code="f")
    desk.raised(suppressed_by="window")
    assert (desk.at(number).state, desk.at(number).attention) == ("new", False)


def test_an_alert_whose_incident_is_not_there_is_not_lost(desk: Desk) -> None:
    loose = {"firing": True, "severity": "major", "flapping": True, "raises": 1, "incident": 99}
    was = {"firing": False, "severity": "indeterminate", "flapping": False, "raises": 0, "incident": 0}
    for key in "kl":
        desk.take(Draft(kind="alert.imported", alert=f"mon:{key}", alert_set=loose, alert_was=was), "import")
    assert desk.report(report("k")).outcome == "opened"
    assert (desk.of("k").incident, desk.of("k").raises) == (1, 2)
    assert desk.cleared("l").outcome == "cleared"
    assert (desk.of("l").firing, desk.of("l").flapping) == (False, False)
