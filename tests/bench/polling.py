"""Another process that is many consoles on one server: `python -m tests.bench.polling`.

Each console has a connection and a cursor of its own.
"""

from __future__ import annotations

import asyncio
import gc
import time
from random import Random
from typing import Final

import msgspec

from noc_tui.journal.exchange import LIMIT
from noc_tui.store.opening import wall_clock
from tests.bench.asking import Wire, body_of, play, played
from tests.bench.machine import cpu_seconds

_STRANGERS: Final = 16
"""Consoles that connect at once: a server lets in few who have shown no token yet."""


class Plan(msgspec.Struct, frozen=True):
    """How many consoles poll the server at `port`, with whose tokens in turn, and for how many seconds.

    `wait` is how long the server may hold a poll: 0 is a poll a second, more is the next one at once. `server` is its
    process.
    """

    port: int
    server: int
    tokens: tuple[str, ...]
    consoles: int
    seconds: float
    wait: float = 0.0


class Polled(msgspec.Struct):
    """What came of it: counts, bytes, and in ms what each poll took, and how old the first event of each page was.

    `cpu` is the processor time that this process used in the `seconds` measured, `server` that of the server.
    """

    polls: int = 0
    events: int = 0
    sent: int = 0
    received: int = 0
    refused: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    server: float = 0.0
    took: list[float] = []
    lags: list[float] = []


class _Seen(msgspec.Struct, frozen=True):
    seq: int
    hash: bytes
    received_at: int


class _Beside(msgspec.Struct, frozen=True):
    version: int


class _Page(msgspec.Struct, frozen=True):
    epoch: bytes
    after: int
    hash: bytes
    events: tuple[_Seen, ...] = ()
    beside: _Beside | None = None


_PAGE: Final = msgspec.json.Decoder(_Page)


class _Console:
    """One console: where it stands, and the request for what comes after."""

    def __init__(self, number: int, plan: Plan) -> None:
        self._tail = (
            f" HTTP/1.1\r\nhost: 127.0.0.1:{plan.port}\r\naccept: application/json\r\naccept-encoding: gzip\r\n"
            f"connection: keep-alive\r\nuser-agent: noc-tui\r\n"
            f"authorization: Bearer {plan.tokens[number % len(plan.tokens)]}\r\n\r\n"
        )
        self._here = f"pts-{number}%2C0%2C"
        self._wait = plan.wait
        self._beside = 0
        self._page = _Page(b"", 0, b"")

    def probe(self) -> bytes:
        """Return the request of one that holds nothing yet."""
        return f"GET /v1/journal{self._tail}".encode("ascii")

    def poll(self) -> bytes:
        """Return the request for what is new."""
        page = self._page
        asked = f"limit={LIMIT}&wait={self._wait:g}&beside={self._beside}&here={self._here}"
        cursor = f"epoch={page.epoch.hex()}&after={page.after}&hash={page.hash.hex()}"
        return f"GET /v1/journal?{asked}&{cursor}{self._tail}".encode("ascii")

    def take(self, answer: bytes) -> tuple[_Seen, ...]:
        """Move to the end of a page and return its events."""
        page = _PAGE.decode(body_of(answer))
        if page.beside is not None:
            self._beside = page.beside.version
        if page.events:
            last = page.events[-1]
            self._page = _Page(page.epoch, last.seq, last.hash)
        else:
            self._page = page
        return page.events


async def run(plan: Plan) -> Polled:
    """Connect all consoles, then poll for the time that is measured."""
    loop, polled = asyncio.get_running_loop(), Polled()
    strangers, ready, go = asyncio.Semaphore(_STRANGERS), asyncio.Semaphore(0), asyncio.Event()
    chance = Random(plan.consoles)

    async def one(number: int) -> None:
        console = _Console(number, plan)
        async with strangers:
            _, wire = await loop.create_connection(Wire, "127.0.0.1", plan.port)
            console.take(await wire.ask(console.probe()))
        ready.release()
        await go.wait()
        try:
            await _poll(console, wire, plan, polled, chance.random())
        finally:
            wire.close()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number)) for number in range(plan.consoles)]
        for _ in tasks:
            await ready.acquire()
        gc.collect()
        gc.freeze()
        go.set()
        await asyncio.sleep(1.0)
        _reset(polled)
        began, used, served = loop.time(), time.process_time(), cpu_seconds(plan.server)
        await asyncio.sleep(plan.seconds)
        polled.seconds, polled.cpu = loop.time() - began, time.process_time() - used
        polled.server = cpu_seconds(plan.server) - served
        for task in tasks:
            task.cancel()
    return polled


def _reset(polled: Polled) -> None:
    """Forget what came before all were at work."""
    polled.polls = polled.events = polled.sent = polled.received = polled.refused = 0
    polled.took.clear()
    polled.lags.clear()


async def _poll(console: _Console, wire: Wire, plan: Plan, polled: Polled, phase: float) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time() + phase
    while True:
        if not plan.wait:
            await asyncio.sleep(max(0.0, due - loop.time()))
            due += 1.0
        request = console.poll()
        began = time.perf_counter()
        answer = await wire.ask(request)
        polled.took.append((time.perf_counter() - began) * 1000)
        polled.polls += 1
        polled.sent += len(request)
        polled.received += len(answer)
        if not answer.startswith(b"HTTP/1.1 200 "):
            polled.refused += 1
            continue
        events = console.take(answer)
        polled.events += len(events)
        if events:
            polled.lags.append((wall_clock() - events[0].received_at) / 1000)


def poll_server(plan: Plan) -> Polled:
    """Run the process to its end and return what came of it."""
    return played("tests.bench.polling", plan, Polled)


if __name__ == "__main__":
    play(Plan, run)
