"""What is pressed while the link is cut is done when it was pressed, however late it comes (OPERATOR.md J4)."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.incidents.commands import RULE, Command, Outcome
from noc_tui.incidents.model import HOUR, MINUTE, Micros
from tests.unit.incidents import checks
from tests.unit.incidents.desk import MORNING, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def late(desk: Desk, verb: str, number: int, at: Micros, **args: Any) -> Outcome:
    """What ana pressed at an instant comes now."""
    incident = desk.at(number)
    desk.latest = desk.new_id()
    return desk.send(Command(id=desk.latest, verb=verb, incident=incident.id, args=args, actor="ana", at=at))


def test_what_is_logged_offline_was_opened_then(desk: Desk) -> None:
    id = desk.new_id()
    desk.later(HOUR)
    log = Command(id=desk.new_id(), verb="log", incident=id, args={"title": "no tone"}, actor="ana", at=MORNING)
    assert desk.send(log).ok
    incident, target = desk.at(1), desk.policy.target(3)
    assert (incident.opened_at, incident.updated_at) == (MORNING, desk.now)
    assert (incident.response_due, incident.resolution_due) == (MORNING + target.response, MORNING + target.resolution)
    checks.all_hold(desk)


@pytest.mark.parametrize(
    ("verb", "args", "stamp"),
    [
        ("ack", {}, "acked_at"),
        ("take", {}, "acked_at"),
        ("assign", {"to": "bo"}, "acked_at"),
        ("escalate", {}, "acked_at"),
        ("resolve", {"code": "f"}, "resolved_at"),
    ],
)
def test_the_clock_stops_at_the_key_press(desk: Desk, verb: str, args: dict[str, Any], stamp: str) -> None:
    number = desk.raised()
    desk.later(HOUR)
    assert late(desk, verb, number, MORNING + 5 * MINUTE, **args).ok
    assert getattr(desk.at(number), stamp) == MORNING + 5 * MINUTE
    checks.all_hold(desk)


def test_a_wait_offline_stops_the_clock_for_as_long_as_it_was(desk: Desk) -> None:
    number = desk.raised()
    due = desk.at(number).resolution_due or 0
    desk.later(2 * HOUR)
    for verb, minutes, args in (("take", 1, {}), ("hold", 10, {"reason": "p"}), ("resume", 40, {})):
        assert late(desk, verb, number, MORNING + minutes * MINUTE, **args).ok
    assert desk.at(number).resolution_due == due + 30 * MINUTE
    assert late(desk, "resolve", number, MORNING + 50 * MINUTE, code="f").ok
    assert late(desk, "reopen", number, MORNING + 60 * MINUTE).ok
    assert desk.at(number).resolution_due == due + 40 * MINUTE
    checks.all_hold(desk)


def test_what_lasted_until_a_time_that_has_passed_meanwhile_is_over_not_refused(desk: Desk) -> None:
    number = desk.raised()
    due = desk.at(number).resolution_due or 0
    until = MORNING + 15 * MINUTE
    desk.later(HOUR)
    assert late(desk, "snooze", number, MORNING, until=until).ok
    assert late(desk, "shelve", number, MORNING, until=until, reason="noisy").ok
    desk.ok(RULE, "wake", number)
    desk.ok(RULE, "unshelve", number)
    assert desk.at(number).attention, "it needs eyes again"
    assert late(desk, "take", number, MORNING).ok
    assert late(desk, "hold", number, MORNING + MINUTE, reason="p", until=until).ok
    desk.ok(RULE, "resume", number)
    assert desk.at(number).resolution_due == due + 14 * MINUTE
    checks.all_hold(desk)


def test_an_incident_logged_by_mistake_and_undone_offline_was_closed_then(desk: Desk) -> None:
    number = desk.log()
    log = desk.latest
    desk.later(HOUR)
    assert late(desk, "undo", number, MORNING + MINUTE, command=log.hex()).ok
    assert (desk.at(number).resolved_at, desk.at(number).closed_at) == (MORNING + MINUTE, MORNING + MINUTE)


def test_no_claim_is_later_than_now_or_earlier_than_what_the_incident_has_behind_it(desk: Desk) -> None:
    number = desk.raised()
    desk.later(HOUR)
    assert late(desk, "ack", number, MORNING - HOUR).ok
    assert desk.at(number).acked_at == MORNING == desk.at(number).opened_at
    desk.ok("bo", "take", number)
    desk.ok("bo", "hold", number, reason="p")
    assert late(desk, "resolve", number, MORNING + MINUTE, code="f").ok
    assert desk.at(number).resolved_at == desk.now, "not before the hold that it ends"
    desk.ok("bo", "reopen", number)
    assert late(desk, "resolve", number, desk.now + HOUR, code="f").ok
    assert desk.at(number).resolved_at == desk.now
    checks.all_hold(desk)
