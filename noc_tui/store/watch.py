"""Whether anything was committed to a file, told by a look at its log: a `stat` where nothing was."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

_RACY_NS: Final = 50_000_000
"""A log written so shortly ago may be written again within the same tick of the file system's clock."""


class LogWatch:
    """Watches the log of the database at `path`; SQLite is asked only when its time or size has moved."""

    def __init__(self, path: Path) -> None:
        self._log = path.with_name(f"{path.name}-wal")
        self._seen: tuple[int, int, int] | None = None
        self._version = -1

    def moved(self, db: sqlite3.Connection) -> bool:
        """Return whether another connection than `db`, always the same one, has committed since the last call.

        `data_version` says so; it is asked when the log moved, or was written so shortly before the last look that
        its time stamp may not tell a second write.
        """
        seen = _stamp(self._log)
        if seen is not None and seen == self._seen:
            return False
        settled = seen is None or time.time_ns() - seen[1] > _RACY_NS
        version: int = db.execute("PRAGMA data_version").fetchone()[0]
        self._seen = seen if settled else None
        before, self._version = self._version, version
        return version != before


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
