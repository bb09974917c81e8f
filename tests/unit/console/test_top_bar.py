"""The top bar at every width: the worst clock and MAJOR stand, no word is cut, no line is too wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console import bars
from noc_tui.console.session import Session
from noc_tui.incidents.model import DAY, MINUTE
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.line import line_width

WIDTHS = st.integers(80, 300)


def crowded(*, demo: bool = True) -> Session:
    """A desk on which everything that the top bar knows of is there, in large figures."""
    rows = [incident(number, priority=number % 5 + 1) for number in range(1, 11)]
    rows.append(incident(11, priority=1, major=True, state="acked", attention=False, resolution_due=NOW - 20 * DAY))
    session = session_of(rows, demo=demo)
    counts = session.board.counts
    for priority in counts.open:
        counts.open[priority] += 23_456
        counts.unacked[priority] += 12_345
    return session


def text(session: Session, width: int) -> str:
    return "".join(run for run, _ in bars.top_bar(session, page_of(session), width))


@given(width=WIDTHS, demo=st.booleans())
def test_the_worst_clock_and_major_never_drop_off(width: int, demo: bool) -> None:
    session = crowded(demo=demo)
    shown = text(session, width)
    assert "late 1" in shown and "sla 1h00" in shown
    assert "MAJOR" in shown
    assert "…" not in shown


@given(width=WIDTHS)
def test_the_top_bar_is_exactly_as_wide_as_its_part(width: int) -> None:
    session = crowded()
    line = bars.top_bar(session, page_of(session), width)
    assert line_width(line) == width - bars.clock_width(width)


def test_what_is_dropped_is_dropped_in_order() -> None:
    session = crowded()
    shown = {width: text(session, width) for width in (80, 120, 160, 220)}
    assert "alerts" in shown[220] and "DEMO" in shown[220] and "unacked" in shown[220]
    assert "alerts" not in shown[160]
    assert "12347/" in shown[160]
    assert "12k/" in shown[80] and "DEMO" not in shown[80]


def test_what_needs_somebody_is_exact_with_nobody_at_the_keys() -> None:
    session = crowded()
    calm = bars.top_bar(session, page_of(session)._replace(calm=True), 200)
    told = "".join(run for run, _ in calm)
    assert "P1 12347/23k" in told
    assert f" {session.board.counts.all_unacked}/" in told


@pytest.mark.parametrize("width", [80, 100, 160])
def test_whole_keys_are_never_cut(width: int) -> None:
    pairs = [("a", "ack"), ("t", "take"), ("gt", "timeline"), ("n", "note")]
    runs = bars.key_runs(pairs, width)
    for room in range(line_width(runs) + 2):
        kept = bars.whole_keys(runs, room)
        assert line_width(kept) <= room
        told = "".join(run for run, _ in kept).split()
        assert told == [word for pair in pairs for word in pair][: len(told)]
        assert len(told) % 2 == 0


@given(width=WIDTHS, sort=st.sampled_from(["", "age", "owner"]), filtered=st.booleans())
def test_say_line_and_status_are_as_wide_as_the_screen(width: int, sort: str, filtered: bool) -> None:
    session = crowded()
    page = page_of(session)
    if sort:
        session.board.sort_by(sort)
    if filtered:
        session.look.only("p:1..2 fan and more words than a narrow screen has room for", NOW)
    session.say("INC-000001 sw1.ams1 snoozed until 04:52:44Z, and what else there is to say of it. " * 2, undo=True)
    row = session.row(1)
    assert line_width(bars.say_line(session, page, width, bars.hints(row, session, width))) == width
    assert line_width(bars.status_line(session, page, "NORMAL", width)) == width
    assert "undo" in "".join(run for run, _ in bars.say_line(session, page, width, []))


def test_the_status_line_tells_which_way_it_is_sorted_and_what_waits() -> None:
    session = crowded()
    session.board.sort_by("age")
    line = "".join(run for run, _ in bars.status_line(session, page_of(session), "NORMAL", 160))
    assert "by age, newest first" in line
    session.board.sort_by("age")
    session.board.apply([incident(3, priority=1, changed_seq=99)], NOW + MINUTE, held=True)
    line = "".join(run for run, _ in bars.status_line(session, page_of(session), "NORMAL", 160))
    assert "by age, oldest first" in line
    assert "1 to move" in line
