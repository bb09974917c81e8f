"""When the agent ends, and that it does: on a signal, when its console is gone, when the store is, and soon.

Whatever hangs at that moment (a name look-up, a store that somebody keeps locked) does not hold up the end: all that
was acknowledged is durable, so the process may stop anywhere.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import Final

from noc_tui.agent.telling import tell

PATIENCE: Final = 0.9
"""Seconds from the wish to end to the end."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Ending:
    """The end of this process: asked for once, then waited for; `code` is its exit status."""

    def __init__(self) -> None:
        self.code = 0
        self.asked = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wish = asyncio.Event()

    def watch(self, *, supervised: bool) -> None:
        """End on signals and, if `supervised`, at the end of standard input; call it in the running loop."""
        self._loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            self._loop.add_signal_handler(number, self.ask)
        if supervised:
            threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def ask(self, code: int = 0, sentence: str = "") -> None:
        """Ask for the end, from any thread, and say why; the first one is heard."""
        with self._lock:
            if self.asked:
                return
            self.asked, self.code = True, code
        if sentence:
            tell(sentence)
        threading.Thread(target=self._insist, name="ending", daemon=True).start()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wish.set)

    async def within(self, seconds: float) -> bool:
        """Wait for the wish to end, at most so long, and return whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await self._wish.wait()
        except TimeoutError:
            return False
        return True

    async def wait(self) -> None:
        """Wait for the wish to end."""
        await self._wish.wait()

    def close(self) -> None:
        """Say that all is wound down; whoever asks now is late."""
        with self._lock:
            self.asked = True
        self._over.set()

    def _insist(self) -> None:
        if not self._over.wait(PATIENCE):
            os._exit(self.code)

    def _read(self) -> None:
        """Read until whoever holds the other end lets go of it, by closing it or by dying."""
        try:
            while os.read(sys.stdin.fileno(), 4096):
                pass
        except (OSError, ValueError):
            pass  # closed on our side: nobody supervises us any more
        self.ask()
