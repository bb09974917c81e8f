"""What was served, noted beside the store once a second: one put back by hand is found out at the start."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from noc_tui.journal.exchange import Cursor, Fork
from noc_tui.server.tail import Tail
from noc_tui.store.live import Live
from noc_tui.store.restored import Served

EVERY: Final = 1.0
"""Seconds between two notes."""


class ServedNote:
    """Keeps the note of one server; several of one store share it."""

    def __init__(self, live: Live, tail: Tail) -> None:
        self._live = live
        self._tail = tail
        self._noted: Served | None = None

    async def compare(self) -> None:
        """Find out whether the store still has what was served before."""
        noted = await asyncio.to_thread(self._live.served)
        if noted is None:
            return
        if isinstance(await self._tail.check(Cursor(noted.epoch, noted.seq, noted.hash)), Fork):
            self._tail.went_back(noted.epoch)
        else:
            self._tail.by_hand = noted.by_hand

    async def keep(self, stopped: asyncio.Event) -> None:
        """Note how far it has come until the server stops, and then a last time."""
        while not stopped.is_set():
            await self._note()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await stopped.wait()
        await self._note()

    async def _note(self) -> None:
        head = self._tail.head
        served = Served(head.epoch, head.seq, head.hash, self._tail.by_hand)
        if served != self._noted:
            self._noted = served
            await asyncio.to_thread(self._live.put_served, served)
