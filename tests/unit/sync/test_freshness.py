"""How old what we hold is, and how far the server's clock is from ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import HOUR, SECOND
from noc_tui.journal.skew import Skew
from noc_tui.sync.freshness import Freshness

NOW = 1_790_000_000 * SECOND


def test_before_the_first_answer_nothing_is_known() -> None:
    assert Freshness() == Freshness(heard_tick=0.0, heard_at=0, skew=0, ahead=None)
    assert Freshness().heard(7.0, NOW) == Freshness(heard_tick=7.0, heard_at=NOW)


@pytest.mark.parametrize("skew", [0, HOUR, -HOUR, 90 * SECOND])
def test_the_servers_clock_is_read_half_the_way_there_and_back(skew: int) -> None:
    known = Freshness().told_time(NOW + skew + SECOND, asked_tick=10.0, tick=12.0, now=NOW + 2 * SECOND)
    assert (known.skew, known.error) == (skew, 1.0)
    assert (known.heard_tick, known.heard_at) == (12.0, NOW + 2 * SECOND)


def test_a_worse_guess_does_not_replace_a_better_one() -> None:
    good = Freshness().told_time(NOW, asked_tick=10.0, tick=10.0, now=NOW)
    worse = good.told_time(NOW + 15 * SECOND, asked_tick=11.0, tick=31.0, now=NOW + 21 * SECOND)
    assert worse.skew == 0
    assert worse.heard_tick == 31.0


def test_a_better_guess_replaces_a_worse_one() -> None:
    bad = Freshness().told_time(NOW + 4 * SECOND, asked_tick=10.0, tick=20.0, now=NOW + 10 * SECOND)
    assert bad.skew == -SECOND
    assert bad.told_time(NOW + 20 * SECOND, asked_tick=30.0, tick=30.0, now=NOW + 20 * SECOND).skew == 0


def test_a_server_whose_clock_was_set_is_believed_however_bad_the_line() -> None:
    good = Freshness().told_time(NOW, asked_tick=10.0, tick=10.0, now=NOW)
    assert good.told_time(NOW + HOUR, asked_tick=20.0, tick=24.0, now=NOW + 14 * SECOND).skew > HOUR - 15 * SECOND


def test_our_own_clock_that_jumps_is_seen_at_the_next_sign_of_life() -> None:
    known = Freshness().told_time(NOW, asked_tick=10.0, tick=10.0, now=NOW)
    assert known.heard(20.0, NOW + 10 * SECOND + HOUR).skew == -HOUR


def test_what_was_measured_holds_for_a_while_and_is_less_and_less_certain() -> None:
    assert Freshness().measured(10.0, NOW) is None
    known = Freshness().told_time(NOW + HOUR, asked_tick=10.0, tick=10.0, now=NOW)
    assert known.measured(10.0, NOW) == Skew(HOUR, 5_000)
    assert known.measured(310.0, NOW + 300 * SECOND) == Skew(HOUR, 65_000)


@pytest.mark.parametrize("jump", [-HOUR, -SECOND, SECOND, HOUR])
def test_what_was_measured_is_of_another_time_where_our_clock_was_set_or_the_machine_slept(jump: int) -> None:
    known = Freshness().told_time(NOW, asked_tick=10.0, tick=10.0, now=NOW)
    assert known.measured(20.0, NOW + 10 * SECOND + jump) is None
    again = known.told_time(NOW + 20 * SECOND, asked_tick=30.0, tick=30.0, now=NOW + 20 * SECOND + jump)
    assert again.measured(30.0, NOW + 20 * SECOND + jump) == Skew(-jump, 5_000)


@given(
    there=st.floats(0.0, 5.0),
    back=st.floats(0.0, 5.0),
    skew=st.integers(-HOUR, HOUR),
    worse=st.floats(0.0, 20.0),
)
def test_the_skew_is_wrong_by_half_the_round_trip_at_most(there: float, back: float, skew: int, worse: float) -> None:
    known = Freshness()
    tick = 100.0
    for slow in (0.0, worse):
        asked, read, tick = tick, tick + there + slow, tick + there + slow + back
        known = known.told_time(NOW + round(read * SECOND) + skew, asked, tick, NOW + round(tick * SECOND))
    assert abs(known.skew - skew) <= (there + back) / 2 * SECOND + 0.01 * SECOND
    measured = known.measured(tick, NOW + round(tick * SECOND))
    assert measured is not None
    assert abs(measured.ahead - skew) <= measured.error
