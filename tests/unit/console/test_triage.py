"""Triage: which card, of how many, what is counted, and that it fits every screen."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.console.detail import Known
from noc_tui.console.people import TRIAGING
from noc_tui.console.session import Session
from noc_tui.console.triage import Triage
from noc_tui.console.triage_card import counted
from noc_tui.incidents.model import MINUTE, SECOND, Alert
from noc_tui.journal.beside import Presence
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


def there(session: Session, actor: str, number: int, doing: str = TRIAGING) -> None:
    """Somebody is at an incident, and that is heard."""
    session.people.heard([Presence(actor=actor, origin=f"{actor}@tty", incident=number, doing=doing)])


def test_what_somebody_else_has_open_is_marked_and_offered_last() -> None:
    session = session_of(incident(number, priority=2) for number in range(1, 5))
    order = Triage(session).first(4)
    there(session, "ana", order[0])
    triage = Triage(session)
    assert triage.first(4) == [*order[1:], order[0]]
    assert "·ana" in words(triage.lines(None, page_of(session), 160, 60))
    for _ in range(3):
        triage.later()
    assert triage.current in order[1:]
    for number in order[1:]:
        assert triage.current == number or triage.current in order
        decide(session, triage)
    assert triage.current == order[0]
    assert "ana is deciding this" in words(triage.lines(None, page_of(session), 160, 60))


def test_of_two_at_one_moment_one_goes_on_and_the_other_stays() -> None:
    session, triage = queue()
    first = triage.current
    assert first is not None
    there(session, "zoe", first)
    assert not triage.gives_way()
    there(session, "ana", first, doing="looking")
    assert not triage.gives_way()
    there(session, "ana", first)
    assert triage.gives_way()
    assert triage.current not in (None, first)
    assert not triage.gives_way()
    assert "ana has INC-" in session.said.text


def test_a_card_never_changes_under_the_finger() -> None:
    moments = [NOW]
    session = session_of(incident(number, priority=2) for number in range(1, 5))
    session._clock = lambda: moments[-1]
    triage = Triage(session)
    assert triage.current is not None
    moments.append(NOW + SECOND)
    session.touched()
    there(session, "ana", triage.current)
    assert not triage.gives_way()


def answer(**fields: Any) -> tuple[str, str]:
    session = session_of([incident(1, **fields)])
    triage = Triage(session)
    triage.current = 1
    found = triage.usual()
    assert found is not None
    return found.verb, words(triage.lines(None, page_of(session), 160, 50))


def test_the_usual_answer_is_what_the_card_names() -> None:
    for fields, verb, named in (
        ({}, "take", "Enter  take"),
        ({"alerts_firing": 0, "cleared_at": NOW - MINUTE}, "resolve", "Enter  resolve"),
        ({"state": "active", "owner": "bo"}, "note", "Enter  seen"),
        ({"state": "active", "owner": "bo", "attention": False}, "", "Enter  next"),
    ):
        found, shown = answer(**fields)
        assert found == verb
        assert named in shown


def test_the_usual_note_is_a_decision_and_another_note_is_none() -> None:
    session = session_of(incident(number, state="active", owner="bo") for number in (1, 2))
    triage = Triage(session)
    first = triage.current
    triage.settled(first or 0, "note")
    assert at(triage) == "1 of 2"
    assert triage.usual() is not None
    decide(session, triage, "note")
    assert triage.current != first
    assert "1 noted" in words(triage.lines(None, page_of(session), 160, 50))


def test_the_form_says_what_is_set_and_the_keys_of_the_rest() -> None:
    session = session_of([incident(1, impact="high", urgency="medium", category="hardware", service="ip core")])
    triage = Triage(session)
    for size in ((160, 50), (120, 36), (112, 26)):
        shown = words(triage.lines(None, page_of(session), *size))
        for line in ("impact       high", "urgency      medium", "category     hardware", "service      ip core"):
            assert line in shown, size
        for key in ("leave", "undo", "later", "resolve", "hold"):
            assert key in shown, size
    shown = words(triage.lines(None, page_of(session), 80, 20))
    for key in ("P impact", "U urgency", "C category", "S service", "T assign", "& link", "n note"):
        assert key in shown


def test_a_parent_is_suggested_and_linked_by_one_key() -> None:
    large = incident(9, resource="PAR-LYO-7", alert_count=40, service="wdm", opened_at=NOW)
    session = session_of([incident(1, service="wdm", opened_at=NOW)])
    triage = Triage(session)
    assert triage.suggested() is None
    session.known = Known(number=1, related=(large,))
    found = triage.suggested()
    assert found is not None
    assert (found.verb, found.args) == ("link", {"parent": 9})
    shown = words(triage.lines(session.known, page_of(session), 160, 50))
    for told in (
        "maybe INC-000009, PAR-LYO-7",
        "same service, same site, 40 alerts",
        "under INC-000009",
        "INC-000009 too",
    ):
        assert told in shown


def test_the_first_step_is_the_runbook_else_what_helped_last_time() -> None:
    session = session_of([incident(1)])
    past = replace(incident(9), state="closed", cause="fan replaced", resolved_at=NOW)
    known = Known(number=1, seen_before=(past,))
    shown = words(Triage(session).lines(known, page_of(session), 160, 50))
    assert "fan replaced, as in INC-000009" in shown
    runbook = Alert(ref="s:1", labels=(("runbook", "rb/fan"),))
    shown = words(Triage(session).lines(replace(known, alerts=(runbook,)), page_of(session), 160, 50))
    assert "rb/fan" in shown


def words(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)
