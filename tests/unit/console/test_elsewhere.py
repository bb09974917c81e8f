"""What is awaited elsewhere runs in another thread, is cancelled with who waits for it, and ends with `stop`."""

from __future__ import annotations

import asyncio
import threading

import pytest

from noc_tui.console.elsewhere import Elsewhere


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere("a test's")


async def test_work_is_done_in_one_other_thread(elsewhere: Elsewhere) -> None:
    async def where() -> int:
        return threading.get_ident()

    first, second = await elsewhere.do(where()), await elsewhere.do(where())
    elsewhere.stop()

    assert first == second != threading.get_ident()


async def test_an_error_comes_to_who_waits(elsewhere: Elsewhere) -> None:
    async def fails() -> None:
        raise KeyError("what")

    with pytest.raises(KeyError, match="what"):
        await elsewhere.do(fails())
    elsewhere.stop()


async def test_who_waits_no_longer_ends_the_work(elsewhere: Elsewhere) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def waits() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(elsewhere.do(waits()))
    await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()

    assert await asyncio.to_thread(ended.wait, 10)
    elsewhere.stop()


async def test_stop_gives_up_what_is_left(elsewhere: Elsewhere) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def waits() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(elsewhere.do(waits()))
    await asyncio.to_thread(begun.wait, 10)
    elsewhere.stop()

    assert await asyncio.to_thread(ended.wait, 10)
    with pytest.raises(asyncio.CancelledError):
        await waiting
