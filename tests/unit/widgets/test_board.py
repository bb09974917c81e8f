"""The board paints what changed and nothing else, and its cursor stays on its row."""

from collections.abc import AsyncIterator, Callable

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from tests.unit.widgets.listing import Desk, Listing
from widgets.board import Board
from widgets.ink import Palette
from widgets.roles import MARK, MUTED, TEXT, RowState
from widgets.signs import ASCII

HEIGHT = 13
"""Of the screen: two lines of bar, ten of board, one of prompt."""


@pytest.fixture
def source() -> Listing:
    return Listing([None, *range(1, 100)])


@pytest.fixture
async def pilot(source: Listing) -> AsyncIterator[Pilot[None]]:
    desk = Desk(source)
    async with desk.run_test(size=(40, HEIGHT)) as pilot:
        await pilot.pause()
        yield pilot


@pytest.fixture
def desk(pilot: Pilot[None]) -> Desk:
    assert isinstance(pilot.app, Desk)
    return pilot.app


@pytest.fixture
def board(desk: Desk) -> Board:
    return desk.board


async def rendered(pilot: Pilot[None], board: Board, act: Callable[[], object]) -> int:
    """How many lines the board draws because of `act`."""
    before = board.lines_rendered
    act()
    await pilot.pause()
    return board.lines_rendered - before


async def test_shows_what_fits_and_how_much_does_not(desk: Desk) -> None:
    assert desk.lines() == [
        "   Heading", "▌  row 1", "   row 2", "   row 3", "   row 4", "   row 5", "   row 6", "   row 7", "   row 8",
        "   91 more below",
    ]  # fmt: skip


async def test_asks_for_the_lines_in_sight_only(source: Listing, board: Board) -> None:
    assert sorted(source.asked) == list(range(9))
    assert board.visible_keys == list(range(1, 9))


async def test_a_step_of_the_cursor_draws_two_lines(pilot: Pilot[None], board: Board) -> None:
    assert await rendered(pilot, board, lambda: board.move(1)) == 2
    assert board.cursor == 2


async def test_scrolling_draws_each_row_once(pilot: Pilot[None], board: Board, source: Listing) -> None:
    board.end()
    await pilot.pause()
    board.home()
    await pilot.pause()
    source.asked.clear()

    board.end()
    await pilot.pause()

    assert source.asked == []


async def test_tells_where_the_cursor_went_once(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    await pilot.pause()
    desk.said.clear()

    board.move(1)
    board.move(1)
    board.move(1)
    await pilot.pause()

    assert desk.said[-1] == ("moved", 4)


async def test_says_nothing_when_the_cursor_stays(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    desk.said.clear()

    assert await rendered(pilot, board, lambda: board.move(-1)) == 0
    assert desk.said == []


async def test_every_move(board: Board) -> None:
    board.page(1)
    assert (board.cursor, board.cursor_row) == (9, 1)
    board.half_page(1)
    assert board.cursor == 13
    board.half_page(-1)
    board.page(-1)
    assert board.cursor == 1
    board.end()
    assert board.cursor == 99
    board.home()
    assert board.cursor == 1
    board.to_screen_row("L")
    assert board.cursor == 8
    board.to_screen_row("H")
    assert board.cursor == 1
    assert board.go_to(50)
    assert (board.cursor, board.cursor_row) == (50, 4)
    assert not board.go_to(1000)


async def test_the_row_under_the_cursor_is_chosen(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.activate()
    await pilot.pause()

    assert desk.said[-1] == ("activated", 1)


async def test_arrivals_above_move_neither_the_cursor_nor_its_line(
    pilot: Pilot[None], board: Board, source: Listing
) -> None:
    board.go_to(5)
    await pilot.pause()

    def arrive() -> None:
        source.keys[1:1] = [201, 202]
        board.rows_changed()

    assert await rendered(pilot, board, arrive) <= 3
    assert (board.cursor, board.cursor_row) == (5, 5)
    assert board.painted_key == 5


async def test_arrivals_below_the_window_draw_the_count_alone(
    pilot: Pilot[None], board: Board, source: Listing, desk: Desk
) -> None:
    def arrive() -> None:
        source.keys.extend([201, 202])
        board.rows_changed()

    assert await rendered(pilot, board, arrive) == 1
    assert desk.lines()[-1] == "   93 more below"


async def test_when_the_row_is_gone_the_next_one_takes_its_place(
    pilot: Pilot[None], board: Board, source: Listing, desk: Desk
) -> None:
    board.go_to(5)
    source.keys.remove(5)
    board.rows_changed()
    await pilot.pause()

    assert (board.cursor, board.cursor_row) == (6, 5)
    assert ("moved", 6) in desk.said


async def test_a_row_that_changed_is_drawn_and_no_other(
    pilot: Pilot[None], board: Board, source: Listing, desk: Desk
) -> None:
    source.change(3, "something else")
    source.change(60, "out of sight")

    assert await rendered(pilot, board, lambda: board.refresh_keys({2, 3, 60})) == 1
    assert desk.lines()[3] == "   something else"


async def test_an_alarm_row_stands_out_and_a_pick_is_marked(
    pilot: Pilot[None], board: Board, source: Listing, desk: Desk
) -> None:
    source.alarms.add(3)
    source.change(3, "alarm")
    desk.picked.add(4)
    board.refresh_keys({3, 4})
    await pilot.pause()

    assert {segment.style for segment in board.strip_at(3)} == {desk.palette.style(TEXT, RowState.ALARM)}
    mark = list(board.strip_at(4))[1]
    assert (mark.text, mark.style) == ("x", desk.palette.style(MARK, RowState.PICKED))


async def test_a_pick_under_the_cursor_shows_both(board: Board, desk: Desk) -> None:
    desk.picked.add(1)
    board.refresh_keys({1})

    assert desk.lines()[1] == "▌x row 1"


async def test_a_verb_is_bound_to_what_was_painted(pilot: Pilot[None], board: Board, source: Listing) -> None:
    source.change(1, "newer")
    board.move(1)
    assert (board.painted_key, board.painted_version) == (1, 0)

    await pilot.pause()
    assert (board.painted_key, board.painted_version) == (2, 0)

    board.move(-1)
    await pilot.pause()
    assert (board.painted_key, board.painted_version) == (1, 1)


async def test_the_terminals_cursor_is_on_the_selected_row(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.move(2)
    await pilot.pause()

    assert desk.cursor_position == Offset(0, 2 + 3)


async def test_the_bar_is_dim_while_another_pane_has_the_focus(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    desk.prompt.focus()
    await pilot.pause()

    bar = next(iter(board.strip_at(1)))
    assert (bar.text, bar.style) == ("▌", desk.palette.style(MUTED, RowState.CURSOR_UNFOCUSED))


async def test_a_change_of_focus_draws_the_cursors_row_alone(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    assert await rendered(pilot, board, desk.prompt.focus) == 1
    assert await rendered(pilot, board, board.focus) == 1
    assert board.has_focus


async def test_the_mouse_goes_to_a_row_and_chooses_it(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    await pilot.click(board, offset=(5, 4))
    assert board.cursor == 4
    await pilot.click(board, offset=(5, 4))
    await pilot.click(board, offset=(5, 0))
    await pilot.click(board, offset=(5, 9))
    await pilot.pause()

    assert board.cursor == 4
    assert desk.said.count(("activated", 4)) == 1


async def test_a_wheel_scrolls(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.scroll_lines(3)
    await pilot.pause()

    assert desk.lines()[0] == "▌  row 3"
    board.scroll_lines(-3)
    assert board.cursor == 3


async def test_a_resize_keeps_the_row_in_sight(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.go_to(8)
    await pilot.resize_terminal(60, 8)
    await pilot.pause()

    assert board.cursor == 8
    assert "▌  row 8" in desk.lines()
    assert all(board.strip_at(y).cell_length == 60 for y in range(5))


async def test_another_source_is_shown_from_where_the_cursor_was(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.go_to(8)
    board.show(Listing([7, 8, 9], foot="; 96 hidden"))
    await pilot.pause()

    assert board.cursor == 8
    assert desk.lines()[:5] == ["   row 7", "▌  row 8", "   row 9", "", "   0 more below; 96 hidden"]


async def test_an_empty_board(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.show(Listing([]))
    await pilot.pause()

    for act in (board.home, board.end, board.activate, lambda: board.move(1), lambda: board.page(-1)):
        act()
    await pilot.pause()

    assert board.cursor is None
    assert desk.lines() == [""] * 10


async def test_other_colours_and_signs(pilot: Pilot[None], board: Board, desk: Desk) -> None:
    board.repalette(Palette("mono"), ASCII)
    await pilot.pause()

    assert desk.lines()[1] == ">  row 1"
    assert {segment.style.color for segment in board.strip_at(2) if segment.style is not None} == {None}


async def test_hostile_text_reaches_no_strip(pilot: Pilot[None], board: Board, source: Listing, desk: Desk) -> None:
    source.change(2, "\x1b]52;c;cm0=\x07[@click=app.quit]\u202e")
    board.refresh_keys({2})
    await pilot.pause()

    assert desk.lines()[2] == "   �]52;c;cm0=�[@click=app.quit]�"
