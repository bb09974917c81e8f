"""The frame's bytes bring a terminal to exactly the cells asked for, whatever it showed before, and cost little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screens import KeepingScreen
from widgets.cells import FILLER, Cells, cells_of, ink_of, joined, pen_of
from widgets.frame import Band, Frame
from widgets.lifting import Ink

WIDTH: Final = 24
HEIGHT: Final = 8
BAND: Final = Band(1, 7, 0, 16)

inks = st.builds(
    Ink,
    st.sampled_from([None, 33, 124, 255]),
    st.sampled_from([None, 52, 234]),
    st.booleans(),
    st.booleans(),
)
texts = st.text(st.sampled_from("abc    x1─漢字●"), max_size=12)
runs = st.lists(st.tuples(texts, inks), max_size=4)


def line(*parts: tuple[str, Ink], width: int = WIDTH) -> Cells:
    """The cells of some runs, cut or filled to a width; no wide sign is cut in half."""
    cells = cells_of([text for text, _ in parts], [ink for _, ink in parts])
    glyphs = cells.glyphs[:width]
    if cells.glyphs[len(glyphs) : len(glyphs) + 1] == FILLER:
        glyphs = glyphs[:-1] + "x"
    blanks = width - len(glyphs)
    return joined([Cells(glyphs, cells.pens[: len(glyphs)]), Cells(" " * blanks, pen_of(Ink()) * blanks)])


class Terminal:
    """A terminal that erases to the default ground, as one without `bce` does."""

    def __init__(self) -> None:
        self.screen = KeepingScreen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)

    def shows(self, y: int) -> list[tuple[str, object]]:
        """The signs and looks of a line; a blank's look is its ground alone."""
        return [_look(self.screen.buffer[y][x]) for x in range(WIDTH)]


def _look(char: pyte.screens.Char) -> tuple[str, object]:
    if char.data == " " and not char.reverse:
        return " ", char.bg
    return char.data, (char.fg, char.bg, char.bold, char.reverse)


def wanted(cells: Cells) -> list[tuple[str, object]]:
    """What a terminal should show, as another terminal shows it that is written to cell by cell."""
    other = Terminal()
    for x, (glyph, pen) in enumerate(zip(cells.glyphs, cells.pens, strict=True)):
        if glyph != FILLER:
            ink = ink_of(pen)
            codes = ["0", *(["1"] if ink.bold else []), *(["7"] if ink.reverse else [])]
            codes += [f"38;5;{ink.front}"] if ink.front is not None else []
            codes += [f"48;5;{ink.ground}"] if ink.ground is not None else []
            other.stream.feed(f"\x1b[1;{x + 1}H\x1b[{';'.join(codes)}m{glyph}")
    return other.shows(0)


def check(terminal: Terminal, lines: Mapping[int, Cells]) -> None:
    for y, cells in lines.items():
        assert terminal.shows(y) == wanted(cells), f"line {y}"


@given(st.lists(st.dictionaries(st.integers(0, HEIGHT - 1), runs, max_size=HEIGHT), max_size=6))
def test_any_lines_after_any_others(frames: list[dict[int, list[tuple[str, Ink]]]]) -> None:
    terminal, frame = Terminal(), Frame(WIDTH, HEIGHT)
    shown: dict[int, Cells] = {y: line() for y in range(HEIGHT)}
    terminal.stream.feed(frame.update(shown, BAND))
    for changes in frames:
        new = {y: line(*parts) for y, parts in changes.items()}
        terminal.stream.feed(frame.update(new, BAND))
        shown |= new
        check(terminal, shown)


@given(st.lists(st.integers(-4, 4), max_size=6), inks, inks)
def test_lines_that_move_together(steps: list[int], one: Ink, other: Ink) -> None:
    terminal, frame = Terminal(), Frame(WIDTH, HEIGHT)
    top = 50
    for step in [0, *steps]:
        top += step
        lines = {y: line((f"row {top + y}", one), (" and its tail", other)) for y in range(BAND.top, BAND.bottom)}
        lines |= {0: line((f"at {top}", one)), 7: line()}
        terminal.stream.feed(frame.update(lines, BAND))
        check(terminal, lines)


def test_a_line_up_is_scrolled_not_written() -> None:
    frame = Frame(WIDTH, HEIGHT)

    def at(top: int) -> dict[int, Cells]:
        return {y: line((f"row {chr(65 + top + y) * 12}", Ink(255, 234))) for y in range(BAND.top, BAND.bottom)}

    frame.update({0: line(), 7: line(), **at(10)}, BAND)
    down, up = frame.update(at(11), BAND), frame.update(at(10), BAND)

    assert "\x1b[2;7r" in down
    assert down.count("row") == up.count("row") == 1


def test_what_is_the_same_costs_nothing_and_a_cell_little() -> None:
    frame = Frame(WIDTH, HEIGHT)
    ink = Ink(255, 235)
    frame.update({3: line(("03:12:44Z".rjust(WIDTH), ink))})

    assert frame.update({3: line(("03:12:44Z".rjust(WIDTH), ink))}) == ""
    assert frame.update({3: line(("03:12:45Z".rjust(WIDTH), ink))}) == "\x1b[4;23H5"  # the pen is kept


def seconds(frame: Frame, *told: str) -> list[str]:
    """What a clock at the right end costs as it goes on; the cell left of it has another pen."""
    ink = Ink(255, 235)
    return [frame.update({0: line(("live 1s ".rjust(WIDTH - 9), Ink(246, 235)), (clock, ink))}) for clock in told]


def test_a_clock_that_ticks_alone_is_found_by_the_place_that_the_terminal_keeps() -> None:
    frame = Frame(WIDTH, HEIGHT)

    parts = seconds(frame, *(f"03:12:{second}Z" for second in range(44, 52)))

    assert parts[1] == "\x1b[1;23H5"
    assert parts[2] == "\x1b[1;23H\x1b76"
    assert parts[3:6] == ["\x1b87", "\x1b88", "\x1b89"]
    assert parts[6:] == ["\x1b8\b50", "\x1b81"]


def test_the_kept_place_brings_its_pen_along() -> None:
    terminal, frame = Terminal(), Frame(WIDTH, HEIGHT)
    for part in seconds(frame, "03:12:44Z", "03:12:45Z", "03:12:46Z"):
        terminal.stream.feed(part)
    row = line(("row 41", Ink(246, 234)))

    terminal.stream.feed(frame.update({3: row}))
    (tick,) = seconds(frame, "03:12:47Z")
    terminal.stream.feed(tick)

    assert tick == "\x1b87"
    check(terminal, {0: line(("live 1s ".rjust(WIDTH - 9), Ink(246, 235)), ("03:12:47Z", Ink(255, 235))), 3: row})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, WIDTH - 2), st.sampled_from("ab 漢"), inks), max_size=24))
def test_small_changes_again_and_again(changes: list[tuple[int, int, str, Ink]]) -> None:
    terminal, frame = Terminal(), Frame(WIDTH, HEIGHT)
    shown: dict[int, Cells] = {y: line() for y in range(HEIGHT)}
    terminal.stream.feed(frame.update(shown, BAND))
    for y, x, sign, ink in changes:
        for again in (sign, "x", sign):
            shown[y] = line((" " * x, Ink()), (again, ink))
            terminal.stream.feed(frame.update({y: shown[y]}, BAND))
            check(terminal, shown)


def test_a_block_that_both_rows_have_is_stepped_over() -> None:
    frame = Frame(WIDTH, HEIGHT)
    late = ("-7h", Ink(124, 231, bold=True))

    def row(front: int, ground: int) -> Cells:
        return line(("9h59 ", Ink(front, ground)), late, (" sw1", Ink(front, ground)), (" " * 20, Ink(front, ground)))

    frame.update({2: row(246, 234)})

    assert frame.update({2: row(255, 238)}).count("7h") == 0
    assert frame.update({2: row(255, 52)}).count("\x1b[48;5;52m") == 1, "the front stays in the pen"


def test_of_a_blank_the_ground_alone_is_told() -> None:
    frame = Frame(WIDTH, HEIGHT)
    frame.update({1: line(("ab", Ink(255, 234, bold=True)), ("c" * 20, Ink(251, 234)))})

    told = frame.update({1: line(("ab", Ink(255, 238, bold=True)), (" " * 18, Ink(246, 238)), ("cd", Ink(255, 238)))})

    assert "38;5;246" not in told
    assert "39" not in told


def test_the_pen_is_put_down_for_others() -> None:
    frame = Frame(WIDTH, HEIGHT)
    frame.update({3: line(("ab", Ink(255, 235)))})

    assert frame.put_down() == "\x1b[m"
    assert frame.update({3: line(("ac", Ink(255, 235)))}) == "\x1b[4;2H\x1b[38;5;255;48;5;235mc"


def test_marks_are_written_with_their_whole_line() -> None:
    terminal, frame = Terminal(), Frame(WIDTH, HEIGHT)
    terminal.stream.feed(frame.update({2: line(("plain", Ink()))}))
    cells = cells_of(["e\u0301te\u0301", " " * (WIDTH - 3)], [Ink(9), Ink()])

    terminal.stream.feed(frame.update({2: cells}))

    assert terminal.screen.display[2].rstrip() == "été"
    assert frame.update({2: cells}) == ""


@pytest.mark.parametrize("ink", [Ink(), Ink(1, 2, True, True), Ink(255, 255, False, True), Ink(0, None, True, False)])
def test_every_ink_is_one_character(ink: Ink) -> None:
    assert len(pen_of(ink)) == 1
    assert ink_of(pen_of(ink)) == ink
