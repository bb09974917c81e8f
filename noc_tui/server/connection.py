"""One client's connection: uvicorn's, with deadlines, a place in a bounded crowd, and one write for one answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from noc_tui.server.limits import Limits
from noc_tui.server.one_write import OneWrite

KNOWN: Final = "noc_tui.known"
"""The key in an ASGI scope of what is called once its connection has shown a token."""
LINGER: Final = 2.0
"""Seconds that the rest of a body is thrown away which was answered before it had come: a client that is still sending
would else lose the answer. The connection goes on if all of it comes by then, and is closed if it does not."""


class Crowd:
    """All who are connected: those who have shown no token yet are kept few, from one address and together."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.all = 0
        self._strangers: Counter[str] = Counter()

    def enter(self, host: str) -> bool:
        """Let a stranger in; return whether there was room."""
        limits = self.limits
        if self.all >= limits.connections or self._strangers.total() >= limits.strangers:
            return False
        if self._strangers[host] >= limits.strangers_of_one:
            return False
        self.all += 1
        self._strangers[host] += 1
        return True

    def know(self, host: str) -> None:
        """One from there is no stranger any more."""
        self._strangers[host] -= 1
        if self._strangers[host] <= 0:
            del self._strangers[host]

    def leave(self, host: str, *, known: bool) -> None:
        """One has gone."""
        self.all -= 1
        if not known:
            self.know(host)


class Connection(H11Protocol):
    """A connection that cannot be held by doing nothing, or anything slowly."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any], crowd: Crowd) -> None:
        super().__init__(config, server_state, app_state)
        self._application: Any = self.app
        self.app = self._serve
        self._crowd = crowd
        self._limits = crowd.limits
        self._host = ""
        self._entered = False
        self._known = False
        self._over = False
        self._deadline: asyncio.TimerHandle | None = None
        self._serving = False
        self._answered: Any = None

    # From the network

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, if there is room for it."""
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(OneWrite(transport, self.loop))
        self._host = self.client[0] if self.client else ""
        self._entered = self._crowd.enter(self._host)
        if not self._entered:
            self._close_with(503, "Too many connections: close some, or try again later.", "crowd")
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take what comes; a request whose head has begun has to be here soon."""
        if self._over:
            return
        if not self._serving and self._deadline is None:
            self._expect_head()
        super().data_received(data)
        if self._answered is not None and self.conn.our_state is not self._answered:
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place up."""
        self._forget_deadline()
        super().connection_lost(exc)
        if self._entered:
            self._entered = False
            self._crowd.leave(self._host, known=self._known)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._close_with(400, "This is no HTTP request that can be read.", "bad")

    def on_response_complete(self) -> None:
        """Go on with the next request, unless the client is still sending what nobody reads."""
        self._serving = False
        unread = self.cycle.more_body
        super().on_response_complete()
        if unread and not self.transport.is_closing():
            self._linger()

    # To the application

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._serving = True
        self._forget_deadline()
        if _size(scope) > self._limits.head:
            self._close_with(431, f"The request's head is larger than {self._limits.head // 1024} KiB.", "large")
            return
        scope[KNOWN] = self._become_known

        async def send_in_time(message: Message) -> None:
            if not self.flow.write_paused:
                await send(message)
                return
            try:
                async with asyncio.timeout(self._limits.write_seconds):
                    await send(message)
            except TimeoutError:
                self.transport.abort()

        await self._application(scope, receive, send_in_time)

    def _become_known(self) -> None:
        if self._entered and not self._known:
            self._known = True
            self._crowd.know(self._host)

    # Deadlines

    def _expect_head(self) -> None:
        self._forget_deadline()
        self._deadline = self.loop.call_later(self._limits.head_seconds, self._too_slow)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if not self._serving:
            self._close_with(408, f"The request did not come within {self._limits.head_seconds:g} s.", "slow")

    # Ends

    def _close_with(self, status: int, sentence: str, code: str) -> None:
        """Answer without the application, and close."""
        self._over = True
        self._forget_deadline()
        body = f'{{"error":"{sentence}","code":"{code}"}}'
        head = f"HTTP/1.1 {status} {_PHRASES[status]}\r\ncontent-type: application/json\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode())
        self.transport.close()

    def _linger(self) -> None:
        """Wait for the rest of a body that is answered already; uvicorn throws it away and then goes on."""
        self._unset_keepalive_if_required()
        self._answered = self.conn.our_state  # as long as the body is not whole
        self._deadline = self.loop.call_later(LINGER, self.transport.close)

    def _go_on(self) -> None:
        """The rest has come: the client may ask for something else, and is not waited for longer than usual."""
        self._answered = None
        self._forget_deadline()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)


def _size(scope: Scope) -> int:
    """Return the bytes of a request's head, about: h11 bounds only what has not come in one piece."""
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    return len(scope["raw_path"]) + len(scope["query_string"]) + fields


_PHRASES: Final = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
