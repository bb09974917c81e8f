"""Two ways to work on a store, behind one face: on its file, and over the link, with all that lies between.

Over the link a command goes into an outbox, is pushed to a server that listens, and what comes of it is read from a
replica: real files, real HTTP on loopback, the real machine.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Report
from noc_tui.journal.exchange import Push, Pushed
from noc_tui.net.client import HttpClient
from noc_tui.net.login import Login
from noc_tui.server.listening import ServeConfig
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import Store, open_store, wall_clock
from noc_tui.store.outbox import Outbox
from noc_tui.store.reading import Reader
from noc_tui.store.replica import ReplicaFile
from noc_tui.sync import inputs
from noc_tui.sync.api import Api
from noc_tui.sync.disk import Disk
from noc_tui.sync.inputs import Moment
from noc_tui.sync.loop import LinkLoop
from noc_tui.sync.machine import Link
from tests.contract.desk import rows
from tests.contract.server.house import WIDE, listening, token


class Answer(msgspec.Struct, frozen=True):
    """What came of a command; `seq` is its last event's, 0 where there is none."""

    ok: bool
    number: int
    code: str
    reason: str
    seq: int


class Seat(Protocol):
    """A place from which a store is worked on. `path` is the file that is read there."""

    path: Path
    reader: Reader

    async def press(self, *commands: Command) -> list[Answer]:
        """Do commands and return what came of each, once all of it can be read here."""

    async def hear(self, *reports: Report) -> list[tuple[str, int]]:
        """Take in what a source says; of each report the outcome and the incident's number."""

    async def from_elsewhere(self, command: Command) -> None:
        """Let ben do something at another seat, and return when it can be read here."""


class OnFile:
    """At the store itself."""

    def __init__(self, store: Store, reader: Reader) -> None:
        self.path = store.path
        self.reader = reader
        self._store = store

    async def press(self, *commands: Command) -> list[Answer]:
        """Append."""
        found = self._store.append(commands)
        return [Answer(one.ok, one.number, one.code, one.reason, max(one.seqs, default=0)) for one in found]

    async def hear(self, *reports: Report) -> list[tuple[str, int]]:
        """Ingest."""
        return [(one.outcome, one.number) for one in self._store.ingest(reports)]

    async def from_elsewhere(self, command: Command) -> None:
        """Append as ben."""
        assert all(one.ok for one in self._store.append([replace(command, actor="ben")]))


class OverLink:
    """At a replica and an outbox of it; `served` is the store itself, at which nothing is done here."""

    def __init__(self, replica: Path, served: Path, outbox: Outbox, apis: tuple[Api, Api], link: LinkLoop) -> None:
        self.path = replica
        self.reader = Reader(replica)
        self._served = served
        self._outbox = outbox
        self._api, self._other = apis
        self._link = link

    async def press(self, *commands: Command) -> list[Answer]:
        """Put commands into the outbox, and wait until none of them is under way."""
        self._outbox.press(commands)
        await self._link.feed(inputs.OutboxMoved(when=_moment()))
        await _until(lambda: not self._outbox.unfinished())
        await self.caught_up()
        return [self._answer(command.id) for command in commands]

    async def hear(self, *reports: Report) -> list[tuple[str, int]]:
        """Hand alerts to the server's door."""
        answers = await self._api.alerts(b"\n".join(map(_line, reports)), deadline=20.0)
        await self.caught_up()
        return [(one.outcome, int((one.incident or "0").removeprefix("INC-"))) for one in answers]

    async def from_elsewhere(self, command: Command) -> None:
        """Push with ben's token."""
        pushed = await self._other.push(Push(wall_clock(), (command,)))
        assert isinstance(pushed, Pushed)
        assert all(one.ok for one in pushed.outcomes)
        await self.caught_up()

    async def caught_up(self) -> None:
        """Wait until all that the server has is here."""
        await _until(lambda: _head(self.path) == _head(self._served))

    def _answer(self, id: bytes) -> Answer:
        entry = self._outbox.entry(id)
        assert entry is not None
        return Answer(entry.state == "seen", entry.number, entry.code, entry.reason, entry.seq)


@asynccontextmanager
async def on_file(directory: Path) -> AsyncIterator[Seat]:
    """A seat at a new store, while the block lasts."""
    with closing(open_store(directory / "noc.db")) as store:
        reader = store.reader()
        try:
            yield OnFile(store, reader)
        finally:
            await reader.close()


@asynccontextmanager
async def over_link(directory: Path) -> AsyncIterator[Seat]:
    """A seat that follows a server of a new store, while the block lasts."""
    served, replica = directory / "noc.db", directory / "replica.db"
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(listening(ServeConfig(store=served, port=0, limits=WIDE)))
        url = f"http://127.0.0.1:{server.address[1]}"
        ana, ben = [
            await stack.enter_async_context(HttpClient(login=Login(secret=token(served, name))))
            for name in ("ana", "ben")
        ]
        executor = stack.enter_context(ThreadPoolExecutor(1))
        taken, pressed = (stack.enter_context(closing(Outbox(directory / "outbox.db", wall_clock))) for _ in range(2))
        held = stack.enter_context(closing(ReplicaFile(replica, url, wall_clock)))
        live = stack.enter_context(closing(Live(live_path(replica))))
        api = Api(url, ana)
        link = LinkLoop(Link(url), api, Disk(held, taken, live, _moment), executor, _moment)
        following = asyncio.create_task(link.run())
        stack.push_async_callback(_ended, following)
        await _until(lambda: (status := live.link()) is not None and status.state == "following")
        seat = OverLink(replica, served, pressed, (api, Api(url, ben)), link)
        stack.push_async_callback(seat.reader.close)
        yield seat


def _moment() -> Moment:
    return Moment(time.monotonic(), wall_clock(), random.random())


def _head(path: Path) -> Sequence[tuple[int, bytes]]:
    return rows(path, "SELECT seq, hash FROM journal_head")


def _line(report: Report) -> bytes:
    """A report as a script sends it."""
    fields = {name: getattr(report, name) for name in ("source", "key", "severity", "resource", "summary")}
    return json.dumps(fields | {"state": "firing" if report.firing else "cleared"}).encode()


async def _until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not so():  # noqa: ASYNC110 (files tell nobody)
            await asyncio.sleep(0.002)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
