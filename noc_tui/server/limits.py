"""The bounds that one asker is held to, so that no other has to wait for it."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec
from starlette.types import Message, Receive, Scope

from noc_tui.server.refusing import Refused


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The server's bounds: bytes of a body, and of one that its sender cannot divide; seconds to bring a head or a body
    and to take an answer; connections of those who have shown no token (from one address, from all) and of all;
    requests a second of one token."""

    head: int = 32 * 1024
    body: int = 512 * 1024
    whole_body: int = 16 * 1024 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    write_seconds: float = 30.0
    idle_seconds: float = 75.0
    strangers_of_one: int = 32
    strangers: int = 512
    connections: int = 4_096
    rate: float = 50.0
    burst: float = 400.0


class Bucket:
    """A token bucket: `rate` a second, `burst` at once."""

    __slots__ = ("_at", "_left")

    def __init__(self, burst: float, now: float) -> None:
        self._left = burst
        self._at = now

    def take(self, rate: float, burst: float, now: float) -> float:
        """Take one and return 0, or the seconds until there is one."""
        self._left = min(burst, self._left + (now - self._at) * rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / rate


class Rates:
    """How often each name asks; the names heard of last are kept, so that many of them cost no memory."""

    KEPT: Final = 4_096

    def __init__(self, rate: float, burst: float, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def check(self, name: str) -> None:
        """Count one request; Refused with 429 if they come too fast."""
        now = self._monotonic()
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(self._burst, now)
            if len(self._buckets) > self.KEPT:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(name)
        wait = bucket.take(self._rate, self._burst, now)
        if wait:
            seconds = max(1, math.ceil(wait))
            sentence = f"Requests come too fast: ask again in {seconds} s."
            raise Refused(429, "rate", sentence, {"retry-after": str(seconds)})


def bounded(scope: Scope, receive: Receive, limit: int, seconds: float) -> Receive:
    """Return `receive` held to a body of `limit` bytes that comes within some seconds; Refused when it does not, or is
    sent compressed."""
    refused = _refused_by_head(scope, limit)
    taken = 0
    until: float | None = None

    async def receive_bounded() -> Message:
        nonlocal taken, until
        if refused is not None:
            raise refused
        until = until or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            sentence = f"The body did not come within {seconds:g} s."
            raise Refused(408, "slow", sentence, {"connection": "close"}) from None
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
        return message

    return receive_bounded


def _refused_by_head(scope: Scope, limit: int) -> Refused | None:
    """Return why a body will not be read, as far as the request's head tells."""
    for name, value in scope["headers"]:
        if name == b"content-length" and (len(value) > 18 or int(value) > limit):
            return _too_large(limit)
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            return Refused(415, "encoded", "A compressed body is not taken: send it as it is.")
    return None


def _too_large(limit: int) -> Refused:
    sentence = f"The body is larger than {limit // 1024} KiB: send it in parts."
    return Refused(413, "large", sentence, {"connection": "close"})
