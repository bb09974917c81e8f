"""The checkpoint: the log copied back into the database, without holding up a person (DESIGN.md 8.13).

Past `DUE` bytes of log: a passive pass outside the lock, an fdatasync of the database, then a second and short pass
under `writer`, after which the next commit starts the log over. SQLite's WAL-reset bug (3.7.0 to 3.51.2) needs a
commit that starts the log over to meet a checkpoint's beginning: here a checkpoint begins only while some of the log
is not copied back yet, and such a log cannot start over. So that every process knows, the last one notes in the lock
file which log it has copied back, and how much of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine

from noc_tui.store.engines import driver_of
from noc_tui.store.gate import Gate
from noc_tui.store.writing import said

DUE: Final = 16 << 20
"""Bytes of log from which it is copied back."""
AGAIN: Final = 4 << 20
"""Bytes by which the log has to grow before another try, when a reader kept the last one from its end."""

_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_SALTS: Final = slice(16, 24)
_FRAME_SALTS: Final = slice(8, 16)
_PAGE_SIZE: Final = slice(8, 12)


class LogState(msgspec.Struct, frozen=True):
    """Which log it is (its salts change when it starts over), and how many bytes of its file are in use."""

    salts: bytes = b""
    used: int = 0


def log_state(log: Path) -> LogState:
    """Return which log the file holds, and how much of the file is in use.

    The file keeps its size when the log starts over, but each frame carries the salts of the log that it belongs to
    (sqlite.org/fileformat2.html#wal_file_format): the last frame with the header's own is found by bisection. This
    may open and close the log's file; the database's must never be closed, for that drops the process's locks on it.
    """
    try:
        with log.open("rb", buffering=0) as file:
            header = file.read(_HEADER)
            size = os.fstat(file.fileno()).st_size
            if len(header) < _HEADER:
                return LogState()
            frame = _FRAME_HEADER + int.from_bytes(header[_PAGE_SIZE], "big")
            low, high = 0, (size - _HEADER) // frame
            while low < high:
                middle = (low + high + 1) // 2
                found = os.pread(file.fileno(), _FRAME_HEADER, _HEADER + (middle - 1) * frame)
                low, high = (middle, high) if found[_FRAME_SALTS] == header[_SALTS] else (low, middle - 1)
            return LogState(header[_SALTS], _HEADER + low * frame)
    except FileNotFoundError:
        return LogState()


def noted(state: LogState) -> bytes:
    """Return the note that a log was copied back, and how much of it."""
    return state.salts + state.used.to_bytes(8, "big")


def is_due(state: LogState, note: bytes) -> bool:
    """Return whether a log is long enough, and has grown enough since what the last note says was copied back."""
    if state.used < DUE:
        return False
    return note[:8] != state.salts or state.used >= int.from_bytes(note[8:16], "big") + AGAIN


class Checkpointer:
    """Checkpoints one store on a connection of its own, for the agent and bulk writers; the console never does."""

    def __init__(self, path: Path, engine: Engine, gate: Gate) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._engine = engine
        self._gate = gate
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._descriptor: int | None = None

    def run_if_due(self) -> bool:
        """Checkpoint if the log is long enough; return whether all of it was copied back."""
        with said(self._path), self._turn:
            if self._size() < DUE:
                return False
            with self._gate.alone() as lock:
                if lock is None or not is_due(log_state(self._log), lock.note):
                    return False
                done = self._run()
                lock.note = noted(log_state(self._log))
                return done

    def close(self) -> None:
        """Close the connection, not the descriptor."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    def _run(self) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect()
        driver = driver_of(self._connection)
        _passive(driver)
        self._sync()
        with self._gate.held():
            return _passive(driver)

    def _sync(self) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        _DATASYNC(self._descriptor)


def _passive(driver: sqlite3.Connection) -> bool:
    """Copy back what no reader needs; return whether that was all."""
    busy, log, copied = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and log == copied


_DATASYNC: Final[Callable[[int], None]] = getattr(os, "fdatasync", os.fsync)
