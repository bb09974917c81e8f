"""The board's order: bands, the most urgent first, and when time alone moves a row (LOOK.md section 3)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import DAY, HOUR, MINUTE, STATES, Incident, Micros
from noc_tui.incidents.ordering import (
    BAND_NAMES,
    HIDDEN,
    IN_HAND,
    NEEDS_ACTION,
    NEVER,
    RESOLVED,
    WAITING,
    band_of,
    is_breached,
    is_cleared,
    needs_eyes,
    sort_key,
    turns_at,
)
from noc_tui.incidents.policy import Policy
from tests.unit.incidents.desk import Desk

POLICY = Policy()
NOW = 10 * DAY
moments = st.one_of(st.none(), st.integers(NOW - 2 * DAY, NOW + 2 * DAY), st.sampled_from((NOW, NOW + 1, NOW + HOUR)))
incidents = st.builds(
    Incident,
    id=st.just(b"i"),
    number=st.integers(1, 50),
    state=st.sampled_from(STATES),
    attention=st.booleans(),
    priority=st.integers(1, 5),
    alert_count=st.integers(0, 3),
    alerts_firing=st.integers(0, 3),
    alerts_shelved=st.integers(0, 2),
    alerts_suppressed=st.integers(0, 2),
    shelved_until=moments,
    snoozed_until=moments,
    held_until=moments,
    resolved_at=moments,
    response_due=moments,
    resolution_due=moments,
)


def band(desk: Desk, number: int) -> int:
    return band_of(desk.at(number), desk.policy, desk.now)


@given(incidents, st.integers(NOW - DAY, NOW + DAY), st.integers(0, 3 * DAY))
def test_no_band_changes_without_a_turn(incident: Incident, start: Micros, span: Micros) -> None:
    turn = turns_at(incident, POLICY, start)
    end = start + span if turn is None else min(start + span, turn - 1)
    assert turn is None or turn > start
    for later in {end, (start + end) // 2}:
        assert band_of(incident, POLICY, start) == band_of(incident, POLICY, later)
        assert needs_eyes(incident, start) == needs_eyes(incident, later)


@given(st.lists(incidents, unique_by=lambda one: one.number), st.integers(NOW - DAY, NOW + DAY))
def test_the_order_is_total_and_the_same_whatever_the_order_before(rows: list[Incident], now: Micros) -> None:
    def place(incident: Incident) -> tuple[Any, ...]:
        return sort_key(incident, POLICY, now)

    assert len({place(row) for row in rows}) == len(rows)
    assert sorted(rows, key=place) == sorted(reversed(rows), key=place)
    bands = [band_of(row, POLICY, now) for row in sorted(rows, key=place)]
    assert bands == sorted(bands)
    assert set(bands) <= {*BAND_NAMES, HIDDEN}


def test_a_row_goes_through_the_bands() -> None:
    desk = Desk()
    number = desk.raised()
    assert band(desk, number) == NEEDS_ACTION
    desk.ok("ana", "take", number)
    assert band(desk, number) == IN_HAND
    desk.ok("ana", "hold", number, reason="p")
    assert band(desk, number) == WAITING
    desk.ok("ana", "resume", number)
    desk.ok("ana", "snooze", number, until=desk.now + HOUR)
    assert band(desk, number) == WAITING
    desk.ok("ana", "resolve", number, code="f")
    assert band(desk, number) == RESOLVED
    desk.later(15 * MINUTE)
    assert band(desk, number) == RESOLVED, "resolved by a person, and still burning"
    desk.cleared()
    assert band(desk, number) == HIDDEN


def test_what_nobody_has_acknowledged_needs_action_even_when_looked_at() -> None:
    desk = Desk()
    number = desk.raised()
    desk.ok("ana", "note", number, text="hm")
    assert (band(desk, number), desk.at(number).attention) == (NEEDS_ACTION, False)


def test_less_than_a_quarter_of_the_clock_needs_action() -> None:
    desk = Desk()
    number = desk.in_state("active")
    turn = turns_at(desk.at(number), desk.policy, desk.now)
    assert turn == desk.now + 6 * HOUR
    desk.now = turn - 1
    assert band(desk, number) == IN_HAND
    desk.later(1)
    assert band(desk, number) == NEEDS_ACTION
    assert not is_breached(desk.at(number), desk.now)
    desk.later(2 * HOUR)
    assert is_breached(desk.at(number), desk.now)


def test_what_a_rule_hides_is_hidden_and_what_has_cleared_is_known() -> None:
    desk = Desk()
    number = desk.raised(suppressed_by="window")
    assert band(desk, number) == HIDDEN
    assert not is_cleared(desk.at(number))
    desk.cleared()
    assert is_cleared(desk.at(number))
    assert not is_breached(desk.at(desk.in_state("resolved")), desk.now + DAY)


def test_without_a_running_clock_a_row_comes_last_of_its_like() -> None:
    desk = Desk()
    number = desk.in_state("held")
    assert sort_key(desk.at(number), desk.policy, desk.now)[3] == NEVER
    assert turns_at(desk.at(number), desk.policy, desk.now) is None


ENDINGS: list[tuple[str, dict[str, Any], str]] = [
    ("snooze", {}, "wake"),
    ("hold", {"reason": "p"}, "resume"),
    ("shelve", {"reason": "noise"}, "unshelve"),
]


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("clears", [True, False])
@pytest.mark.parametrize(("verb", "args", "ends"), ENDINGS)
def test_what_ends_at_a_time_is_over_before_its_event(
    verb: str, args: dict[str, Any], ends: str, clears: bool, owned: bool
) -> None:
    desk = Desk()
    number = desk.raised()
    desk.ok("ana", "take" if owned else "ack", number)
    desk.ok("ana", verb, number, until=desk.now + HOUR, **args)
    if clears:
        desk.cleared()
    assert turns_at(desk.at(number), desk.policy, desk.now) in (desk.now + HOUR, desk.now + 6 * HOUR)
    desk.later(HOUR)
    before = sort_key(desk.at(number), desk.policy, desk.now)[:3]
    desk.ok(RULE, ends, number)
    assert sort_key(desk.at(number), desk.policy, desk.now)[:3] == before
