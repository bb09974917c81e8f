"""A transport that sends what is written in one go in one piece: head and body of an answer are one packet."""

from __future__ import annotations

import asyncio
from typing import Any, Final

PATIENCE: Final = 10.0
"""Seconds in which a client has to take the rest of what was written before its connection is cut off."""


class OneWrite(asyncio.Transport):
    """Gathers what is written until the event loop comes round."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send data, together with all else that is written before the event loop comes round."""
        if not data:
            return
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(bytes(data))

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        """Send what was written, then close; a client that does not take it is cut off."""
        self._flush()
        if self._transport.is_closing():
            return  # TLS: a second close takes the transport apart
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._loop.call_later(PATIENCE, self._transport.abort)

    def abort(self) -> None:
        """Close at once."""
        self._parts.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether it is being closed."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()
