"""Stands between consoles and a server on loopback, and counts what goes through: all that the sockets are given."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Final

_PIECE: Final = 64 * 1024


class Relay:
    """The counts of one relay, in bytes: `up` went to the server, `down` came from it."""

    def __init__(self, port: int, behind: int) -> None:
        self.up = 0
        self.down = 0
        self.connections = 0
        self._port = port
        self._behind = behind
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    @property
    def total(self) -> int:
        """Bytes both ways."""
        return self.up + self.down

    def run(self) -> None:
        """Pass on what comes until `stop`; for a thread of its own."""
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def started(self) -> None:
        """Return when it listens."""
        self._ready.wait()

    def stop(self) -> None:
        """End `run`."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", self._port)
        self._ready.set()
        await self._over.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError), closing(writer):
            behind, beyond = await asyncio.open_connection("127.0.0.1", self._behind)
            await asyncio.gather(self._pass_up(reader, beyond), self._pass_down(behind, writer))

    async def _pass_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            self.up += len(piece)
            writer.write(piece)
        writer.close()

    async def _pass_down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            self.down += len(piece)
            writer.write(piece)
        writer.close()


@contextmanager
def relayed(port: int, behind: int) -> Iterator[Relay]:
    """Listen at one port and pass on to another while the block lasts."""
    relay = Relay(port, behind)
    thread = threading.Thread(target=relay.run, name="relay")
    thread.start()
    relay.started()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join()
