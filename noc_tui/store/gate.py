"""The writers' gate: who may write next (DESIGN.md 8.13).

Three file locks stand before SQLite's own. Every write holds `writer`. A person's command holds `next` while it waits
for that, so that of two people, or a person and a script without a pause, each has its turn. A bulk writer first takes
`bulk`, keeps it half a millisecond longer than `writer`, and lets go of `writer` again if somebody holds `next`: so a
person is always next, however many bulk writers there are.

The locks are for order, not for safety: SQLite's own lock keeps writers apart. So nobody waits for them without end.
A holder that is killed frees them at once; one that is stopped (SIGSTOP) never does. After its bound a writer goes on
with SQLite's lock alone, tries that every millisecond or so, and says whom it did not wait for.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import OperationalError

from noc_tui.store.errors import StoreBusy, classified, is_busy
from noc_tui.store.holders import holder_of
from noc_tui.store.places import PlantedFile

BOUND: Final = 0.1
"""Seconds that a writer waits for a file lock before it goes on without."""
BULK_BOUND: Final = 1.0
"""The same for a bulk writer, for whom nobody waits: others that write without a pause may be faster for a while."""
BOUND_WHEN_STUCK: Final = 0.002
"""The same while the lock's holder has already been found not to let go."""
LINGER: Final = 0.0005
"""Seconds that a bulk writer keeps `bulk` after it let go of `writer`."""
LOOK: Final = 0.000_15
"""Seconds between two looks at a file lock; shorter than `LINGER`, or a person could miss the gap."""
PEOPLE_FIRST: Final = 0.1
"""Seconds for which a bulk writer lets people go first, should they never end."""
PATIENCE: Final = 2.0
"""Seconds for which a command tries SQLite's lock before it is given up (StoreBusy)."""
BULK_PATIENCE: Final = 10.0
"""The same for a bulk writer."""

NOTE: Final = 64
"""Bytes that a lock's file holds at most."""

Told = Callable[[str], None]
"""Takes a sentence about what was noticed; called in the writing thread."""


class FileLock:
    """An exclusive lock on a file of its own, between processes and threads; the kernel frees it when a process ends.

    `stuck` says that its holder has already been found not to let go. The file can hold a few bytes of `note`, for
    those who hold the lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stuck = False
        self._mine = threading.Lock()
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise PlantedFile(path, f"{path} is a symbolic link") from error
            raise classified(error, path) from error

    def take(self) -> bool:
        """Take the lock if it is free, and return whether it was."""
        if not self._mine.acquire(blocking=False):
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._mine.release()
            return False
        return True

    def free(self) -> None:
        """Let go of the lock that was taken."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._mine.release()

    @property
    def note(self) -> bytes:
        """What the last holder wrote for the next one."""
        return os.pread(self._descriptor, NOTE, 0)

    @note.setter
    def note(self, note: bytes) -> None:
        os.pwrite(self._descriptor, note[:NOTE], 0)

    def close(self) -> None:
        """Close the file, which lets go of the lock too."""
        os.close(self._descriptor)
        self._descriptor = -1


class Gate:
    """The gate of one store, for one writing thread at a time.

    `told` hears a sentence when the gate is passed without a lock. `monotonic`, `sleep` and `jitter` (0 to 1) are
    injected.
    """

    def __init__(
        self,
        store: Path,
        told: Told,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._told = told
        self._monotonic = monotonic
        self._sleep = sleep
        self._jitter = jitter
        self._next = FileLock(store.with_name(f"{store.name}-next.lock"))
        self._writer = FileLock(store.with_name(f"{store.name}-writer.lock"))
        self._bulk = FileLock(store.with_name(f"{store.name}-bulk.lock"))

    @contextmanager
    def held(self, *, bulk: bool = False, meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the locks that a person's command, or a bulk writer's batch, needs; waits are bounded.

        A bulk writer does `meanwhile` in the time that it leaves to people at the end.
        """
        if not bulk:
            with self._in_turn():
                yield
            return
        with self._holding(self._bulk, BULK_BOUND):
            with self._after_people():
                yield
            left_at = self._monotonic()
            if meanwhile is not None:
                meanwhile()
            rest = left_at + LINGER - self._monotonic()
            if rest > 0:
                self._sleep(rest)

    @contextmanager
    def alone(self) -> Iterator[FileLock | None]:
        """Hold `bulk` by itself: no other bulk writer or checkpoint goes on, people do; None if it was not free."""
        with self._holding(self._bulk, BULK_BOUND) as held:
            yield self._bulk if held else None

    def begin(self, connection: Connection, *, bulk: bool = False) -> RootTransaction:
        """Begin a transaction under SQLite's own lock, trying for a bounded time.

        StoreBusy names the process that holds it.
        """
        until = self._monotonic() + (BULK_PATIENCE if bulk else PATIENCE)
        while True:
            try:
                return connection.begin()
            except OperationalError as error:
                if not is_busy(error):
                    raise
                if self._monotonic() >= until:
                    log_index = self._store.with_name(f"{self._store.name}-shm")
                    raise StoreBusy(self._store, holder_of(log_index)) from error
            self._sleep(0.001 * (0.5 + self._jitter()))

    def close(self) -> None:
        """Close the lock files."""
        for lock in (self._next, self._writer, self._bulk):
            lock.close()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Hold `writer` for a person, whose turn nobody takes who comes later."""
        until = self._monotonic() + BOUND
        turn = self._wait_for(self._next, BOUND)
        try:
            held = self._wait_for(self._writer, max(until - self._monotonic(), BOUND_WHEN_STUCK))
        finally:
            if turn:
                self._next.free()
        with self._kept(self._writer, held):
            yield

    @contextmanager
    def _after_people(self) -> Iterator[None]:
        """Hold `writer` for a bulk writer, once no person waits for it."""
        until = self._monotonic() + (BOUND_WHEN_STUCK if self._next.stuck else PEOPLE_FIRST)
        held = self._wait_for(self._writer, BULK_BOUND)
        while held and self._somebody_waits():
            if self._monotonic() >= until:
                self._next.stuck = True
                break
            self._writer.free()
            self._sleep(LOOK)
            held = self._wait_for(self._writer, BULK_BOUND)
        with self._kept(self._writer, held):
            yield

    def _somebody_waits(self) -> bool:
        if not self._next.take():
            return True
        self._next.free()
        self._next.stuck = False
        return False

    @contextmanager
    def _holding(self, lock: FileLock, bound: float) -> Iterator[bool]:
        with self._kept(lock, self._wait_for(lock, bound)) as held:
            yield held

    @contextmanager
    def _kept(self, lock: FileLock, held: bool) -> Iterator[bool]:
        try:
            yield held
        finally:
            if held:
                lock.free()

    def _wait_for(self, lock: FileLock, bound: float) -> bool:
        if not lock.take():
            until = self._monotonic() + (BOUND_WHEN_STUCK if lock.stuck else bound)
            while not lock.take():
                if self._monotonic() >= until:
                    self._give_up(lock)
                    return False
                self._sleep(LOOK)
        lock.stuck = False
        return True

    def _give_up(self, lock: FileLock) -> None:
        if lock.stuck:
            return
        lock.stuck = True
        if lock is self._next:
            return  # who waits is in nobody's way for longer than this; the lock that is waited for is told of
        holder = holder_of(lock.path)
        self._told(
            f"{holder[:1].upper()}{holder[1:]} keeps {lock.path} locked: writing goes on without it; "
            "if that process is stuck, end or continue it."
        )
