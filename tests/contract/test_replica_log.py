"""A replica's log is copied back behind the one who writes, and starts over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.store.checkpoint import AGAIN, DUE, log_state
from noc_tui.store.replica_log import MOST, LogCopier


class Written:
    """A database whose log is copied back when the tests say that something was committed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path.with_name(f"{path.name}-wal")
        self.db = self.connect()
        self.db.execute("CREATE TABLE t (x)")
        self.copier = LogCopier(self.log, self.connect)

    def connect(self) -> sqlite3.Connection:
        """Open a connection, for whatever thread."""
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA wal_autocheckpoint=0")
        return db

    def commit(self, size: int) -> None:
        """Write so many bytes, and let the log be looked at."""
        self.db.execute("INSERT INTO t VALUES (zeroblob(?))", (size,))
        self.copier.committed(self.db)

    def commit_while_read(self, size: int) -> None:
        """The same while a reader needs what was before; return when what could be copied back is."""
        with closing(self.connect()) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM t").fetchone()
            self.commit(size)
            self.copier.close()

    @property
    def used(self) -> int:
        """Bytes of log in use."""
        return log_state(self.log).used

    def close(self) -> None:
        """Wait for what is under way."""
        self.copier.close()
        self.db.close()


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    with closing(Written(tmp_path / "a.db")) as written:
        yield written


def test_a_long_log_is_copied_back_behind_the_writer_and_starts_over(written: Written) -> None:
    written.commit(1)
    assert written.path.stat().st_size < AGAIN
    written.commit(DUE)
    written.copier.close()
    assert written.path.stat().st_size > DUE
    written.commit(1)
    assert written.used < AGAIN
    assert written.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("size", [1, MOST - DUE], ids=["little", "more than can be caught up with"])
def test_what_is_left_in_the_end_is_copied_in_the_writer_s_turn(written: Written, size: int) -> None:
    written.commit_while_read(DUE)
    assert written.path.stat().st_size < AGAIN
    written.commit(size)
    assert written.path.stat().st_size > DUE + size - AGAIN
    written.commit(1)
    assert written.used < AGAIN


def test_what_came_meanwhile_is_copied_behind_the_writer_too_while_it_is_much(written: Written) -> None:
    written.commit_while_read(DUE)
    written.commit(2 * AGAIN)
    written.copier.close()
    assert written.path.stat().st_size > DUE + 2 * AGAIN
    written.commit(1)
    assert written.used < AGAIN


def test_what_goes_wrong_behind_the_writer_is_told_at_the_next_commit_and_tried_again(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(written.copier, "_connect", full)
    written.commit(DUE)
    written.copier.close()
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        written.commit(1)
    monkeypatch.setattr(written.copier, "_connect", written.connect)
    written.commit(AGAIN)
    written.copier.close()
    written.commit(1)
    assert written.used < AGAIN
