"""What can go wrong with a store, each as a sentence: what happened, with which file, what to do.

    StoreError
    ├── MissingStore        there is no such file, or no such directory
    ├── NotAStore           a file, but not one of ours
    ├── NewerStore          written by a newer version
    ├── CorruptStore        damaged
    ├── ReadOnlyStore       the file, its directory or its file system cannot be written
    ├── NoPermission        this account may not open it
    ├── StoreFull           no room on the disk, or a limit on the file's size
    ├── StoreBusy           another process holds it for longer than our bound
    ├── VanishedStore       deleted or replaced under us: what is written would be lost
    ├── UnsafeStore         on a file system that cannot keep it safe (a network share)
    ├── DiskFailed          the disk, or the file system on it, did not do what it was asked
    ├── ClosedStore         used after it was closed
    └── FailedStore         anything else that SQLite or the operating system says

Errors of SQLite are told apart by `sqlite_errorname`, never by their text.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import ClassVar, Final

REPLICA: Final = "replica.db"
"""The name of the file that is a copy of a remote store: nothing in it is to be restored, all is fetched again."""
_FETCHED_ANEW: Final = "it is fetched anew from the server, and what waits in the outbox beside it is kept."


class StoreError(Exception):
    """A store could not do what was asked; nothing of it was done, nothing acknowledged is lost.

    `path` is the file; `detail` is what the machine said, for a log or `--debug`. `of_replica` is what is said of a
    copy of a remote store, where another remedy is due.
    """

    sentence: ClassVar[str] = "The store {path} failed."
    of_replica: ClassVar[str] = ""

    def __init__(self, path: Path | str, detail: str = "") -> None:
        self.path = Path(path)
        self.detail = detail
        sentence = (self.of_replica if self.path.name == REPLICA else "") or self.sentence
        super().__init__(sentence.format(path=self.path, directory=self.path.parent, detail=detail))


class MissingStore(StoreError):
    """There is no such file, or no directory to make it in."""

    sentence = "There is no store at {path}: check the path given with --store."


class NotAStore(StoreError):
    """The file exists, and is not a store of ours."""

    sentence = (
        "{path} is not a noc-tui store: give another path with --store, or, if it was one, restore a backup with "
        "`noc-tui restore`; the file was left as it is."
    )
    of_replica = f"The copy {{path}} of the remote store is none: remove the file: {_FETCHED_ANEW}"


class NewerStore(StoreError):
    """The store was written by a newer version, whose format this one does not know."""

    sentence = "The store {path} was written by a newer noc-tui ({detail}): upgrade noc-tui to open it."


class CorruptStore(StoreError):
    """The file is damaged."""

    sentence = (
        "The store {path} is damaged ({detail}): make a copy of it and run `noc-tui verify`, "
        "then restore a backup with `noc-tui restore`."
    )
    of_replica = (
        "The copy {path} of the remote store is damaged ({detail}): close the boards on it and start noc-tui again; if "
        f"it is not mended then, remove the file: {_FETCHED_ANEW}"
    )


class ReadOnlyStore(StoreError):
    """The file, its directory or its file system is read-only."""

    sentence = (
        "The store {path} cannot be written: make the file, its -wal and -shm, and {directory} writable for this "
        "account, then start noc-tui again."
    )


class NoPermission(StoreError):
    """This account may not open the file."""

    sentence = (
        "This account may not open the store {path}: a local store belongs to one account; "
        "share it with `noc-tui serve`, or give another path with --store."
    )


class StoreFull(StoreError):
    """There is no room; what was there is kept, and writing works again when there is."""

    sentence = (
        "There is no room to write the store {path}: free some space on the disk of {directory}, "
        "then repeat the command. All that was acknowledged is safe."
    )


class StoreBusy(StoreError):
    """Another process holds the store for longer than we wait."""

    sentence = "The store {path} is held by {detail}: end or continue that process, then repeat the command."


class VanishedStore(StoreError):
    """The file was deleted or replaced while it was open: what is written there would be lost."""

    sentence = (
        "The store {path} was deleted or replaced while in use: nothing more is written to it; "
        "put the file back or restore a backup, then start noc-tui again."
    )
    of_replica = (
        "The copy {path} of the remote store was deleted or replaced while in use: start noc-tui again; "
        f"{_FETCHED_ANEW}"
    )


class UnsafeStore(StoreError):
    """The file lies on a file system that several processes cannot safely share (a network share)."""

    sentence = (
        "The store {path} lies on a network file system ({detail}), where it cannot be kept safe: "
        "put it on a local disk, or share it with `noc-tui serve`."
    )


class DiskFailed(StoreError):
    """The disk, or the file system on it, gave an error; also a quota or a limit on a file's size, by SQLite's words.

    What was asked last may be there all the same: a sync that failed says nothing of what was written before it.
    """

    sentence = (
        "The disk under the store {path} failed ({detail}). All that was acknowledged is safe; what was asked last may "
        "be done or not. See that {directory} has room, no quota and no `ulimit -f` in the way, and a sound disk; then "
        "look, and repeat the command."
    )


class ClosedStore(StoreError):
    """The store was used after `close`."""

    sentence = "The store {path} is closed."


class FailedStore(StoreError):
    """Whatever else SQLite or the operating system says."""

    sentence = "The store {path} failed ({detail}): run `noc-tui verify`; nothing acknowledged is lost."


_BY_NAME: Final[dict[str, type[StoreError]]] = {
    "SQLITE_NOTADB": NotAStore,
    "SQLITE_CORRUPT": CorruptStore,
    "SQLITE_READONLY": ReadOnlyStore,
    "SQLITE_READONLY_DBMOVED": VanishedStore,
    "SQLITE_FULL": StoreFull,
    "SQLITE_IOERR": DiskFailed,
    "SQLITE_IOERR_NOMEM": FailedStore,
    "SQLITE_IOERR_SHMSIZE": StoreFull,
    "SQLITE_IOERR_CORRUPTFS": CorruptStore,
    "SQLITE_IOERR_DATA": CorruptStore,
    "SQLITE_PERM": NoPermission,
    "SQLITE_AUTH": NoPermission,
    "SQLITE_BUSY": StoreBusy,
    "SQLITE_LOCKED": StoreBusy,
}
"""The kind of each error of SQLite; an extended name falls back to its first two parts."""

_BY_ERRNO: Final[dict[int, type[StoreError]]] = {
    errno.ENOENT: MissingStore,
    errno.ENOTDIR: MissingStore,
    errno.EISDIR: NotAStore,
    errno.EACCES: NoPermission,
    errno.EPERM: NoPermission,
    errno.EROFS: ReadOnlyStore,
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EFBIG: StoreFull,
    errno.EIO: DiskFailed,
}


def errorname(error: BaseException) -> str:
    """Return the `sqlite_errorname` behind an error, also one that SQLAlchemy wrapped; "" if it has none."""
    original = getattr(error, "orig", None) or error
    return str(getattr(original, "sqlite_errorname", "") or "")


def is_busy(error: BaseException) -> bool:
    """Return whether an error only says that another connection holds a lock: worth another try."""
    return errorname(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def classified(error: BaseException, path: Path | str) -> StoreError:
    """Return the store's own error for one of SQLite, SQLAlchemy or the operating system."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, OSError):
        kind = _BY_ERRNO.get(error.errno or 0, FailedStore)
        return kind(path, error.strerror or "")
    name = errorname(error)
    if name == "SQLITE_CANTOPEN" or name.startswith("SQLITE_CANTOPEN_"):
        return _cannot_open(Path(path), name)
    found = _BY_NAME.get(name) or _BY_NAME.get("_".join(name.split("_")[:2]), FailedStore)
    if found is StoreBusy:
        return StoreBusy(path, "another process")
    return found(path, name or type(error).__name__)


def _cannot_open(path: Path, name: str) -> StoreError:
    """SQLite says the same of a missing directory, a forbidden or read-only file and a full table of descriptors: look.

    Without opening the file: closing a descriptor of it would drop every lock that this process has on it.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return classified(error, path)
    if stat.S_ISDIR(mode):
        return NotAStore(path, "a directory")
    if not os.access(path, os.R_OK):
        return NoPermission(path, name)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        return ReadOnlyStore(path, name)
    return FailedStore(path, name)
