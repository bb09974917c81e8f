"""A server of a few lines for the tests of the link: what it is asked, and what it answers, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import msgspec

from noc_tui.net.client import HttpClient
from noc_tui.sync.api import Api

URL = "https://noc.example"


class Answering:
    """Answers every request by `answer`, which is given the request; keeps what was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer
        self.client = HttpClient(transport=httpx.MockTransport(self._take))
        self.api = Api(URL, self.client)

    async def _take(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answer(request)
        return answer if isinstance(answer, httpx.Response) else await answer


def always(value: Any, status: int = 200) -> Answering:
    """A server that always answers the same value as JSON, or these bytes."""
    return Answering(lambda _request: answer_of(value, status))


def answer_of(value: Any, status: int = 200) -> httpx.Response:
    """An answer whose body, a value as JSON or these bytes, is still on its way."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return httpx.Response(status, stream=_Body(body))


class _Body(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def failing(error: httpx.TransportError) -> Answering:
    """A server that cannot be reached."""

    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return Answering(answer)
