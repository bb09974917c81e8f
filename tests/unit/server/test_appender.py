"""The thread that appends: what waits is one commit, and nobody's trouble is another's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.server import appender
from noc_tui.server.appender import Appender
from noc_tui.server.refusing import Overloaded
from noc_tui.store.errors import StoreFull

POISON = b"poison"


class Slow:
    """A store whose first commit waits to be let go; it notes how many commands each had."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.sizes: list[int] = []
        self.full = False

    def append(self, commands: Sequence[Command]) -> list[Outcome]:
        """Commit, once let go."""
        self.begun.set()
        assert self.go.wait(20)
        if self.full:
            raise StoreFull(Path("noc.db"))
        if any(command.id == POISON for command in commands):
            raise RuntimeError("a rule failed")
        self.sizes.append(len(commands))
        return [Outcome(command=command.id, ok=True) for command in commands]


@asynccontextmanager
async def appending(store: Slow) -> AsyncIterator[Appender]:
    """An appender at work, the first of its commits under way."""
    commits: list[None] = []
    found = Appender(store, lambda: commits.append(None))
    found.start()
    first = asyncio.ensure_future(found.append(some(1)))
    await asyncio.to_thread(store.begun.wait, 20)
    try:
        yield found
    finally:
        store.go.set()
        await asyncio.gather(first, return_exceptions=True)
        await found.close()
        assert found.waiting == 0
        assert not found.alive


def some(count: int, id: bytes = b"") -> list[Command]:
    """So many commands."""
    return [Command(id=id or number.to_bytes(16, "big"), verb="log") for number in range(count)]


async def test_what_waits_is_one_commit_of_as_many_as_fit() -> None:
    store = Slow()
    async with appending(store) as found:
        pushes = [asyncio.ensure_future(found.append(some(size))) for size in (100, 300, 100, 1, 500, 2)]
        await asyncio.sleep(0)
        store.go.set()
        answers = await asyncio.gather(*pushes)
    assert [len(answer) for answer in answers] == [100, 300, 100, 1, 500, 2]
    assert store.sizes == [1, 500, 1, 500, 2]


async def test_a_command_that_breaks_the_rules_takes_no_other_with_it() -> None:
    store = Slow()
    async with appending(store) as found:
        pushes = [asyncio.ensure_future(found.append(push)) for push in (some(2), some(1, POISON), some(3))]
        await asyncio.sleep(0)
        store.go.set()
        first, poison, last = await asyncio.gather(*pushes, return_exceptions=True)
    assert isinstance(first, list) and len(first) == 2
    assert isinstance(poison, RuntimeError)
    assert isinstance(last, list) and len(last) == 3


async def test_a_store_that_cannot_write_is_everybodys_trouble() -> None:
    store = Slow()
    async with appending(store) as found:
        pushes = [asyncio.ensure_future(found.append(some(1))) for _ in range(2)]
        await asyncio.sleep(0)
        store.full = True
        store.go.set()
        answers = await asyncio.gather(*pushes, return_exceptions=True)
    assert all(isinstance(answer, StoreFull) for answer in answers)


async def test_more_than_can_be_done_soon_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appender, "WAITING", 10)
    store = Slow()
    async with appending(store) as found:
        held = asyncio.ensure_future(found.append(some(9)))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await found.append(some(1))
        assert refused.value.headers["retry-after"] == str(refused.value.retry_after)
        store.go.set()
        assert len(await held) == 9


async def test_one_who_has_gone_is_done_for_all_the_same() -> None:
    store = Slow()
    async with appending(store) as found:
        gone, other = asyncio.ensure_future(found.append(some(2))), asyncio.ensure_future(found.append(some(3)))
        await asyncio.sleep(0)
        gone.cancel()
        store.go.set()
        assert len(await other) == 3
    assert store.sizes == [1, 5]


async def test_what_has_come_is_answered_before_the_end() -> None:
    store = Slow()
    async with appending(store) as found:
        last = asyncio.ensure_future(found.append(some(4)))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(found.close())
        await asyncio.sleep(0)
        store.go.set()
        assert len(await last) == 4
        await closing
