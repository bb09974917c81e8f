"""The last ten minutes in counts: right to a few seconds, and as small after a storm as before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.arrivals import FLOOD_FROM, FLOOD_UNTIL, SPAN, SWAPS_FOR, WINDOW, Arrivals
from noc_tui.incidents.model import SECOND
from tests.unit.console.boards import NOW, incident

COMINGS = st.lists(st.tuples(st.integers(0, 90 * SECOND), st.integers(1, 40)), max_size=40)


@given(comings=COMINGS)
def test_what_came_within_the_window_is_counted(comings: list[tuple[int, int]]) -> None:
    arrivals, now, told = Arrivals(), NOW, list[tuple[int, int]]()
    for later, count in comings:
        now += later
        arrivals.gathered(count, now)
        told.append((now, count))
        arrivals.forget_old(now)
        surely = sum(count for at, count in told if at >= now - WINDOW)
        at_most = sum(count for at, count in told if at >= now - WINDOW - SPAN)
        assert surely <= arrivals.alerts <= at_most
        assert sum(arrivals.rate(15, now)) == arrivals.alerts


def test_a_storm_is_kept_in_as_little_as_a_calm() -> None:
    arrivals = Arrivals()
    for count in range(100_000):
        arrivals.gathered(1, NOW + count * 20_000)
        if count % 1_000 == 0:
            arrivals.forget_old(NOW + count * 20_000)
    arrivals.forget_old(NOW + 100_000 * 20_000)
    assert len(arrivals._spans) <= WINDOW // SPAN + 2
    assert arrivals.alerts == sum(span.alerts for span in arrivals._spans)


def test_what_just_came_is_in_the_last_part() -> None:
    arrivals = Arrivals()
    arrivals.gathered(7, NOW)
    assert arrivals.rate(15, NOW)[-1] == 7
    assert arrivals.rate(15, NOW + WINDOW // 2)[7] == 7


def test_a_clock_set_back_loses_nothing() -> None:
    arrivals = Arrivals()
    arrivals.gathered(1, NOW)
    arrivals.gathered(1, NOW - 60 * SECOND)
    arrivals.forget_old(NOW)
    assert arrivals.alerts == 2


def test_a_flood_begins_and_ends_late() -> None:
    arrivals = Arrivals()
    for number in range(FLOOD_FROM + 1):
        arrivals.opened(incident(number + 1), NOW + number * 30 * SECOND)
    arrivals.forget_old(NOW + FLOOD_FROM * 30 * SECOND)
    assert arrivals.flooded
    arrivals.forget_old(NOW + WINDOW + SPAN)
    assert arrivals.incidents >= FLOOD_UNTIL
    assert arrivals.flooded
    arrivals.forget_old(NOW + 2 * WINDOW)
    assert not arrivals.flooded


def test_a_new_p1_swaps_and_rings_until_it_is_old_or_gone() -> None:
    arrivals = Arrivals()
    for number in (1, 2):
        arrivals.opened(incident(number, priority=1), NOW)
    assert arrivals.rings
    assert [arrivals.swapped(number, NOW + SECOND) for number in (1, 2, 3)] == [True, True, False]
    arrivals.forget([2])
    assert not arrivals.swapped(2, NOW + SECOND)
    arrivals.forget_old(NOW + SWAPS_FOR + 1)
    assert not arrivals.swapped(1, NOW + 11 * SECOND)
