"""Parents, children and merges: one cause, many incidents (OPERATOR.md 1.5 rules 6 and 7)."""

from __future__ import annotations

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.gathering import gathered, home_of
from noc_tui.incidents.model import HOUR, MINUTE
from tests.unit.incidents.checks import counts_are_true
from tests.unit.incidents.desk import Desk, report


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_merge_adds_the_counts_and_never_makes_less_urgent(desk: Desk) -> None:
    child, home = desk.raised("a", severity="critical"), desk.raised("b", severity="minor")
    desk.ok("ana", "merge", child, parent=home)
    assert (desk.at(child).state, desk.at(child).parent, desk.at(child).prior_state) == ("merged", home, "new")
    incident = desk.at(home)
    assert (incident.alert_count, incident.alerts_firing, incident.severity, incident.priority) == (2, 2, "critical", 1)
    assert desk.kinds()[-2:] == ["incident.merged", "incident.gathered"]
    assert incident.attention


def test_a_priority_set_by_hand_outlives_a_merge(desk: Desk) -> None:
    child, home = desk.raised("a", severity="critical"), desk.raised("b", severity="minor")
    desk.ok("ana", "priority", home, priority="4")
    desk.ok("ana", "merge", child, parent=home)
    assert desk.at(home).priority == 4


def test_what_comes_to_a_merged_incident_is_told_of_its_home(desk: Desk) -> None:
    child, home = desk.raised("a", resource="ra"), desk.raised("b")
    desk.ok("ana", "merge", child, parent=home)
    desk.ok("ana", "ack", home)
    desk.cleared("a")
    assert desk.at(home).alerts_firing == 1
    assert desk.report(report("a", resource="ra")).number == home
    assert (desk.at(home).alerts_firing, desk.at(home).attention, desk.at(home).alert_count) == (2, True, 2)
    assert desk.raised("new", resource="ra") == home
    assert desk.at(home).alert_count == 3
    counts_are_true(desk)


def test_a_new_alert_of_a_merged_group_stands_alone_when_its_home_is_done(desk: Desk) -> None:
    child, home = desk.raised("a", resource="ra"), desk.raised("b")
    desk.ok("ana", "merge", child, parent=home)
    desk.ok("ana", "resolve", home, code="f")
    assert desk.raised("new", resource="ra") not in (child, home)


def test_an_unmerge_gives_each_its_own_again(desk: Desk) -> None:
    child, home = desk.raised("a"), desk.raised("b", severity="minor")
    desk.ok("ana", "take", child)
    desk.ok("ana", "hold", child, reason="p")
    desk.ok("ana", "merge", child, parent=home)
    desk.report(report("a", severity="critical"))
    desk.later(HOUR)
    desk.ok("bo", "unmerge", child)
    one, other = desk.at(child), desk.at(home)
    assert (one.state, one.prior_state, one.parent, one.alerts_firing) == ("held", "", 0, 1)
    assert (one.severity, one.priority) == ("critical", 1)
    assert (other.alert_count, other.alerts_firing, other.severity) == (1, 1, "critical")
    counts_are_true(desk)


def test_shelves_reach_the_alerts_of_what_was_merged(desk: Desk) -> None:
    child, home = desk.raised("a"), desk.raised("b")
    desk.ok("ana", "merge", child, parent=home)
    desk.ok("ana", "shelve", home, until=desk.now + HOUR, reason="noise")
    assert desk.at(home).alerts_shelved == 2
    desk.ok("ana", "unmerge", child)
    assert (desk.at(home).alerts_shelved, desk.at(child).alerts_shelved) == (1, 1)
    counts_are_true(desk)


def test_merges_of_merges_go_to_the_last_home_and_come_apart_again(desk: Desk) -> None:
    one, two, three = desk.raised("a"), desk.raised("b"), desk.raised("c")
    desk.ok("ana", "merge", one, parent=two)
    desk.ok("ana", "merge", two, parent=three)
    assert desk.at(three).alerts_firing == 3
    desk.cleared("a")
    assert (desk.at(three).alerts_firing, home_of(desk, one)) == (2, desk.at(three))
    desk.ok("ana", "unmerge", one)
    assert (desk.at(three).alert_count, desk.at(three).alerts_firing) == (2, 2)
    desk.ok("ana", "unmerge", two)
    assert (desk.at(two).alert_count, desk.at(two).alerts_firing, desk.at(three).alert_count) == (1, 1, 1)
    counts_are_true(desk)


def test_the_undo_of_a_merge_restores_the_one_that_was_merged_into(desk: Desk) -> None:
    one, two, three = desk.raised("a", severity="critical"), desk.raised("b", severity="minor"), desk.raised("c")
    merge = desk.ok("ana", "merge", one, parent=two)
    desk.ok("bo", "merge", two, parent=three)
    desk.undo("ana", merge, one)
    assert (desk.at(two).priority, desk.at(three).priority, desk.at(three).severity) == (3, 1, "critical")
    desk.ok("bo", "unmerge", two)
    counts_are_true(desk)


def test_a_home_is_quiet_only_when_all_it_gathers_is(desk: Desk) -> None:
    child, home = desk.raised("a"), desk.raised("b")
    desk.ok("ana", "merge", child, parent=home)
    desk.cleared("b")
    assert desk.at(home).cleared_at is None
    desk.later(MINUTE)
    desk.cleared("a")
    assert desk.at(home).cleared_at == desk.now
    alone = desk.log()
    desk.ok("ana", "merge", alone, parent=home)
    assert desk.at(home).cleared_at == desk.now


@pytest.mark.parametrize("verb", ["link", "merge"])
def test_where_an_incident_cannot_hang(desk: Desk, verb: str) -> None:
    number = desk.raised("a")
    closed, merged = desk.in_state("closed"), desk.in_state("merged")
    home = desk.at(merged).parent
    assert desk.refused("ana", verb, number, parent=99) == "There is no INC-000099."
    assert desk.refused("ana", verb, number, parent=number) == "INC-000001 cannot hang on itself."
    assert desk.refused("ana", verb, number, parent=closed) == "INC-000002 is closed; reopen it first."
    assert desk.refused("ana", verb, number, parent=merged) == (
        f"INC-000003 is merged into INC-{home:06}; name that one."
    )


def test_links_are_two_levels_without_circles(desk: Desk) -> None:
    top, child, other = desk.raised("a"), desk.raised("b"), desk.raised("c")
    desk.ok("ana", "link", child, parent=top)
    assert desk.refused("ana", "link", child, parent=top) == "INC-000002 hangs on INC-000001 already."
    assert desk.refused("ana", "link", top, parent=child) == "INC-000001 cannot hang on INC-000002, which hangs on it."
    assert desk.refused("ana", "link", other, parent=child) == (
        "INC-000002 hangs on INC-000001 itself; link under that one."
    )
    assert desk.refused("ana", "link", top, parent=other) == "INC-000001 has children of its own; unlink them first."
    desk.ok("ana", "unlink", child)
    assert desk.at(child).parent == 0
    assert desk.refused("ana", "unlink", child) == "INC-000002 hangs on nothing."


def test_merges_make_no_circle_through_a_link(desk: Desk) -> None:
    linked, middle, top = desk.raised("a"), desk.raised("b"), desk.raised("c")
    desk.ok("ana", "link", linked, parent=middle)
    desk.ok("ana", "merge", middle, parent=top)
    assert desk.refused("ana", "merge", top, parent=linked) == (
        "INC-000003 cannot hang on INC-000001, which hangs on it."
    )


def test_open_work_is_not_merged_into_what_is_done(desk: Desk) -> None:
    number, done, done_too = desk.raised("a"), desk.in_state("resolved"), desk.in_state("resolved")
    assert desk.refused("ana", "merge", number, parent=done) == (
        "INC-000002 is resolved and INC-000001 is not; reopen it first."
    )
    desk.ok("ana", "merge", done_too, parent=done)
    desk.ok("ana", "unmerge", done_too)
    assert desk.at(done_too).state == "resolved"


def test_imported_circles_and_lost_homes_end_somewhere(desk: Desk) -> None:
    one, two = desk.raised("a"), desk.raised("b")
    for number, parent in ((one, two), (two, one)):
        patch = {"state": "merged", "parent": parent}
        was = {"state": "new", "parent": 0}
        desk.take(Draft(kind="imported", incident=desk.at(number).id, set=patch, was=was), "import")
    assert home_of(desk, one) is None
    assert len(gathered(desk, desk.at(one))) == 2
    three = desk.raised("c")
    desk.ok("ana", "unmerge", one)
    assert desk.at(one).state == "acked"
    circle = {"parent": three}
    desk.take(Draft(kind="imported", incident=desk.at(three).id, set=circle, was={"parent": 0}), "import")
    desk.ok("ana", "merge", desk.raised("d"), parent=three)
