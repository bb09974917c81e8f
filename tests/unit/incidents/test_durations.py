"""Durations fit their four cells, are rounded down, and are read back as they were written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.durations import (
    LONGEST,
    YEAR,
    DurationError,
    coarse,
    duration_text,
    in_words,
    one_unit,
    parse_duration,
    short,
)
from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND

ANY = st.integers(-9 * YEAR, 999 * YEAR)


@pytest.mark.parametrize(
    ("micros", "board", "stale", "words"),
    [
        (0, "0s", "0s", "0 s"),
        (-1, "0s", "0s", "0 s"),
        (41 * SECOND, "41s", "41s", "41 s"),
        (MINUTE - 1, "59s", "59s", "59 s"),
        (72 * SECOND, "1m12", "1m", "1 min 12 s"),
        (2 * MINUTE - 1, "1m59", "1m", "1 min 59 s"),
        (10 * MINUTE - 1, "9m", "9m", "9 min 59 s"),
        (12 * MINUTE + 59 * SECOND, "12m", "12m", "12 min 59 s"),
        (69 * MINUTE, "1h09", "1h", "1 h 9 min"),
        (10 * HOUR - 1, "9h59", "9h", "9 h 59 min"),
        (13 * HOUR + 59 * MINUTE, "13h", "13h", "13 h 59 min"),
        (26 * HOUR, "1d02", "1d", "1 d 2 h"),
        (5 * DAY - 1, "4d23", "4d", "4 d 23 h"),
        (9 * DAY, "9d", "9d", "9 d"),
        (999 * DAY, "999d", "999d", "999 d"),
        (1000 * DAY, "2y", "2y", "1000 d"),
        (-41 * SECOND, "-41s", "-41s", "-41 s"),
        (-(12 * MINUTE + 59 * SECOND), "-12m", "-12m", "-12 min 59 s"),
        (-90 * MINUTE, "-1h", "-1h", "-1 h 30 min"),
        (-99 * DAY, "-99d", "-99d", "-99 d"),
        (-100 * DAY, "-14w", "-14w", "-100 d"),
        (-400 * DAY, "-1y", "-1y", "-400 d"),
    ],
)
def test_a_duration_is_written(micros: int, board: str, stale: str, words: str) -> None:
    assert (short(micros), one_unit(micros), in_words(micros)) == (board, stale, words)


@pytest.mark.parametrize(
    ("micros", "told"),
    [
        (0, "<1m"),
        (MINUTE - 1, "<1m"),
        (72 * SECOND, "1m"),
        (12 * MINUTE + 59 * SECOND, "12m"),
        (69 * MINUTE, "1h00"),
        (10 * HOUR - 1, "9h50"),
        (13 * HOUR + 59 * MINUTE, "13h"),
        (26 * HOUR, "1d02"),
        (9 * DAY, "9d"),
        (-1, "-<1m"),
        (-(12 * MINUTE + 59 * SECOND), "-12m"),
        (-90 * MINUTE, "-1h"),
    ],
)
def test_a_duration_that_nobody_reads_closely_is_told_in_coarse_steps(micros: int, told: str) -> None:
    assert coarse(micros) == told


@given(ANY)
def test_no_duration_needs_more_than_four_cells(micros: int) -> None:
    assert len(short(micros)) <= 4
    assert len(one_unit(micros)) <= 4
    assert len(coarse(micros)) <= 4


@given(st.integers(0, 999 * DAY))
def test_the_board_rounds_down(micros: int) -> None:
    text = short(micros)
    shown = parse_duration(text if text[-1].isalpha() else text + {"m": "s", "h": "m", "d": "h"}[text[1]])
    assert shown <= micros


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("15m", 15 * MINUTE),
        ("2h", 2 * HOUR),
        ("1d12h", DAY + 12 * HOUR),
        ("3w", 21 * DAY),
        (" 1D 12H ", DAY + 12 * HOUR),
        ("90s", 90 * SECOND),
        ("0s", 0),
        ("1s500ms7us", 1_500_007),
    ],
)
def test_a_duration_is_read(text: str, micros: int) -> None:
    assert parse_duration(text) == micros


@given(st.integers(0, LONGEST))
def test_a_duration_is_read_as_it_was_written(micros: int) -> None:
    assert parse_duration(duration_text(micros)) == micros


def test_a_negative_duration_is_written_exactly() -> None:
    assert duration_text(-90 * MINUTE) == "-1h30m"


@pytest.mark.parametrize("text", ["soon", "", " ", "15", "m", "-2h", "2h1d", "1.5h", "٣m", "1h1h"])
def test_what_is_no_duration_is_answered_with_examples(text: str) -> None:
    with pytest.raises(DurationError) as caught:
        parse_duration(text)
    assert str(caught.value) == f"not a duration: {text!r} (try 15m, 2h, 1d12h)"


def test_a_duration_beyond_a_life_is_refused() -> None:
    with pytest.raises(DurationError, match=r"too long a duration: '99999w' \(at most 36500d\)"):
        parse_duration("99999w")


@given(st.text())
def test_any_text_is_a_duration_or_an_error(text: str) -> None:
    with suppress(DurationError):
        assert 0 <= parse_duration(text) <= LONGEST
