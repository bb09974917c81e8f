"""Lines fit their cells, and what is written to the terminal is what the strip says, cell by cell."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from textual.strip import Strip

from widgets.ink import THEMES, Palette, ThemeName
from widgets.lifting import Ink
from widgets.line import Line, cut_end, cut_middle, fit, line_width, overlay, sgr, to_strip
from widgets.roles import BADGE1, BADGE2, BRIGHT, KEY, MARK, MUTED, P1, ROLES, STATES, STRONG, TEXT, RowState

TEXTS = st.one_of(
    st.text(st.sampled_from(" abc-/0123"), max_size=30),
    st.text(max_size=30),
    st.integers(0, 40).map(lambda size: " " * size),
)
LINES = st.lists(st.tuples(TEXTS, st.sampled_from(ROLES)), max_size=12)
CONSOLE = Console(width=200, color_system="truecolor")


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 5, "abc"),
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("ab cdef", 4, "ab…"),
        ("abc", 0, ""),
        ("東京都庁", 5, "東京…"),
    ],
)
def test_cut_end(text: str, width: int, shown: str) -> None:
    assert cut_end(text, width) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("pe07.par3:ge-0/0/3", 18, "pe07.par3:ge-0/0/3"),
        ("pe07.par3:ge-0/0/3", 13, "pe07.p…-0/0/3"),
        ("pe07.par3:ge-0/0/3", 2, "…3"),
        ("pe07.par3:ge-0/0/3", 1, "…"),
        ("pe07", 0, ""),
        ("東京都庁", 6, "東…庁"),
    ],
)
def test_cut_middle_keeps_the_end(text: str, width: int, shown: str) -> None:
    assert cell_len(shown) <= width
    assert cut_middle(text, width).replace(" ", "") == shown


def test_fit_fills_and_cuts() -> None:
    assert fit("7m", 5, "right") == "   7m"
    assert fit("me", 5) == "me   "
    assert fit("resource", 5, sign="~") == "reso~"
    assert fit("a\x1bb", 5) == "a�b  "
    assert fit("pe07.par3", 6, cut=cut_middle, sign="~") == "pe~ar3"


@given(st.text(), st.integers(0, 60), st.sampled_from(["left", "right"]), st.sampled_from([cut_end, cut_middle]))
def test_fit_is_as_wide_as_asked_for(text: str, width: int, align: str, cut: object) -> None:
    chosen = cut_end if cut is cut_end else cut_middle
    assert cell_len(fit(text, width, "right" if align == "right" else "left", chosen)) == width


def test_overlay_covers_the_first_cells() -> None:
    line: Line = [(" ", TEXT), ("•3  ", BRIGHT), ("pe07", TEXT)]

    assert overlay(line, (">", KEY), ("x", MARK)) == [(">", KEY), ("x", MARK), ("3  ", BRIGHT), ("pe07", TEXT)]
    assert overlay(line) == list(line)


def test_a_blank_joins_its_neighbour_and_equal_looks_merge() -> None:
    palette = Palette("dark")
    line: Line = [("  ", TEXT), ("12m", MUTED), ("  ", TEXT), ("ana", MUTED), ("  ", BRIGHT), ("me", BRIGHT)]

    strip = to_strip(line, palette, RowState.PLAIN, 20)

    assert [(segment.text, segment.style) for segment in strip] == [
        ("  12m  ana  ", palette.style(MUTED)),
        ("me      ", palette.style(BRIGHT)),
    ]


def test_under_the_cursor_grey_and_bright_are_one_run() -> None:
    line: Line = [("12m ", MUTED), ("text ", TEXT), ("bright ", BRIGHT)]

    assert len(to_strip(line, Palette("dark"), RowState.CURSOR, 40)) == 1


def test_a_blank_never_joins_a_block() -> None:
    strip = to_strip([(" !1 ", BADGE1), (" ", TEXT), ("new", BRIGHT)], Palette("dark"), RowState.PLAIN, 10)

    assert [segment.text for segment in strip] == [" !1 ", " new  "]


def test_nothing_is_wider_than_the_strip() -> None:
    strip = to_strip([("0123456789", TEXT), ("abc", P1)], Palette("dark"), RowState.PLAIN, 7)

    assert strip.text == "0123456"
    assert to_strip([("東京都", TEXT)], Palette("dark"), RowState.PLAIN, 5).text == "東京 "


def test_hostile_text_becomes_signs() -> None:
    strip = to_strip([("\x1b[2J\x9b1m[@click=app.quit]x", TEXT)], Palette("dark"), RowState.PLAIN, 30)

    assert strip.text == "�[2J�1m[@click=app.quit]x     "


@given(LINES, st.sampled_from(THEMES), st.sampled_from(STATES), st.integers(0, 120))
def test_a_strip_is_as_wide_as_asked_for(line: Line, name: ThemeName, state: RowState, width: int) -> None:
    strip = to_strip(line, Palette(name), state, width)

    assert strip.cell_length == width
    assert cell_len(strip.text) == width
    assert all(segment.text for segment in strip)


def test_the_pen_changes_by_no_more_than_it_must() -> None:
    assert sgr(Ink(), Ink()) == ""
    assert sgr(Ink(), Ink(251, 234)) == "\x1b[38;5;251;48;5;234m"
    assert sgr(Ink(251, 234), Ink(255, 234, bold=True)) == "\x1b[1;38;5;255m"
    assert sgr(Ink(255, 234, bold=True), Ink(255, 234)) == "\x1b[22m"
    assert sgr(Ink(15, 1, bold=True), Ink(reverse=True)) == "\x1b[22;7;39;49m"
    assert sgr(Ink(9, 3), Ink(3)) == "\x1b[33;49m"
    assert sgr(Ink(), Ink(9, 11)) == "\x1b[91;103m"


ASCII_LINES = st.lists(
    st.tuples(st.text(st.sampled_from(" " * 20 + "abc-0"), max_size=60), st.sampled_from(ROLES)), max_size=12
)


@given(ASCII_LINES, st.sampled_from(THEMES), st.sampled_from(STATES), st.booleans())
def test_the_bytes_draw_the_cells_of_the_strip(line: Line, name: ThemeName, state: RowState, erase: bool) -> None:
    strip = to_strip(line, Palette(name, erase=erase), state, 120)
    as_rich_writes_it = Strip(list(strip)).render(CONSOLE)

    assert cells_of(strip.render(CONSOLE)) == cells_of(as_rich_writes_it)


def cells_of(written: str) -> list[tuple[str, ...]]:
    """What an emulator makes of it: each cell's sign and look, a blank's without the colour of its absent ink."""
    screen = pyte.Screen(121, 1)
    pyte.Stream(screen).feed(written + "|")
    cells = [screen.buffer[0][x] for x in range(121)]
    assert cells[120].data == "|"
    assert (cells[120].fg, cells[120].bg, cells[120].bold, cells[120].reverse) == ("default", "default", False, False)
    return [look_of(cell) for cell in cells]


def look_of(cell: pyte.screens.Char) -> tuple[str, ...]:
    """A cell as an eye sees it."""
    if cell.data != " ":
        return (cell.data, cell.fg, cell.bg, str(cell.bold), str(cell.reverse))
    return (" ", cell.fg if cell.reverse else "", cell.bg, "", str(cell.reverse))


def test_long_blanks_are_erased_where_that_is_right() -> None:
    line: Line = [("a" + " " * 40 + "b", TEXT), (" " * 40, BADGE2)]

    erased = to_strip(line, Palette("dark", erase=True), RowState.PLAIN, 100).render(CONSOLE)
    reversed_row = to_strip(line, Palette("mono", erase=True), RowState.CURSOR, 100).render(CONSOLE)

    assert "a\x1b[40X\x1b[40Cb" in erased
    assert "X" not in reversed_row.replace("\x1b[40X\x1b[40C", "", 1)


def test_line_width_counts_cells() -> None:
    assert line_width([("ab", TEXT), ("東", STRONG), ("\x00", MUTED)]) == 5
