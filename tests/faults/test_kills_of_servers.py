"""kill -9 of `serve` while several people and a source send: what was answered is there, once; sent again, nothing is
done twice; a restart works.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path
from random import Random

import httpx
import pytest

from noc_tui.incidents.commands import Command
from noc_tui.server.tokens import tokens_of
from noc_tui.store.opening import open_store, wall_clock
from tests.contract.desk import rows, sound
from tests.contract.server.house import Client
from tests.contract.server.test_journal import command
from tests.contract.server.test_kills import Process, client, process
from tests.faults.budget import Budget

PEOPLE = ("ana", "bo", "cem")


class Traffic:
    """What was sent to a server, and what it answered, over all its lives."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.done: set[bytes] = set()
        self.alerts: set[str] = set()
        self._turn = count()

    async def push(self, ana: Client) -> None:
        """Push some commands, new ones and perhaps one that may have been taken before."""
        sent = [command() for _ in range(3)]
        self.commands += sent
        answer = await ana.push(*sent, self.commands[-min(len(self.commands), 7)])
        self.done |= {outcome.command for outcome in answer.outcomes if outcome.ok}

    async def report(self, source: Client) -> None:
        """Send some alerts, each one new."""
        keys = [f"k{next(self._turn)}" for _ in range(20)]
        body = [{"key": key, "resource": f"r-{key}", "severity": "major", "summary": "down"} for key in keys]
        answer = await source.http.post("/v1/alerts", content=json.dumps(body))
        if answer.status_code == 200:
            self.alerts |= {one["alert"] for one in answer.json()["answers"]}


async def sending(deed: Callable[[Client], Awaitable[None]], to: Client) -> None:
    """Do it again and again until the server is gone."""
    with suppress(httpx.TransportError):
        while True:
            await deed(to)


async def killed(server: Process, traffic: Traffic, tokens: dict[str, str], chance: Random) -> None:
    """Let all of them send, and kill the server after a while."""
    async with AsyncExitStack() as clients:
        people = [await clients.enter_async_context(client(server, tokens[name])) for name in PEOPLE]
        source = await clients.enter_async_context(client(server, tokens["mon"]))
        tasks = [asyncio.create_task(sending(traffic.push, one)) for one in people]
        tasks.append(asyncio.create_task(sending(traffic.report, source)))
        answered = len(traffic.done)
        async with asyncio.timeout(30):
            while len(traffic.done) == answered:
                await people[0].get("/v1/health")
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        server.process.kill()
        await asyncio.gather(*tasks)


@pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.slow)])
async def test_what_a_killed_server_answered_is_there_once(tmp_path: Path, budget: Budget, rounds: int) -> None:
    store, chance, traffic, slowest = tmp_path / "noc.db", budget.chance("serve"), Traffic(), 0.0
    open_store(store).close()
    tokens = {name: tokens_of(store).create(name, "operator", "", None, wall_clock()) for name in PEOPLE}
    tokens["mon"] = tokens_of(store).create("mon", "source", "mon", None, wall_clock())
    for _ in budget.turns(rounds):
        began = time.monotonic()
        with process(store) as server:
            slowest = max(slowest, time.monotonic() - began)
            await killed(server, traffic, tokens, chance)
        found = [id for (id,) in rows(store, "SELECT command_id FROM journal WHERE kind = 'incident.created'") if id]
        assert len(found) == len(set(found))
        assert traffic.done <= set(found)
        raises = dict(rows(store, "SELECT key, raises FROM alerts"))
        assert {key: raises.get(key) for key in traffic.alerts} == dict.fromkeys(traffic.alerts, 1)
        assert sound(store)
    assert traffic.done
    assert traffic.alerts
    print(f"{len(traffic.done)} commands and {len(traffic.alerts)} alerts answered; slowest start {slowest:.1f} s")
