"""Large answers sent compressed to those who take that."""

from __future__ import annotations

import asyncio
import gzip
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

WORTH: Final = 2_048
"""Bytes from which on it is worth the work."""
AT_ONCE: Final = 64 * 1024
"""Bytes that are packed in a millisecond; more are in a thread."""
LEVEL: Final = 1
"""Fast: most of the gain for a tenth of the time."""


def takes_gzip(request: Request) -> bool:
    """Return whether the asker takes a compressed answer."""
    offered = (one.strip().lower().split(";") for one in request.headers.get("accept-encoding", "").split(","))
    return any(name.strip() == "gzip" and not _refused(weight) for name, *weight in offered)


async def zipped(request: Request, body: bytes, media_type: str) -> Response:
    """Return an answer in one piece, compressed where that is taken and worth it."""
    if len(body) < WORTH or not takes_gzip(request):
        return Response(body, media_type=media_type)
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    packed = _packed(body) if len(body) < AT_ONCE else await asyncio.to_thread(_packed, body)
    return Response(packed, headers=headers, media_type=media_type)


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


def _refused(weight: list[str]) -> bool:
    return any(one.strip() in ("q=0", "q=0.0", "q=0.00", "q=0.000") for one in weight)
