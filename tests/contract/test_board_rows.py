"""A snapshot's rows: the most urgent first, all of the board with its alerts, each piece a short read of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.journal.exchange import Cursor, SnapshotRows
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.board_rows import RANGE, TOGETHER, URGENT, BoardRows
from noc_tui.store.errors import CorruptStore, MissingStore, NotAStore
from tests.contract.desk import Desk, report
from tests.contract.past import EPOCH, STORE_ID, Past, stored, writer
from tests.contract.shift import Shift

ON_BOARD = ("new", "acked", "active", "held", "resolved")


@pytest.fixture
def past() -> Past:
    """More incidents than two ranges hold, some of them closed, each with its alert."""
    past = Past()
    opened = [past.open(priority=1 + n % 5, alert_count=1) for n in range(2 * RANGE + 50)]
    for event in opened[::7]:
        past.change(event, state="closed")
    past.add(Draft(kind="alert.raised", alert="sim:loose", alert_set={"firing": True}))
    past.add(Draft(kind="alert.raised", alert="sim:over", alert_set={"firing": False}))
    return past


@pytest.fixture
def board(tmp_path: Path, past: Past) -> Iterator[BoardRows]:
    with closing(BoardRows(stored(tmp_path / "noc.db", past))) as board:
        yield board


def test_the_head_is_that_of_the_store(board: BoardRows, past: Past) -> None:
    start = board.start(time=5)
    head = past.head()
    assert start.cursor == Cursor(EPOCH, head.seq, head.hash)
    assert (start.store_id, start.time, start.received_at) == (STORE_ID, 5, head.received_at)
    assert (start.next_number, start.demo, start.policy, start.policy_seq) == (head.next_number, False, None, 0)


def test_what_a_console_shows_first_comes_first(board: BoardRows) -> None:
    first = next(board.parts())
    with closing(BoardReader(board.path)) as reader:
        assert list(first.incidents) == reader.first_page(URGENT)
    assert first.through == 0


def test_all_of_the_board_follows_by_number_with_its_alerts_and_no_more(board: BoardRows, past: Past) -> None:
    _, *parts = board.parts()
    incidents = [one for part in parts for one in part.incidents]
    shown = sorted((one for one in past.incidents.values() if one.state in ON_BOARD), key=lambda one: one.number)
    assert [one.number for one in incidents] == [one.number for one in shown]
    for part in parts:
        if part.through:
            assert part.through == part.incidents[-1].number
            assert {alert.incident for alert in part.alerts} == {one.number for one in part.incidents}
    assert [alert.ref for alert in parts[-1].alerts] == ["sim:loose"]
    expected = board.start(time=0)
    assert expected.incidents == len(shown) + URGENT


def test_the_alerts_of_a_storm_come_in_pieces(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        store.ingest([report(f"k{n}", resource="core", service="web") for n in range(2 * TOGETHER + 10)])
    with closing(BoardRows(desk.path)) as board:
        parts = list(board.parts())
    assert max(len(part.alerts) for part in parts) == TOGETHER
    by_number = parts[len(parts) // 2 :]
    assert len({alert.ref for part in by_number for alert in part.alerts}) == 2 * TOGETHER + 10


def test_it_goes_on_beside_those_who_write_and_its_end_is_as_new_as_its_rows(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        shift = Shift(desk, store, Random(4))
        *_, seq = shift.steps(10)
        with closing(BoardRows(desk.path)) as board:
            start = board.start(time=desk.now)
            parts: list[SnapshotRows] = []
            for part in board.parts():
                parts.append(part)
                shift.step()
            end = board.end(len(parts), 0)
        head = store.head()
    assert start.cursor.seq == seq < head.seq
    assert end.cursor == Cursor(head.epoch, head.seq, head.hash)
    assert start.policy_seq <= seq
    assert max(one.changed_seq for part in parts for one in part.incidents) <= head.seq
    assert max(one.changed_seq for part in parts for one in part.alerts) <= head.seq


def test_a_store_that_cannot_be_read_is_said(tmp_path: Path, board: BoardRows) -> None:
    with pytest.raises(MissingStore):
        BoardRows(tmp_path / "none.db")
    (tmp_path / "letter.txt").write_bytes(b"Dear operator, this is no store. " * 200)
    with pytest.raises(NotAStore):
        BoardRows(tmp_path / "letter.txt").start(time=0)
    with closing(writer(board.path)) as db:
        db.execute("DELETE FROM journal_head")
    for ask in (lambda: board.start(time=0), lambda: board.end(0, 0)):
        with pytest.raises(CorruptStore):
            ask()
