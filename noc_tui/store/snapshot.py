"""One long look at a store as of one moment: for what reads all of it (verify) while others write.

The transaction is read-only and takes no lock that a writer waits for. While it lasts the log cannot start over, so it
grows by what is written meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Select, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from noc_tui.journal.envelope import Head
from noc_tui.store.decoding import Rows
from noc_tui.store.engines import READER_BUSY_MS, file_uri
from noc_tui.store.errors import CorruptStore, MissingStore, NewerStore, classified
from noc_tui.store.migrations import format_of
from noc_tui.store.schema import FORMAT, journal_head

CHUNK: Final = 2_000
"""Rows fetched at once: a few megabytes at most."""


class Snapshot:
    """A store as of one moment. What `chunks` has open is closed with it, also when it was not read to the end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._results: list[CursorResult[Any]] = []

    def chunks(self, query: Select[Any]) -> Iterator[Rows]:
        """Yield a query's rows, `CHUNK` at a time, as they are read."""
        result = self.connection.execution_options(yield_per=CHUNK).execute(query)
        self._results.append(result)
        yield from result.partitions()

    def rows(self, query: Select[Any]) -> Iterator[Sequence[Any]]:
        """Yield a query's rows one by one, as they are read."""
        for rows in self.chunks(query):
            yield from rows

    def close(self) -> None:
        """Close what is still being read."""
        for result in self._results:
            result.close()


@contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """Read the store at `path` as it is now, in one transaction; errors are those of the store.

    Text that is not UTF-8 is read with U+FFFD, so that one damaged value can be named instead of ending the look.
    """
    if not path.exists():
        raise MissingStore(path)
    engine = create_engine("sqlite+pysqlite://", creator=lambda: _connect(path), poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.connect() as connection:
            found = format_of(connection, path)
            if found > FORMAT:
                raise NewerStore(path, f"format {found}")
            with closing(Snapshot(connection)) as opened:
                yield opened
    except (DBAPIError, sqlite3.Error, OSError) as error:
        raise classified(error, path) from error
    finally:
        engine.dispose()


def head_of(connection: Connection, path: Path) -> Head:
    """Return the journal's head; CorruptStore if there is none."""
    row = connection.execute(select(*(journal_head.c[name] for name in Head.__struct_fields__))).one_or_none()
    if row is None:
        raise CorruptStore(path, "the journal has no head")
    return Head(**dict(zip(Head.__struct_fields__, row, strict=True)))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file_uri(path, "ro"), uri=True, isolation_level=None, timeout=READER_BUSY_MS / 1000)
    connection.text_factory = _lenient
    connection.execute("PRAGMA cache_size=-16384")
    return connection


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
