"""The gate of a route: who may pass, how often, with how much; and one way in which everything is answered."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from noc_tui.server.access import Route
from noc_tui.server.connection import KNOWN
from noc_tui.server.desk import Desk
from noc_tui.server.limits import bounded
from noc_tui.server.refusing import Refused, refusal
from noc_tui.server.token_file import TokenError
from noc_tui.server.tokens import Identity
from noc_tui.store.errors import StoreError

Handler = Callable[[Request], Awaitable[Response]]

_RETRY = {"retry-after": "2"}


class BrokenOff(Exception):
    """An answer that had begun and cannot be finished: the connection is closed, so that nobody takes it for whole."""


class Gate:
    """One route as an ASGI application: its handler behind the table of access and the bounds."""

    def __init__(self, route: Route, handler: Handler, desk: Desk) -> None:
        self.route = route
        self._handler = handler
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        desk, began, started = self._desk, self._desk.monotonic(), False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            response = await self._response(scope, receive, send)
            held = getattr(response, "held", False)
            desk.metrics.answered(self.route.name, response.status_code, None if held else desk.monotonic() - began)
            await response(scope, receive, send_noted)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 (the edge: an answer that cannot be finished is broken off)
            refused = self._refused(error)
            if started:
                raise BrokenOff from None
            await refusal(refused)(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive, send: Send) -> Response:
        try:
            self._admit(scope)
            limits = self._desk.limits
            largest = limits.whole_body if self.route.unrated else limits.body
            request = Request(scope, bounded(scope, receive, largest, limits.body_seconds), send)
            return await self._handler(request)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 (the edge: the asker gets an answer, the operator of the server a line)
            return refusal(self._refused(error))

    def _refused(self, error: Exception) -> Refused:
        """Return what an asker is told of an error, and tell the operator of the server what he should know."""
        if isinstance(error, Refused):
            return error
        if isinstance(error, StoreError):
            return Refused(503, "store", str(error), _RETRY)
        if isinstance(error, TokenError):
            self._desk.told(str(error))
            return Refused(503, "tokens", "The server cannot read its tokens just now.", _RETRY)
        self._desk.metrics.bugs += 1
        self._desk.told(f"A request for {self.route.path} failed: {type(error).__name__} {_place(error)}.")
        return Refused(500, "bug", "The server failed at this request by a fault of its own.")

    def _admit(self, scope: Scope) -> None:
        """Let a request pass, with its identity; Refused if it may not."""
        if self.route.open or self.route.keyed:
            return
        identity = self._identity(scope)
        if not self.route.admits(identity):
            sentence = f"The token of {identity.name} has the role {identity.role}, which may not do this."
            raise Refused(403, "role", sentence)
        if not self.route.unrated:
            self._desk.rates.check(identity.name)
        scope.setdefault("state", {})["identity"] = identity

    def _identity(self, scope: Scope) -> Identity:
        bearer = bearer_of(scope)
        identity = self._desk.tokens.person(bearer, self._desk.clock()) if bearer else None
        if identity is None:
            sentence = (
                "This needs a token: log in with `noc-tui login`."
                if not bearer
                else ("The token is not known here, has expired or was revoked: log in anew with `noc-tui login`.")
            )
            raise Refused(401, "token", sentence, {"www-authenticate": 'Bearer realm="noc-tui"'})
        if (known := scope.get(KNOWN)) is not None:
            known()
        return identity


def bearer_of(scope: Scope) -> str:
    """Return the token that came with a request, empty if none did."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if kind.lower() == "bearer" else ""
    return ""


def _place(error: Exception) -> str:
    """Return where it went wrong: never what was said, which may hold what nobody should read."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
