"""The hash chain (DESIGN.md 8.3): h = SHA256(prev + envelope + SHA256(salt + body)).

A body may be erased on request: the store then keeps the digest of the salted body in its place, and the chain
still proves everything else.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from noc_tui.journal.envelope import Event

GENESIS: Final = b"\0" * 32
"""What the first event follows."""

_pack = msgspec.msgpack.Encoder().encode


def body_digest(salt: bytes, body: bytes) -> bytes:
    """Return the commitment to a body: SHA-256 of salt and body."""
    return sha256(salt + body).digest()


def seal(prev: bytes, event: Event, digest: bytes = b"") -> bytes:
    """Return the hash of `event` following `prev`: over its envelope (a MessagePack array) and its body's digest.

    `digest` stands in for a body that has been erased.
    """
    envelope = _pack(
        (
            event.seq,
            event.id,
            event.kind,
            event.at,
            event.received_at,
            event.actor,
            event.origin,
            event.command_id,
            event.incident_id,
            event.number,
            event.alert,
            event.revision,
            event.batch,
            event.undoes,
        )
    )
    return sha256(prev + envelope + (digest or body_digest(event.salt, event.body))).digest()
