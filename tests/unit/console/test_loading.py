"""The board read and read again: what is gone does not stay, what is newer does not go."""

from __future__ import annotations

import pytest

from noc_tui.console.session import Session
from noc_tui.console.stock import stock_of
from noc_tui.incidents.model import Incident
from noc_tui.incidents.policy import Policy
from noc_tui.journal.changes import ChangeSet
from tests.unit.console.boards import NOW, incident, session_of


def loaded(session: Session, rows: list[Incident], seq: int, *, another: bool = False) -> None:
    """Hand a whole board over, as the watcher does."""
    session.all_loaded(stock_of([rows[:1], rows[1:]], Policy(), NOW), seq, another=another)


def test_a_row_that_was_closed_after_the_first_page_does_not_stay() -> None:
    session = session_of([incident(1), incident(2)])
    loaded(session, [incident(1), incident(3)], seq=50)
    assert set(session.board.rows) == {1, 3}
    assert sorted(session.board.numbers()) == [1, 3]
    assert session.board.counts.all_open == session.board.shown.all_open == 2
    assert session.seq == 50


def test_what_changed_after_the_load_began_stays() -> None:
    session = session_of([incident(1)])
    session.apply(ChangeSet(seq=61, incidents=(incident(2, changed_seq=61), incident(1, priority=1, changed_seq=60))))
    loaded(session, [incident(1)], seq=50)
    assert set(session.board.rows) == {1, 2}
    assert session.board.rows[1].priority == 1
    assert session.seq == 61


def test_another_store_leaves_nothing_of_the_one_before() -> None:
    session = session_of([incident(1, changed_seq=900), incident(2, changed_seq=901)])
    session.seq = 901
    session.picks.toggle(1)
    loaded(session, [incident(7)], seq=50, another=True)
    assert set(session.board.rows) == {7}
    assert session.seq == 50
    assert not session.picks


def test_view_filter_and_sort_outlive_a_load() -> None:
    session = session_of([incident(1)])
    session.look.only("p:1", NOW)
    session.board.sort_by("age")
    loaded(session, [incident(number, priority=1 + number % 2) for number in range(1, 8)], seq=50)
    assert list(session.board.numbers()) == [2, 4, 6]


def test_a_closed_row_in_a_stock_is_none_of_the_boards() -> None:
    stock = stock_of([[incident(1, state="closed"), incident(2)]], Policy(), NOW)
    assert set(stock.rows) == {2}


@pytest.mark.parametrize("held", [False, True])
def test_nothing_is_kept_of_what_has_left(held: bool) -> None:
    session = session_of([incident(number, attention=False, state="acked") for number in (1, 2, 3)])
    session.picks.toggle(3)
    session.frozen = held
    session.apply(ChangeSet(seq=60, incidents=(incident(1, state="acked", attention=False, changed_seq=60),)))
    assert session.marks(1).unread
    session.apply(ChangeSet(seq=62, incidents=tuple(incident(n, state="closed", changed_seq=61) for n in (1, 3))))
    session.settle_now()
    assert set(session.board.rows) == {2}
    assert not session.picks
    assert not session.marks(1).unread


def test_a_range_whose_beginning_has_left_is_over() -> None:
    session = session_of([incident(number) for number in (1, 2, 3)])
    session.picks.range_from = 1
    session.picks.extend(3)
    assert len(session.picks) == 3
    session.picks.forget({1})
    assert session.picks.range_from is None
    session.picks.extend(2)
    assert len(session.picks) == 2
