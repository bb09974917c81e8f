"""What is held for a token ends when that expires, is revoked, or cannot be proven any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.server.token_watch import Stay, TokenWatch
from noc_tui.server.tokens import TokenBook, tokens_of

NOW: Micros = 1_763_348_400 * SECOND


class Clock:
    """A clock that stands until it is put forward."""

    now = NOW

    def __call__(self) -> Micros:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path) -> TokenBook:
    return tokens_of(tmp_path / "noc.db")


async def woken(book: TokenBook, clock: Clock, bearer: str, deed: Callable[[], None]) -> Stay:
    """Somebody's stay after the watch has woken all for what was done."""
    stopped, news = asyncio.Event(), asyncio.Event()
    watch = TokenWatch(book, clock, news.set)
    stay = Stay(watch, bearer)
    assert stay.lasts()
    deed()
    running = asyncio.create_task(watch.run(stopped))
    await asyncio.wait_for(news.wait(), 20)
    stopped.set()
    await running
    return stay


def made(book: TokenBook) -> None:
    """Another's token."""
    book.create("bo", "viewer", "", None, NOW)


async def test_an_expired_token_ends_the_stay(book: TokenBook, clock: Clock) -> None:
    token = book.create("ana", "viewer", "", NOW + SECOND, NOW)
    assert not (await woken(book, clock, token, lambda: setattr(clock, "now", NOW + SECOND))).lasts()


async def test_another_token_that_is_made_or_revoked_does_not(book: TokenBook, clock: Clock) -> None:
    token = book.create("ana", "viewer", "", None, NOW)
    assert (await woken(book, clock, token, lambda: made(book))).lasts()
    assert (await woken(book, clock, token, lambda: book.revoke("bo"))).lasts()
    assert not (await woken(book, clock, token, lambda: book.revoke("ana"))).lasts()


async def test_nobody_stays_by_a_file_that_others_may_write(book: TokenBook, clock: Clock, tmp_path: Path) -> None:
    token = book.create("ana", "viewer", "", None, NOW)
    path = tmp_path / "noc.db-tokens"
    assert not (await woken(book, clock, token, lambda: path.chmod(0o666))).lasts()
