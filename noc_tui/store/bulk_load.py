"""A whole store written at once: a past that never was, in minutes instead of days.

It is written as a draft, without log and without syncs, most of its indexes last; only when it is whole and on the disk
does it get its name. So an interrupt leaves nothing, and a crash no more than a hidden file that is no store.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Head
from noc_tui.journal.ids import make_id
from noc_tui.store import migrations
from noc_tui.store import statements as sql
from noc_tui.store.draft import alone, draft_of, publish, refuse_filled, sync
from noc_tui.store.engines import driver_of, write_engine
from noc_tui.store.interleaving import Batch
from noc_tui.store.live import Live, live_path
from noc_tui.store.places import refuse_network
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.schema import APPLICATION_ID, journal, metadata
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
_TICK: Final = 10_000
"""Steps of SQLite's machine between two looks at the progress: about a millisecond."""
_PAUSE: Final = 0.2
"""Seconds between two looks while the disk is at work."""


class _Work:
    """How far a load has come, told also while something takes long; what `progress` raises ends the load."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._raised: BaseException | None = None

    def told(self, histories: int) -> None:
        """So many histories have been written."""
        self._tell(int(histories * _TELLING))

    def indexed(self, part: float) -> None:
        """So large a part of the indexes, from 0 to 1, has been made."""
        self._tell(int(self._total * (_TELLING + (1 - _TELLING) * part)))

    @contextmanager
    def watching(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        """Look at the progress while the connection is at work; what that raises is raised here.

        SQLite itself says only that it was interrupted.
        """
        connection.set_progress_handler(self._look, _TICK)
        try:
            yield connection
        except (sqlite3.OperationalError, OperationalError):
            if self._raised is not None:
                raise self._raised from None
            raise
        finally:
            connection.set_progress_handler(None, 0)

    def wait_for(self, act: Callable[[], None]) -> None:
        """Do what takes its time, in a thread of its own."""
        with ThreadPoolExecutor(1) as aside:
            doing = aside.submit(act)
            while not wait((doing,), _PAUSE).done:
                self._tell(self._done)
            doing.result()

    def _tell(self, done: int) -> None:
        self._done = done
        self._progress(done, self._total)

    def _look(self) -> int:
        try:
            self._progress(self._done, self._total)
        except BaseException as error:  # noqa: BLE001  # SQLite would swallow it; `watching` raises it again
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
    facts = {"store_id": make_id(now, randomness(10)).hex(), "created_at": str(now), "demo": str(int(demo))}
    with said(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(path)
        refuse_filled(path)
        with alone(path), draft_of(path) as draft:
            work = _Work(progress, total)
            head, counters = _write(draft, batches, work, facts, randomness(16))
            work.wait_for(partial(sync, draft))
            publish(draft, path)
        if counters:
            with closing(Live(live_path(path))) as live:
                live.put_counters(counters)
    return head


def _write(
    draft: Path, batches: Iterable[Batch], work: _Work, facts: Mapping[str, str], epoch: bytes
) -> tuple[Head, dict[str, Counter]]:
    head = Head()
    counters: dict[str, Counter] = {}
    engine = write_engine(draft)
    try:
        with engine.connect() as connection, work.watching(driver_of(connection)) as driver:
            for pragma in _FAST:
                driver.execute(pragma)
            _make_tables(connection, facts, epoch)
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


def _make_tables(connection: Connection, facts: Mapping[str, str], epoch: bytes) -> None:
    """Make what a store has, save the indexes that come late; without its application_id it is none yet."""
    with connection.begin():
        migrations.create(connection, facts, epoch)
        for index in _LATE:
            index.drop(connection)
        connection.exec_driver_sql("PRAGMA application_id=0")


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
