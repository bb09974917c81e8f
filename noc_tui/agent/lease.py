"""The lease: of all the agents on a store, one does the duties.

A lock on a file beside the store, which the kernel frees when its holder ends in whatever way. The file says who holds
it, for those who wait.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.store.gate import NOTE, FileLock
from noc_tui.store.guarding import identity


def lease_path(store: Path) -> Path:
    """Return the lock file of the store at `store`."""
    return store.with_name(f"{store.name}-agent.lock")


class Holder(msgspec.Struct, frozen=True):
    """Which process does the duties, on which host, since when."""

    pid: int
    host: str
    since: Micros

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {_clock(self.since)}"

    def encode(self) -> bytes:
        """Return the note in the lock file; a host name that is too long for it is cut."""
        return f"{self.pid} {self.since} {self.host}".encode()[:NOTE].ljust(NOTE)


def holder_from(note: bytes) -> Holder | None:
    """Return the holder that a note names, None if it names none."""
    words = note.decode("utf-8", "replace").split()
    if len(words) != 3 or not (words[0].isdecimal() and words[1].isdecimal()):
        return None
    return Holder(int(words[0]), words[2], int(words[1]))


class Lease:
    """The lease on one store's duties; `holder` is the one who had it at the last try."""

    def __init__(self, store: Path) -> None:
        self.path = lease_path(store)
        self.holder: Holder | None = None
        self._lock: FileLock | None = None
        self._identity = identity(self.path)

    def take(self, now: Micros) -> bool:
        """Take the lease if it is free, and return whether it was; raises StoreError if there can be no such file."""
        lock = FileLock(self.path)
        file = identity(self.path)
        if not lock.take():
            self.holder = holder_from(lock.note)
            lock.close()
            return False
        self.holder = Holder(os.getpid(), os.uname().nodename, now)
        lock.note = self.holder.encode()
        self._lock, self._identity = lock, file
        return True

    def is_kept(self) -> bool:
        """Return whether the lease still keeps others out: nobody has deleted or replaced the file."""
        return self._lock is not None and identity(self.path) == self._identity

    def close(self) -> None:
        """Let go of the lease."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _clock(at: Micros) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at // SECOND))
