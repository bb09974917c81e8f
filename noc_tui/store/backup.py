"""A copy of a store while it is in use, and a store put back from such a copy.

A backup is made by SQLite's own backup, in steps, from one moment: a read transaction stands under it, so that writers
going on beside it never make it begin again. It appears under its name only when it is whole and on the disk.

A restored store is another history from that moment on: it gets a new epoch, so that whoever followed the old one
notices (SYNC.md 16). What it replaces is kept beside it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.envelope import Head
from noc_tui.store.engines import file_uri
from noc_tui.store.errors import CorruptStore, StoreBusy, StoreError, VanishedStore, classified
from noc_tui.store.gate import FileLock
from noc_tui.store.guarding import identity
from noc_tui.store.holders import holder_of
from noc_tui.store.places import refuse_planted
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.publishing import put_in_one_file
from noc_tui.store.restored import RESTORED, RestorePoint, text_with
from noc_tui.store.snapshot import head_of, snapshot
from noc_tui.store.verify import verify

PAGES: Final = 1_024
"""Pages copied in one step: 4 MiB, some milliseconds."""
_BESIDE: Final = ("-wal", "-shm", "-live", "-live-wal", "-live-shm", "-search", "-search-wal", "-search-shm")
_LOCKS: Final = ("-agent.lock", "-bulk.lock", "-next.lock", "-writer.lock")


class BackupExists(StoreError):
    """There is already a file under the backup's name."""

    sentence: ClassVar[str] = "{path} exists: give another name for the backup, or say --force to replace it."


class UnsoundBackup(StoreError):
    """The file to restore from did not pass its verification."""

    sentence: ClassVar[str] = "The backup {path} was not restored, for it is not sound: {detail}"


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did: the head that the store stands at now, and where the store it replaced is kept."""

    path: Path
    head: Head
    kept: Path | None


def backup(path: Path, target: Path, progress: Progress = quiet, *, force: bool = False) -> Head:
    """Copy the store at `path` to `target` as of now and return the head that the copy stands at.

    `progress` counts pages. The copy is readable by its owner alone. BackupExists unless `force`; nothing is left
    under the target's name when it fails.
    """
    if target.exists() and not force:
        raise BackupExists(target)
    with _in_the_making(target) as draft:
        _copy(path, draft, progress)
        with snapshot(draft) as copy:
            head = head_of(copy.connection, draft)
        _appear(draft, target)
    return head


def restore(
    source: Path,
    path: Path,
    progress: Progress = quiet,
    *,
    now: Micros,
    randomness: Callable[[int], bytes] = os.urandom,
) -> Restored:
    """Put the store saved in `source` at `path`, under a new epoch; the store that was there is kept beside it.

    The source is verified first. StoreBusy while an agent runs on the store or anybody has it open; until the last
    step, which is a rename, the old store is as it was.
    """
    refuse_planted(path)
    report = verify(source)
    if report.fault is not None:
        raise UnsoundBackup(source, report.fault.sentence)
    with ExitStack() as held:
        for suffix in _LOCKS:
            held.enter_context(_exclusively(path.with_name(f"{path.name}{suffix}"), path))
        draft = held.enter_context(_in_the_making(path))
        _copy(source, draft, progress)
        head = _new_epoch(draft, randomness(16))
        kept = _put_aside(path, now)
        _appear(draft, path)
    return Restored(path=path, head=head, kept=kept)


def _copy(source: Path, draft: Path, progress: Progress) -> None:
    """Copy page by page as of one moment; errors speak of the file that they are about."""
    with snapshot(source) as checked:  # of a format that we know
        head_of(checked.connection, source)
    before = identity(source)
    try:
        with closing(sqlite3.connect(file_uri(source, "ro"), uri=True, isolation_level=None)) as reading:
            reading.execute("BEGIN")
            reading.execute("SELECT seq FROM journal_head").fetchone()
            with closing(sqlite3.connect(draft, isolation_level=None)) as writing:
                reading.backup(
                    writing, pages=PAGES, progress=lambda _, left, total: progress(total - left, total), sleep=0.0
                )
                put_in_one_file(writing, draft)
                writing.execute("PRAGMA journal_mode = DELETE")  # one file, readable from read-only media
    except (sqlite3.Error, OSError) as error:
        said = classified(error, draft)
        raise CorruptStore(source, said.detail) if isinstance(said, CorruptStore) else said from error
    if identity(source) != before:
        raise VanishedStore(source)


def _new_epoch(draft: Path, epoch: bytes) -> Head:
    """Begin another history, and note where the one before ends: those who followed it are told."""
    with snapshot(draft) as opened:
        head = head_of(opened.connection, draft)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            db.execute("UPDATE journal_head SET epoch = ?", (epoch,))
            (told,) = db.execute("SELECT max(value) FROM meta WHERE key = ?", (RESTORED,)).fetchone()
            db.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                (RESTORED, text_with(told, RestorePoint.at(head, epoch))),
            )
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise classified(error, draft) from error
    return replace(head, epoch=epoch)


@contextmanager
def _in_the_making(target: Path) -> Iterator[Path]:
    """Give a file beside `target` for our eyes only; what is left of it and its log is gone at the end."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise classified(error, draft) from error
    try:
        yield draft
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            draft.with_name(f"{draft.name}{suffix}").unlink(missing_ok=True)


def _appear(draft: Path, target: Path) -> None:
    """Rename the draft to its name when it is on the disk, and put the name on the disk too."""
    _sync(draft)
    draft.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _exclusively(lock: Path, store: Path) -> Iterator[None]:
    """Hold one of the store's file locks; StoreBusy names who has it."""
    file = FileLock(lock)
    try:
        if not file.take():
            raise StoreBusy(store, holder_of(lock))
        yield
    finally:
        file.close()


def _put_aside(path: Path, now: Micros) -> Path | None:
    """Give a store and what lies beside it another name, and return that; None if there is no store.

    The store keeps its own name too, until the restored one takes it in one rename: no one who starts now finds none.
    A log that was left without its store is moved as well, for SQLite would take it for the restored store's.
    """
    stamp = datetime.fromtimestamp(now / SECOND, tz=UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.replaced-{stamp}")
    if kept.exists():
        raise BackupExists(kept)
    found = path.exists()
    if found:
        _closed_by_all(path)
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{suffix}").rename(kept.with_name(f"{kept.name}{suffix}"))
    if not found:
        return None
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        path.rename(kept)
    return kept


def _closed_by_all(path: Path) -> None:
    """StoreBusy if anybody has the store open, for what he wrote later would go to the file put aside.

    Leaving the WAL mode needs every other connection to be gone, and copies the log into the file. A store that is
    too damaged to answer is put aside as it is.
    """
    try:
        with closing(sqlite3.connect(file_uri(path, "rw"), uri=True, isolation_level=None, timeout=0.5)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        said = classified(error, path)
        if isinstance(said, StoreBusy):
            raise StoreBusy(path, "a program that has it open") from error
