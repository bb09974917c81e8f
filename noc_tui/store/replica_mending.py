"""A copy of a remote store that is damaged is put aside, and fetched anew; the outbox beside it is another file.

Whoever writes it marks it when a page turns out to be damaged: what can be opened is not looked through at each start.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from noc_tui.store.engines import file_uri
from noc_tui.store.errors import CorruptStore, NotAStore, classified

_LOOK = "SELECT (SELECT seq FROM journal_head), (SELECT value FROM meta WHERE key = 'remote')"


def mark_damaged(path: Path) -> None:
    """Note that the copy is to be put aside before it is used again."""
    with suppress(OSError):  # then it is told that the file is to be removed, and somebody does
        _mark(path).touch(mode=0o600)


def put_aside_if_damaged(path: Path) -> Path | None:
    """Move a damaged copy out of the way and return where it is now; None if it is sound, or there is none.

    One that was put aside before is replaced. OSError if it cannot be moved.
    """
    if not path.exists() or not (_mark(path).exists() or _is_damaged(path)):
        return None
    aside = path.with_name(f"{path.name}.damaged")
    for suffix in ("-shm", "-wal", ""):  # the file itself last: until then it is found damaged again
        part = path.with_name(f"{path.name}{suffix}")
        if part.exists():
            part.replace(aside.with_name(f"{aside.name}{suffix}"))
    _mark(path).unlink(missing_ok=True)
    return aside


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}-damaged")


def _is_damaged(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(file_uri(path, "ro"), uri=True)) as db:
            seq, remote = db.execute(_LOOK).fetchone()
    except sqlite3.Error as error:
        emptied = error.sqlite_errorname == "SQLITE_ERROR"  # there are no such tables
        return emptied or isinstance(classified(error, path), CorruptStore | NotAStore)
    return seq is None or remote is None
