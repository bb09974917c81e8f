"""A client that speaks HTTP badly on purpose, over a plain socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from noc_tui.server.limits import Limits
from noc_tui.server.listening import ServeConfig
from tests.contract.server.house import listening


class Answer(msgspec.Struct, frozen=True):
    """What came back until the other side closed: the status, the head in lower case, the body."""

    status: int
    head: str
    body: bytes

    @property
    def code(self) -> str:
        """The word of a refusal."""
        return str(msgspec.json.decode(self.body)["code"])


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(b"".join(parts))
        await self.writer.drain()

    async def closed(self) -> bytes:
        """All that comes until the other side closes."""
        async with asyncio.timeout(20):
            return await self.reader.read()

    async def last_answer(self) -> Answer:
        """The one answer that comes before the other side closes."""
        head, _, body = (await self.closed()).partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]), head.decode().lower(), body)

    async def answer(self) -> Answer:
        """The next answer, by the length that it says."""
        head = await self.head()
        length = int(head.partition("content-length: ")[2].split()[0])
        async with asyncio.timeout(20):
            return Answer(int(head.split()[1]), head, await self.reader.readexactly(length))

    async def head(self) -> str:
        """The head of an answer, with its body left unread."""
        async with asyncio.timeout(20):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()


class Port:
    """A server that listens on this host."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        """A connection."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def port(store: Path, limits: Limits) -> AsyncIterator[Port]:
    """A server with limits of its own, while the block lasts."""
    async with listening(ServeConfig(store=store, port=0, limits=limits)) as server:
        yield Port(*server.address)


def request(method: str, path: str, token: str = "", **headers: str) -> bytes:
    """The head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: noc"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()
