"""The log is copied back and starts over; nothing is lost by it, and a reader only puts it off."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.store.checkpoint import AGAIN, DUE, LogState, log_state
from noc_tui.store.gate import FileLock
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report, rows, sound


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    with closing(desk.open()) as opened:
        yield opened


def log_of(desk: Desk) -> LogState:
    """The state of the store's log."""
    return log_state(desk.path.with_name("noc.db-wal"))


def grow(desk: Desk, store: Store, by: int) -> None:
    """Write until the log has grown by so many bytes."""
    id = desk.log(store)
    until = log_of(desk).used + by
    while log_of(desk).used < until:
        store.append([desk.command("note", id, text="x" * 12_000) for _ in range(50)])


def test_the_log_is_copied_back_when_it_is_long_and_starts_over(desk: Desk, store: Store) -> None:
    assert not store.checkpoint_if_due()
    grow(desk, store, DUE)
    before, size = log_of(desk), desk.path.stat().st_size
    assert store.checkpoint_if_due()
    assert desk.path.stat().st_size > size + DUE // 2
    assert not store.checkpoint_if_due()
    desk.log(store)
    after = log_of(desk)
    assert after.salts != before.salts
    assert after.used < DUE
    assert desk.path.with_name("noc.db-wal").stat().st_size >= DUE
    assert not store.checkpoint_if_due()
    grow(desk, store, DUE)
    assert store.checkpoint_if_due()
    assert sound(desk.path)


def test_a_long_intake_keeps_the_log_short(desk: Desk, store: Store) -> None:
    store.ingest([report(str(n), summary="x" * 9_000) for n in range(1_200)])
    assert desk.path.stat().st_size > DUE
    assert log_of(desk).used < 2 * DUE
    assert sound(desk.path)


def test_a_reader_puts_it_off_until_the_log_has_grown_again(desk: Desk, store: Store) -> None:
    grow(desk, store, DUE)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        (count,) = reader.execute("SELECT count(*) FROM journal").fetchone()
        desk.log(store)
        assert not store.checkpoint_if_due()
        assert not store.checkpoint_if_due()
        grow(desk, store, AGAIN)
        assert not store.checkpoint_if_due()
        assert reader.execute("SELECT count(*) FROM journal").fetchone() == (count,)
    grow(desk, store, AGAIN)
    assert store.checkpoint_if_due()
    assert sound(desk.path)


def test_what_another_process_copied_back_is_not_begun_again(desk: Desk, store: Store) -> None:
    """A checkpoint that begins on a log about to start over is what SQLite's WAL-reset bug needs."""
    with closing(desk.open()) as other:
        grow(desk, store, DUE)
        assert store.checkpoint_if_due()
        assert not other.checkpoint_if_due()


def test_without_the_lock_there_is_no_checkpoint(desk: Desk, store: Store) -> None:
    grow(desk, store, DUE)
    lock = FileLock(desk.path.with_name("noc.db-bulk.lock"))
    assert lock.take()
    assert not store.checkpoint_if_due()
    lock.close()
    assert store.checkpoint_if_due()


def test_the_log_in_use_is_measured_not_its_file(desk: Desk, store: Store, tmp_path: Path) -> None:
    assert log_state(tmp_path / "none") == LogState()
    (tmp_path / "short").write_bytes(b"x" * 10)
    assert log_state(tmp_path / "short") == LogState()
    desk.log(store)
    log = desk.path.with_name("noc.db-wal")
    used = log_of(desk).used
    assert used == log.stat().st_size
    with log.open("ab") as file:
        file.write(os.urandom(4120 * 7))
    assert log_of(desk).used == used


def test_the_file_keeps_its_locks_while_another_checks_the_log(desk: Desk, store: Store) -> None:
    """Closing a descriptor of the database would drop the process's locks: the last to close would delete our log."""
    grow(desk, store, DUE)
    assert store.checkpoint_if_due()
    id = desk.log(store)
    with closing(sqlite3.connect(desk.path)) as other:
        other.execute("SELECT 1 FROM meta").fetchall()
    assert desk.path.with_name("noc.db-wal").exists()
    assert desk.do(store, "ack", id).ok
    assert len(rows(desk.path, "SELECT seq FROM journal WHERE kind = 'incident.acked'")) == 1
