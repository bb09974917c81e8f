"""Figures as ink: how many cells, of which sign, in which role."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.line import line_width
from widgets.meter import bar, life_line, meter, spark, steps
from widgets.roles import BRIGHT, MUTED, P2, RULE, SOON, TEXT
from widgets.signs import ASCII, UNICODE

SHARES = st.floats(allow_nan=False)
WIDTHS = st.integers(1, 80)


def drawn(runs: list[tuple[str, object]]) -> str:
    """The text of a line."""
    return "".join(text for text, _ in runs)


@pytest.mark.parametrize(
    ("used", "line"),
    [
        (0, "----------"),
        (0.001, "=---------"),
        (0.2, "==--------"),
        (0.999, "=========-"),
        (1, "=" * 10),
        (7, "=" * 10),
    ],
)
def test_a_meter_shows_what_is_used(used: float, line: str) -> None:
    assert drawn([*meter(used, 10, ASCII)]) == line


def test_a_meter_has_its_ink_in_the_role_asked_for() -> None:
    assert meter(0.75, 4, UNICODE, SOON) == [("━━━", SOON), ("─", RULE)]


def test_a_bar_has_nothing_behind_it() -> None:
    assert bar(0.5, 6, ASCII) == [("===", MUTED), ("   ", MUTED)]


def test_a_life_line_shows_the_shortest_span_too() -> None:
    assert drawn([*life_line([(0.1, 0.3), (0.5, 0.5), (0.99, 1)], 10, ASCII)]) == "-==--=---="


def test_a_rate_is_drawn_against_its_most_and_is_loud_beyond_a_limit() -> None:
    assert spark([0, 1, 5, 10], ASCII, loud=5) == [(".:+", MUTED), ("#", P2)]
    assert spark([0, 0], UNICODE) == [("▁▁", MUTED)]
    assert spark([], UNICODE) == []


def test_steps_show_what_is_done_this_one_and_what_is_left() -> None:
    assert steps(2, 4, 14, ASCII) == [("== ", TEXT), ("== ", BRIGHT), ("-- -- ", RULE), ("  ", RULE)]


def test_many_steps_become_a_meter() -> None:
    assert drawn([*steps(50, 100, 10, ASCII)]) == "=====-----"


@given(SHARES, WIDTHS)
def test_as_wide_as_asked_for(share: float, width: int) -> None:
    assert line_width(meter(share, width, UNICODE)) == width
    assert line_width(bar(share, width, UNICODE)) == width


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(-1, 2))), WIDTHS)
def test_a_life_line_is_as_wide_as_asked_for(spans: list[tuple[float, float]], width: int) -> None:
    assert line_width(life_line(spans, width, UNICODE)) == width


@given(st.integers(0, 200), st.integers(0, 200), WIDTHS)
def test_steps_are_as_wide_as_asked_for(at: int, total: int, width: int) -> None:
    assert line_width(steps(at, total, width, UNICODE)) == width
