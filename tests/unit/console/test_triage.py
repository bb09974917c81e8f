"""Triage: which card, of how many, what is counted, and that it fits every screen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from noc_tui.console.detail import Known
from noc_tui.console.session import Session
from noc_tui.console.triage import Triage
from noc_tui.console.triage_card import counted
from noc_tui.incidents.model import Alert
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.line import Line, line_width


def queue(count: int = 4) -> tuple[Session, Triage]:
    session = session_of(incident(number, priority=2) for number in range(1, count + 1))
    return session, Triage(session)


def decide(session: Session, triage: Triage, verb: str = "take") -> None:
    """The card in hand is decided, and the board shows it."""
    number = triage.current
    row = session.row(number)
    assert row is not None
    done = replace(row, state="active", owner="me", attention=False, changed_seq=row.changed_seq + 100)
    triage.settled(row.number, verb)
    session.board.apply([done], NOW)
    triage.catch_up()


def reopen(session: Session, triage: Triage, number: int) -> None:
    """A decision is undone."""
    row = session.row(number)
    assert row is not None
    triage.settled(number, "undo")
    session.board.apply([replace(row, state="new", owner="", attention=True, changed_seq=row.changed_seq + 100)], NOW)
    triage.catch_up()


def at(triage: Triage) -> str:
    return triage.progress_words().rsplit("   ", 1)[1]


def test_later_and_back_tell_where_one_is() -> None:
    _, triage = queue()
    cards = [triage.current]
    assert at(triage) == "1 of 4"
    for place in (2, 3, 4):
        triage.later()
        cards.append(triage.current)
        assert at(triage) == f"{place} of 4"
    assert sorted(number or 0 for number in cards) == [1, 2, 3, 4]
    for place in (3, 2, 1, 1):
        triage.back()
        assert at(triage) == f"{place} of 4"
        assert triage.current == cards[place - 1]
    triage.later()
    assert triage.current == cards[1]


def test_when_all_were_put_off_another_round_begins() -> None:
    _, triage = queue(2)
    first = triage.current
    triage.later()
    triage.later()
    assert triage.current == first
    assert at(triage) == "1 of 2"


def test_the_only_card_stays_when_it_is_put_off() -> None:
    _, triage = queue(1)
    triage.later()
    assert triage.current == 1


def test_a_decision_is_counted_and_its_undo_takes_the_count_back() -> None:
    session, triage = queue()
    first = triage.current
    assert first is not None
    decide(session, triage)
    assert at(triage) == "2 of 4"
    assert "1 taken" in words(triage.lines(None, page_of(session), 120, 36))
    reopen(session, triage, first)
    assert triage.current == first
    assert at(triage) == "1 of 4"
    assert "taken" not in words(triage.lines(None, page_of(session), 120, 36)[:2])


@pytest.mark.parametrize("verb", ["note", "priority", "impact", "label"])
def test_what_only_says_more_of_a_card_stays_on_it(verb: str) -> None:
    session, triage = queue()
    first = triage.current
    decide(session, triage, verb)
    assert triage.current == first


def test_hold_is_not_offered_on_a_new_card() -> None:
    session, triage = queue()
    assert "take it first" in words(triage.lines(None, page_of(session), 120, 36))
    row = session.row(triage.current)
    assert row is not None
    session.board.apply([replace(row, state="acked", changed_seq=900)], NOW)
    assert "provider" in words(triage.lines(None, page_of(session), 120, 36))


@pytest.mark.parametrize(("count", "said"), [(0, "0 times"), (1, "1 time"), (2, "2 times")])
def test_a_noun_goes_with_its_count(count: int, said: str) -> None:
    assert counted(count, "time") == said


def test_a_small_screen_has_all_questions() -> None:
    session = session_of([incident(1, priority=1, service="ip core", title="a long summary " * 12, team="t1")])
    labels = (
        ("customer", "Alpenbank"),
        ("customers", "1"),
        ("runbook", "rb/fan"),
        ("tier", "bronze"),
        ("circuit", "X"),
    )
    alert = Alert(ref="sim:1", key="1", firing=True, resource="sw1.ams1", summary="fan 2 slow", labels=labels)
    past = replace(incident(9), state="closed", cause="fan replaced", resolved_at=NOW)
    known = Known(number=1, alerts=(alert,), seen_before=(past,))
    shown = words(Triage(session).lines(known, page_of(session), 80, 20))
    for question in ("Who is hit?", "How bad?", "Is it real?", "Why?", "Seen before?", "Who is on it?", "First step?"):
        assert question in shown
    assert "1 customer, Alpenbank, bronze tier" in shown
    assert "1 time; last" in shown
    assert "Enter take" in shown


@pytest.mark.parametrize("width", range(80, 301, 11))
@pytest.mark.parametrize("height", [12, 20, 36, 56])
def test_no_line_is_wider_than_the_screen_nor_the_card_higher(width: int, height: int) -> None:
    session, triage = queue(30)
    lines = triage.lines(None, page_of(session), width, height)
    assert len(lines) <= height
    assert all(line_width(line) <= width for line in lines)


def words(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)
