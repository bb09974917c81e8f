"""The file that holds the tokens of a store: read only if nobody else can have touched it, replaced as a whole.

Whoever can write it can let anybody in, so a link, a file of another account and any permission for others are
refused. A reader sees the old file or the new one, never half of one.

    TokenError
    ├── UnsafeTokens     others may read or write the file, or somebody else put it there
    ├── DamagedTokens    the file is not what we wrote
    ├── UnusableTokens   the file cannot be opened, written or locked
    └── BadToken         what was asked for is not possible: a name that is taken, not known, or no name
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file that is read; about fifty thousand tokens."""
PATIENCE: Final = 5.0
"""Seconds that a change waits for another one; each takes a few milliseconds."""
_LOOK: Final = 0.01

Stamp = tuple[int, ...]
"""What of a file's status moves whenever it is replaced, written, or given to somebody else."""


class TokenError(Exception):
    """The root of the tree: `str()` is a sentence, and it holds no secret."""


class UnsafeTokens(TokenError):
    """Others may read or write the file, or somebody else put it there; nobody is let in by it."""


class DamagedTokens(TokenError):
    """The file is not what we wrote; nobody is let in by it."""


class UnusableTokens(TokenError):
    """The file cannot be opened, written or locked."""


class BadToken(TokenError):
    """What was asked for is not possible."""


def stamp(path: Path) -> Stamp | None:
    """Return which file is at the path, and in which state; None if there is none."""
    try:
        return _stamp(path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from None


def read(path: Path) -> tuple[Stamp, bytes] | None:
    """Return the file's content and the stamp that it belongs to, None if there is no file; raise `TokenError`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_symlink():
            raise UnsafeTokens(f"{path} is a symbolic link: put the file of tokens itself there.") from None
        raise _unusable(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _refuse_unsafe(path, status)
        try:
            data = file.read(LARGEST + 1)
        except OSError as error:
            raise _unusable(path, error) from None
    if len(data) > LARGEST:
        raise DamagedTokens(f"{path} is larger than any file of tokens: restore it, or remove it and make new tokens.")
    return _stamp(status), data


def replace(path: Path, data: bytes) -> None:
    """Put a new content in the file's place, on disk before this returns; only its owner may read it."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)  # of one that was killed; we hold the lock
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)  # a umask may have taken our own rights too
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise _unusable(path, error) from None


@contextmanager
def locked(
    path: Path,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the one lock under which the file is changed; a holder that is killed frees it."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)  # a umask may have taken our own rights, and the next one could not open it
    except OSError as error:
        raise _unusable(lock, error) from None
    try:
        until = monotonic() + PATIENCE
        while not _taken(descriptor):
            if monotonic() >= until:
                raise UnusableTokens(f"Another process keeps {lock} locked: end it, then repeat the command.")
            sleep(_LOOK)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stamp(status: os.stat_result) -> Stamp:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_mode,
        status.st_uid,
    )


def _refuse_unsafe(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeTokens(f"{path} is not a plain file: remove it and make the tokens anew.")
    if status.st_uid != os.geteuid():
        raise UnsafeTokens(f"{path} belongs to another account: make the tokens as the account that runs serve.")
    if status.st_mode & 0o077:
        raise UnsafeTokens(f"{path} can be read or written by others: run chmod 600 {path}, and renew the tokens.")


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, error: OSError) -> UnusableTokens:
    return UnusableTokens(f"{path} cannot be used ({error.strerror}): see to it, then repeat what you did.")
