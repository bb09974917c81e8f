"""A real server on loopback that answers with exactly the bytes that a test gives it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Writes the answer to one request; the connection stays open until it closes the writer."""


class Served:
    """What the server saw: its base URL, the head of every request, and how many connections there were."""

    def __init__(self) -> None:
        self.url = ""
        self.heads: list[str] = []
        self.connections = 0
        self.hung_up = asyncio.Event()

    def header(self, name: str) -> str:
        """The value of a header of the last request, or nothing."""
        for line in self.heads[-1].splitlines()[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return ""


@asynccontextmanager
async def serving(
    answer: Answer, *, tls: ssl.SSLContext | None = None, ends_head: bytes = b"\r\n\r\n"
) -> AsyncIterator[Served]:
    """Run a server on a free port of 127.0.0.1 while the block lasts; a request is read up to `ends_head`."""
    served = Served()

    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        own = asyncio.current_task()
        assert own is not None
        talks.add(own)
        try:
            while not writer.is_closing():
                served.heads.append((await reader.readuntil(ends_head)).decode("latin-1"))
                await answer(reader, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            served.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield served
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks)


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Answer:
    """An answer with this body and its length."""
    return saying(_head(status, f"Content-Length: {len(body)}", *headers) + body)


def saying(wire: bytes, *, then_close: bool = False) -> Answer:
    """An answer of these bytes, whatever they are."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(wire)
        if then_close:
            writer.close()

    return answer


def dripping(every: float) -> Answer:
    """An answer that never ends: a byte every so many seconds, until the client hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_head("200 OK", "Content-Length: 1000000"))
        while True:
            writer.write(b" ")
            try:
                await asyncio.wait_for(reader.readexactly(1), every)
            except TimeoutError:
                continue

    return answer


def _head(status: str, *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode("latin-1")
