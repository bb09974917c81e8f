"""A cursor in a list of entries of different heights: always in view, the view full, nothing out of it looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.leafing import Leaf
from widgets.line import Line

MOVES = st.tuples(
    st.sampled_from(["down", "up", "page_down", "page_up", "half_down", "half_up", "first", "last"]),
    st.sampled_from([1, 1, 1, 3, 500]),
)


class Entries:
    """Entries of some heights, whose lines say which they are; counts those that are asked for."""

    def __init__(self, heights: list[int]) -> None:
        self.heights = heights
        self.asked = 0

    def lines(self, at: int) -> list[Line]:
        self.asked += 1
        return [[(f"{at}.{line}", "text")] for line in range(self.heights[at])]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 12), st.lists(MOVES, max_size=25))
def test_the_cursor_is_in_view_and_the_view_is_full(
    heights: list[int], height: int, moves: list[tuple[str, int]]
) -> None:
    leaf, entries = Leaf(), Entries(heights)
    for what, count in [("", 0), *moves]:
        leaf.move(what, count, len(heights))
        entries.asked = 0
        shown = leaf.view(len(heights), height, entries.lines)
        lines = [line[0][0] for _, own in shown for line in own]
        every = [f"{at}.{line}" for at, tall in enumerate(heights) for line in range(tall)]
        first = every.index(lines[0])
        assert lines == every[first : first + len(lines)]
        assert len(lines) == min(height, len(every))
        own = next(own for at, own in shown if at == leaf.at)
        assert len(own) == min(heights[leaf.at], height)
        assert entries.asked <= 3 * height + 6


def test_an_entry_taller_than_the_screen_is_read_to_its_end() -> None:
    leaf, entries = Leaf(), Entries([1, 9, 1])
    seen: set[str] = set()
    for _ in range(9):
        shown = leaf.view(3, 4, entries.lines)
        seen |= {line[0][0] for _, own in shown for line in own}
        leaf.move("down", 1, 3)
    assert leaf.at == 2
    assert seen == {"0.0", "2.0", *(f"1.{line}" for line in range(9))}


@pytest.mark.parametrize("what", ["down", "last", "page_down"])
def test_ten_thousand_entries_cost_what_fifty_do(what: str) -> None:
    costs = []
    for size in (50, 10_000):
        leaf, entries = Leaf(), Entries([2] * size)
        leaf.view(size, 20, entries.lines)
        leaf.move(what, 1, size)
        entries.asked = 0
        leaf.view(size, 20, entries.lines)
        costs.append(entries.asked)
    assert costs[1] <= costs[0] + 1


def test_what_is_put_in_before_moves_nothing_in_view() -> None:
    leaf, entries = Leaf(), Entries([1] * 40)
    leaf.move("down", 30, 40)
    before = leaf.view(40, 10, entries.lines)
    leaf.shift(5)
    after = leaf.view(45, 10, Entries([1] * 45).lines)
    assert [at for at, _ in after] == [at + 5 for at, _ in before]
