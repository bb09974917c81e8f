"""Shelves: bounded, followed, broken by a critical alert, over by their time (ISA-18.2; OPC UA Part 9 5.8.17)."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import HOUR, MINUTE
from noc_tui.incidents.ordering import HIDDEN, NEEDS_ACTION, band_of
from tests.unit.incidents.desk import Desk, report


@pytest.fixture
def desk() -> Desk:
    return Desk()


def shelved(desk: Desk, hours: int = 1) -> int:
    number = desk.raised(severity="minor")
    desk.ok("ana", "shelve", number, until=desk.now + hours * HOUR, reason="dirty optics")
    return number


def band(desk: Desk, number: int) -> int:
    return band_of(desk.at(number), desk.policy, desk.now)


def test_a_shelf_hides_and_is_followed(desk: Desk) -> None:
    number = shelved(desk)
    assert band(desk, number) == HIDDEN
    assert (desk.of().shelved_by, desk.of().shelf_reason) == ("ana", "dirty optics")
    assert (desk.at(number).alerts_shelved, desk.at(number).shelved_until) == (1, desk.now + HOUR)
    desk.cleared()
    assert (desk.at(number).alerts_shelved, desk.at(number).shelved_until) == (0, None)
    desk.raised(severity="minor")
    assert (desk.at(number).alerts_shelved, desk.at(number).attention, band(desk, number)) == (1, False, HIDDEN)


def test_a_shelf_is_bounded_and_needs_an_alert(desk: Desk) -> None:
    number = desk.raised()
    shelve: dict[str, Any] = {"reason": "noise"}
    assert desk.refused("ana", "shelve", number, until=desk.now, **shelve) == "shelve: that time has passed already."
    assert desk.refused("ana", "shelve", number, until=desk.now + 9 * HOUR, **shelve) == (
        "shelve: at most 8 h, the policy says."
    )
    soon = desk.now + HOUR
    assert desk.refused("ana", "shelve", number, until=soon, alert="x", **shelve) == "INC-000001 has no alert x."
    assert desk.refused("ana", "unshelve", number) == "INC-000001 has no alert on a shelf."
    desk.ok("ana", "shelve", number, until=soon, **shelve)
    assert desk.refused("bo", "shelve", number, until=soon, **shelve) == "The alerts of INC-000001 are shelved already."
    desk.cleared()
    desk.ok("ana", "unshelve", number)
    assert desk.refused("bo", "shelve", number, until=soon, **shelve) == "INC-000001 has no alert that fires."
    desk.ok("bo", "shelve", number, until=soon, alert="mon:k", **shelve)
    assert desk.at(number).alerts_shelved == 0
    logged = desk.log()
    assert desk.refused("bo", "shelve", logged, until=soon, **shelve) == "INC-000002 has no alerts."
    assert desk.refused("bo", "unshelve", logged) == "INC-000002 has no alerts."


def test_over_by_its_time_it_is_back_for_every_view_before_the_event(desk: Desk) -> None:
    number = shelved(desk)
    assert desk.refused(RULE, "unshelve", number) == "INC-000001 is shelved for longer."
    desk.later(HOUR)
    assert band(desk, number) == NEEDS_ACTION
    desk.ok(RULE, "unshelve", number)
    assert (band(desk, number), desk.at(number).attention) == (NEEDS_ACTION, True)


def test_a_person_who_ends_a_shelf_needs_no_bell(desk: Desk) -> None:
    number = shelved(desk)
    desk.cleared()
    desk.ok("bo", "unshelve", number)
    assert (desk.of().shelved_until, desk.at(number).attention) == (None, False)


def test_over_with_the_alert_clear_nothing_happens(desk: Desk) -> None:
    number = shelved(desk)
    desk.cleared()
    desk.later(HOUR)
    desk.ok(RULE, "unshelve", number)
    assert not desk.at(number).attention


def test_over_while_a_rule_hides_it_stays_quiet(desk: Desk) -> None:
    number = shelved(desk)
    desk.report(report(severity="minor", suppressed_by="window"))
    assert (desk.at(number).alerts_shelved, desk.at(number).alerts_suppressed) == (0, 1)
    desk.later(HOUR)
    desk.ok(RULE, "unshelve", number)
    assert (desk.at(number).attention, band(desk, number)) == (False, HIDDEN)


def test_a_rise_to_critical_breaks_through(desk: Desk) -> None:
    number = shelved(desk)
    desk.report(report(severity="major"))
    assert (desk.at(number).severity, band(desk, number)) == ("minor", HIDDEN)
    desk.report(report(severity="critical"))
    incident = desk.at(number)
    assert (incident.severity, incident.priority, incident.attention) == ("critical", 1, True)
    assert (incident.alerts_shelved, desk.of().shelved_until, band(desk, number)) == (0, None, NEEDS_ACTION)


def test_back_as_critical_breaks_through(desk: Desk) -> None:
    number = shelved(desk)
    desk.cleared()
    desk.raised(severity="critical")
    assert (desk.of().shelved_until, desk.at(number).alerts_shelved, desk.at(number).attention) == (None, 0, True)


def test_a_suppressed_rise_to_critical_ends_the_shelf_but_not_the_suppression(desk: Desk) -> None:
    number = shelved(desk)
    desk.report(report(severity="critical", suppressed_by="window"))
    assert (desk.of().shelved_until, desk.at(number).attention, band(desk, number)) == (None, False, HIDDEN)


def test_what_got_worse_on_the_shelf_shows_when_it_comes_off(desk: Desk) -> None:
    number = shelved(desk)
    desk.report(report(severity="major"))
    desk.ok("ana", "unshelve", number)
    assert (desk.at(number).severity, desk.at(number).priority, desk.at(number).attention) == ("major", 2, False)


@pytest.mark.parametrize("firing", [True, False])
def test_a_report_after_its_time_ends_the_shelf(desk: Desk, firing: bool) -> None:
    number = shelved(desk)
    desk.later(HOUR)
    desk.report(report(severity="major", firing=firing))
    assert (desk.of().shelved_until, desk.at(number).attention) == (None, firing)


def test_till_it_clears_ends_with_the_clear(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise", till_clear=True)
    desk.cleared()
    assert (desk.of().shelved_until, desk.of().shelved_by) == (None, "")
    desk.raised()
    assert desk.at(number).attention


def test_a_new_incident_of_a_shelved_alert_is_quiet(desk: Desk) -> None:
    number = shelved(desk, hours=8)
    desk.cleared()
    desk.ok("ana", "resolve", number, code="x")
    desk.later(2 * HOUR)
    again = desk.raised(severity="minor")
    assert again != number
    assert (desk.at(again).attention, band(desk, again)) == (False, HIDDEN)


def test_all_that_fire_are_shelved_and_come_back_each_at_its_time(desk: Desk) -> None:
    number = desk.raised("a", resource="r")
    desk.raised("b", resource="r")
    desk.raised("c", resource="r")
    desk.cleared("c")
    start = desk.now
    desk.ok("ana", "shelve", number, until=start + 2 * HOUR, reason="noise", alert="a")
    assert band(desk, number) != HIDDEN
    desk.ok("ana", "shelve", number, until=start + HOUR, reason="noise")
    assert (desk.at(number).alerts_shelved, desk.at(number).shelved_until) == (2, start + HOUR)
    desk.later(HOUR)
    desk.ok(RULE, "unshelve", number)
    assert (desk.at(number).alerts_shelved, desk.at(number).shelved_until) == (1, start + 2 * HOUR)
    desk.ok("bo", "unshelve", number)
    assert (desk.at(number).alerts_shelved, desk.at(number).shelved_until) == (0, None)


def test_a_person_brings_all_back_at_once(desk: Desk) -> None:
    number = desk.raised("a", resource="r", severity="minor")
    desk.raised("b", resource="r", severity="minor")
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.report(report("b", resource="r", severity="major"))
    desk.ok("bo", "unshelve", number)
    incident = desk.at(number)
    assert (incident.alerts_shelved, incident.shelved_until, incident.severity) == (0, None, "major")
    assert not incident.attention


def test_one_hidden_twice_does_not_hide_another(desk: Desk) -> None:
    number = desk.raised("a", resource="r")
    desk.raised("b", resource="r")
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise", alert="a")
    desk.report(report("a", resource="r", suppressed_by="window"))
    assert band(desk, number) != HIDDEN
    desk.report(report("b", resource="r", suppressed_by="window"))
    assert band(desk, number) == HIDDEN
    desk.later(MINUTE)
    desk.report(report("b", resource="r"))
    assert band(desk, number) == NEEDS_ACTION
