"""Unpacking a compressed body without ever holding more than allowed.

httpx unpacks a network chunk in one go: 64 KiB of zeros become 64 MiB before anyone can count them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

PIECE: Final = 256 * 1024
"""Bytes unpacked at once of a body that is read as it comes."""

_WINDOW: Final = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class CannotInflate(Exception):
    """The body is not what its Content-Encoding says; `str()` is the end of a sentence."""


class Overflow(Exception):
    """More came out than was allowed; `str()` says how much that was."""


class Body:
    """Collects a body chunk by chunk and unpacks it as named by Content-Encoding (RFC 9110 8.4).

    `feed` returns False as soon as more than `cap` bytes have come out; the first `cap` of them are kept.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._left = cap
        self._parts: list[bytes] = []
        self._inflater = _inflater(encoding)

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


class Lines:
    """Unpacks a body and cuts it into lines as it comes; at most one line and one piece are held.

    `cap` is for the whole body, `longest` for one line, both in bytes after unpacking; more raises `Overflow`.
    """

    def __init__(self, encoding: str, *, cap: int, longest: int) -> None:
        self._inflater = _inflater(encoding)
        self._left = self._cap = cap
        self._longest = longest
        self._parts: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that end in the next chunk off the wire; raise `CannotInflate` or `Overflow`."""
        for piece in self._unpacked(chunk):
            self._left -= len(piece)
            if self._left < 0:
                raise Overflow(f"{self._cap:,} bytes")
            first, *more = piece.split(b"\n")
            self._hold(first)
            for part in more:
                yield b"".join(self._parts)
                self._parts, self._held = [], 0
                self._hold(part)

    def finish(self) -> None:
        """Raise `CannotInflate` when the body ends within a line or too early."""
        if self._held or (self._inflater is not None and not self._inflater.eof):
            raise CannotInflate("cut off")

    def _hold(self, part: bytes) -> None:
        self._held += len(part)
        if self._held > self._longest:
            raise Overflow(f"{self._longest:,} bytes on one line")
        self._parts.append(part)

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            yield chunk
            return
        piece = b""
        while chunk or len(piece) == PIECE:  # a full piece may leave more behind within the inflater
            try:
                piece = self._inflater.decompress(chunk, PIECE)
            except zlib.error:
                raise CannotInflate("damaged on the way") from None
            if self._inflater.unused_data:
                raise CannotInflate("followed by bytes that do not belong to it")
            yield piece
            chunk = self._inflater.unconsumed_tail


def _inflater(encoding: str) -> zlib._Decompress | None:
    """Return what unpacks a Content-Encoding, None where nothing has to be unpacked."""
    word = encoding.strip().lower()
    if word in _WINDOW:
        return zlib.decompressobj(_WINDOW[word])
    if word not in ("", "identity"):
        raise CannotInflate("packed in a way that was not asked for")
    return None
