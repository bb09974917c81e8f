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
from noc_tui.server.refusing import Overloaded
from noc_tui.server.zipping import LEVEL, takes_gzip
from noc_tui.store.board_rows import BoardRows

NDJSON: Final = "application/x-ndjson"
RETRY_AFTER: Final = 5
"""Seconds after which one who found the others ahead of him may ask again."""
TURN: Final = 20.0
"""Seconds that a snapshot counts as one of those under way: who takes longer has a slow line, and costs little."""
_GZIP: Final = 31
"""zlib's window of 15 bits, with a gzip header."""

_encode = msgspec.json.Encoder().encode


async def snapshot(request: Request) -> Response:
    """Stream what is on the board, line by line; Overloaded while others are sent it."""
    desk = desk_of(request)
    turn = _Turn(desk.filling)
    await turn.begin()
    try:
        feed = await asyncio.to_thread(_Feed, desk.store.path, desk.clock, packed=takes_gzip(request))
    except BaseException:
        turn.end()
        raise
    return _Streamed(feed, turn)


class _Turn:
    """A place among those who are sent the board at the same time."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._over: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """Take a place for `TURN` seconds at most; Overloaded if there is none."""
        if self._places.locked():
            raise Overloaded(RETRY_AFTER)
        await self._places.acquire()
        self._over = asyncio.get_running_loop().call_later(TURN, self.end)

    def end(self) -> None:
        """Give the place free, once."""
        over, self._over = self._over, None
        if over is not None:
            over.cancel()
            self._places.release()


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

    def __init__(self, feed: _Feed, turn: _Turn) -> None:
        headers = {"content-encoding": "gzip", "vary": "accept-encoding"} if feed.packed else None
        super().__init__(self._pieces(feed), headers=headers, media_type=NDJSON)
        self._feed = feed
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and close the feed, also when the client has gone while a thread was reading."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._turn.end()
            asyncio.get_running_loop().run_in_executor(None, self._feed.close)

    @staticmethod
    async def _pieces(feed: _Feed) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(feed.following):
            yield piece
