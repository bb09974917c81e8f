"""The program in a pseudo-terminal: keys go in, and every row that it ever showed is remembered."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil
import pyte
import pytest

from tests.faults.running import gone, until
from tests.screens import KeepingScreen

COLUMNS: Final = 200
LINES: Final = 30
PATIENCE: Final = 30.0
"""Seconds to wait for what must come."""
CTRL_Q: Final = "\x11"


class Terminal:
    """`noc-tui WORDS` on a terminal of its own, run by the command `under` if there is one.

    `shown` are all rows that stood there after any read.
    """

    def __init__(self, *words: str, under: Sequence[str] = ()) -> None:
        self._screen = KeepingScreen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.shown: set[str] = set()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [*under, sys.executable, "-P", "-m", "noc_tui", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(os.environ),  # else also the COLUMNS that readline, which pytest imports, puts where C looks
            start_new_session=True,
        )
        os.close(slave)

    def press(self, keys: str) -> None:
        """Type these keys."""
        os.write(self._master, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; return at once when something did, False when nothing does."""
        if not select.select([self._master], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # how Linux says that the other end has gone
            return False
        self._stream.feed(data)
        self.shown.update(row.rstrip() for row in self._screen.display)
        return bool(data)

    def read_for(self, seconds: float) -> None:
        """Take in what comes in so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.process.poll() is None:
            self.read(left)

    def await_row(self, words: str) -> str:
        """Wait until a row has these words, and return it; fail the test when none ever does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            row = self.row(words)
            if row is not None:
                return row
            if not self.read(0.05) and self.process.poll() is not None:
                break
        pytest.fail(f"no row ever had {words!r}:\n" + "\n".join(sorted(self.shown)))

    def row(self, words: str) -> str | None:
        """Return the row that has these words now."""
        return next((row for row in self._screen.display if words in row), None)

    def leave(self) -> int:
        """Leave the console by its key; return its exit status."""
        self.press(CTRL_Q)
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        return self.process.wait(1)

    def cooked(self) -> bool:
        """Return whether the terminal's lines are edited and echoed, as they were before the program began."""
        flags: int = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    def kill(self) -> None:
        """End it as a crash would, take in its last words, and see its agent out."""
        children: list[int] = []
        with suppress(psutil.NoSuchProcess):
            children = [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]
        self.process.kill()
        self.process.wait()
        while self.read(0.0):
            pass
        until(lambda: all(gone(child) for child in children), "the agent to end with its console")

    def close(self) -> None:
        """End it, if it has not ended, and close the terminal."""
        if self.process.poll() is None:
            self.kill()
        os.close(self._master)


@contextmanager
def console_on(store: Path, *words: str, under: Sequence[str] = ()) -> Iterator[Terminal]:
    """A console on a store while the block lasts, its board painted."""
    terminal = Terminal("--store", str(store), "--ascii", "--theme", "dark", *words, under=under)
    try:
        yield terminal
    finally:
        terminal.close()
