"""A terminal that a test sits at: a pseudo-terminal with a person's keys, its screen, and every byte that came."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import pyte
import pytest

from tests.screens import KeepingScreen

PATIENCE: Final = 30.0
"""Seconds to wait for what must come; nothing that goes well takes a fraction of it."""

_OWN_TERMINAL: Final = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-P", "-m", "noc_tui", *sys.argv[1:]])
"""
"""Makes the terminal its own before it becomes the program, as a login does: so that a hang-up reaches it."""

KEYS: Final = {
    "Tab": "\t",
    "Shift-Tab": "\x1b[Z",
    "Enter": "\r",
    "Esc": "\x1b",
    "Space": " ",
    "Down": "\x1b[B",
    "Up": "\x1b[A",
    "PgDn": "\x1b[6~",
    "PgUp": "\x1b[5~",
    "Home": "\x1b[H",
    "End": "\x1b[F",
}
"""What the keys with names send."""


def sent_by(key: str) -> str:
    """Return what a key sends, by the name that the help sheet has for it."""
    if key.startswith("Ctrl-"):
        return chr(ord(key[-1].upper()) & 0x1F)
    return KEYS.get(key, key)


class _Screen(KeepingScreen):
    """A screen that answers where its cursor is, as every terminal does."""

    def __init__(self, columns: int, lines: int, master: int) -> None:
        self._master = master
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        """Answer the program."""
        with suppress(OSError):
            os.write(self._master, data.encode())

    def rows(self) -> list[str]:
        """The lines as text; of a wide sign that was written over by half, what is left of it."""
        cells = range(self.columns)
        return ["".join(self.buffer[y][x].data for x in cells) for y in range(self.lines)]

    def report_device_attributes(self, mode: int = 0, **more: object) -> None:
        """Say nothing of what we are: nobody needs it."""


class Terminal:
    """One terminal; programs are started on it one after the other.

    `pressed` counts the keys, `typed` the characters of texts; `raw` is all that was ever written to it.
    """

    AFTER_HANG_UP: Final = 6.0
    """Seconds in which everything must have ended after a hang-up: two by the promise, the rest for a busy host."""

    def __init__(self, size: tuple[int, int] = (80, 24), **environment: str) -> None:
        self._master, slave = os.openpty()
        self._name = os.ttyname(slave)
        os.close(slave)
        self._environment = environment
        self._screen = _Screen(*size, self._master)
        self._stream = pyte.ByteStream(self._screen)
        self._process: subprocess.Popen[bytes] | None = None
        self.pressed = 0
        self.typed = 0
        self.raw = bytearray()
        self.resize(*size)

    # The program

    def start(self, *words: str) -> None:
        """Start `noc-tui WORDS` on the terminal; nothing of the program before stands there any more."""
        self._screen.reset()
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, **self._environment},
        )
        os.close(slave)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The program that was started last."""
        assert self._process is not None
        return self._process

    def family(self) -> list[psutil.Process]:
        """The program and the agent that it started, as far as they live."""
        try:
            console = psutil.Process(self.process.pid)
            return [console, *console.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def send_signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def ends(self) -> int:
        """Wait until the program has ended; return its exit status."""
        self._wait(lambda: self.process.poll() is not None, "the program to end")
        while self._read(0.0):
            pass
        return self.process.wait()

    # The person

    def press(self, *keys: str) -> None:
        """Press keys, by the names that the help sheet has for them; each is counted."""
        self.pressed += len(keys)
        self._send("".join(map(sent_by, keys)))

    def write(self, text: str) -> None:
        """Type a text; its characters are counted apart from the keys."""
        self.typed += len(text)
        self._send(text)

    def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over where the program asked to be told."""
        self._send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, lines: int) -> None:
        """Drag the window to another size."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)

    def hang_up(self) -> None:
        """Let the terminal go away, as an SSH link that drops."""
        os.close(self._master)
        self._master = -1

    # The screen

    def lines(self) -> list[str]:
        """The screen's lines, without blanks at their ends."""
        return [line.rstrip() for line in self._screen.rows()]

    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines())

    def sees(self, pattern: str) -> re.Match[str]:
        """Wait until the screen has what a pattern says, and return it; fail the test when it never does."""
        found: list[re.Match[str]] = []

        def there() -> bool:
            match = re.search(pattern, self.text(), re.MULTILINE)
            if match is not None:
                found.append(match)
            return match is not None

        self._wait(there, f"the screen to have {pattern!r}")
        return found[0]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; fail the test when it never comes."""
        self._wait(condition, what)

    def reads_on(self) -> None:
        """Take in all that is there to be read now."""
        while self._read(0.0):
            pass

    def mode(self) -> list[object]:
        """The terminal's line settings."""
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY)
        try:
            return list(termios.tcgetattr(slave))
        finally:
            os.close(slave)

    def close(self) -> None:
        """End what still runs, and take the terminal away."""
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process is not None:
            self._process.wait()
        if self._master >= 0:
            os.close(self._master)

    def _send(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        while data:
            data = data[os.write(self._master, data) :]

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"waited in vain for {what}:\n{self.text()}")
            alive = self.process.poll() is None
            if not self._read(0.05) and not alive and not condition():
                pytest.fail(f"the program ended before {what}:\n{self.text()}")

    def _read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; returns at once when something does, False when nothing."""
        if self._master < 0:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            return False
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # nobody has the other end open
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)


def store_words(path: Path, theme: str = "dark") -> tuple[str, ...]:
    """The words that open the board on a store."""
    return ("--store", str(path), "--theme", theme)
