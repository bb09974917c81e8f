"""One task watches the store's file for all who follow it, and wakes them when there is something new.

An idle poll costs no look at the store: it waits for this task's word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from noc_tui.server.tail import AT_ONCE, Tail
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError, VanishedStore

LOOK: Final = 0.025
"""Seconds between two looks at the file, each a `stat`; what this process itself commits is told at once."""
FOR_EACH: Final = 0.0005
"""Seconds for each poll that was woken until they are woken again: in a storm a thousand consoles are told twice a
second, and the server has half its time for the rest. A single event is told at once."""


class Watch:
    """Follows the store's file; `told` hears of trouble."""

    def __init__(self, board: BoardReader, tail: Tail, told: Callable[[str], None]) -> None:
        self.tail = tail
        self.trouble = ""
        """Why the journal cannot be followed just now; a sentence."""
        self.stopped = asyncio.Event()
        self.held = 0
        """Polls that wait for news just now."""
        self._board = board
        self._told = told
        self._news = asyncio.Event()
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Look now: something was committed."""
        self._poked.set()

    def wake(self) -> None:
        """Wake all who wait: there is something new for them."""
        self._news.set()
        self._news = asyncio.Event()

    def stop(self) -> None:
        """Wake all who wait, and let nobody wait any more."""
        self.stopped.set()
        self._poked.set()
        self.wake()

    @property
    def news(self) -> asyncio.Event:
        """Set when there is something new, or nothing more will come; take it before looking at what there is."""
        return self._news

    async def run(self) -> None:
        """Watch until `stop`; VanishedStore when the file was deleted or replaced."""
        loop = asyncio.get_running_loop()
        untold, not_before = False, 0.0
        while not self.stopped.is_set():
            if self._board.vanished():
                raise VanishedStore(self._board.path)
            untold = self._look() or untold
            now = loop.time()
            if untold and now >= not_before:
                self.wake()
                untold, not_before = False, now + self.held * FOR_EACH
            await self._pause(not_before - now if untold else LOOK)

    def _look(self) -> bool:
        """Return whether there is something new."""
        try:
            if not (self._board.moved() or self._poked.is_set() or self.trouble):
                return False
            self._poked.clear()
            found = self.tail.look()
        except StoreError as error:
            self._failed(error)
            return False
        self._recovered()
        if found == AT_ONCE:
            self._poked.set()  # there may be more
        return found > 0

    async def _pause(self, seconds: float) -> None:
        """Wait for a poke, at most so long; others have their turn in any case."""
        await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LOOK)):
                await self._poked.wait()

    def _failed(self, error: StoreError) -> None:
        if str(error) != self.trouble:
            self.trouble = str(error)
            self._told(self.trouble)

    def _recovered(self) -> None:
        if self.trouble:
            self.trouble = ""
            self._told("The store can be read again.")
