"""A server in this process, over a real store: asked over ASGI, or over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor, Page, Push, Pushed
from noc_tui.journal.skew import Skew
from noc_tui.server.app import make_app
from noc_tui.server.desk import Desk, opened
from noc_tui.server.limits import Limits
from noc_tui.server.listening import ServeConfig
from noc_tui.server.serving import Serving, serving
from noc_tui.server.tokens import Role, tokens_of
from noc_tui.store.opening import open_store, wall_clock

T = TypeVar("T")
WIDE = Limits(rate=1e6, burst=1e6)
"""For tests of something else than limits."""


def token(
    store: Path, name: str = "ana", role: Role = "operator", source: str = "", *, expires_at: Micros | None = None
) -> str:
    """A token of somebody's, made by the store's own book."""
    return tokens_of(store).create(name, role, source, expires_at, wall_clock())


def bearer(token: str) -> dict[str, str]:
    """The header that a token is shown in."""
    return {"authorization": f"Bearer {token}"}


class Client:
    """Somebody with a token."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with a query."""
        return await self.http.get(path, params=query)

    async def value(self, kind: type[T], path: str, **query: Any) -> T:
        """What a GET answers with 200."""
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=kind)

    async def page(self, cursor: Cursor | None = None, **query: Any) -> Page:
        """A page of the journal."""
        return await self.value(Page, "/v1/journal", **asking(cursor), **query)

    async def push(
        self, *commands: Command, cursor: Cursor | None = None, sent_at: int = 0, skew: Skew | None = None
    ) -> Pushed:
        """What a push answers with 200."""
        answer = await self.post(Push(sent_at or wall_clock(), commands, cursor, skew))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Pushed)

    async def post(self, value: Any, path: str = "/v1/commands") -> httpx.Response:
        """POST a value."""
        return await self.http.post(path, content=msgspec.json.encode(value))


def asking(cursor: Cursor | None) -> dict[str, str]:
    """A cursor in a query."""
    if cursor is None:
        return {}
    return {"epoch": cursor.epoch.hex(), "after": str(cursor.seq), "hash": cursor.hash.hex()}


def cursor_of(page: Page) -> Cursor:
    """Where a page leads."""
    last = page.events[-1] if page.events else None
    return Cursor(page.epoch, last.seq if last else page.after, last.hash if last else page.hash)


def _make(store: Path) -> None:
    if not store.exists():
        open_store(store).close()


class House:
    """A desk at work, its store, and clients of it over ASGI."""

    def __init__(self, desk: Desk, store: Path) -> None:
        self.desk = desk
        self.store = store
        self.told: list[str] = []
        self.app = make_app(desk)

    @asynccontextmanager
    async def client(self, name: str = "ana", role: Role = "operator", source: str = "") -> AsyncIterator[Client]:
        """Somebody with a token of a role."""
        async with self.bare(bearer(token(self.store, name, role, source))) as http:
            yield Client(http)

    @asynccontextmanager
    async def bare(self, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Anybody."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://noc", headers=headers, timeout=30) as http:
            yield http

    def revoke(self, name: str) -> None:
        """Take a token back."""
        tokens_of(self.store).revoke(name)

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so; TimeoutError if it never is."""
        async with asyncio.timeout(20):
            while not so():  # noqa: ASYNC110 (whatever it is, it tells nobody)
                await asyncio.sleep(0.001)


@asynccontextmanager
async def house(store: Path, limits: Limits = WIDE) -> AsyncIterator[House]:
    """A desk at work on the store at a path, made if there is none."""
    await asyncio.to_thread(_make, store)
    told: list[str] = []
    async with opened(store, limits, told.append) as desk:
        at_work = asyncio.create_task(desk.run())
        found = House(desk, store)
        found.told = told
        try:
            yield found
        finally:
            desk.watch.stop()
            await at_work


@asynccontextmanager
async def listening(config: ServeConfig) -> AsyncIterator[Serving]:
    """A server that listens, while the block lasts."""
    if not config.store.exists():
        open_store(config.store).close()
    async with serving(config, lambda _: None) as server:
        running = asyncio.create_task(server.run())
        await server.started()
        try:
            yield server
        finally:
            server.stop()
            assert await running == 0
