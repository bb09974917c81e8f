"""Alerts by lines: how they are cut, taken in and answered."""

import os
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cli.alert_stream import BATCH, Answer, LineCutter, batches, take_in
from noc_tui.incidents.commands import Accepted
from noc_tui.incidents.model import Report


class Kept:
    """What takes alerts in and notes in which order it was asked."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.odd: list[bytes] = []

    def ingest(self, reports: list[Report]) -> list[Accepted]:
        self.taken += [report.key for report in reports]
        return [Accepted(ref=report.ref, outcome="opened", number=int(report.key)) for report in reports]

    def quarantine(self, source: str, odd: list[tuple[str, bytes]]) -> None:
        assert source == "script"
        self.odd += [body for _, body in odd]

    def checkpoint_if_due(self) -> bool:
        return False


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_lines_are_the_same_however_they_come(text: bytes, cuts: list[int]) -> None:
    cutter = LineCutter()
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    found = [line for start, end in pairwise(places) for line in cutter.feed(text[start:end])]
    found += cutter.end()
    assert found == [*text.split(b"\n")[:-1], *filter(None, [text.split(b"\n")[-1]])]


def test_of_a_line_that_is_too_long_the_beginning_is_kept() -> None:
    cutter = LineCutter(longest=4)
    assert cutter.feed(b"123456789") == []
    assert cutter.feed(b"123\nab\n123456789\ncd") == [b"12345", b"ab", b"12345"]
    assert cutter.end() == [b"cd"]
    assert cutter.end() == []


def test_what_has_come_is_not_kept_waiting() -> None:
    reading, writing = os.pipe()
    lines = batches(reading)
    os.write(writing, b"a\nb\nc")
    assert next(lines) == [b"a", b"b"]
    os.write(writing, b"d\n")
    assert next(lines) == [b"cd"]
    os.write(writing, b"e")
    os.close(writing)
    assert list(lines) == [[b"e"]]
    os.close(reading)


def test_a_flood_is_answered_in_parts() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x\n" * (BATCH + 1))
    os.close(writing)
    assert [len(lines) for lines in batches(reading)] == [BATCH, 1]
    os.close(reading)


def test_answers_are_in_the_order_of_the_lines() -> None:
    kept, answers = Kept(), list[Answer]()
    lines: Iterator[list[bytes]] = iter([[b'{"key": "1"}', b"", b"no", b'{"key": "2"}'], [b'{"key": "3"}']])
    assert not take_in(kept, lines, answers.extend)
    assert [(answer.place, answer.alert, answer.outcome) for answer in answers] == [
        (1, "1", "opened"),
        (3, None, "quarantined"),
        (4, "2", "opened"),
        (5, "3", "opened"),
    ]
    assert answers[0].shape() == {"alert": "1", "incident": "INC-000001", "outcome": "opened"}
    assert (kept.taken, kept.odd) == (["1", "2", "3"], [b"no"])
    assert take_in(kept, iter([[b'{"key": "4"}']]), answers.extend)
