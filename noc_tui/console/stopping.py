"""A console that was stopped from outside (SIGSTOP, a debugger, a frozen container) goes on as it was.

Textual takes every SIGCONT for the end of its own suspension and begins the application a second time: a second reader
of keys that nobody ends, and the terminal's modes before the start forgotten, so that it is given back raw.
"""

from __future__ import annotations

import os
import termios
import tty
from contextlib import suppress
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver


class SteadyDriver(LinuxDriver):
    """The driver of terminals on Unix; only what it suspended itself does it begin again."""

    def _sigcont_application(self, *signal: Any) -> None:
        if self._must_signal_resume:
            super()._sigcont_application(*signal)
        elif self._is_ours():
            self._make_raw()
            self._app.call_later(self._app.refresh, layout=True)

    def _is_ours(self) -> bool:
        """Whether this process may set the terminal's modes: one in a shell's background may not."""
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # a terminal that no shell controls
            return True

    def _make_raw(self) -> None:
        """Set the modes that a shell may have set its own way meanwhile."""
        with suppress(termios.error):
            modes = termios.tcgetattr(self.fileno)
            modes[tty.LFLAG] = self._patch_lflag(modes[tty.LFLAG])
            modes[tty.IFLAG] = self._patch_iflag(modes[tty.IFLAG])
            termios.tcsetattr(self.fileno, termios.TCSANOW, modes)


def steady(driver: type[Driver]) -> type[Driver]:
    """Return the driver to use instead of Textual's choice; another than the one for terminals stays."""
    return SteadyDriver if driver is LinuxDriver else driver
