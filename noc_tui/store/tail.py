"""The end of the journal, read where nobody may be kept waiting: a moment's work in the caller's own thread.

Through the asynchronous reader the same question costs twenty times as much, most of it to change threads, and it is
asked after every commit for all who follow (docs/scaling.md).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from noc_tui.journal.envelope import Event, Head
from noc_tui.store.decoding import Rows, columns_sql, events_of
from noc_tui.store.engines import file_uri
from noc_tui.store.errors import CorruptStore, MissingStore, classified
from noc_tui.store.restored import RESTORED, RestorePoint, points_from
from noc_tui.store.rows import EVENT_COLUMNS

BUSY_MS: Final = 50
"""How long a read waits while the log is recovered after a crash; then it is tried again later."""

_HEAD: Final = f"SELECT {columns_sql(Head.__struct_fields__)} FROM journal_head"
_RESTORED: Final = "SELECT value FROM meta WHERE key = ?"
_NEWER: Final = f"SELECT {columns_sql(EVENT_COLUMNS)} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"


class TailReader:
    """Reads one store's last events, for one thread. Raises StoreError's tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise MissingStore(path)
        try:
            self._db = sqlite3.connect(file_uri(path, "ro"), uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
        except sqlite3.Error as error:
            raise classified(error, path) from error

    def head(self) -> Head:
        """Return the journal's head as it is now."""
        rows = self._rows(_HEAD)
        if not rows:
            raise CorruptStore(self.path, "the journal has no head")
        return Head(**dict(zip(Head.__struct_fields__, rows[0], strict=True)))

    def restored(self) -> tuple[RestorePoint, ...]:
        """Return the points that the store was put back to by our command."""
        rows = self._rows(_RESTORED, RESTORED)
        return points_from(rows[0][0] if rows else None)

    def newer(self, after: int, limit: int) -> list[Event]:
        """Return the events that follow a seq, in order; `limit` is what the caller's thread can spare the time for."""
        return events_of(self._rows(_NEWER, after, limit))

    def _rows(self, query: str, *values: str | int) -> Rows:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise classified(error, self.path) from error

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
