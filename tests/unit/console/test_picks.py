"""What is picked, and where one has been."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.picks import Picks
from noc_tui.console.visited import MOST, Visited
from tests.unit.console.boards import incident, session_of


def picks_on(*numbers: int) -> Picks:
    """The picks of a board with these rows, the most urgent first."""
    return session_of([incident(number, priority=min(5, number)) for number in numbers]).picks


def test_a_verb_acts_on_what_is_picked_else_on_the_cursors_row() -> None:
    picks = picks_on(1, 2, 3)
    assert picks.targets(2) == [2]
    assert picks.targets(None) == []
    picks.toggle(3)
    picks.toggle(1)
    assert picks.targets(2) == [1, 3]
    picks.this_row_only = True
    assert picks.targets(2) == [2]


def test_picks_that_are_not_shown_any_more_are_still_meant() -> None:
    picks = picks_on(1, 2)
    picks.add({2, 77})
    assert picks.targets(1) == [2, 77]
    picks.forget({77})
    assert picks.targets(1) == [2]


def test_a_range_goes_both_ways_and_forgets_its_beginning() -> None:
    picks = picks_on(1, 2, 3, 4)
    picks.range_from = 3
    picks.extend(1)
    assert picks.targets(None) == [1, 2, 3]
    picks.forget({3})
    assert picks.range_from is None
    picks.extend(4)
    assert 4 not in picks


def test_all_none_and_the_others() -> None:
    picks = picks_on(1, 2, 3)
    picks.toggle(2)
    picks.invert()
    assert picks.targets(None) == [1, 3]
    picks.all_shown()
    assert len(picks) == 3
    picks.invert()
    assert not picks
    picks.toggle(1)
    picks.clear()
    assert picks.targets(None) == []


def test_back_and_forward_again() -> None:
    visited = Visited()
    visited.remember(1)
    visited.remember(2)
    assert visited.step(-1, 3) == 2
    assert visited.step(-1, 2) == 1
    assert visited.step(-1, 1) is None
    assert visited.step(1, 1) == 2
    assert visited.step(1, 2) == 3
    assert visited.step(1, 3) is None


@given(steps=st.lists(st.integers(-1, 200), max_size=300))
def test_a_place_is_always_one_that_was_visited(steps: list[int]) -> None:
    visited, here, been = Visited(), 0, {0}
    for step in steps:
        if step in (-1, 0):
            here = visited.step(step or 1, here) or here
        else:
            visited.remember(here)
            here = step
            been.add(step)
        assert here in been
    assert len(visited._places) <= MOST + 1
