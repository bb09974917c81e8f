"""What the server's routes stand on: one store, its writers' threads, its tail, who is there, and what is counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Final

from noc_tui.incidents.model import Micros
from noc_tui.server.appender import Appender
from noc_tui.server.beside_watch import BesideWatch
from noc_tui.server.intake import Intake
from noc_tui.server.limits import Limits, Rates
from noc_tui.server.metrics import Metrics
from noc_tui.server.presence import Present
from noc_tui.server.served import ServedNote
from noc_tui.server.tail import Tail
from noc_tui.server.token_watch import Tokens, TokenWatch
from noc_tui.server.tokens import tokens_of
from noc_tui.server.watch import Watch
from noc_tui.store.alert_places import AlertPlaces
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.opening import Store, open_store, wall_clock
from noc_tui.store.reading import Reader
from noc_tui.store.search import Searcher
from noc_tui.store.tail import TailReader

FILLED_AT_ONCE: Final = 2
"""Snapshots begun at once at most: one of 100,000 incidents costs some seconds of a processor."""
Told = Callable[[str], None]
"""Takes a sentence for whoever runs the server."""


class Desk:
    """All that one server process holds open; `opened` makes one."""

    def __init__(self, store: Store, reader: Reader, watch: Watch, limits: Limits, told: Told) -> None:
        self.store = store
        self.reader = reader
        self.searcher = Searcher(store.path)
        self.alert_places = AlertPlaces()
        self.limits = limits
        self.told = told
        self.tokens: Tokens = tokens_of(store.path)
        self.clock: Callable[[], Micros] = wall_clock
        self.monotonic: Callable[[], float] = time.monotonic
        self.watch = watch
        self.tail = watch.tail
        self.metrics = Metrics()
        self.rates = Rates(limits.rate, limits.burst, self.monotonic)
        self.present = Present(self.monotonic, self.clock)
        self.appender = Appender(store, self.watch.poke)
        self.intake = Intake(store, self.watch.poke)
        self.filling = asyncio.Semaphore(FILLED_AT_ONCE)
        """Held by those who are sent all of the board, while that costs much."""
        self.folding = asyncio.Semaphore(1)
        """Held by the one who folds the past: it takes the memory of a whole board."""
        self.looking_back = asyncio.Semaphore(1)
        """Held by the one who looks through the history: it takes a processor."""
        self.token_watch = TokenWatch(self.tokens, self.clock, watch.wake)
        self.served = ServedNote(store.live(), self.tail)
        self._beside = BesideWatch(store.live(), self.present, self.watch, self.clock)

    @property
    def trouble(self) -> str:
        """Why it cannot serve as it should; a sentence, empty while it can."""
        if self.watch.stopped.is_set():
            return "The server is stopping."
        if not (self.appender.alive and self.intake.alive):
            return "A thread of the server has died: start it again."
        return self.watch.trouble

    async def run(self) -> None:
        """Watch store, tokens and who is there until the watch is stopped; VanishedStore when the file is gone."""
        beside = asyncio.create_task(self._beside.run())
        tokens = asyncio.create_task(self.token_watch.run(self.watch.stopped))
        served = asyncio.create_task(self.served.keep(self.watch.stopped))
        try:
            await self.watch.run()
        finally:
            self.watch.stop()
            await asyncio.gather(beside, tokens, served)


@asynccontextmanager
async def opened(path: Path, limits: Limits, told: Told) -> AsyncIterator[Desk]:
    """Open the store that there is at `path` and all that serves it, while the block lasts; StoreError if it cannot.

    What has come when the block ends is still answered.
    """
    store = await asyncio.to_thread(open_store, path, create=False, told=told)
    async with AsyncExitStack() as stack:
        stack.callback(store.close)
        reader = store.reader()
        stack.push_async_callback(reader.close)
        board = stack.enter_context(closing(BoardReader(path)))
        newest = stack.enter_context(closing(TailReader(path)))
        desk = Desk(store, reader, Watch(board, Tail(newest, reader), told), limits, told)
        stack.callback(desk.searcher.close)
        await desk.served.compare()
        desk.appender.start()
        stack.push_async_callback(desk.appender.close)
        desk.intake.start()
        stack.push_async_callback(desk.intake.close)
        yield desk
