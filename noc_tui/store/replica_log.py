"""A replica's log, copied back into its file behind the one who writes it.

While much comes in, copying the log back in the writer's turn costs a sixth of all the time, most of it waiting for the
disk. So a thread does it while the writer goes on, again and again until little is left, and that is copied in the
writer's turn; then the next commit starts the log over. A pass begins only just after a commit, in its writer's turn:
some of the log is not copied back then, and such a log cannot start over (DESIGN.md 8.13, `checkpoint.py`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from noc_tui.store.checkpoint import AGAIN, DUE, LogState, log_state

MOST: Final = 32 << 20
"""Bytes of log from which all of it is copied back in the writer's turn: the disk does not keep up with him."""


class LogCopier:
    """Copies one replica's log back. `connect` opens a connection of its own, which it closes.

    For the one who writes, in his turn.
    """

    def __init__(self, log: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._log = log
        self._connect = connect
        self._behind: threading.Thread | None = None
        self._chasing = False
        self._copied = LogState()
        self._trouble: sqlite3.Error | None = None

    def committed(self, db: sqlite3.Connection) -> None:
        """A commit was done on `db`: go on copying if it is time. Raises what a pass behind the writer raised."""
        if self._behind is not None and self._behind.is_alive():
            return
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            self._chasing = False
            raise trouble
        state = log_state(self._log)
        left = state.used - (self._copied.used if self._copied.salts == state.salts else 0)
        if state.used < DUE:
            self._chasing = False
        elif self._chasing and (left <= AGAIN or state.used >= MOST):
            self._chasing, self._copied = False, state
            _copy(db)
        elif self._chasing or left >= AGAIN:
            self._chasing, self._copied = True, state
            self._behind = threading.Thread(target=self._pass, name="log")
            self._behind.start()

    def close(self) -> None:
        """Wait for the pass that is under way, if one is."""
        if self._behind is not None:
            self._behind.join()

    def _pass(self) -> None:
        try:
            db = self._connect()
            try:
                _copy(db)
            finally:
                db.close()
        except sqlite3.Error as error:
            self._trouble = error


def _copy(db: sqlite3.Connection) -> None:
    """Copy back what no reader needs."""
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
