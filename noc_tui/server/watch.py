"""One task watches the store's file for all who follow it, and wakes them when there is something new.

An idle poll costs no look at the store: it waits for this task's word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from noc_tui.server.tail import Tail
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError, VanishedStore

LOOK: Final = 0.025
"""Seconds between two looks at the file, each a `stat`; what this process itself commits is told at once."""


class Watch:
    """Follows the store's file; `told` hears of trouble."""

    def __init__(self, board: BoardReader, tail: Tail, told: Callable[[str], None]) -> None:
        self.tail = tail
        self.trouble = ""
        """Why the journal cannot be followed just now; a sentence."""
        self.stopped = asyncio.Event()
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
        while not self.stopped.is_set():
            if self._board.vanished():
                raise VanishedStore(self._board.path)
            try:
                if (self._board.moved() or self._poked.is_set()) and await self._look():
                    self.wake()
                self._recovered()
            except StoreError as error:
                self._failed(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._poked.wait()

    async def _look(self) -> bool:
        self._poked.clear()
        return await self.tail.look()

    def _failed(self, error: StoreError) -> None:
        if str(error) != self.trouble:
            self.trouble = str(error)
            self._told(self.trouble)

    def _recovered(self) -> None:
        if self.trouble:
            self.trouble = ""
            self._told("The store can be read again.")
