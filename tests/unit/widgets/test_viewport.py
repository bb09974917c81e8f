"""The cursor stays on its row, and the row on its line, whatever happens to the list."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.unit.widgets.listing import Listing
from widgets.viewport import ScreenRow, Viewport

KEYS = st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=60).map(
    lambda keys: [key for at, key in enumerate(keys) if key is None or key not in keys[:at]]
)


def viewport(source: Listing, height: int) -> Viewport:
    """A viewport that has found its place."""
    view = Viewport(source)
    view.resize(height)
    return view


def test_begins_on_the_first_row_below_its_heading() -> None:
    view = viewport(Listing([None, 1, 2, 3]), 3)

    assert (view.key, view.row, view.keys) == (1, 1, [None, 1])


def test_a_foot_takes_a_line_only_when_there_is_one() -> None:
    assert viewport(Listing(range(5)), 5).room == 5
    assert viewport(Listing(range(6)), 5).room == 4
    assert viewport(Listing(range(3), foot="; 2 hidden"), 5).room == 4


def test_rows_that_arrive_above_do_not_move_the_line_under_the_cursor() -> None:
    source = Listing(range(100, 150))
    view = viewport(source, 11)
    view.go_to(103)

    source.keys[:0] = [1, 2, 3]
    view.settle()

    assert (view.key, view.row, view.top) == (103, 3, 3)


def test_a_row_that_is_sorted_elsewhere_takes_the_view_along() -> None:
    source = Listing(range(50))
    view = viewport(source, 11)
    view.move(4)

    source.keys.remove(4)
    source.keys.insert(30, 4)
    view.settle()

    assert (view.key, view.row, view.top) == (4, 4, 26)


def test_when_the_row_is_gone_the_one_that_takes_its_place_is_next() -> None:
    source = Listing(range(50))
    view = viewport(source, 11)
    view.scroll(20)
    view.go_to(25)

    source.keys.remove(25)
    source.keys[:0] = [90, 91]
    view.settle()

    assert (view.key, view.row, view.top) == (26, 5, 22)


def test_when_all_that_was_seen_is_gone_the_place_is_kept() -> None:
    source = Listing(range(50))
    view = viewport(source, 11)
    view.move(3)

    source.keys = list(range(100, 150))
    view.settle()

    assert (view.key, view.row) == (103, 3)


def test_an_empty_list_has_no_cursor_and_gets_one_with_its_first_row() -> None:
    source = Listing([None])
    view = viewport(source, 5)
    view.move(1)
    view.end()
    assert (view.key, view.row) == (None, None)

    source.keys = [None, 7]
    view.settle()

    assert (view.key, view.row) == (7, 1)


def test_moves_pass_over_headings_and_stop_at_the_ends() -> None:
    view = viewport(Listing([None, 1, None, None, 2, 3]), 10)

    view.move(1)
    assert view.key == 2
    view.move(99)
    assert view.key == 3
    view.move(-99)
    assert view.key == 1


def test_going_up_shows_the_heading_of_the_band() -> None:
    view = viewport(Listing([None, 1, 2, 3, None, None, 4, 5, 6, 7, 8, 9]), 4)
    view.end()
    assert view.top > 6

    view.go_to(9)
    while view.key != 4:
        view.move(-1)

    assert view.keys == [None, None, 4]


def test_a_page_keeps_the_cursor_on_its_screen_line() -> None:
    view = viewport(Listing(range(100)), 11)
    view.move(4)

    view.turn(9)
    assert (view.key, view.row, view.top) == (13, 4, 9)
    view.turn(999)
    assert (view.key, view.row) == (94, 4)
    view.turn(999)
    assert view.key == 99
    view.turn(-999)
    view.turn(-999)
    assert (view.key, view.top) == (0, 0)


@pytest.mark.parametrize(("place", "key"), [("H", 20), ("M", 24), ("L", 29)])
def test_screen_rows(place: ScreenRow, key: int) -> None:
    view = viewport(Listing(range(100)), 11)
    view.scroll(20)

    view.to_screen_row(place)

    assert view.key == key


def test_a_wheel_takes_the_cursor_along_only_at_the_edge() -> None:
    view = viewport(Listing(range(100)), 11)
    view.move(5)

    view.scroll(3)
    assert (view.key, view.top) == (5, 3)
    view.scroll(3)
    assert (view.key, view.top) == (6, 6)


def test_go_to_shows_a_far_row_in_the_middle_and_knows_what_it_does_not_know() -> None:
    view = viewport(Listing(range(100)), 11)

    assert view.go_to(50)
    assert (view.key, view.row) == (50, 5)
    assert not view.go_to(1000)
    assert view.key == 50


def test_a_smaller_window_keeps_the_row_in_sight() -> None:
    view = viewport(Listing(range(100)), 30)
    view.move(25)

    view.resize(10)

    assert view.key == 25
    assert view.row is not None


@given(KEYS, st.integers(0, 20), st.data())
def test_a_row_that_stays_keeps_the_cursor_and_its_line(
    keys: list[int | None], height: int, data: st.DataObject
) -> None:
    source = Listing(keys)
    view = viewport(source, height)
    view.move(data.draw(st.integers(0, 40)))
    key, row = view.key, view.row

    source.keys = data.draw(st.permutations(keys))
    view.settle()

    assert view.key == key
    end = max(0, len(keys) - view.room)
    if row is not None and source.keys.index(key) - row in range(end + 1):
        assert view.row == row


class Drive(RuleBasedStateMachine):
    """Any moves and any changes, in any order."""

    @initialize(keys=KEYS, height=st.integers(0, 12))
    def begin(self, keys: list[int | None], height: int) -> None:
        self.source = Listing(keys)
        self.view = viewport(self.source, height)

    @rule(rows=st.integers(-5, 5))
    def move(self, rows: int) -> None:
        self.view.move(rows)

    @rule(lines=st.integers(-15, 15))
    def turn(self, lines: int) -> None:
        self.view.turn(lines)

    @rule(lines=st.integers(-15, 15))
    def scroll(self, lines: int) -> None:
        self.view.scroll(lines)

    @rule(place=st.sampled_from(["H", "M", "L"]))
    def to_screen_row(self, place: ScreenRow) -> None:
        self.view.to_screen_row(place)

    @rule(act=st.sampled_from([Viewport.home, Viewport.end]))
    def to_an_end(self, act: Callable[[Viewport], None]) -> None:
        act(self.view)

    @rule(key=st.integers(0, 60))
    def go_to(self, key: int) -> None:
        assert self.view.go_to(key) == (key in self.source.keys)

    @rule(keys=KEYS)
    def replace(self, keys: list[int | None]) -> None:
        self.source.keys = keys
        self.view.settle()

    @rule(height=st.integers(0, 12))
    def resize(self, height: int) -> None:
        self.view.resize(height)

    @invariant()
    def the_cursor_is_on_a_row_that_is_seen(self) -> None:
        rows = [key for key in self.source.keys if key is not None]
        assert (self.view.key is None) == (not rows)
        if self.view.key is not None:
            assert self.source.keys[self.view.index] == self.view.key
            assert self.view.row is not None or not self.view.room

    @invariant()
    def the_window_is_on_the_list(self) -> None:
        view = self.view
        assert 0 <= view.top <= max(0, len(self.source.keys) - view.room)
        assert list(view.keys) == self.source.keys[view.top : view.top + view.room]


TestDrive = Drive.TestCase
