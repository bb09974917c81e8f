"""Keys that sort by the moment they were made: UUIDv7 (RFC 9562 section 5.7)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

_RANDOM: Final = 0x0FFF_3FFF_FFFF_FFFF_FFFF
_VERSION_AND_VARIANT: Final = 0x7000_8000_0000_0000_0000


def make_id(micros: int, randomness: bytes) -> bytes:
    """Return the 16 bytes of a UUIDv7 for an instant (microseconds UTC) and at least 10 random bytes."""
    millis = (micros // 1000) & 0xFFFF_FFFF_FFFF
    tail = int.from_bytes(randomness[:10], "big") & _RANDOM | _VERSION_AND_VARIANT
    return (millis << 80 | tail).to_bytes(16, "big")


def id_text(id: bytes) -> str:
    """Return an id in the usual UUID notation, an empty one as an empty string."""
    return str(UUID(bytes=id)) if id else ""


def id_from_text(text: str) -> bytes:
    """Return the 16 bytes of a UUID in any notation; ValueError if it is none."""
    return UUID(text).bytes
