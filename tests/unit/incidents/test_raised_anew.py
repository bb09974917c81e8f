"""No alert fires unseen: what a person could not know when they resolved an incident raises its alert anew."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import HOUR, MINUTE, SECOND, Report
from noc_tui.incidents.ordering import HIDDEN, RESOLVED, band_of
from tests.unit.incidents import checks
from tests.unit.incidents.desk import Desk, report
from tests.unit.incidents.test_flapping import toggle


@pytest.fixture
def desk() -> Desk:
    return Desk()


def said(**fields: Any) -> Report:
    """What the source says of the alert, save `fields` the same as at first."""
    values: dict[str, Any] = {"severity": "minor", "starts_at": 100}
    return report(**(values | fields))


def over(desk: Desk, state: str, **fields: Any) -> int:
    """Return an incident that a person has resolved, and closed for `closed`, while its alert fires."""
    number = desk.report(said(**fields)).number
    desk.ok("ana", "resolve", number, code="f")
    if state == "closed":
        desk.ok("ana", "close", number)
    return number


ANEW: dict[str, dict[str, Any]] = {
    "a later occurrence": {"severity": "minor", "starts_at": 200},
    "a worse one": {"severity": "critical", "starts_at": 100},
    "both": {"severity": "critical", "starts_at": 200},
    "what its source says once only": {"severity": "minor", "starts_at": 100, "anew": True},
}


@pytest.mark.parametrize("fields", ANEW.values(), ids=ANEW)
def test_of_a_resolved_incident_it_reopens_it(desk: Desk, fields: dict[str, Any]) -> None:
    number = over(desk, "resolved")
    desk.later(HOUR)
    assert desk.report(report(**fields)).number == number
    incident = desk.at(number)
    assert (incident.state, incident.attention, incident.reopen_count) == ("new", True, 1)
    assert (incident.alert_count, incident.alerts_firing, incident.severity) == (1, 1, fields["severity"])
    assert (desk.of().raises, desk.of().raised_at, desk.of().starts_at) == (2, desk.now, fields["starts_at"])
    checks.all_hold(desk)


@pytest.mark.parametrize("fields", ANEW.values(), ids=ANEW)
@pytest.mark.parametrize("state", ["resolved", "closed"])
def test_of_one_closed_or_long_resolved_it_opens_another(desk: Desk, state: str, fields: dict[str, Any]) -> None:
    old = over(desk, state)
    desk.later(HOUR + 1 if state == "resolved" else SECOND)
    intake = desk.report(report(**fields))
    assert (intake.outcome, intake.number) == ("opened", old + 1)
    assert [event.kind for event in desk.journal[-3:]] == ["incident.created", "alert.moved", "alert.raised"]
    new, before = desk.at(old + 1), desk.at(old)
    assert (new.recurrence_of, new.alerts_firing, new.alert_count, new.attention) == (old, 1, 1, True)
    assert (before.state, before.alerts_firing, before.alert_count, before.attention) == (state, 0, 1, False)
    assert desk.of().incident == new.number
    checks.all_hold(desk)


@pytest.mark.parametrize("state", ["resolved", "closed"])
@pytest.mark.parametrize(
    "fields", [{}, {"starts_at": None}, {"starts_at": 50}, {"severity": "warning"}, {"summary": "k is still down"}]
)
def test_what_fires_on_no_worse_stays_as_a_person_left_it(desk: Desk, state: str, fields: dict[str, Any]) -> None:
    number = over(desk, state)
    desk.later(MINUTE)
    assert desk.report(said(**fields)).number == number
    assert (desk.at(number).state, desk.at(number).attention, desk.at(number).alerts_firing) == (state, False, 1)


def test_an_alert_that_never_said_since_when_began_when_it_was_raised(desk: Desk) -> None:
    number = over(desk, "closed", starts_at=None)
    assert desk.report(report(severity="minor", starts_at=desk.of().raised_at)).number == number
    assert desk.report(report(severity="minor", starts_at=desk.now + 1)).number == number + 1


def test_what_was_merged_into_one_that_is_closed_is_counted_there_no_more(desk: Desk) -> None:
    child, home = desk.raised("a", starts_at=1), desk.raised("b", starts_at=1)
    desk.ok("ana", "merge", child, parent=home)
    desk.ok("ana", "resolve", home, code="f")
    desk.ok("ana", "close", home)
    new = desk.raised("a", starts_at=2)
    assert (desk.at(new).recurrence_of, desk.at(home).alerts_firing, desk.of("a").incident) == (home, 1, new)
    checks.all_hold(desk)


@pytest.mark.parametrize("closed", [False, True])
def test_a_flapping_alert_goes_on_where_somebody_sees_it(desk: Desk, closed: bool) -> None:
    toggle(desk, 7)
    desk.raised("other", resource="router-k")
    desk.ok("ana", "resolve", 1, code="f")
    if closed:
        desk.ok("ana", "close", 1)
    desk.later(SECOND)
    assert (desk.report(report()).outcome, desk.at(1).attention) == ("repeated", False)
    assert desk.cleared().outcome == "repeated"
    desk.later(SECOND)
    number = desk.report(report()).number
    assert (number == 1, desk.at(number).state, desk.at(number).attention) == (not closed, "new", True)
    assert (desk.of().flapping, desk.at(number).flapping, desk.of().toggles) == (True, True, 9)
    assert (desk.at(1).flapping, desk.at(1).alerts_firing) == (not closed, 2 - closed)
    assert desk.journal[-1].data["toggles"] == 3
    assert (desk.counter("mon:k").toggles, desk.counter("mon:k").firing) == (0, True)
    checks.all_hold(desk)


def test_a_flapping_alert_that_gets_worse_is_raised_anew_without_a_toggle(desk: Desk) -> None:
    toggle(desk, 7)
    desk.ok("ana", "resolve", 1, code="f")
    last = desk.counter("mon:k").last_toggle
    desk.later(SECOND)
    assert desk.report(report(severity="critical")).number == 1
    assert (desk.at(1).state, desk.of().toggles, desk.counter("mon:k").last_toggle) == ("new", 7, last)


def test_a_later_occurrence_is_a_toggle_and_a_worse_one_is_none(desk: Desk) -> None:
    number = over(desk, "resolved")
    desk.raised(severity="major", starts_at=100)
    assert len(desk.of().recent_toggles) == 1
    desk.ok("ana", "resolve", number, code="f")
    desk.raised(severity="major", starts_at=200)
    assert len(desk.of().recent_toggles) == 2


@pytest.mark.parametrize("closed", [False, True])
def test_an_alert_that_a_silence_hid_is_seen_when_the_silence_ends(desk: Desk, closed: bool) -> None:
    number = over(desk, "closed" if closed else "resolved", suppressed_by="window")
    still = report(severity="minor", starts_at=100, suppressed_by="another window")
    assert desk.report(still).number == number
    assert desk.at(number).state == ("closed" if closed else "resolved")
    seen = desk.raised(severity="minor", starts_at=100)
    assert (seen == number, desk.at(seen).attention, desk.at(seen).alerts_suppressed) == (not closed, True, 0)
    checks.all_hold(desk)


def test_what_is_raised_anew_while_it_is_hidden_makes_no_noise(desk: Desk) -> None:
    number = over(desk, "resolved", suppressed_by="window")
    desk.raised(severity="critical", starts_at=100, suppressed_by="window")
    assert (desk.at(number).state, desk.at(number).attention, desk.at(number).alerts_suppressed) == ("new", False, 1)


def test_a_shelf_that_ends_brings_its_resolved_incident_back(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.ok("ana", "resolve", number, code="f")
    desk.later(HOUR)
    desk.ok(RULE, "unshelve", number)
    assert [event.kind for event in desk.journal[-2:]] == ["incident.reopened", "shelf.removed"]
    assert (desk.at(number).state, desk.at(number).attention, desk.at(number).alerts_shelved) == ("new", True, 0)


def test_a_shelf_of_a_closed_incident_is_over_for_the_next_report(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.ok("ana", "resolve", number, code="f")
    desk.ok("ana", "close", number)
    desk.later(MINUTE)
    assert desk.raised() == number
    desk.later(HOUR)
    assert desk.raised() == number + 1
    assert (desk.of().shelved_until, desk.at(number + 1).attention) == (None, True)


@pytest.mark.parametrize("how", ["cleared", "silenced", "by hand"])
def test_a_shelf_that_ends_with_nothing_to_see_leaves_it_resolved(desk: Desk, how: str) -> None:
    number = desk.raised()
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
    desk.ok("ana", "resolve", number, code="f")
    if how == "cleared":
        desk.cleared()
    if how == "silenced":
        desk.report(report(suppressed_by="window"))
    desk.later(HOUR)
    desk.ok("ana" if how == "by hand" else RULE, "unshelve", number)
    assert (desk.at(number).state, desk.at(number).attention) == ("resolved", False)


def test_a_resolved_incident_whose_alert_fires_stays_in_view(desk: Desk) -> None:
    number = over(desk, "resolved")
    desk.later(100 * HOUR)
    assert band_of(desk.at(number), desk.policy, desk.now) == RESOLVED
    assert desk.refused(RULE, "close", number) == "INC-000001 has an alert that fires; a person may close it."
    desk.ok("ana", "close", number)
    assert band_of(desk.at(number), desk.policy, desk.now) == HIDDEN


def test_what_came_while_it_was_merged_does_not_go_away_with_an_unmerge(desk: Desk) -> None:
    child, home = over(desk, "resolved"), desk.raised("home")
    merge = desk.ok("ana", "merge", child, parent=home)
    desk.later(SECOND)
    desk.cleared()
    desk.raised()
    unmerge = desk.ok("ana", "unmerge", child)
    assert (desk.at(child).state, desk.at(child).resolved_at, desk.at(child).alerts_firing) == ("new", None, 1)
    desk.undo("ana", unmerge, child)
    desk.undo("ana", merge, child)
    assert desk.at(child).state == "new"
    checks.all_hold(desk)


def test_what_is_open_is_not_put_back_into_a_resolved_home(desk: Desk) -> None:
    child, home = desk.raised("a"), desk.raised("b")
    desk.ok("ana", "merge", child, parent=home)
    unmerge = desk.ok("ana", "unmerge", child)
    desk.ok("ana", "resolve", home, code="f")
    assert desk.refused("ana", "undo", child, command=unmerge.hex()) == (
        "INC-000002 is resolved and INC-000001 is not; reopen it first."
    )


def test_an_undo_does_not_put_away_what_needs_eyes_since(desk: Desk) -> None:
    number = over(desk, "resolved")
    reopen = desk.ok("ana", "reopen", number)
    desk.report(report(severity="critical"))
    assert desk.refused("ana", "undo", number, command=reopen.hex()) == (
        "INC-000001 needs eyes again; look at it first."
    )
    desk.ok("ana", "note", number, text="seen")
    desk.undo("ana", reopen, number)
    assert (desk.at(number).state, desk.at(number).attention) == ("resolved", False)


@pytest.mark.parametrize("starts_at", [None, 100])
def test_a_source_that_lost_its_state_and_says_it_again_raises_it_again(desk: Desk, starts_at: int | None) -> None:
    number = desk.raised(starts_at=starts_at)
    desk.cleared(starts_at=starts_at)
    desk.ok("ana", "resolve", number, code="c")
    assert desk.raised(starts_at=starts_at) == number
    assert (desk.at(number).state, desk.of().firing, desk.of().raises) == ("new", True, 2)


# In other words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", "2 of 4 are down"),
        ("url", "https://mon/2"),
        ("labels", (("rack", "7"),)),
        ("resource", "router-z"),
        ("service", "voice"),
        ("site", "ams"),
        ("starts_at", 200),
    ],
)
def test_what_a_source_says_in_other_words_is_kept_without_a_bell(desk: Desk, field: str, value: object) -> None:
    number = desk.report(said()).number
    desk.ok("ana", "ack", number)
    title = desk.at(number).title
    intake = desk.report(said(**{field: value}))
    assert (intake.outcome, desk.kinds()[-1]) == ("repeated", "alert.updated")
    assert getattr(desk.of(), field) == value
    assert (desk.at(number).attention, desk.at(number).title, desk.at(number).state) == (False, title, "acked")
    assert desk.counter("mon:k").repeats == 1
    events = len(desk.journal)
    desk.report(said(**{field: value}))
    assert len(desk.journal) == events


def test_what_differs_only_in_how_it_is_kept_is_no_news(desk: Desk) -> None:
    spoken = report(summary="k\x1b[2J is\tdown", url="x" * 2000, labels=(("a\n", "b\x07"),), suppressed_by="rule\t7")
    desk.report(spoken)
    stored = {"summary": "k\u241b[2J is down", "url": "x" * 1024, "labels": [["a ", "b\u2407"]]}
    was = {"summary": spoken.summary, "url": spoken.url, "labels": [["a\n", "b\x07"]]}
    stored["suppressed_by"], was["suppressed_by"] = "rule 7", spoken.suppressed_by
    desk.rewritten("k", stored, was)
    events = len(desk.journal)
    assert desk.report(spoken).outcome == "repeated"
    assert len(desk.journal) == events
    desk.report(report(summary="k is up\x1b", url="y" * 2000, labels=(), suppressed_by="rule\t7"))
    assert desk.kinds()[-1] == "alert.updated"
    desk.report(replace(spoken, severity="minor"))
    assert desk.kinds()[-1] == "alert.severity_changed"


def test_a_late_clear_is_late_for_an_occurrence_that_came_by_a_repeat(desk: Desk) -> None:
    desk.raised(starts_at=100)
    desk.raised(starts_at=200)
    assert desk.cleared(starts_at=100).outcome == "repeated"
    assert desk.of().firing


def test_a_worse_report_of_a_later_occurrence_tells_both(desk: Desk) -> None:
    desk.raised(starts_at=100)
    desk.raised(starts_at=200, severity="critical")
    assert (desk.kinds()[-1], desk.of().starts_at) == ("alert.severity_changed", 200)
