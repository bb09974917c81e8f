"""Parsing a delivery without keeping anybody waiting: a large one takes longer than the event loop can spare."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.requests import Request

T = TypeVar("T")

_AT_ONCE: Final = 32 * 1024
"""Bytes that are parsed in a millisecond."""


async def parsed(request: Request, parse: Callable[[bytes, str], T], source: str) -> T:
    """Return what `parse` makes of a request's body and the name of its source; a large body is parsed in a thread."""
    body = await request.body()
    if len(body) <= _AT_ONCE:
        return parse(body, source)
    return await asyncio.to_thread(parse, body, source)
