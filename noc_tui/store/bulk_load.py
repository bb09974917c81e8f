"""A whole store written at once: a past that never was, in minutes instead of days.

It is written under another name, without log and without syncs, most of its indexes last; only when it is whole and on
the disk does it get its own name. An interrupt therefore leaves nothing, and a crash a hidden file that is no store and
that the next load of the same store removes.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import Connection

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Head
from noc_tui.journal.ids import make_id
from noc_tui.store import migrations
from noc_tui.store import statements as sql
from noc_tui.store.engines import driver_of, write_engine
from noc_tui.store.errors import StoreBusy, StoreError
from noc_tui.store.gate import FileLock
from noc_tui.store.interleaving import Batch
from noc_tui.store.live import Live, live_path
from noc_tui.store.places import refuse_network
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.schema import APPLICATION_ID, journal, metadata
from noc_tui.store.snapshot import head_of, snapshot
from noc_tui.store.writing import said

_FAST: Final = (
    "PRAGMA journal_mode=DELETE",  # the log has to go before there can be no journal at all
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-131072",
    "PRAGMA temp_store=FILE",
    "PRAGMA threads=2",
)
_LATE: Final = tuple(
    sorted(
        (index for table in metadata.tables.values() if table is not journal for index in table.indexes),
        key=lambda index: str(index.name),
    )
)
"""Indexes that are made last. Those of the journal grow at their end as it does, which costs next to nothing."""
_TELLING: Final = 0.9
"""The part of the work that is done when the last row is written; the rest are the indexes."""
_TICK: Final = 100_000
"""Steps of SQLite's machine between two looks at the progress: some hundredths of a second."""


class FilledStore(StoreError):
    """There is a store with a history of its own already."""

    sentence: ClassVar[str] = "The store {path} is not empty: give the path of a new file with --store."


class _Work:
    """How far a load has come, told also while SQLite is at work for long; what `progress` raises ends the load."""

    def __init__(self, connection: sqlite3.Connection, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._raised: BaseException | None = None
        connection.set_progress_handler(self._look, _TICK)

    def told(self, histories: int) -> None:
        """So many histories have been written."""
        self._tell(int(histories * _TELLING))

    def indexed(self, part: float) -> None:
        """So large a part of the indexes, from 0 to 1, has been made."""
        self._tell(int(self._total * (_TELLING + (1 - _TELLING) * part)))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Raise what ended a statement early: SQLite says of it only that there was an interrupt."""
        try:
            yield
        except sqlite3.OperationalError:
            if self._raised is not None:
                raise self._raised from None
            raise

    def _tell(self, done: int) -> None:
        self._done = done
        self._progress(done, self._total)

    def _look(self) -> int:
        try:
            self._progress(self._done, self._total)
        except BaseException as error:  # noqa: BLE001  # SQLite would swallow it; `watched` raises it again
            self._raised = error
            return 1
        return 0


def load(
    path: Path,
    batches: Iterable[Batch],
    total: int,
    *,
    demo: bool,
    now: Micros,
    progress: Progress = quiet,
    randomness: Callable[[int], bytes] = os.urandom,
) -> Head:
    """Make the store at `path` from the rows of `total` histories, and return its head.

    FilledStore if there is one with a history of its own; an empty one is replaced. `progress` counts histories; what
    it raises ends the load, and so does an interrupt: then there is nothing.
    """
    with said(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(path)
        _refuse_filled(path)
        with _alone(path), _draft(path) as draft:
            facts = {"store_id": make_id(now, randomness(10)).hex(), "created_at": str(now), "demo": str(int(demo))}
            head, counters = _write(draft, batches, total, progress, facts, randomness(16))
            _sync(draft, os.O_RDWR)
            _publish(draft, path)
        with closing(Live(live_path(path))) as live:
            live.put_counters(counters)
    return head


def _write(
    draft: Path, batches: Iterable[Batch], total: int, progress: Progress, facts: Mapping[str, str], epoch: bytes
) -> tuple[Head, dict[str, Counter]]:
    head = Head()
    counters: dict[str, Counter] = {}
    engine = write_engine(draft)
    try:
        with engine.connect() as connection:
            driver = driver_of(connection)
            for pragma in _FAST:
                driver.execute(pragma)
            with connection.begin():
                migrations.create(connection, facts, epoch)
                for index in _LATE:
                    index.drop(connection)
            driver.execute("PRAGMA application_id=0")
            work = _Work(driver, progress, total)
            with work.watched():
                for batch in batches:
                    _put(driver, batch)
                    work.told(batch.told)
                    head = batch.head
                    counters |= batch.counters
                _make_indexes(connection, work)
            _finish(driver, head)
    finally:
        engine.dispose()
    return head, counters


def _put(driver: sqlite3.Connection, batch: Batch) -> None:
    driver.execute("BEGIN")
    driver.executemany(sql.INSERT_EVENT, batch.events)
    driver.executemany(sql.INSERT_INCIDENT, batch.incidents)
    driver.executemany(sql.INSERT_ALERT, batch.alerts)
    driver.executemany(sql.INSERT_RECEIPT, batch.receipts)
    driver.execute("COMMIT")


def _make_indexes(connection: Connection, work: _Work) -> None:
    for made, index in enumerate(_LATE, start=1):
        with connection.begin():
            index.create(connection)
        work.indexed(made / len(_LATE))


def _finish(driver: sqlite3.Connection, head: Head) -> None:
    """Make the draft a store: its head, the mark that it is one of ours, and the log that it will be written with."""
    driver.execute(sql.MOVE_HEAD, (head.seq, head.hash, head.next_number, head.received_at))
    driver.execute(f"PRAGMA application_id={APPLICATION_ID}")
    driver.execute("PRAGMA locking_mode=NORMAL")
    driver.execute("PRAGMA journal_mode=WAL")


def _refuse_filled(path: Path) -> None:
    if path.exists():
        with snapshot(path) as opened:
            if head_of(opened.connection, path).seq:
                raise FilledStore(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others from loading the same store; StoreBusy if one does."""
    lock = FileLock(path.with_name(f"{path.name}-bulk.lock"))
    try:
        if not lock.take():
            raise StoreBusy(path, "another program that fills it")
        try:
            yield
        finally:
            if not path.exists():
                lock.path.unlink(missing_ok=True)
            lock.free()
    finally:
        lock.close()


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Make an empty file to write in, and leave nothing of it behind; one of a load that was killed is removed."""
    draft = path.with_name(f".{path.name}.filling")
    try:
        _remove(draft)
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield draft
    finally:
        _remove(draft)


def _remove(draft: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    """Give the draft its name, durably, and never to the loss of a store that came there meanwhile."""
    if path.exists():
        _replace_empty(draft, path)
    else:
        _link(draft, path)
    with suppress(OSError):  # some file systems do not sync directories
        _sync(path.parent, os.O_RDONLY)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise StoreBusy(path, "another program that made it just now") from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        draft.rename(path)  # a file system without links


def _replace_empty(draft: Path, path: Path) -> None:
    """Put the draft in the place of a store without a history, under its lock: nobody can begin one meanwhile."""
    engine = write_engine(path)
    try:
        with engine.begin() as connection:
            if head_of(connection, path).seq:
                raise FilledStore(path)
            for suffix in ("-wal", "-shm"):
                path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
            draft.replace(path)
    finally:
        engine.dispose()


def _sync(path: Path, mode: int) -> None:
    descriptor = os.open(path, mode | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
