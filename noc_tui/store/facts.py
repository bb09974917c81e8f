"""Facts about a store and what it stands on, for a person who looks for what is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.store.errors import classified


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes of the file and its log, as they are now."""

    size: int
    log: int


def sqlite_version() -> str:
    """Return the version of the SQLite library that is used."""
    return sqlite3.sqlite_version


def facts_of(path: Path) -> StoreFacts:
    """Return what the file system says of a store; zeros where there is none."""
    return StoreFacts(size=_size(path), log=_size(path.with_name(f"{path.name}-wal")))


def last_received(path: Path) -> Micros:
    """Return when the journal's last event was received; 0 where there is none. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            row = db.execute("SELECT received_at FROM journal_head").fetchone()
    except sqlite3.Error as error:
        raise classified(error, path) from error
    return int(row[0]) if row is not None else 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
