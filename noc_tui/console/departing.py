"""Leaving when the terminal has gone: an SSH link dropped, a tmux killed, with a SIGHUP or without one.

Whatever still wants to paint may then block for ever, so this runs in a thread of its own and waits for nothing but
the writer: what was pressed is made durable, then the process ends. The agent ends with it: its standard input closes.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Final

LOOK_EVERY: Final = 0.5
"""Seconds between two looks at the terminal."""
PATIENCE: Final = 10.0
"""Seconds that the writer has for what is queued. It takes milliseconds; longer only where the disk or another writer
keeps it waiting, and then what was pressed is worth more than a quick end."""
GONE: Final = 129
"""The exit code of a process that its terminal's hang-up ended: 128 and SIGHUP."""


def terminal_is_gone() -> bool:
    """Return whether standard input's terminal has hung up. Cheap: one poll without waiting."""
    poller = select.poll()
    try:
        poller.register(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0, 0)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poller.poll(0))
    except (OSError, ValueError):
        return True


class TerminalWatch(threading.Thread):
    """Ends the process when the terminal goes: `finish` gets the seconds it has for what was pressed."""

    def __init__(self, finish: Callable[[float], None], end: Callable[[int], object] = os._exit) -> None:
        super().__init__(name="terminal", daemon=True)
        self._finish = finish
        self._end = end
        self._hung_up = threading.Event()
        self._over = threading.Event()

    def hung_up(self) -> None:
        """A SIGHUP came: look no further."""
        self._hung_up.set()

    def stop(self) -> None:
        """The console ends by itself."""
        self._over.set()
        self._hung_up.set()

    def run(self) -> None:
        """Look until the terminal is gone or the console over."""
        while not self._hung_up.wait(LOOK_EVERY) and not terminal_is_gone():
            pass
        if not self._over.is_set():
            self._finish(PATIENCE)
            self._end(GONE)
