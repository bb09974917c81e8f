"""The board's reader: the first page, all rows, and every change, beside those who write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import OPEN_STATES, Incident
from noc_tui.store.board_reader import CHUNK, BoardReader
from noc_tui.store.errors import CorruptStore, MissingStore, NewerStore, NotAStore, StoreError
from noc_tui.store.rows import clean_incident
from noc_tui.store.unfinished import IMPORTING, UnfinishedStore
from tests.contract.past import EPOCH, STORE_ID, Past, believable, put_event, stored, writer

BOARD = ("new", "acked", "active", "held", "resolved")


@pytest.fixture(scope="module")
def past() -> Past:
    return believable(2 * CHUNK + 40)


@pytest.fixture(scope="module")
def store(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("store") / "noc.db", past)


@pytest.fixture
def board(store: Path) -> Iterator[BoardReader]:
    reader = BoardReader(store)
    yield reader
    reader.close()


def on_board(past: Past) -> list[Incident]:
    return [clean_incident(one) for one in past.incidents.values() if one.state in BOARD]


def settled(path: Path) -> None:
    """Make the log look written long ago."""
    os.utime(path.with_name(f"{path.name}-wal"), ns=(1, 1))


def test_all_rows_come_by_number_and_equal_the_fold(board: BoardReader, past: Past) -> None:
    rows = [incident for chunk in board.all_rows() for incident in chunk]
    assert rows == sorted(on_board(past), key=lambda one: one.number)


def test_recurring_words_are_in_memory_once(board: BoardReader) -> None:
    rows = [incident for chunk in board.all_rows() for incident in chunk]
    assert len({id(row.service) for row in rows}) == len({row.service for row in rows})
    assert all(type(row.attention) is bool for row in rows)


def test_the_first_page_is_the_most_urgent(board: BoardReader, past: Past) -> None:
    urgent = sorted(on_board(past), key=lambda one: (not one.attention, one.priority, one.opened_at))
    assert board.first_page(48) == urgent[:48]


def test_it_counts_what_is_open_and_what_is_in_quarantine(tmp_path: Path, past: Past) -> None:
    path = stored(tmp_path / "noc.db", past)
    with closing(BoardReader(path)) as reader:
        assert reader.open_count() == sum(one.state in OPEN_STATES for one in past.incidents.values())
        assert reader.quarantined() == 0
        db = writer(path)
        db.execute("INSERT INTO quarantine (source, received_at, reason, body) VALUES ('am', 1, 'odd', x'7b')")
        db.close()
        assert reader.quarantined() == 1


def test_it_knows_which_store_it_reads(board: BoardReader, past: Past) -> None:
    assert (board.store_id, board.epoch, board.demo) == (STORE_ID, EPOCH, False)
    assert board.head_seq() == len(past.events)
    assert not board.vanished()


def test_nothing_moves_until_somebody_writes_and_then_the_change_is_told(tmp_path: Path) -> None:
    past = believable(5)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    put_event(db, past, past.open(title="first"))
    reader = BoardReader(path)
    settled(path)
    assert not reader.moved()
    assert not reader.moved()
    before = reader.head_seq()
    put_event(db, past, past.open(title="second"))
    assert reader.moved()
    changes = reader.changes(before)
    assert (changes.seq, changes.complete) == (before + 1, True)
    assert [one.title for one in changes.incidents] == ["second"]
    assert not reader.moved()
    reader.close()
    db.close()


def test_a_second_write_within_one_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    past = believable(5)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    put_event(db, past, past.open(title="first"))
    reader = BoardReader(path)
    log = path.with_name("noc.db-wal")
    stamp = log.stat()
    put_event(db, past, past.open(title="second"))
    os.truncate(log, max(stamp.st_size, log.stat().st_size))
    os.utime(log, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert reader.moved()
    reader.close()
    db.close()


def test_a_change_set_cut_short_is_told_until_the_rest_was_fetched(tmp_path: Path) -> None:
    past = believable(30)
    path = stored(tmp_path / "noc.db", past)
    reader = BoardReader(path)
    seen: dict[int, Incident] = {}
    changes = reader.changes(0, limit=7)
    while not changes.complete:
        assert reader.moved()
        seen |= {one.number: one for one in changes.incidents}
        changes = reader.changes(changes.seq, limit=7)
    seen |= {one.number: one for one in changes.incidents}
    assert list(seen) == [one.number for one in sorted(past.incidents.values(), key=lambda one: one.changed_seq)]
    assert changes.seq == len(past.events)
    assert not reader.moved()
    reader.close()


def test_it_reads_beside_a_writer_in_the_middle_of_a_transaction(tmp_path: Path) -> None:
    past = believable(5)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE incidents SET title = 'half written'")
    reader = BoardReader(path)
    assert all(one.title != "half written" for one in reader.first_page(100))
    db.execute("ROLLBACK")
    db.close()
    reader.close()


def test_it_never_copies_the_log_back(tmp_path: Path) -> None:
    past = believable(5)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    put_event(db, past, past.open())
    reader = BoardReader(path)
    size = path.stat().st_size
    reader.first_page(10)
    reader.close()
    assert path.stat().st_size == size
    assert path.with_name("noc.db-wal").stat().st_size > 0
    db.close()


def test_one_text_that_is_not_utf8_does_not_hide_the_board(tmp_path: Path) -> None:
    past = believable(5, still_open=1.0)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    db.execute("UPDATE incidents SET title = CAST(x'61ff62' AS TEXT) WHERE number = 3")
    db.close()
    reader = BoardReader(path)
    rows = {one.number: one for chunk in reader.all_rows() for one in chunk}
    assert rows[3].title == "a\N{REPLACEMENT CHARACTER}b"
    reader.close()


def test_a_deleted_or_replaced_file_is_noticed(tmp_path: Path) -> None:
    path = stored(tmp_path / "noc.db", believable(2))
    reader = BoardReader(path)
    path.rename(tmp_path / "elsewhere.db")
    assert reader.vanished()
    stored(path, believable(2))
    assert reader.vanished()
    reader.close()


def spoil(path: Path, sql: str) -> Path:
    db = writer(path)
    db.execute(sql)
    db.close()
    return path


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("UPDATE meta SET value = '99' WHERE key = 'format'", NewerStore),
        ("DROP TABLE journal_head", NotAStore),
        (f"INSERT INTO meta VALUES ('{IMPORTING}', '')", UnfinishedStore),
    ],
)
def test_what_it_cannot_read_is_refused_in_words(tmp_path: Path, sql: str, error: type[StoreError]) -> None:
    path = spoil(stored(tmp_path / "noc.db", believable(2)), sql)
    with pytest.raises(error, match=r"noc\.db"):
        BoardReader(path)


def test_no_file_and_no_database_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingStore):
        BoardReader(tmp_path / "noc.db")
    (tmp_path / "letter.txt").write_bytes(b"Dear operator, this is no store. " * 200)
    with pytest.raises(NotAStore):
        BoardReader(tmp_path / "letter.txt")


def test_a_head_that_is_gone_is_damage(tmp_path: Path) -> None:
    path = stored(tmp_path / "noc.db", believable(2))
    reader = BoardReader(path)
    spoil(path, "DELETE FROM journal_head")
    with pytest.raises(CorruptStore):
        reader.head_seq()
    reader.close()


def test_a_closed_past_costs_the_page_nothing(tmp_path: Path) -> None:
    past = Past()
    for _ in range(50):
        past.change(past.open(), state="closed")
    past.add(Draft(kind="incident.opened", incident=past.new_id(), number=51, set={"title": "only"}))
    reader = BoardReader(stored(tmp_path / "noc.db", past))
    assert [one.title for one in reader.first_page(10)] == ["only"]
    reader.close()


def test_it_loads_neither_sqlalchemy_nor_aiosqlite_nor_textual(store: Path) -> None:
    code = (
        "import sys; from noc_tui.store.board_reader import BoardReader; "
        f"BoardReader({str(store)!r}).first_page(9); "
        "print([m for m in ('sqlalchemy', 'aiosqlite', 'textual', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
