"""The hash chain (DESIGN.md 8.3): h = SHA256(prev + envelope + SHA256(salt + body)).

A body may be erased on request: it is then empty, the digest of the salted body stands in the salt's place, and the
chain still proves everything else. A body that was merely emptied breaks the chain, for a salt is no digest.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import astuple

from noc_tui.journal.envelope import Event

GENESIS: Final = b"\0" * 32
"""What the first event follows."""

Envelope = tuple[int, bytes, str, int, int, str, str, bytes, bytes, int, str, int, bytes, bytes]
"""An event's fields from `seq` to `undoes`, in order."""

_ENVELOPE: Final = Event.__struct_fields__.index("salt")

_pack = msgspec.msgpack.Encoder().encode


def body_digest(salt: bytes, body: bytes) -> bytes:
    """Return the commitment to a body: SHA-256 of salt and body."""
    return sha256(salt + body).digest()


def seal(prev: bytes, event: Event) -> bytes:
    """Return the hash of `event` following `prev`: over its envelope and its body's digest."""
    digest = body_digest(event.salt, event.body) if event.body else event.salt
    return link(prev, astuple(event)[:_ENVELOPE], digest)


def link(prev: bytes, envelope: Envelope, digest: bytes) -> bytes:
    """Return the hash that follows `prev`: over an envelope, as a MessagePack array, and the digest of a body."""
    return sha256(prev + _pack(envelope) + digest).digest()
