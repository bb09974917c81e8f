"""When something was done by the authority's clock: put right by what was measured, and by no more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import HOUR, SECOND, Micros
from noc_tui.journal.skew import LONGEST_WAY, Skew, done_at, skew_of

NOW: Micros = 1_790_000_000 * SECOND
FINE = 5_000
"""An error of 5 ms, as on one site."""


def taken(pressed: Micros, *, ahead: Micros, way: Micros, measured: Skew | None, floor: Micros = 0) -> Micros:
    """Press at a moment of the authority's, at a console behind it by `ahead`, send at once; so long on the way."""
    sent_at, now = pressed - ahead, pressed + way
    return done_at(pressed - ahead, skew_of(measured, sent_at, now), floor, now)


@pytest.mark.parametrize("way", [0, 3 * SECOND, 15 * SECOND, HOUR])
def test_a_push_that_a_stalled_server_takes_late_was_pressed_when_it_was(way: Micros) -> None:
    assert taken(NOW, ahead=0, way=way, measured=Skew(1_000, FINE)) == NOW


@pytest.mark.parametrize("ahead", [-HOUR, -3 * SECOND, 3 * SECOND, HOUR])
def test_a_wrong_clock_is_put_right_however_long_the_way(ahead: Micros) -> None:
    for way in (0, 15 * SECOND):
        assert abs(taken(NOW, ahead=ahead, way=way, measured=Skew(ahead + 900, FINE)) - NOW) <= FINE


def test_clocks_that_may_agree_are_taken_to_agree() -> None:
    assert taken(NOW, ahead=0, way=SECOND, measured=Skew(-FINE, FINE)) == NOW
    assert taken(NOW, ahead=0, way=SECOND, measured=Skew(4 * SECOND, 5 * SECOND)) == NOW


def test_what_cannot_have_been_measured_of_these_clocks_does_not_count() -> None:
    """The authority's clock was set back an hour since: what comes would have been sent after it came."""
    assert taken(NOW, ahead=-HOUR, way=0, measured=Skew(0, FINE)) == NOW
    assert taken(NOW, ahead=0, way=SECOND, measured=Skew(HOUR, -1)) == NOW


@pytest.mark.parametrize("way", [0, 3 * SECOND, LONGEST_WAY])
def test_one_that_measures_nothing_is_right_where_the_way_alone_explains_it(way: Micros) -> None:
    assert taken(NOW, ahead=0, way=way, measured=None) == NOW


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_a_very_wrong_clock_is_put_right_though_nobody_measured_it(ahead: Micros) -> None:
    assert taken(NOW, ahead=ahead, way=0, measured=None) == NOW


def test_nothing_was_done_before_what_its_author_had_seen_nor_later_than_it_came() -> None:
    assert taken(NOW, ahead=0, way=SECOND, measured=Skew(-HOUR, FINE), floor=NOW - SECOND) == NOW - SECOND
    assert done_at(NOW + HOUR, Skew(0, FINE), 0, NOW) == NOW
    assert done_at(1, Skew(-HOUR, FINE), 0, NOW) == 1


@given(
    ahead=st.integers(-HOUR, HOUR),
    way=st.integers(0, HOUR),
    wrong=st.integers(-SECOND, SECOND),
    error=st.integers(0, SECOND),
)
def test_it_is_wrong_by_twice_what_the_measuring_was_at_most(ahead: int, way: int, wrong: int, error: int) -> None:
    measured = Skew(ahead + max(-error, min(wrong, error)), error)
    at = taken(NOW, ahead=ahead, way=way, measured=measured)
    assert abs(at - NOW) <= 2 * error
    assert at <= NOW + way
