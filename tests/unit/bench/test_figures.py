"""The measuring itself: percentiles, verdicts, the table, questions of a program cut in two, rows that change."""

import math

import pytest

from tests.bench.figures import HEADINGS, TIMES_H, Figure, Target, amount, percentile, table, timed
from tests.bench.queries import Questions, answer
from tests.bench.screen import Screen


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([7], 50, 7), ([3, 1, 2], 50, 2), ([4, 3, 2, 1], 50, 2), (range(1, 101), 95, 95), (range(1, 101), 99, 99)],
)
def test_a_percentile_is_one_of_the_values(values: list[float], part: float, expected: float) -> None:
    assert percentile(list(values), part) == expected


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(percentile([], 50))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, "met, and the stretch of 6 too"), (8, "met: 8 ms, 20 % under"), (15, "MISSED: 15 ms, 50 % over")],
)
def test_a_verdict_says_by_how_much(value: float, expected: str) -> None:
    assert Target(10, 6, "ms").verdict(value) == expected


def test_a_target_may_be_a_least_one() -> None:
    target = Target(12_000, 20_000, "/s", least=True)
    assert target.words() == ">= 12,000 /s"
    assert target.verdict(9_000) == "MISSED: 9,000 /s, 25 % under"
    assert target.verdict(15_000) == "met: 15,000 /s, 25 % over"
    assert target.verdict(math.nan) == "not measured"


def test_times_are_judged_by_those_of_the_empty_app() -> None:
    figure = timed("key", [3.0] * 19 + [9.0], [2.0] * 20, Target(1, None, TIMES_H))
    assert figure.cells() == ("key", "3 / 3 ms", "2 / 2 ms", "<= 1 x H", "MISSED: 1.5 x H, 50 % over")


def test_the_table_is_aligned() -> None:
    lines = table([Figure("memory", "80 MB", "30 MB", Target(100, None, "MB"), 80), Figure("rows", "7")]).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(HEADINGS)
    assert lines[2].startswith("| memory | 80 MB")


@pytest.mark.parametrize(
    ("value", "expected"), [(0.4213, "0.42"), (4.2, "4.2"), (41.96, "42"), (4_213, "4,213"), (math.nan, "-")]
)
def test_an_amount_has_the_digits_that_mean_something(value: float, expected: str) -> None:
    assert amount(value) == expected


def test_a_question_cut_in_two_is_answered_once() -> None:
    questions = Questions()
    parts = [*questions.split(b"ab\x1b["), *questions.split(b"6ncd\x1b[?2026$"), *questions.split(b"p")]
    assert b"".join(data for data, _ in parts) == b"ab\x1b[6ncd\x1b[?2026$p"
    answers = [answer(found, lambda: (3, 7)) for _, found in parts if found is not None]
    assert answers == [b"\x1b[3;7R", b"\x1b[?2026;2$y"]


def test_what_is_drawn_in_one_update_shows_when_it_ends() -> None:
    screen = Screen(20, 4)
    screen.feed(b"\x1b[?2026h\x1b[2;1Hhalf")
    assert screen.take_changed() == set()
    screen.feed(b" and whole\x1b[?2026l")
    assert screen.take_changed() == {1}
    assert screen.shows("half and whole")
    screen.feed(b"\x1b[2;1Hhalf")
    assert screen.take_changed() == set()


def test_the_lit_row_is_the_one_with_a_ground_of_its_own() -> None:
    screen = Screen(20, 8)
    assert screen.lit_row() is None
    screen.feed(b"\x1b[4;1H\x1b[48;2;9;9;9m" + b"x" * 20 + b"\x1b[m")
    assert screen.lit_row() == 3
