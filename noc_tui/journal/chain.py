"""The hash chain (DESIGN.md 8.3): h = SHA256(prev + envelope + SHA256(salt + body)).

A body may be erased on request: it is then empty, the digest of the salted body stands in the salt's place, and the
chain still proves everything else. A body that was merely emptied breaks the chain, for a salt is no digest.
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


def seal(prev: bytes, event: Event) -> bytes:
    """Return the hash of `event` following `prev`: over its envelope (a MessagePack array) and its body's digest."""
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
    digest = body_digest(event.salt, event.body) if event.body else event.salt
    return sha256(prev + envelope + digest).digest()
