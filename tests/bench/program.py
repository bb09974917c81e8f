"""A program in a pseudo-terminal, as its operator meets it: keys go in one by one, and each byte out has its time.

Nothing is parsed while bytes flow, because the emulator is slow: a chunk is noted with the time at which it was read,
and looked at once it is quiet. All times are of the monotonic clock, in nanoseconds, so those of other processes of
the same machine can be set beside them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Final, NamedTuple, Self

from tests.bench.queries import Questions, answer
from tests.bench.screen import Screen

KEYS: Final[dict[str, bytes]] = {
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "tab": b"\t",
    "enter": b"\r",
    "escape": b"\x1b",
    "ctrl+q": b"\x11",
}
"""What a terminal sends for a key; a key that is not here sends itself."""
QUIET: Final = 0.06
"""Seconds without a byte after which all is painted."""
PATIENCE: Final = 5.0
"""Seconds to wait for what must come."""
now = time.perf_counter_ns


class Silent(Exception):
    """The program did not show what it should have: the sentence says what was waited for."""


class Stroke(NamedTuple):
    """What a key led to: milliseconds to the last byte of the screen it leads to, and how many bytes."""

    ms: float
    size: int


class Program:
    """A command that runs in a terminal of its own, for a `with` block; it is ended with the block.

    `restless` are the rows that change by themselves: that of a clock.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 160,
        lines: int = 48,
        restless: frozenset[int] = frozenset(),
    ) -> None:
        self.screen = Screen(columns, lines)
        self.ended = False
        self._restless = restless
        self._questions = Questions()
        self._pending: list[tuple[int, bytes]] = []
        self._size = 0
        self.began = now()
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            _become(command, env, columns, lines)
        self._poll = select.poll()
        self._poll.register(self._terminal, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    # In

    def press(self, key: str) -> int:
        """Press a key and return when."""
        at = now()
        os.write(self._terminal, KEYS.get(key) or key.encode())
        return at

    # Out

    def read(self, seconds: float) -> bool:
        """Note what comes within so many seconds, returning at once when something did."""
        if self.ended or not self._poll.poll(max(0.0, seconds * 1000)):
            return False
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # how Linux says that the other end has gone
            data = b""
        if not data:
            self.ended = True
            return False
        at = now()
        for part, question in self._questions.split(data):
            if part:
                self._pending.append((at, part))
                self._size += len(part)
            if question is not None:
                os.write(self._terminal, answer(question, self._place))
        return True

    def _place(self) -> tuple[int, int]:
        self._parse(lambda: False)
        return self.screen.cursor

    def rest(self, seconds: float) -> None:
        """Let the program be for so many seconds."""
        end = now() + int(seconds * 1e9)
        while not self.ended and (left := (end - now()) / 1e9) > 0:
            self.read(left)

    def until_quiet(self, quiet: float = QUIET, patience: float = PATIENCE) -> None:
        """Read until nothing has come for `quiet` seconds, or `patience` is at its end."""
        end = now() + int(patience * 1e9)
        while self.read(quiet) and now() < end:
            pass

    def take_size(self) -> int:
        """Return how many bytes have come since this was last asked."""
        size, self._size = self._size, 0
        return size

    # Seen

    def _parse(self, seen: Callable[[], bool]) -> int | None:
        """Look at what is pending up to the chunk after which `seen` holds, and return that one's time."""
        pending, self._pending = self._pending, []
        for place, (at, data) in enumerate(pending):
            self.screen.feed(data)
            if seen():
                self._pending = pending[place + 1 :]
                return at
        return None

    def look(self) -> Screen:
        """Return the screen as it is after everything read so far."""
        self._parse(lambda: False)
        self.screen.take_changed()
        return self.screen

    def when(self, seen: Callable[[Screen], bool]) -> int | None:
        """Return the time of the first chunk read since the last look after which `seen` holds."""
        return self._parse(lambda: seen(self.screen))

    def await_screen(self, words: str, seen: Callable[[Screen], bool], patience: float = PATIENCE) -> int:
        """Wait until `seen` holds; return the time of the chunk that made it so. Silent if `words` never came true."""
        if seen(self.look()):
            return now()
        end = now() + int(patience * 1e9)
        while not self.ended and now() < end:
            if self.read(patience):
                self.until_quiet(QUIET / 2, patience=0.25)
            at = self.when(seen)
            if at is not None:
                return at
        raise Silent(f"{words}\n" + "\n".join(row.rstrip() for row in self.screen.text))

    def stroke(self, key: str, quiet: float = QUIET) -> Stroke | None:
        """Press a key, wait until all of it is painted, and say what it took; None if nothing changed."""
        self.look()
        self.take_size()
        pressed = self.press(key)
        self.read(1.0)
        self.until_quiet(quiet)
        painted: list[int] = []
        pending, self._pending = self._pending, []
        for at, data in pending:
            self.screen.feed(data)
            if self.screen.take_changed() - self._restless:
                painted.append(at)
        return Stroke((painted[-1] - pressed) / 1e6, self.take_size()) if painted else None

    # The end

    def end(self) -> None:
        """End the program: as an operator would, else by force."""
        if self.pid <= 0:
            return
        if not self.ended:
            self.press("ctrl+q")
            self.press("q")
        for number in (0, signal.SIGTERM, signal.SIGKILL):
            if number:
                os.kill(self.pid, number)
            if self._gone_within(4.0):
                break
        os.close(self._terminal)
        self.pid = 0

    def _gone_within(self, seconds: float) -> bool:
        end = now() + int(seconds * 1e9)
        while now() < end:
            self.read(0.02)
            if self.ended:
                time.sleep(0.01)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
        return False


def _become(command: Sequence[str], env: Mapping[str, str], columns: int, lines: int) -> None:
    """Be the command, in the child; a command that cannot be run ends with status 127."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.execve(command[0], list(command), dict(env))
    finally:
        os._exit(127)
