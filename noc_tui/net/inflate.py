"""Unpacking a compressed body without ever holding more than allowed.

httpx unpacks a network chunk in one go: 64 KiB of zeros become 64 MiB before anyone can count them.
"""

from __future__ import annotations

import zlib
from typing import Final

_WINDOW: Final = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class CannotInflate(Exception):
    """The body is not what its Content-Encoding says; `str()` is the end of a sentence."""


class Body:
    """Collects a body chunk by chunk and unpacks it as named by Content-Encoding (RFC 9110 8.4).

    `feed` returns False as soon as more than `cap` bytes have come out; the first `cap` of them are kept.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._left = cap
        self._parts: list[bytes] = []
        self._inflater: zlib._Decompress | None = None
        word = encoding.strip().lower()
        if word in _WINDOW:
            self._inflater = zlib.decompressobj(_WINDOW[word])
        elif word not in ("", "identity"):
            raise CannotInflate("packed in a way that was not asked for")

    def feed(self, chunk: bytes) -> bool:
        """Take the next chunk off the wire; raise `CannotInflate`."""
        if self._inflater is None:
            return self._keep(chunk)
        try:
            plain = self._inflater.decompress(chunk, self._left + 1)
        except zlib.error:
            raise CannotInflate("damaged on the way") from None
        if self._inflater.unused_data:
            raise CannotInflate("followed by bytes that do not belong to it")
        return self._keep(plain)

    def finish(self) -> bytes:
        """Return the whole body; raise `CannotInflate` when a compressed one ends too early."""
        if self._inflater is not None and not self._inflater.eof:
            raise CannotInflate("cut off")
        return self.collected()

    def collected(self) -> bytes:
        """Return what has come out so far."""
        return b"".join(self._parts)

    def _keep(self, plain: bytes) -> bool:
        self._parts.append(plain[: self._left])
        fits = len(plain) <= self._left
        self._left = max(0, self._left - len(plain))
        return fits
