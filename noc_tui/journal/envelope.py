"""An event as it is kept: its envelope and its body."""

from __future__ import annotations

from typing import Any

import msgspec

from noc_tui.incidents.model import Micros


class Event(msgspec.Struct, frozen=True):
    """One entry of the journal.

    `seq` is the gapless order, the only order there is. `revision` counts per incident (0 when the event touches none).
    `at` is when it was done, `received_at` when the authority took it (never less than the one before).
    `body` is the JSON text of `data` exactly as hashed; `b""` with a non-empty `hash` is an erased body.
    """

    seq: int
    id: bytes
    kind: str
    at: Micros
    received_at: Micros
    actor: str
    origin: str = ""
    command_id: bytes = b""
    incident_id: bytes = b""
    number: int = 0
    alert: str = ""
    revision: int = 0
    batch: bytes = b""
    undoes: bytes = b""
    salt: bytes = b""
    body: bytes = b"{}"
    hash: bytes = b""

    @property
    def data(self) -> dict[str, Any]:
        """The body decoded: `set`, `was`, `alert` (with its own `set` and `was`) and what else is told."""
        return decode_body(self.body)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's one-row head: last seq, its hash, the history's epoch, the next incident number, the floor."""

    seq: int = 0
    hash: bytes = b"\0" * 32
    epoch: bytes = b""
    next_number: int = 1
    floor: int = 0
    received_at: Micros = 0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])


def encode_body(data: dict[str, Any]) -> bytes:
    """Return the bytes that are stored and hashed for `data`."""
    return _encoder.encode(data)


def decode_body(body: bytes) -> dict[str, Any]:
    """Return the body as a dict; an erased or foreign body is an empty one, so that a fold never fails."""
    if not body:
        return {}
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
