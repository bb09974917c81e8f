"""The board as it is, streamed: the most urgent incidents first, so that a console is of use before all has come."""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from noc_tui.incidents.model import Micros
from noc_tui.server.asking import desk_of
from noc_tui.server.zipping import LEVEL, takes_gzip
from noc_tui.store.board_rows import BoardRows

NDJSON: Final = "application/x-ndjson"
_GZIP: Final = 31
"""zlib's window of 15 bits, with a gzip header."""

_encode = msgspec.json.Encoder().encode


async def snapshot(request: Request) -> Response:
    """Stream what is on the board, line by line."""
    desk = desk_of(request)
    feed = await asyncio.to_thread(_Feed, desk.store.path, desk.clock, packed=takes_gzip(request))
    return _Streamed(feed)


class _Feed:
    """A snapshot's pieces, each read, encoded and packed in one go by whatever thread asks; nothing is held open in
    between."""

    def __init__(self, path: Path, clock: Callable[[], Micros], *, packed: bool) -> None:
        self.packed = packed
        self._rows = BoardRows(path)
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP) if packed else None
        self._pieces = self._read(clock)
        self._turn = threading.Lock()
        self._closed = False

    def following(self) -> bytes:
        """Return the next piece, empty after the last one."""
        with self._turn:
            return b"" if self._closed else next(self._pieces, b"")

    def close(self) -> None:
        """Close the store, once a thread that is reading has done so."""
        with self._turn:
            self._closed = True
            self._rows.close()

    def _read(self, clock: Callable[[], Micros]) -> Iterator[bytes]:
        yield self._line(self._rows.start(clock()))
        incidents = alerts = 0
        for part in self._rows.parts():
            incidents += len(part.incidents)
            alerts += len(part.alerts)
            yield self._line(part)
        yield self._line(self._rows.end(incidents, alerts), last=True)

    def _line(self, value: Any, *, last: bool = False) -> bytes:
        line = _encode(value) + b"\n"
        if self._packer is None:
            return line
        return self._packer.compress(line) + self._packer.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


class _Streamed(StreamingResponse):
    """The answer that a feed makes."""

    def __init__(self, feed: _Feed) -> None:
        headers = {"content-encoding": "gzip", "vary": "accept-encoding"} if feed.packed else None
        super().__init__(self._pieces(feed), headers=headers, media_type=NDJSON)
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and close the feed, also when the client has gone while a thread was reading."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            asyncio.get_running_loop().run_in_executor(None, self._feed.close)

    @staticmethod
    async def _pieces(feed: _Feed) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(feed.following):
            yield piece
