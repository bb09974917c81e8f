"""How a file of an account is kept: replaced as a whole or not at all, and readable by its owner alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_private(path: Path, body: bytes) -> None:
    """Put a new content in a file's place, on the disk before it gets the name; OSError, and the old one stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # of a process of this number that was killed: nobody's mode or link is taken over
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
