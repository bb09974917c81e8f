"""A new store made under another name: it gets its own when it is whole, and to the loss of no other.

A draft that is given up is removed; one that a crash left is removed by the next one for the same store.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from noc_tui.store.engines import write_engine
from noc_tui.store.errors import StoreBusy, StoreError
from noc_tui.store.gate import FileLock
from noc_tui.store.publishing import make_private, remove_draft
from noc_tui.store.snapshot import head_of, snapshot


class FilledStore(StoreError):
    """There is a store with a history of its own already."""

    sentence: ClassVar[str] = "The store {path} is not empty: give the path of a new file with --store."


def refuse_filled(path: Path) -> None:
    """Raise FilledStore if there is a store with a history of its own; NotAStore if there is anything else."""
    if path.exists():
        with snapshot(path) as opened:
            if head_of(opened.connection, path).seq:
                raise FilledStore(path)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep others from loading the same store; StoreBusy if one does."""
    lock = FileLock(path.with_name(f"{path.name}-bulk.lock"))
    try:
        if not lock.take():
            raise StoreBusy(path, "another program that fills it")
        try:
            yield
        finally:
            if not path.exists():
                lock.path.unlink(missing_ok=True)
            lock.free()
    finally:
        lock.close()


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Make an empty file to write in, and leave nothing of it behind; one of a load that was killed is removed."""
    draft = path.with_name(f".{path.name}.filling")
    try:
        remove_draft(draft)
        make_private(draft)
        yield draft
    finally:
        remove_draft(draft)


def publish(draft: Path, path: Path) -> None:
    """Give the draft its name, durably, and never to the loss of a store that came there meanwhile."""
    if path.exists():
        _replace_empty(draft, path)
    else:
        _link(draft, path)
    with suppress(OSError):  # some file systems do not sync directories
        sync(path.parent, os.O_RDONLY)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise StoreBusy(path, "another program that made it just now") from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        draft.rename(path)  # a file system without links


def _replace_empty(draft: Path, path: Path) -> None:
    """Put the draft in the place of a store without a history, under its lock: nobody can begin one meanwhile."""
    engine = write_engine(path)
    try:
        with engine.begin() as connection:
            if head_of(connection, path).seq:
                raise FilledStore(path)
            for suffix in ("-wal", "-shm"):
                path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
            draft.replace(path)
    finally:
        engine.dispose()


def sync(path: Path, mode: int = os.O_RDWR) -> None:
    """Bring a file, or with another mode of opening a directory, to the disk."""
    descriptor = os.open(path, mode | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
