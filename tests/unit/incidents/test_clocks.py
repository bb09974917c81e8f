"""The SLA clocks, step by step and reckoned from scratch, agree (OPERATOR.md 1.2)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents import clocks
from noc_tui.incidents.model import HOUR, MINUTE, SECOND, Incident, Micros
from noc_tui.incidents.policy import Policy
from tests.unit.incidents.desk import MORNING, Desk

ACTS = st.sampled_from(("hold", "wait for a change", "resume", "priority", "resolve", "reopen", "take", "unack", "ack"))
steps = st.lists(st.tuples(ACTS, st.integers(0, 3 * HOUR), st.integers(1, 5)), max_size=25)


@given(steps)
def test_dues_are_what_a_reckoning_from_scratch_gives(acts: list[tuple[str, Micros, int]]) -> None:
    desk = Desk(Policy(pausing=("provider", "parts")))
    number = desk.log("ana")
    stopped: Micros = 0
    since: Micros | None = None
    for act, span, priority in acts:
        desk.later(span)
        args: dict[str, Any] = {
            "hold": {"reason": "p"},
            "wait for a change": {"reason": "h"},
            "resolve": {"code": "f"},
            "priority": {"priority": str(priority)},
        }.get(act, {})
        outcome = desk.do("ana", "hold" if act == "wait for a change" else act, number, **args)
        incident = desk.at(number)
        stands = (incident.state == "held" and incident.held_reason == "provider") or incident.state == "resolved"
        if outcome.ok and since is not None and (not stands or act == "resolve"):
            stopped += desk.now - since
            since = None
        if stands and since is None:
            since = desk.now
        target = desk.policy.target(incident.priority)
        due = incident.opened_at + target.resolution + stopped
        if incident.state == "resolved":
            assert incident.resolution_due == due
        elif stands:
            assert incident.resolution_due is None
            assert incident.resolution_left == due - (since or 0)
        else:
            assert (incident.resolution_due, incident.resolution_left) == (due, None)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_the_response_clock_runs_from_the_start_whatever_the_priority_was(priorities: list[int]) -> None:
    desk = Desk()
    number = desk.log("ana")
    for priority in priorities:
        desk.later(MINUTE)
        desk.do("ana", "priority", number, priority=str(priority))
        target = desk.policy.target(priority)
        assert clocks.next_due(desk.at(number)) == MORNING + target.response
    desk.ok("ana", "ack", number)
    due = desk.at(number).response_due
    desk.ok("ana", "priority", number, priority="1" if priorities[-1] != 1 else "2")
    assert desk.at(number).response_due == due


def test_a_hold_with_an_end_pauses_no_longer_than_that() -> None:
    desk = Desk()
    number = desk.in_state("active")
    due = desk.at(number).resolution_due
    desk.ok("ana", "hold", number, reason="p", until=desk.now + HOUR)
    desk.later(3 * HOUR)
    desk.ok("ana", "resume", number)
    assert desk.at(number).resolution_due == (due or 0) + HOUR


def test_a_pause_of_no_length_changes_nothing() -> None:
    desk = Desk()
    number = desk.in_state("active")
    due = desk.at(number).resolution_due
    desk.ok("ana", "hold", number, reason="p")
    desk.ok("ana", "resume", number)
    assert desk.at(number).resolution_due == due


def test_a_clock_that_does_not_run_is_neither_paused_nor_moved() -> None:
    policy = Policy()
    bare = Incident(id=b"i", number=1, state="active")
    assert clocks.paused(policy, bare, "provider", SECOND) == {}
    assert clocks.resumed(bare, SECOND) == {}
    assert clocks.reopened(bare, SECOND) == {}
    assert clocks.retargeted(policy, bare, 1) == {}
    assert clocks.quarter_at(policy, bare) is None
