"""A backup is whole or not there; a restored store is another history, and the old one is kept."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from noc_tui.incidents.model import SECOND
from noc_tui.store.backup import PAGES, BackupExists, UnsoundBackup, backup, restore
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import MissingStore, NotAStore, StoreBusy
from noc_tui.store.gate import FileLock
from noc_tui.store.verify import verify
from tests.contract.past import EPOCH, START, Past, believable, put_event, stored, writer

NOW = 1_790_000_000 * SECOND
KEPT = "noc.db.replaced-20260921T141320Z"


@pytest.fixture
def past() -> Past:
    return believable(30)


@pytest.fixture
def store(tmp_path: Path, past: Past) -> Path:
    return stored(tmp_path / "noc.db", past)


def fresh(count: int) -> bytes:
    return b"n" * count


def names(path: Path) -> set[str]:
    return {one.name for one in path.iterdir()}


def test_a_backup_is_a_sound_store_in_one_file_for_its_owner_alone(store: Path, past: Past) -> None:
    target = store.with_name("copy.db")
    head = backup(store, target)
    assert head == past.head()
    assert names(store.parent) >= {"copy.db"}
    assert not {name for name in names(store.parent) if name.startswith(("copy.db-", ".copy"))}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    report = verify(target)
    assert (report.fault, report.events) == (None, len(past.events))


def test_a_backup_has_what_is_still_in_the_log(store: Path, past: Past) -> None:
    db = writer(store)
    put_event(db, past, past.open())
    assert backup(store, store.with_name("copy.db")).seq == len(past.events)
    db.close()


def test_a_backup_shows_one_moment_though_others_write_on(tmp_path: Path) -> None:
    past = believable(2_000)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    before = past.head()
    told: list[tuple[int, int]] = []

    def write_on(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) < 50:
            put_event(db, past, past.open())

    assert backup(path, tmp_path / "copy.db", write_on) == before
    db.close()
    assert told[-1][0] == told[-1][1]
    assert len(told) == -(-told[-1][1] // PAGES)
    assert verify(tmp_path / "copy.db").ok


def test_a_file_that_is_there_is_replaced_only_when_asked(store: Path) -> None:
    target = store.with_name("copy.db")
    target.write_bytes(b"precious")
    with pytest.raises(BackupExists, match="--force"):
        backup(store, target)
    assert target.read_bytes() == b"precious"
    backup(store, target, force=True)
    assert verify(target).ok


def test_a_backup_that_is_stopped_leaves_nothing_behind(store: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    before = names(store.parent)
    with pytest.raises(Stopped):
        backup(store, store.with_name("copy.db"), stop)
    assert names(store.parent) - before <= {"noc.db-wal", "noc.db-shm"}


def test_only_a_store_is_backed_up(tmp_path: Path) -> None:
    with pytest.raises(MissingStore):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t(a)").connection.close()
    with pytest.raises(NotAStore):
        backup(tmp_path / "other.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_restored_store_has_a_new_epoch_and_the_replaced_one_is_kept(store: Path, past: Past) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    db = writer(store)
    put_event(db, past, past.open(title="after the backup"))
    db.close()
    done = restore(copy, store, now=NOW, randomness=fresh)
    assert done.head.epoch == b"n" * 16 != EPOCH
    assert done.head.seq == len(past.events) - 1
    assert done.kept == store.with_name(KEPT)
    assert verify(store).head == done.head
    kept = verify(done.kept)
    assert (kept.fault, kept.head.seq, kept.head.epoch) == (None, len(past.events), EPOCH)
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_a_console_notices_that_its_store_was_replaced(store: Path) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    board = BoardReader(store)
    with pytest.raises(StoreBusy, match="has it open"):
        restore(copy, store, now=NOW)
    assert not board.vanished()
    board.close()
    restore(copy, store, now=NOW)
    assert board.vanished()


@pytest.mark.parametrize("lock", ["writer", "bulk", "agent"])
def test_a_restore_waits_for_nobody_who_works_on_the_store(store: Path, lock: str) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    held = FileLock(store.with_name(f"noc.db-{lock}.lock"))
    assert held.take()
    with pytest.raises(StoreBusy, match="held by process"):
        restore(copy, store, now=NOW)
    held.close()
    assert verify(store).head.epoch == EPOCH


def test_an_unsound_backup_is_not_restored(store: Path, past: Past) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    db = writer(copy)
    db.execute("UPDATE journal SET actor = 'eve' WHERE seq = 5")
    db.close()
    with pytest.raises(UnsoundBackup, match="Event 5"):
        restore(copy, store, now=NOW)
    assert verify(store).head == past.head()


def test_a_restore_to_a_path_without_a_store_keeps_nothing_but_an_orphaned_log(store: Path) -> None:
    target = store.with_name("new.db")
    orphan = store.with_name("new.db-wal")
    orphan.write_bytes(b"the log of a store that is gone")
    done = restore(store, target, now=NOW)
    assert done.kept is None
    assert not orphan.exists() or orphan.stat().st_size == 0
    assert verify(target).ok


def test_a_store_too_damaged_to_answer_is_replaced_and_kept_as_it_was(store: Path) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    store.write_bytes(b"\xa5" * 8192)
    done = restore(copy, store, now=NOW)
    assert done.kept is not None
    assert done.kept.read_bytes() == b"\xa5" * 8192
    assert verify(store).ok


def test_two_restores_within_a_second_do_not_overwrite_what_was_kept(store: Path) -> None:
    copy = store.with_name("copy.db")
    backup(store, copy)
    restore(copy, store, now=NOW)
    with pytest.raises(BackupExists, match="replaced-"):
        restore(copy, store, now=NOW + 1)
    restore(copy, store, now=NOW + SECOND)
    assert verify(store).head.received_at >= START
