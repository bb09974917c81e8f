"""Whether the file that is open is still the file at its path.

SQLite goes on writing into a file that was deleted or replaced, and whatever is written there is gone for ever. So the
identity of the file, and of its log, is looked up before every write and again before the write is acknowledged.
"""

from __future__ import annotations

from pathlib import Path

from noc_tui.store.errors import VanishedStore

Identity = tuple[int, int]
"""Device and inode."""


def identity(path: Path) -> Identity | None:
    """Return which file is at a path, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


class FileGuard:
    """Remembers which files were opened, and looks whether they are still there.

    Made while a connection is open and has read: then the log is there too, and stays until the last one closes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files = [(file, identity(file)) for file in (path, path.with_name(f"{path.name}-wal"))]

    def check(self) -> None:
        """Raise VanishedStore if a file is gone or is another one."""
        for file, opened in self._files:
            if identity(file) != opened:
                raise VanishedStore(self._path, f"{file} is not the file that was opened")
