"""Whether the file that is open is still the file at its path, and still whole.

SQLite goes on writing into a file that was deleted, replaced or cut short, and whatever is written there is gone for
ever, or makes it worse. So the identity and the length of the file, and of its log, are looked up before every write
and again before the write is acknowledged.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.store.errors import CorruptStore, StoreError, VanishedStore, errorname

Identity = tuple[int, int]
"""Device and inode."""

_LOG_MAGIC: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""How a log begins (sqlite.org/fileformat2.html#wal_file_format)."""
_LOG_HEADER: Final = 24
"""Bytes of a log's header up to the end of its salts, which are others each time that it starts over."""
_DAMAGE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_INDEX: Final = struct.Struct("=12xBxxxI28x")
"""One of the two equal headers of a log's index, in the host's order of bytes: whether it is made, and how many frames
are in the log (sqlite.org/walformat.html#walidxfmt)."""


def identity(path: Path) -> Identity | None:
    """Return which file is at a path, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


class _Look(msgspec.Struct, frozen=True):
    """A file as it was at one look: which one, how long, and how it began (a log's header; nothing else is read)."""

    which: Identity | None
    size: int = 0
    head: bytes = b""


class FileGuard:
    """Remembers which files were opened, and looks whether they are still there and have lost nothing.

    Made while a connection is open and has read: then the log is there too, and stays until the last one closes.
    `cuts_log` says that its users cut the log back themselves; then only a log without a beginning is known as lost.
    Where they do not, a log without content was lost unless SQLite's own index of it says that nothing is in it: so it
    is when another program has copied all of it back (`PRAGMA wal_checkpoint(TRUNCATE)`).
    """

    def __init__(self, path: Path, *, cuts_log: bool = False) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._cuts_log = cuts_log
        self._file = _look(path)
        self._logged = _look_at_log(self._log)
        self._index: int | None = None
        self._damage = ""

    def check(self, *, committed: bool = False) -> None:
        """Raise VanishedStore if a file is gone or is another one, CorruptStore if it was found damaged.

        `committed` says that something was committed just now, so that the log must have a beginning.
        """
        file, log = _look(self._path), _look_at_log(self._log)
        for found, opened, path in ((file, self._file, self._path), (log, self._logged, self._log)):
            if found.which != opened.which:
                raise VanishedStore(self._path, f"{path} is not the file that was opened")
        if not self._damage and file.size < self._file.size:
            self._damage = "it was cut short while in use; nothing more is written to it"
        if not self._damage and self._log_lost(log, committed=committed):
            self._damage = "its log was cut short while in use; nothing more is written to it"
        if self._damage:
            raise CorruptStore(self._path, self._damage)
        self._file, self._logged = file, log

    def is_whole(self) -> bool:
        """Return whether the files are there, and none was found damaged."""
        try:
            self.check()
        except StoreError:
            return False
        return True

    def condemn(self, error: BaseException) -> None:
        """Let no more be written if the error says that the file is damaged: what fits in memory would be taken."""
        damaged = isinstance(error, CorruptStore) or errorname(error).startswith(_DAMAGE)
        if damaged and not self._damage:
            self._damage = error.detail if isinstance(error, StoreError) else errorname(error)

    def _log_lost(self, log: _Look, *, committed: bool) -> bool:
        if committed and log.head[:4] not in _LOG_MAGIC:
            return True
        if log.size >= self._logged.size:
            return False
        return self._emptied_by_force() if not log.size and not self._cuts_log else log.head == self._logged.head

    def _emptied_by_force(self) -> bool:
        """Whether frames are missing from a log without content: a commit writes to the log before its index."""
        return self._frames() != 0 and not _look(self._log).size and self._frames() != 0

    def _frames(self) -> int | None:
        """How many frames the log should have by its index, None if that says nothing.

        The index is opened once and never closed, for that drops the process's locks on it.
        """
        try:
            if self._index is None:
                self._index = os.open(self._path.with_name(f"{self._path.name}-shm"), os.O_RDONLY | os.O_CLOEXEC)
            headers = os.pread(self._index, 2 * _INDEX.size, 0)
        except OSError:
            return None
        if len(headers) < 2 * _INDEX.size or headers[: _INDEX.size] != headers[_INDEX.size :]:
            return None
        made, frames = _INDEX.unpack_from(headers)
        return frames if made else None


def _look(path: Path) -> _Look:
    try:
        found = path.stat()
    except OSError:
        return _Look(None)
    return _Look((found.st_dev, found.st_ino), found.st_size)


def _look_at_log(path: Path) -> _Look:
    """Unlike the database's own file a log may be opened and closed: no locks of this process lie on it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return _look(path)
    try:
        found = os.fstat(descriptor)
        return _Look((found.st_dev, found.st_ino), found.st_size, os.pread(descriptor, _LOG_HEADER, 0))
    finally:
        os.close(descriptor)
