"""The process killed at the worst moment, or asked to end: what was answered stays, what is sent again is done once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from noc_tui.store.opening import open_store
from tests.contract.desk import rows, sound
from tests.contract.server.house import Client, asking, bearer, token
from tests.contract.server.test_journal import command, start

SERVE = """
import os, signal, sys
from pathlib import Path
from noc_tui.server.appender import Appender
from noc_tui.server.listening import ServeConfig
from noc_tui.server.serving import serve

if "die" in sys.argv:
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    Appender._tell = die

sys.exit(serve(ServeConfig(store=Path(sys.argv[1]), port=0), None, lambda sentence: print(sentence, flush=True)))
"""
"""A server; with `die` it is killed after the commit, before anybody has an answer."""


class Process:
    """A server as a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.url = process.stdout.readline().split(" at ")[1].strip().rstrip(".")

    def rest(self) -> str:
        """What it said until its end."""
        assert self.process.stdout is not None
        return self.process.stdout.read()


@contextmanager
def process(store: Path, *words: str) -> Iterator[Process]:
    """A server on a store, killed at the end if it is still there."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(store), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as started:
        try:
            yield Process(started)
        finally:
            started.kill()


@asynccontextmanager
async def client(server: Process, token: str) -> AsyncIterator[Client]:
    """Somebody with a token."""
    async with httpx.AsyncClient(base_url=server.url, headers=bearer(token), timeout=20) as http:
        yield Client(http)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store."""
    open_store(tmp_path / "noc.db").close()
    return tmp_path / "noc.db"


async def test_a_push_whose_answer_was_lost_is_done_once(store: Path) -> None:
    mine, sent = token(store), [command() for _ in range(5)]
    with process(store, "die") as server:
        async with client(server, mine) as ana:
            with pytest.raises(httpx.TransportError):
                await ana.push(*sent)
        assert server.process.wait(20) == -signal.SIGKILL
    with process(store) as server:
        async with client(server, mine) as ana:
            again = await ana.push(*sent)
    assert all(outcome.ok and outcome.repeated for outcome in again.outcomes)
    assert rows(store, "SELECT count(*), count(DISTINCT command_id) FROM journal") == [(5, 5)]
    assert sound(store)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_all_that_is_under_way_answered(store: Path, number: signal.Signals) -> None:
    mine = token(store)
    with process(store) as server:
        async with client(server, mine) as ana, client(server, mine) as other:
            cursor = await start(ana)
            poll = asyncio.create_task(other.get("/v1/journal", **asking(cursor), wait=25))
            async with asyncio.timeout(20):
                while "noc_tui_polls_held 1" not in (await ana.get("/metrics")).text.splitlines():
                    pass
            server.process.send_signal(number)
            answer = await asyncio.wait_for(poll, 10)
            assert answer.json()["after"] == cursor.seq
        assert server.process.wait(20) == 0
        assert server.rest() == ""


def test_a_store_that_vanishes_ends_it_in_words(store: Path) -> None:
    with process(store) as server:
        store.unlink()
        assert server.process.wait(20) == 1
        assert "was deleted or replaced" in server.rest()
