"""What has left the board, found by a query: a million incidents, of which no more are read than are asked for.

The newest come first, straight from the key, and the search ends with the last one that is wanted. Another order makes
SQLite look through all of them; so a question has a bound on its time, and says so when it is too large.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy import Engine, Select, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from noc_tui.incidents.model import Incident
from noc_tui.incidents.query import Compiled
from noc_tui.store.decoding import incidents_of
from noc_tui.store.engines import READER_BUSY_MS, file_uri
from noc_tui.store.errors import MissingStore, StoreError, classified, errorname
from noc_tui.store.query_sql import condition_of, named_order_of, order_of, prepared
from noc_tui.store.rows import ON_BOARD
from noc_tui.store.schema import incidents

SECONDS: Final = 10.0
"""How long a question may take."""
MOST: Final = 10_000
"""Incidents that are read unless more are asked for."""
LARGEST: Final = 100_000
"""Incidents that are read at most."""
_STEPS: Final = 50_000
"""Steps of SQLite's machine between two looks at the clock: some milliseconds."""


class TooLarge(StoreError):
    """A question to the history was not answered in time."""

    sentence: ClassVar[str] = (
        "The history in {path} was not looked through within {detail} s: ask for less of it, such as closed>-30d, "
        "for fewer with --limit, or without another order."
    )


class ClosedIncidents:
    """Reads what is closed or merged. Blocking: for a thread of its own. Raises StoreError's tree."""

    def __init__(self, path: Path, seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._seconds = seconds
        self._monotonic = monotonic
        self._until = 0.0

    def find(self, asked: Compiled | None, limit: int = MOST, sort: str = "") -> list[Incident]:
        """Return what a query finds, at most `limit`: the newest first, or in the order that is asked for.

        `sort` is one of the board's own orders, and stands before the query's.
        """
        found = select(incidents).where(text(f"NOT {ON_BOARD}")).limit(max(0, min(limit, LARGEST)))
        if asked is not None:
            found = found.where(condition_of(asked.query, asked.context))
        if sort:
            return self._rows(found.order_by(*named_order_of(sort)))
        if asked is not None and asked.sort:
            return self._rows(found.order_by(*order_of(asked.sort)))
        return self._rows(found.order_by(incidents.c.number.desc()))

    def parents(self) -> frozenset[int]:
        """Return the numbers of all incidents on which others hang."""
        of_children = select(incidents.c.parent).where(text("parent <> 0")).distinct()
        return frozenset(row[0] for row in self._fetch(of_children))

    def _rows(self, query: Select[Any]) -> list[Incident]:
        return incidents_of(self._fetch(query))

    def _fetch(self, query: Select[Any]) -> Any:
        if not self.path.exists():
            raise MissingStore(self.path)
        self._until = self._monotonic() + self._seconds
        engine = self._engine()
        try:
            with engine.connect() as connection:
                return connection.execute(query).all()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            if errorname(error) == "SQLITE_INTERRUPT":
                raise TooLarge(self.path, f"{self._seconds:g}") from error
            raise classified(error, self.path) from error
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        engine = create_engine("sqlite+pysqlite://", creator=self._connect, poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            file_uri(self.path, "ro"),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=READER_BUSY_MS / 1000,
        )
        connection.text_factory = _lenient
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("PRAGMA temp_store=MEMORY")
        prepared(connection)
        connection.set_progress_handler(self._is_over, _STEPS)
        return connection

    def _is_over(self) -> bool:
        return self._monotonic() > self._until


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
