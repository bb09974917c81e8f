"""What keys and changes cost, counted in rows looked at: as much as they concern, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from noc_tui.console import attention, texts
from noc_tui.console.board_source import BoardSource
from noc_tui.console.selection import Selection
from noc_tui.console.session import Session
from noc_tui.console.triage import Triage
from noc_tui.console.views import BY_KEY
from noc_tui.incidents import ordering
from noc_tui.incidents.model import MINUTE
from noc_tui.incidents.query import haystack_of
from noc_tui.journal.changes import ChangeSet
from tests.unit.console.boards import NOW, incident, page_of, session_of

MANY = 1_000


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.calls = 0

    def __call__(self, *given: Any) -> Any:
        self.calls += 1
        return self._function(*given)


@pytest.fixture
def session() -> Session:
    """A session with many rows, a third of which nobody has seen."""
    return session_of(
        incident(
            number, state="new" if number % 3 == 0 else "acked", attention=number % 3 == 0, priority=2 + number % 4
        )
        for number in range(1, MANY + 1)
    )


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Counts the places that are reckoned."""
    counted = Counted(ordering.sort_key)
    monkeypatch.setattr(ordering, "sort_key", counted)
    return counted


def test_looking_at_other_rows_reckons_no_place(session: Session, places: Counted) -> None:
    for text in ("sw", "sw1", "sw12", "p:1..2", ""):
        assert session.look.only(text, NOW) is None
    session.look.through(BY_KEY["7"])
    session.look.through(BY_KEY["1"])
    for sort in ("age", "owner", "owner", ""):
        session.board.sort_by(sort)
    assert places.calls == 0


def test_a_change_reckons_its_own_place_alone(session: Session, places: Counted) -> None:
    session.look.only("sw", NOW)
    session.board.sort_by("age")
    changed = tuple(incident(number, priority=1, changed_seq=9_000 + number) for number in (5, 500, MANY + 1))
    session.apply(ChangeSet(seq=9_999, incidents=changed))
    session.settle_now()
    assert places.calls == len(changed)


def test_the_text_of_a_row_is_made_once_until_it_changes(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Counted(haystack_of)
    monkeypatch.setattr(texts, "haystack_of", made)
    for _ in session.look.warming():
        pass
    assert made.calls == MANY
    for text in ("f", "fa", "fan", "fa", "x", ""):
        session.look.only(text, NOW)
    assert made.calls == MANY
    session.apply(ChangeSet(seq=9_000, incidents=(incident(7, title="mail queue 12k", changed_seq=9_000),)))
    session.settle_now()
    session.look.only("queue", NOW)
    assert made.calls == MANY + 1
    assert list(session.board.numbers()) == [7]


def test_texts_are_made_ready_in_slices(session: Session) -> None:
    steps = session.look.warming()
    next(steps)
    assert 0 < len(session.board.texts) <= MANY
    session.apply(ChangeSet(seq=9_000, incidents=(incident(MANY, state="closed", changed_seq=9_000),)))
    assert list(steps) == []


def test_a_card_looks_at_the_first_few_of_what_needs_attention(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage = Triage(session)
    looked = Counted(attention._needs)
    monkeypatch.setattr(attention, "_needs", looked)
    triage.lines(None, page_of(session), 160, 40)
    triage.progress_words()
    triage.later()
    assert triage.left == MANY // 3
    assert looked.calls < 100


def test_a_few_picks_cost_no_walk_through_the_board(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    walks = Counted(Selection.numbers)
    session.board.sort_by("age")
    order = list(session.board.numbers())
    for number in (700, 3, 40, 9_999):
        session.picks.toggle(number)
    monkeypatch.setattr(Selection, "numbers", lambda selection: walks(selection))
    assert session.picks.targets(None) == [*sorted((3, 40, 700), key=order.index), 9_999]
    assert walks.calls == 0
    session.picks.all_shown()
    session.picks.toggle(order[0])
    monkeypatch.undo()
    assert session.picks.targets(None) == order[1:]


def test_agendas_stay_as_small_as_the_board(session: Session) -> None:
    rows = [incident(number, changed_seq=10_000 * number) for number in range(1, 51)]
    board = session_of(rows).board
    for change in range(1, 200):
        board.apply(
            [
                incident(row.number, changed_seq=row.changed_seq + change, response_due=NOW + (change + 60) * MINUTE)
                for row in rows
            ],
            NOW,
        )
    assert len(board.stock.dues) <= 2 * 50 + 65
    assert len(board.stock.turns) <= 2 * 50 + 65


def test_what_was_painted_is_forgotten_when_it_has_left(session: Session) -> None:
    source = BoardSource(session, lambda: page_of(session))
    for line in range(source.count()):
        source.version_at(line)
    assert len(source.painted) == MANY
    gone = tuple(incident(number, state="closed", changed_seq=9_000 + number) for number in range(21, MANY + 1))
    session.apply(ChangeSet(seq=19_000, incidents=gone))
    session.settle_now()
    for line in range(source.count()):
        source.version_at(line)
    assert source.painted.keys() == session.board.rows.keys()
