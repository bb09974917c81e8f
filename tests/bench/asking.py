"""Requests on bare sockets, by processes of their own: a plan goes in as one line of JSON, what came of it comes out.

A dozen lines of HTTP, so that what is measured is the server and not its clients.
"""

from __future__ import annotations

import asyncio
import gzip
import resource
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

P = TypeVar("P")
R = TypeVar("R")

_ROOT: Final = Path(__file__).parents[2]
_HEAD_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"


class Wire(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what comes; the answer is there when all of it is."""
        self._came += data
        if self._answer is not None and not self._answer.done() and _is_whole(self._came):
            self._answer.set_result(bytes(self._came))

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has hung up."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    async def ask(self, request: bytes) -> bytes:
        """Send a request and return the whole answer."""
        assert self._transport is not None
        self._came.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


def _is_whole(came: bytearray) -> bool:
    head = came.find(_HEAD_END)
    if head < 0:
        return False
    length = _length(bytes(came[:head]))
    return came.endswith(_LAST_CHUNK) if length is None else len(came) >= head + len(_HEAD_END) + length


def _length(head: bytes) -> int | None:
    _, found, rest = head.partition(b"content-length: ")
    return int(rest.split(b"\r\n", 1)[0]) if found else None


def body_of(answer: bytes) -> bytes:
    """Return the body of an answer, put together and unpacked."""
    head, _, body = answer.partition(_HEAD_END)
    if _length(head) is None:
        body = _joined(body)
    return gzip.decompress(body) if b"content-encoding: gzip" in head else body


def _joined(chunks: bytes) -> bytes:
    parts, at = list[bytes](), 0
    while True:
        start = chunks.index(b"\r\n", at) + 2
        size = int(chunks[at : start - 2], 16)
        if not size:
            return b"".join(parts)
        parts.append(chunks[start : start + size])
        at = start + size + 2


def played(module: str, plan: Any, result: type[R]) -> R:
    """Run a module as a process of its own on a plan, and return what came of it."""
    ended = subprocess.run(
        [sys.executable, "-m", module],
        cwd=_ROOT,
        input=msgspec.json.encode(plan) + b"\n",
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(ended.stdout, type=result)


def play(plan: type[P], run: Callable[[P], Coroutine[Any, Any, Any]]) -> None:
    """Be such a process: take the plan, do it, print what came of it."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    result = asyncio.run(run(msgspec.json.decode(sys.stdin.buffer.readline(), type=plan)))
    sys.stdout.buffer.write(msgspec.json.encode(result))
