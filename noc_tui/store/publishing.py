"""How a file that was made under another name gets its own: whole, durably, and never over one that came meanwhile."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from noc_tui.store.errors import StoreBusy
from noc_tui.store.holders import SOMEBODY


def put_in_one_file(db: sqlite3.Connection, draft: Path) -> None:
    """Copy a draft's log back into its file, which alone gets a name; what goes wrong is raised.

    Closing does so too, but says nothing when the disk fails: then a part of the draft would be published.
    """
    busy, log, copied = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy or log != copied:
        raise StoreBusy(draft, SOMEBODY)


def publish_new(draft: Path, path: Path) -> None:
    """Give the draft its name, unless another program has made the file meanwhile: then that one stands."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS) or path.exists():
            raise
        draft.rename(path)  # a file system without links
    with suppress(OSError):  # some file systems do not sync directories
        directory = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone may read; FileExistsError if there is one."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def remove_draft(draft: Path) -> None:
    """Remove a draft and what SQLite left beside it; nothing happens where there is none."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)
