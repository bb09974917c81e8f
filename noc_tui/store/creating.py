"""How a new store comes to be: whole, or not at all.

It is made under another name and linked to its own when it is complete, so that no one ever opens half a store, a
crash leaves none, and of two programs that make the same one at once both open the same. An empty file is therefore
never a new store, but one that lost its content.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from noc_tui.incidents.model import Micros
from noc_tui.journal.ids import make_id
from noc_tui.store import migrations
from noc_tui.store.engines import write_engine
from noc_tui.store.errors import UnsafeStore
from noc_tui.store.writing import said

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "fuse.sshfs", "fuse.davfs"))
"""File systems without the shared memory between hosts that SQLite's log needs (sqlite.org/wal.html)."""


def create_store(path: Path, *, demo: bool, clock: Callable[[], Micros], randomness: Callable[[int], bytes]) -> None:
    """Make a store at `path`, and its directory (0700) if need be; nothing happens where a file is already."""
    now = clock()
    facts = {
        "store_id": make_id(now, randomness(10)).hex(),
        "created_at": str(now),
        "demo": str(int(demo)),
    }
    with said(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(path)
        draft = path.with_name(f".{path.name}.{randomness(8).hex()}")
        try:
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            _fill(draft, facts, randomness(16))
            _publish(draft, path)
        finally:
            for suffix in ("", "-wal", "-shm"):
                draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise UnsafeStore if the path is on a network file system, as far as Linux's `mounts` (proc(5)) tells."""
    kind = _file_system(path.parent.resolve(), mounts)
    if kind in _NETWORK:
        raise UnsafeStore(path, kind)


def _fill(draft: Path, facts: dict[str, str], epoch: bytes) -> None:
    engine = write_engine(draft)
    with engine.begin() as connection:
        migrations.create(connection, facts, epoch)
    engine.dispose()


def _publish(draft: Path, path: Path) -> None:
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
