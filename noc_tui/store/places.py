"""Where a store may lie: in a file of this account, on a local file system, in a directory that it may write."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import ClassVar, Final

from noc_tui.store.errors import NoPermission, NotAStore, ReadOnlyStore, StoreError, UnsafeStore

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "fuse.sshfs", "fuse.davfs"))
"""File systems without the shared memory between hosts that SQLite's log needs (sqlite.org/wal.html)."""

_FILES: Final = "sqlite:///"
_EFFECTIVE: Final = os.access in os.supports_effective_ids
_BESIDE: Final = tuple(f"{of}{suffix}" for of in ("", "-live", "-search") for suffix in ("-wal", "-shm", "-journal"))
_WITH_IT: Final = (*_BESIDE, "-live", "-search", "-writer.lock", "-next.lock", "-bulk.lock", "-agent.lock")
"""How the files beside a store are called that a writer opens, or SQLite for it."""


class PlantedFile(StoreError):
    """A file beside the store is a link, or somebody else's: who put it there would read or steer what is written."""

    sentence: ClassVar[str] = (
        "The store {path} is not opened, for {detail}: remove that file if it is not yours, "
        "and keep the store in a directory that only you can write."
    )


def file_of(location: str) -> Path:
    """Return the file that a location names: a path, or `sqlite:///path`; ValueError says why it names none.

    A link leads to the file: locks and log lie beside that, whatever name it is opened by.
    """
    text = location.removeprefix(_FILES)
    scheme, found, _ = text.partition("://")
    if found:
        raise ValueError(f"this version opens store files only, and {scheme}:// is none: give a path, such as ~/noc.db")
    if not text:
        raise ValueError("an empty location names no store: give a path, such as ~/noc.db")
    path = Path(text).expanduser().absolute()
    try:
        return path.resolve() if path.is_symlink() else path
    except RuntimeError:  # how Python 3.11 and 3.12 say it
        raise ValueError(f"{path} is a link that leads to itself: give another path") from None


def refuse_unwritable(path: Path) -> None:
    """Raise what keeps this account from writing an existing store: NotAStore, NoPermission or ReadOnlyStore."""
    if path.is_dir():
        raise NotAStore(path, "a directory")
    if not _may(path, os.R_OK):
        raise NoPermission(path)
    if not _may(path, os.W_OK) or not _may(path.parent, os.W_OK | os.X_OK):
        raise ReadOnlyStore(path)


def refuse_planted(path: Path) -> None:
    """Raise NoPermission if the store is another account's, PlantedFile if a file beside it is that or a link."""
    me = os.geteuid()
    if path.exists() and path.stat().st_uid != me:
        raise NoPermission(path)
    for suffix in _WITH_IT:
        beside = path.with_name(f"{path.name}{suffix}")
        try:
            found = beside.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(found.st_mode):
            raise PlantedFile(path, f"{beside} is {'a symbolic link' if stat.S_ISLNK(found.st_mode) else 'no file'}")
        if found.st_uid != me:
            raise PlantedFile(path, f"{beside} belongs to another account")


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise UnsafeStore if the path is on a network file system, as far as Linux's `mounts` (proc(5)) tells."""
    kind = _file_system(path.parent.resolve(), mounts)
    if kind in _NETWORK:
        raise UnsafeStore(path, kind)


def _may(path: Path, how: int) -> bool:
    return os.access(path, how, effective_ids=_EFFECTIVE)


def _file_system(directory: Path, mounts: Path) -> str:
    """The type of the file system with the longest mount point above `directory`, "" if that is not to be known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found, kind = -1, ""
    for line in lines:
        # 36 35 98:0 /root /mount/point rw,noatime - ext4 /dev/sda1 rw: the type follows the lone dash
        words = line.split(" ")
        point = Path(words[4].replace("\\040", " "))
        if directory.is_relative_to(point) and len(point.parts) >= found and "-" in words:
            found, kind = len(point.parts), words[words.index("-") + 1]
    return kind
