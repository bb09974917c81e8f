"""A TCP proxy on loopback, between a client and a server, with the faults that a test sets while bytes flow.

cut: connections are reset and new ones too. stall: connections stand, and no byte goes either way. deaf: what is asked
arrives, no answer comes back. halve: of each connection's answers so many bytes arrive, then it is reset. drip: answers
arrive a few bytes at a time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

_PIECE: Final = 64 * 1024


@dataclass(frozen=True)
class Fault:
    """What goes wrong; `size` in bytes, `every` in seconds."""

    kind: Literal["none", "cut", "stall", "deaf", "halve", "drip"] = "none"
    size: int = 0
    every: float = 0.0


class Proxy:
    """Passes bytes on to `port` of this host, from a thread of its own; `with` opens and closes it.

    `asked` and `answered` count the bytes that were passed on in each direction.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self.asked = 0
        self.answered = 0
        self._to = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._fault = Fault()
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def heal(self) -> None:
        """All goes well from now on."""
        self._do(self._set(Fault()))

    def cut(self) -> None:
        """Reset every connection, now and from now on."""
        self._do(self._set(Fault("cut")))

    def stall(self) -> None:
        """Let connections stand and pass nothing on; what was held back goes on when it heals."""
        self._do(self._set(Fault("stall")))

    def deafen(self) -> None:
        """Pass on what is asked, and lose the answers."""
        self._do(self._set(Fault("deaf")))

    def halve(self, size: int) -> None:
        """Pass on `size` bytes of each connection's answers, then reset it; what stands is reset now."""
        self._do(self._set(Fault("halve", size=size)))

    def drip(self, size: int, every: float) -> None:
        """Pass answers on `size` bytes at a time, with `every` seconds between two."""
        self._do(self._set(Fault("drip", size=size, every=every)))

    def to(self, port: int) -> None:
        """Pass new connections on to another port, as when the server has moved."""
        self._to = port

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._reset()

    async def _set(self, fault: Fault) -> None:
        self._fault = fault
        self._changed.set()
        self._changed = asyncio.Event()
        if fault.kind in ("cut", "halve"):
            await self._reset()

    async def _reset(self) -> None:
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = asyncio.current_task()
        assert own is not None
        self._talks.add(own)
        writers = [writer]
        try:
            if self._fault.kind == "cut":
                return
            answers, asking = await asyncio.open_connection("127.0.0.1", self._to)
            writers.append(asking)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(reader, asking))
                both.create_task(self._answer(answers, writer))
        except (OSError, asyncio.CancelledError, ExceptionGroup):
            pass  # either side has gone, or a fault made it go: the other one shall see that
        finally:
            self._talks.discard(own)
            for one in writers:
                one.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_PIECE):
            await self._flowing()
            writer.write(data)
            await writer.drain()
            self.asked += len(data)
        raise ConnectionResetError

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while data := await reader.read(_PIECE):
            await self._flowing()
            fault = self._fault
            if fault.kind == "deaf":
                continue
            if fault.kind == "halve":
                data = data[: max(0, fault.size - passed)]
            for piece in _pieces(data, fault.size if fault.kind == "drip" else len(data)):
                writer.write(piece)
                await writer.drain()
                self.answered += len(piece)
                await asyncio.sleep(fault.every)
            passed += len(data)
            if fault.kind == "halve" and passed >= fault.size:
                break
        raise ConnectionResetError

    async def _flowing(self) -> None:
        """Return when bytes may flow."""
        while self._fault.kind == "stall":
            await self._changed.wait()


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), max(1, size))]
