"""The file of an outbox: made whole or not at all, FULL, used by several processes at once.

The standard library's sqlite3, as for the live file: a key press that is kept needs no SQLAlchemy. The log is copied
back by TRUNCATE alone, which holds SQLite's write lock from before it looks at the log to its end: no commit can start
the log over meanwhile, which is what SQLite's WAL-reset bug needs (DESIGN.md 8.13).
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from noc_tui.store.errors import ClosedStore, CorruptStore, NewerStore, NotAStore, StoreBusy, classified, is_busy
from noc_tui.store.guarding import FileGuard
from noc_tui.store.holders import holder_of
from noc_tui.store.places import refuse_network
from noc_tui.store.publishing import make_private, publish_new, put_in_one_file, remove_draft
from noc_tui.store.watch import LogWatch

T = TypeVar("T")
Row = tuple[Any, ...]

APPLICATION_ID: Final = 0x4E4F434F
"""`NOCO`: SQLite's application_id of an outbox."""
FORMAT: Final = 1
PATIENCE: Final = 2.0
"""Seconds for which a lock is tried before it is given up (StoreBusy)."""
LOG_DUE: Final = 1 << 20
"""Bytes of log from which it is copied back."""

_BUSY_MS: Final = 2
"""SQLite's own wait is unfair, so it is short; the tries of one's own do the waiting."""
_CHECKPOINT_BUSY_MS: Final = 250
_SCHEMA: Final = """
CREATE TABLE entries(
    place INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, command BLOB NOT NULL, state TEXT NOT NULL,
    number INTEGER NOT NULL, seq INTEGER NOT NULL, lineage INTEGER NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL,
    changed_at INTEGER NOT NULL, tries INTEGER NOT NULL, dropped INTEGER NOT NULL, turn INTEGER NOT NULL) STRICT;
CREATE INDEX entries_state ON entries(state, place) WHERE NOT dropped;
CREATE INDEX entries_turn ON entries(turn);
CREATE TABLE turns(one INTEGER PRIMARY KEY CHECK (one = 1), turn INTEGER NOT NULL) STRICT;
INSERT INTO turns VALUES (1, 0);
"""
"""`turn` grows with every transaction that changes something; a row holds that of its last change."""


class OutboxFile:
    """One connection to an outbox's file; threads take turns on it. Raises StoreError's tree."""

    def __init__(self, path: Path, jitter: Callable[[], float] = random.random) -> None:
        self.path = path
        self._jitter = jitter
        self._log = path.with_name(f"{path.name}-wal")
        self._lock = threading.Lock()
        self._watch = LogWatch(path)
        self._wrote = False
        self._closed = False
        with _said(path):
            if not path.exists():
                _create(path)
            self._db = self._connect()
            self._guard = FileGuard(path, cuts_log=True)

    def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Row]:
        """Return a query's rows."""
        return self._turn(lambda: self._db.execute(sql, values).fetchall())

    def read_together(self, *queries: tuple[str, tuple[Any, ...]]) -> list[list[Row]]:
        """Return the rows of several queries as of one moment."""

        def look() -> list[list[Row]]:
            self._db.execute("BEGIN")
            try:
                return [self._db.execute(sql, values).fetchall() for sql, values in queries]
            finally:
                self._db.execute("COMMIT")

        return self._turn(look)

    def write(self, work: Callable[[sqlite3.Cursor, int], T]) -> T:
        """Do `work` in one transaction, durable when this returns; it is given a cursor and the transaction's turn."""

        def transaction() -> T:
            self._guard.check()
            self._db.execute("BEGIN IMMEDIATE")
            before = self._db.total_changes
            try:
                cursor = self._db.cursor()
                (turn,) = cursor.execute("SELECT turn + 1 FROM turns").fetchone()
                result = work(cursor, turn)
                if self._db.total_changes != before:
                    cursor.execute("UPDATE turns SET turn = ?", (turn,))
                    self._wrote = True
                self._db.execute("COMMIT")
            except BaseException as error:
                self._guard.condemn(error)
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._guard.check(committed=self._db.total_changes != before)
            return result

        return self._turn(transaction)

    def tidy(self) -> None:
        """Copy the log back if it is long; for those whom nobody waits for."""
        with suppress(OSError):
            if self._log.stat().st_size >= LOG_DUE:
                self._turn(self._checkpoint)

    def moved(self) -> bool:
        """Return whether anything was committed since the last call, by whomever; a `stat` where nothing was."""
        with self._lock, _said(self.path):
            self._check()
            wrote, self._wrote = self._wrote, False
            return self._watch.moved(self._db) or wrote

    def close(self) -> None:
        """Close the connection; closing twice is harmless."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._db.close()

    def _turn(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; where another process has the lock, try again for a bounded time."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with self._lock:
                    self._check()
                    return work()
            except sqlite3.Error as error:
                if not is_busy(error):
                    raise classified(error, self.path) from error
                if time.monotonic() >= until:
                    raise StoreBusy(self.path, holder_of(self.path.with_name(f"{self.path.name}-shm"))) from error
            time.sleep(0.001 * (0.5 + self._jitter()))

    def _checkpoint(self) -> None:
        self._db.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_BUSY_MS}")
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")

    def _check(self) -> None:
        if self._closed:
            raise ClosedStore(self.path)

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        db = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            _take_only_ours(db, self.path)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA wal_autocheckpoint = 0")
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        except BaseException:
            db.close()
            raise
        return db


def _take_only_ours(db: sqlite3.Connection, path: Path) -> None:
    """Take only an outbox of a format that is known; one without content has lost it."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    (ours,), (found,) = db.execute("PRAGMA application_id").fetchone(), db.execute("PRAGMA user_version").fetchone()
    if tables and ours != APPLICATION_ID:
        raise NotAStore(path)
    if found > FORMAT:
        raise NewerStore(path, f"format {found}")
    if not tables >= {"entries", "turns"}:
        raise CorruptStore(path, "it has lost its content")


def _create(path: Path) -> None:
    """Make an empty outbox under another name, and give it its own when it is on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_network(path)
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        make_private(draft)
        with closing(sqlite3.connect(draft, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(
                f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {_SCHEMA} COMMIT;"
            )
            put_in_one_file(db, draft)
        publish_new(draft, path)
    finally:
        remove_draft(draft)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise classified(error, path) from error
