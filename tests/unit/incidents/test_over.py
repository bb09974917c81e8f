"""What ends at a time is over for a person's command the moment that time has passed (DESIGN.md 8.8)."""

from __future__ import annotations

import pytest

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import HOUR, MINUTE
from tests.unit.incidents import checks
from tests.unit.incidents.desk import ARGS, MORNING, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def held(desk: Desk, owner: str = "ana") -> int:
    """Return an incident whose hold of ten minutes is over, told by no event."""
    number = desk.raised()
    desk.ok("ana", "ack", number)
    if owner:
        desk.ok(owner, "take", number)
    desk.ok("ana", "hold", number, reason="p", until=desk.now + 10 * MINUTE)
    desk.later(15 * MINUTE)
    return number


def test_a_hold_that_is_over_can_be_begun_anew(desk: Desk) -> None:
    number = held(desk)
    before = desk.at(number)
    hold = desk.ok("ana", "hold", number, reason="t", until=desk.now + HOUR)
    incident = desk.at(number)
    assert (incident.state, incident.held_reason, incident.held_since) == ("held", "parts", desk.now)
    assert (incident.held_until, incident.resolution_due) == (desk.now + HOUR, None)
    assert incident.resolution_left == (before.resolution_left or 0) - 5 * MINUTE, "the clock ran after the first end"
    desk.undo("ana", hold, number)
    assert desk.at(number).held_until == before.held_until
    checks.all_hold(desk)


@pytest.mark.parametrize(("owner", "state"), [("ana", "active"), ("", "acked")])
def test_what_follows_a_hold_that_is_over_says_that_it_ended(desk: Desk, owner: str, state: str) -> None:
    number = held(desk, owner)
    desk.ok("bo", "note", number, text="still waiting?")
    incident = desk.at(number)
    assert (incident.state, incident.held_since, incident.held_until, incident.held_reason) == (state, None, None, "")
    assert incident.resolution_due == MORNING + 8 * HOUR + 10 * MINUTE
    assert not incident.attention
    assert desk.refused(RULE, "resume", number) == "INC-000001 is not on hold."
    checks.all_hold(desk)


def test_a_hold_that_is_over_is_released_like_any_work(desk: Desk) -> None:
    number = held(desk)
    desk.ok("ana", "release", number)
    assert (desk.at(number).state, desk.at(number).owner) == ("acked", "")
    assert desk.refused("ana", "ack", number) == "INC-000001 is acknowledged already."


def test_whose_hold_is_over_works_on_it_again(desk: Desk) -> None:
    number = held(desk)
    assert desk.refused("bo", "take", number) == "ana works on INC-000001; `take` with `steal` takes it over."
    assert desk.refused("ana", "take", number) == "INC-000001 is yours already."


def test_a_hold_that_is_over_is_resumed_once(desk: Desk) -> None:
    number = held(desk, owner="")
    resume = desk.ok("bo", "resume", number)
    assert (desk.at(number).state, desk.at(number).owner) == ("active", "bo")
    assert desk.refused(RULE, "resume", number) == "INC-000001 is not on hold."
    desk.undo("bo", resume, number)
    desk.ok(RULE, "resume", number)
    assert (desk.at(number).state, desk.at(number).attention) == ("acked", True)
    assert desk.refused("bo", "resume", number) == "INC-000001 is not on hold."


def test_an_undo_of_what_followed_leaves_the_hold_over_by_the_clock(desk: Desk) -> None:
    number = held(desk)
    before = desk.at(number)
    note = desk.ok("ana", "escalate", number)
    desk.undo("ana", note, number)
    assert (desk.at(number).state, desk.at(number).held_until) == ("held", before.held_until)
    desk.ok(RULE, "resume", number)


@pytest.mark.parametrize("verb", ["ack", "note", "snooze", "title"])
def test_a_snooze_that_is_over_does_not_call_again_after_a_person_came(desk: Desk, verb: str) -> None:
    number = desk.raised()
    desk.ok("ana", "snooze", number, until=desk.now + MINUTE)
    desk.later(2 * MINUTE)
    desk.ok("ana", verb, number, **ARGS.get(verb, {}))
    assert desk.at(number).snoozed_until == (MORNING + HOUR if verb == "snooze" else None)
    assert not desk.do(RULE, "wake", number).ok
    assert not desk.at(number).attention


def test_a_snooze_that_is_over_can_be_ended_and_taken_back(desk: Desk) -> None:
    number = desk.raised()
    desk.ok("ana", "snooze", number, until=desk.now + MINUTE)
    desk.later(2 * MINUTE)
    wake = desk.ok("ana", "wake", number)
    assert desk.at(number).snoozed_until is None
    desk.undo("ana", wake, number)
    assert desk.at(number).snoozed_until == MORNING + MINUTE


@pytest.mark.parametrize("other", [False, True])
def test_a_shelf_that_is_over_can_be_begun_anew(desk: Desk, other: bool) -> None:
    number = desk.raised("a", resource="r")
    if other:
        desk.raised("b", resource="r")
        desk.ok("ana", "shelve", number, until=desk.now + 3 * HOUR, reason="noise", alert="b")
    desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise", alert="a")
    desk.later(HOUR)
    shelve = desk.ok("bo", "shelve", number, until=desk.now + HOUR, reason="more noise")
    assert (desk.of("a").shelved_until, desk.of("a").shelved_by) == (desk.now + HOUR, "bo")
    assert (desk.at(number).shelved_until, desk.at(number).alerts_shelved) == (desk.now + HOUR, 1 + other)
    assert desk.refused("bo", "shelve", number, until=desk.now + HOUR, reason="x").endswith("are shelved already.")
    desk.undo("bo", shelve, number)
    assert desk.of("a").shelved_until == desk.now
    checks.all_hold(desk)


def test_what_was_never_held_does_not_end(desk: Desk) -> None:
    number = desk.in_state("held")
    desk.later(100 * HOUR)
    desk.ok("ana", "note", number, text="they are on it")
    assert desk.at(number).state == "held"
