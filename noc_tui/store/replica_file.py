"""The file of a replica: an ordinary store that follows another one, written by one process alone.

Whatever it loses is fetched again, so it is not synced at every commit (NORMAL). Its log is copied back behind the one
who writes (`replica_log.py`).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Head
from noc_tui.store import migrations
from noc_tui.store import statements as sql
from noc_tui.store.checkpoint import DUE
from noc_tui.store.creating import create_file
from noc_tui.store.engines import LOG_LIMIT, STATEMENTS, file_uri, look_engine, write_engine
from noc_tui.store.errors import ClosedStore, CorruptStore, StoreError
from noc_tui.store.guarding import FileGuard
from noc_tui.store.places import refuse_network, refuse_unwritable
from noc_tui.store.replica_facts import BEGUN, FILLING, REMOTE
from noc_tui.store.replica_log import LogCopier
from noc_tui.store.replica_mending import mark_damaged
from noc_tui.store.writing import said

_UNKNOWN: Final = b"\0" * 16
"""The epoch of a replica that has never been whole."""
_BUSY_MS: Final = 2_000
"""Only a process that is just ending, or one that recovers the log, is waited for."""
_PRAGMAS: Final = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA wal_autocheckpoint=0",
    f"PRAGMA journal_size_limit={LOG_LIMIT}",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)


class OtherRemote(StoreError):
    """The file is a store of its own, or follows another store than the one asked for."""

    sentence: ClassVar[str] = (
        "{path} is not a copy of that store ({detail}): move the file away, and it is fetched anew."
    )


class ReplicaConnection:
    """The one connection that writes a replica, made where there is none. Threads take turns on it."""

    def __init__(self, path: Path, url: str, clock: Callable[[], Micros], randomness: Callable[[int], bytes]) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._log = path.with_name(f"{path.name}-wal")
        self._copier = LogCopier(self._log, partial(_connected, path, "rw"))
        self._closed = False
        with said(path):
            if not path.exists():
                facts = {REMOTE: url, FILLING: "0/0", BEGUN: "0", "created_at": str(clock()), "demo": "0"}
                create_file(path, facts, _UNKNOWN, randomness(8))
            refuse_unwritable(path)
            refuse_network(path)
            _bring_forward(path)
            self._db = _connected(path, "rw")
            try:
                self._follows(url)
                self._reads = _connected(path, "ro")
                self._guard = FileGuard(path)
            except BaseException:
                self._db.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """Give a cursor to read with: what is committed, also while a transaction is open.

        If none is, it is the writer's, whose pages are in memory: each of its commits empties another one's.
        """
        with self._lock, _said(self.path):
            self._check()
            with closing((self._reads if self._db.in_transaction else self._db).cursor()) as cursor:
                yield cursor

    def state(self) -> tuple[int, int]:
        """Return what is another value once something was written."""
        with self._lock, _said(self.path):
            return self._writes().total_changes, self._db.execute("PRAGMA data_version").fetchone()[0]

    @contextmanager
    def transaction(self, *, keep_open: bool = False) -> Iterator[sqlite3.Cursor]:
        """Begin a transaction, or go on with the one that is open, and commit it, unless it is to be kept open.

        Whatever is raised inside rolls all of it back.
        """
        with self._lock, _said(self.path), closing(self._writes().cursor()) as cursor:
            try:
                self._guard.check()
                if not self._db.in_transaction:
                    cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                if not keep_open:
                    cursor.execute("COMMIT")
                    self._guard.check()
            except BaseException:
                self.roll_back()
                raise
        if not keep_open:
            self._checkpoint_if_due()

    def roll_back(self) -> None:
        """Give up the transaction that is open, if one is."""
        with self._lock, _said(self.path):
            if not self._closed and self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def secure(self) -> None:
        """Bring all that was committed so far to the disk: its log, and that log's name."""
        with self._lock, _said(self.path):
            self._check()
            self._guard.check()
            for file in (self._log, self._log.parent):
                descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    def close(self) -> None:
        """Give up what is open and close the file; closing twice is harmless."""
        with self._lock:
            self.roll_back()
            if not self._closed:
                self._closed = True
                self._copier.close()
                self._reads.close()
                self._db.close()

    def _writes(self) -> sqlite3.Connection:
        self._check()
        return self._db

    def _check(self) -> None:
        if self._closed:
            raise ClosedStore(self.path)

    def _follows(self, url: str) -> None:
        found = self._db.execute(sql.READ_META, (REMOTE,)).fetchone()
        if found is None:
            raise OtherRemote(self.path, "a store of its own")
        if found[0] != url:
            raise OtherRemote(self.path, f"it follows {found[0]}")

    def _checkpoint_if_due(self) -> None:
        with self._lock, suppress(OSError):
            if not self._closed and self._log.stat().st_size >= DUE:
                with _said(self.path):
                    self._copier.committed(self._db)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Raise what goes wrong inside as the store's own errors; a damage is noted for the next start."""
    try:
        with said(path):
            yield
    except CorruptStore:
        mark_damaged(path)
        raise


def head_of(cursor: sqlite3.Cursor, path: Path) -> Head:
    """Return the journal's head; CorruptStore if there is none."""
    row = cursor.execute(sql.READ_HEAD).fetchone()
    if row is None:
        raise CorruptStore(path, "the journal has no head")
    return Head(seq=row[0], hash=row[1], epoch=row[2], next_number=row[3], floor=row[4], received_at=row[5])


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        file_uri(path, mode),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
        timeout=_BUSY_MS / 1000,
    )
    for pragma in _PRAGMAS:
        db.execute(pragma)
    return db


def _bring_forward(path: Path) -> None:
    """Take only a store of a format that is known, and bring an older one to ours."""
    with look_engine(path).begin() as connection:
        if not migrations.is_behind(connection, path):
            return
    with write_engine(path).begin() as connection:
        migrations.migrate(connection, path)
