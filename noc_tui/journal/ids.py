"""Keys that sort by the moment they were made: UUIDv7 (RFC 9562 section 5.7)."""

from __future__ import annotations

from uuid import UUID


def make_id(micros: int, randomness: bytes) -> bytes:
    """Return the 16 bytes of a UUIDv7 for an instant (microseconds UTC) and at least 10 random bytes."""
    millis = (micros // 1000) & 0xFFFF_FFFF_FFFF
    tail = bytearray(randomness[:10])
    tail[0] = 0x70 | (tail[0] & 0x0F)
    tail[2] = 0x80 | (tail[2] & 0x3F)
    return millis.to_bytes(6, "big") + bytes(tail)


def id_text(id: bytes) -> str:
    """Return an id in the usual UUID notation, an empty one as an empty string."""
    return str(UUID(bytes=id)) if id else ""


def id_from_text(text: str) -> bytes:
    """Return the 16 bytes of a UUID in any notation; ValueError if it is none."""
    return UUID(text).bytes
