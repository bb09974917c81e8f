"""The process that serves: where it listens, how it ends, and the agent that it keeps."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final, Protocol

import uvicorn

from noc_tui.server.app import make_app
from noc_tui.server.connection import Connection, Crowd
from noc_tui.server.desk import Desk, Told, opened
from noc_tui.server.listening import CannotServe, ServeConfig, make_room, refuse_open, tls_context
from noc_tui.store.errors import StoreError

GRACE: Final = 15
"""Seconds that a stop waits for answers under way."""


class Keeper(Protocol):
    """Keeps an agent running."""

    async def run(self) -> None:
        """Keep it running until `stop`."""

    async def stop(self) -> None:
        """End it, and start none again."""


def serve(config: ServeConfig, keeper: Keeper | None, told: Told) -> int:
    """Serve until SIGTERM or SIGINT and return the exit status; what is under way then is answered first.

    `keeper` keeps the store's agent running meanwhile. `told` hears where it listens, and of trouble. Raises
    CannotServe, TokenError or StoreError before the start; a store that vanishes ends it with status 1.
    """
    make_room(config.limits)
    return asyncio.run(_serve(config, keeper, told))


async def _serve(config: ServeConfig, keeper: Keeper | None, told: Told) -> int:
    loop = asyncio.get_running_loop()
    async with serving(config, told) as server:
        gc.freeze()  # what is here now stays: the collector need not look at it again
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        agent = asyncio.create_task(keeper.run()) if keeper is not None else None
        try:
            return await server.run()
        finally:
            if keeper is not None and agent is not None:
                await keeper.stop()
                await agent


@asynccontextmanager
async def serving(config: ServeConfig, told: Told) -> AsyncIterator[Serving]:
    """Open a store and a place to listen, while the block lasts; `Serving.run` serves."""
    context = tls_context(config)
    refuse_open(config)
    async with opened(config.store, config.limits, told) as desk:
        yield Serving(config, desk, context)


class Serving:
    """One server at work."""

    def __init__(self, config: ServeConfig, desk: Desk, context: ssl.SSLContext | None) -> None:
        self._config = config
        self._desk = desk
        self._server = _Server(desk, config, context)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; once `started`."""
        return self._server.address

    async def started(self) -> None:
        """Return when it listens."""
        await self._server.listening.wait()

    def stop(self) -> None:
        """Take no more connections, answer what is under way, and end."""
        self._desk.watch.stop()
        self._server.stop()

    async def run(self) -> int:
        """Serve until `stop`, and return the exit status."""
        desk = self._desk
        watching = asyncio.create_task(desk.run())
        watching.add_done_callback(lambda _: self.stop())
        try:
            await self._server.serve()
        except OSError as error:
            where = f"{self._config.host}:{self._config.port}"
            raise CannotServe(f"Nothing can listen at {where} ({_why(error)}): give another --listen.") from None
        finally:
            self.stop()
            with suppress(StoreError):
                await watching
        failure = watching.exception()
        if failure is not None:
            desk.told(str(failure))
        return 0 if failure is None else 1


class _Server(uvicorn.Server):
    """uvicorn's server, with connections of our own, and signals left to us."""

    def __init__(self, desk: Desk, config: ServeConfig, context: ssl.SSLContext | None) -> None:
        limits = config.limits
        super().__init__(
            uvicorn.Config(
                make_app(desk),
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                http=Connection,
                loop="asyncio",
                interface="asgi3",
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=int(limits.idle_seconds),
                timeout_graceful_shutdown=GRACE,
                h11_max_incomplete_event_size=limits.head,
            )
        )
        self.listening = asyncio.Event()
        self.address = ("", 0)
        self._serve_config = config
        self._desk = desk
        self._context = context
        self._crowd = Crowd(limits)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End as soon as what is under way is answered."""
        self.should_exit = True
        self._stopping.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to who started us: uvicorn would raise them again, and the exit status be theirs."""
        yield

    async def startup(self, sockets: object = None) -> None:
        """Listen."""
        await self.lifespan.startup()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            self._connection,
            self._serve_config.host,
            self._serve_config.port,
            backlog=1_024,
            ssl=self._context,
            ssl_handshake_timeout=None if self._context is None else self._serve_config.limits.head_seconds,
        )
        self.servers = [server]
        self.address = server.sockets[0].getsockname()[:2]
        self.started = True
        self.listening.set()
        scheme = "http" if self._context is None else "https"
        host, port = self.address
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._desk.told(f"Serving {self._serve_config.store} at {scheme}://{place}.")

    def _connection(self) -> Connection:
        return Connection(self.config, self.server_state, self.lifespan.state, self._crowd)

    async def main_loop(self) -> None:
        """Wait for the end; once a second the date of the answers is set anew."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stopping.wait()


def _why(error: OSError) -> str:
    """Return what the system says, without what asyncio says around it."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
