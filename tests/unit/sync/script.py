"""A link that does as a test has written down, and files of its own for it to work on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TypeVar

from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor, SnapshotEnd, SnapshotStart
from noc_tui.store.live import Live, live_path
from noc_tui.store.outbox import Outbox
from noc_tui.store.replica import ReplicaFile
from noc_tui.sync.disk import Disk
from noc_tui.sync.effects import Effect, Ticket
from noc_tui.sync.inputs import Input, Moment
from noc_tui.sync.loop import LinkLoop
from tests.unit.sync.answering import URL, Answering

T = TypeVar("T")

NOW: Micros = 1_790_000_000_000_000
START = SnapshotStart(
    cursor=Cursor(b"\x01" * 16, 5, b"\xab" * 32), store_id=b"s" * 8, received_at=NOW, next_number=1, time=NOW
)
END = SnapshotEnd(0, 0)
TICKET = Ticket(1, 1)


def moment() -> Moment:
    """Now."""
    return Moment(time.monotonic(), NOW)


class Files:
    """What a link works on."""

    def __init__(self, place: Path) -> None:
        self.replica = ReplicaFile(place / "replica.db", URL, lambda: NOW)
        self.outbox = Outbox(place / "outbox.db", lambda: NOW)
        self.live = Live(live_path(place / "replica.db"))
        self.disk = Disk(self.replica, self.outbox, self.live, moment)

    def close(self) -> None:
        """Close them."""
        for file in (self.replica, self.outbox, self.live):
            file.close()


class Script:
    """Answers each input by what `steps` has for its kind, and keeps what it was told."""

    def __init__(self, **steps: list[Effect]) -> None:
        self.told: list[Input] = []
        self._steps = steps
        self._news = asyncio.Event()

    def step(self, input: Input) -> list[Effect]:
        """Take what happened."""
        self.told.append(input)
        self._news.set()
        return self._steps.pop(type(input).__name__, [])

    async def wait_for(self, kind: type[T], right: Callable[[T], bool] = lambda _input: True) -> T:
        """Wait until it was told something of a kind, and return that."""
        async with asyncio.timeout(20):
            while True:
                self._news.clear()
                for input in self.told:
                    if isinstance(input, kind) and right(input):
                        return input
                await self._news.wait()

    def kinds(self) -> list[str]:
        """What it was told, by kind."""
        return [type(input).__name__ for input in self.told]


@asynccontextmanager
async def running(script: Script, server: Answering, files: Files) -> AsyncIterator[LinkLoop]:
    """A loop while the block lasts; what ends it by itself is raised."""
    with ThreadPoolExecutor(1) as executor, closing(files):
        loop = LinkLoop(script, server.api, files.disk, executor, moment)
        task = asyncio.create_task(loop.run())
        try:
            yield loop
        finally:
            if not task.done():
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await server.client.aclose()
