"""Large answers sent compressed to those who take that."""

from __future__ import annotations

import gzip
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

WORTH: Final = 2_048
"""Bytes from which on it is worth the work."""
LEVEL: Final = 1
"""Fast: most of the gain for a tenth of the time."""


def takes_gzip(request: Request) -> bool:
    """Return whether the asker takes a compressed answer."""
    offered = (one.strip().lower().split(";") for one in request.headers.get("accept-encoding", "").split(","))
    return any(name.strip() == "gzip" and not _refused(weight) for name, *weight in offered)


def zipped(request: Request, body: bytes, media_type: str) -> Response:
    """Return an answer in one piece, compressed where that is taken and worth it."""
    if len(body) < WORTH or not takes_gzip(request):
        return Response(body, media_type=media_type)
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(gzip.compress(body, LEVEL, mtime=0), headers=headers, media_type=media_type)


def _refused(weight: list[str]) -> bool:
    return any(one.strip() in ("q=0", "q=0.0", "q=0.00", "q=0.000") for one in weight)
