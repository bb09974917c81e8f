"""The board as it is, streamed: the most urgent incidents first, so that a console is of use before all has come."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from noc_tui.server.asking import desk_of
from noc_tui.server.desk import Desk
from noc_tui.server.zipping import LEVEL, takes_gzip
from noc_tui.store.board_rows import BoardRows

NDJSON: Final = "application/x-ndjson"
_GZIP: Final = 31
"""zlib's window of 15 bits, with a gzip header."""

_encode = msgspec.json.Encoder().encode


async def snapshot(request: Request) -> Response:
    """Stream what is on the board, line by line."""
    desk = desk_of(request)
    rows = await asyncio.to_thread(BoardRows, desk.store.path)
    if not takes_gzip(request):
        return StreamingResponse(_lines(desk, rows, bytes), media_type=NDJSON)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    lines = _lines(desk, rows, lambda line: packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH))
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return StreamingResponse(_ended(lines, packer.flush), headers=headers, media_type=NDJSON)


async def _lines(desk: Desk, rows: BoardRows, pack: Callable[[bytes], bytes]) -> AsyncIterator[bytes]:
    """Yield the snapshot's lines, each read, encoded and packed in a thread; nothing is held open in between."""
    try:
        yield await asyncio.to_thread(lambda: pack(_encode(rows.start(desk.clock())) + b"\n"))
        parts = rows.parts()
        incidents = alerts = 0

        def following() -> tuple[bytes, int, int] | None:
            part = next(parts, None)
            if part is None:
                return None
            return pack(_encode(part) + b"\n"), len(part.incidents), len(part.alerts)

        while (line := await asyncio.to_thread(following)) is not None:
            incidents += line[1]
            alerts += line[2]
            yield line[0]
        yield await asyncio.to_thread(lambda: pack(_encode(rows.end(incidents, alerts)) + b"\n"))
    finally:
        rows.close()


async def _ended(lines: AsyncIterator[bytes], last: Callable[[], bytes]) -> AsyncIterator[bytes]:
    async for line in lines:
        yield line
    yield last()
