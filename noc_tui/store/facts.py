"""Facts about a store and what it stands on, for a person who looks for what is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
