"""A flapping alert is told as flapping (ISA-18.2 chattering; OPERATOR.md J3)."""

from __future__ import annotations

import pytest

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import HOUR, MINUTE, SECOND
from tests.unit.incidents.desk import MORNING, Desk, report


@pytest.fixture
def desk() -> Desk:
    return Desk()


def toggle(desk: Desk, times: int, every: int = 8 * SECOND, key: str = "k") -> None:
    """Let an alert be raised and cleared in turn, beginning with a raise."""
    for turn in range(times):
        desk.later(every)
        desk.report(report(key, firing=turn % 2 == 0))


def test_thirty_seven_toggles_are_one_incident_and_one_annunciation(desk: Desk) -> None:
    toggle(desk, 37)
    assert len(desk.state.incidents) == 1
    incident = desk.at(1)
    annunciations = [event for event in desk.journal if event.data.get("set", {}).get("attention") is True]
    assert desk.kinds().count("incident.created") == 1
    assert (len(annunciations), incident.attention, incident.flapping) == (0, True, True)
    told = [event.data["toggles"] for event in desk.journal if event.kind == "alert.flapped"]
    assert (sum(told) + desk.counter("mon:k").toggles, len(told)) == (37, 4)
    desk.later(5 * MINUTE)
    desk.ok(RULE, "settle", 1, alert="mon:k")
    incident = desk.at(1)
    assert (incident.toggles, incident.flapping, incident.alerts_firing) == (37, False, 1)


def test_it_is_declared_by_the_toggle_that_makes_it_so(desk: Desk) -> None:
    toggle(desk, 5)
    assert not desk.of().flapping
    toggle_time = desk.now + 8 * SECOND
    desk.later(8 * SECOND)
    intake = desk.cleared()
    assert (intake.outcome, desk.kinds()[-1], desk.journal[-1].at) == ("repeated", "alert.flapped", toggle_time)
    assert (desk.of().flapping, desk.of().firing, desk.at(1).alerts_firing) == (True, True, 1)


def test_a_raise_can_be_what_makes_it_flap(desk: Desk) -> None:
    desk.raised()
    desk.later(6 * MINUTE)
    for turn in range(6):
        assert not desk.of().flapping
        desk.later(SECOND)
        desk.report(report(firing=turn % 2 == 1))
    assert (desk.of().flapping, desk.kinds()[-1], desk.at(1).flapping) == (True, "alert.flapped", True)
    assert desk.counter("mon:k").firing


def test_a_toggle_as_old_as_the_window_does_not_count(desk: Desk) -> None:
    desk.raised()
    desk.later(5 * MINUTE - 4)
    for turn in range(5):
        desk.report(report(firing=turn % 2 == 1))
        desk.later(1)
    assert (desk.now - 1 - MORNING, desk.of().flapping) == (5 * MINUTE, False)


def test_slow_toggles_are_no_flapping(desk: Desk) -> None:
    toggle(desk, 20, every=MINUTE + SECOND)
    assert not desk.of().flapping


def test_it_settles_as_it_is_and_not_before_it_is_steady(desk: Desk) -> None:
    toggle(desk, 8)
    assert desk.refused(RULE, "settle", 1, alert="mon:k") == "That alert is not steady yet."
    desk.later(5 * MINUTE)
    desk.ok(RULE, "settle", 1, alert="mon:k")
    assert (desk.of().firing, desk.of().cleared_at, desk.of().recent_toggles) == (False, desk.now, ())
    assert (desk.at(1).alerts_firing, desk.at(1).cleared_at) == (0, desk.now)
    assert desk.refused(RULE, "settle", 1, alert="mon:k") == "That alert is not flapping."
    assert desk.refused(RULE, "settle", 1, alert="mon:other") == "That alert is not flapping."


def test_one_of_two_that_settles_leaves_the_other_flapping(desk: Desk) -> None:
    for turn in range(6):
        desk.later(SECOND)
        for key in "ab":
            desk.report(report(key, resource="r", firing=turn % 2 == 0))
    desk.later(5 * MINUTE)
    desk.ok(RULE, "settle", 1, alert="mon:a")
    assert desk.at(1).flapping
    desk.ok(RULE, "settle", 1, alert="mon:b")
    assert not desk.at(1).flapping


def test_it_settles_at_the_incident_that_its_own_was_merged_into(desk: Desk) -> None:
    toggle(desk, 6)
    home = desk.raised("other")
    desk.ok("ana", "merge", 1, parent=home)
    assert desk.at(home).flapping
    desk.later(5 * MINUTE)
    desk.ok(RULE, "settle", 1, alert="mon:k")
    assert (desk.at(home).flapping, desk.at(home).alerts_firing) == (False, 1)


def test_what_gets_worse_while_it_flaps_is_told_at_once(desk: Desk) -> None:
    toggle(desk, 6)
    desk.ok("ana", "ack", 1)
    desk.report(report(severity="minor"))
    assert desk.of().severity == "major"
    assert desk.report(report(severity="critical")).outcome == "attached"
    assert (desk.at(1).severity, desk.at(1).attention, desk.of().flapping) == ("critical", True, True)


def test_a_silence_reaches_an_alert_that_flaps(desk: Desk) -> None:
    toggle(desk, 6)
    assert desk.report(report(suppressed_by="silence 7")).outcome == "suppressed"
    assert desk.at(1).alerts_suppressed == 1


def test_a_lost_counter_tells_from_now(desk: Desk) -> None:
    toggle(desk, 6)
    desk.counters.clear()
    desk.later(SECOND)
    desk.cleared()
    assert desk.journal[-1].data["from"] == desk.now
    assert desk.counter("mon:k") == Counter(1, desk.now, 0, desk.now, False, desk.now)


def test_a_shelf_till_it_clears_ends_when_it_settles_clear(desk: Desk) -> None:
    toggle(desk, 6)
    desk.ok("ana", "shelve", 1, until=desk.now + HOUR, reason="dirty optics", till_clear=True)
    desk.later(5 * MINUTE)
    desk.ok(RULE, "settle", 1, alert="mon:k")
    assert (desk.of().shelved_until, desk.at(1).alerts_shelved) == (None, 0)
