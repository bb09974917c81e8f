"""The lines of an exported journal (NDJSON): one `store` line, `event` lines by seq, `receipt` lines, one `end` line.

Envelopes are whole, with salt and hash; a body is the very text that was hashed, as a JSON string, so that any tool
may re-format a line and the chain still proves it. Ids are UUIDs, other bytes are hex. Lines are ASCII: nothing in
them can reach a terminal as a control sequence.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.ids import id_from_text, id_text

VERSION: Final = 1
"""The version of these lines; a higher one is refused."""


class StoreLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", tag="store"):
    """The first line: which store this was, and the head that its events lead to."""

    version: int = VERSION
    store_id: str
    format: int
    created_at: int
    demo: bool
    epoch: str
    seq: int
    hash: str
    next_number: int
    received_at: int


class EventLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="line", tag="event"):
    """One event; `body64` stands in for a `body` that is not UTF-8."""

    seq: int
    id: str
    kind: str
    at: int
    received_at: int
    actor: str
    origin: str = ""
    command_id: str = ""
    incident_id: str = ""
    number: int = 0
    alert: str = ""
    revision: int = 0
    batch: str = ""
    undoes: str = ""
    salt: str = ""
    body: str = ""
    body64: str = ""
    hash: str


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="line", tag="receipt"):
    """The answer to one command, so that it is known again wherever it is sent."""

    command_id: str
    fingerprint: str
    ok: bool
    number: int = 0
    reason: str = ""
    code: str = ""
    seqs: tuple[int, ...] = ()


class EndLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", tag="end"):
    """The last line: how many there were, so that a file cut short is known for one."""

    events: int
    receipts: int


Line = StoreLine | EventLine | ReceiptLine | EndLine

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def line_bytes(line: Line) -> bytes:
    """Return a line, its newline included, in ASCII."""
    text = _encode(line)
    if not text.isascii() or b"\x7f" in text:
        text = json.dumps(msgspec.to_builtins(line), separators=(",", ":")).replace("\x7f", "\\u007f").encode()
    return text + b"\n"


def line_from(text: bytes) -> Line:
    """Return the line of a text; ValueError, with a few words why, if it is none."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise ValueError(f"is not a line of an export ({error})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError("is not JSON, or is cut short") from error


def store_line(meta: dict[str, str], head: Head) -> StoreLine:
    """Return the first line for a store's facts and its head."""
    return StoreLine(
        store_id=meta.get("store_id", ""),
        format=int(meta.get("format", "0")),
        created_at=int(meta.get("created_at", "0")),
        demo=meta.get("demo") == "1",
        epoch=head.epoch.hex(),
        seq=head.seq,
        hash=head.hash.hex(),
        next_number=head.next_number,
        received_at=head.received_at,
    )


def event_line(event: Event) -> EventLine:
    """Return the line of an event."""
    body, body64 = "", ""
    try:
        body = event.body.decode()
    except UnicodeDecodeError:
        body64 = b64encode(event.body).decode()
    return EventLine(
        seq=event.seq,
        id=id_text(event.id),
        kind=event.kind,
        at=event.at,
        received_at=event.received_at,
        actor=event.actor,
        origin=event.origin,
        command_id=id_text(event.command_id),
        incident_id=id_text(event.incident_id),
        number=event.number,
        alert=event.alert,
        revision=event.revision,
        batch=id_text(event.batch),
        undoes=id_text(event.undoes),
        salt=event.salt.hex(),
        body=body,
        body64=body64,
        hash=event.hash.hex(),
    )


def event_of(line: EventLine) -> Event:
    """Return the event of a line; ValueError where an id or a hash is not one."""
    return Event(
        seq=line.seq,
        id=id_from_text(line.id),
        kind=line.kind,
        at=line.at,
        received_at=line.received_at,
        actor=line.actor,
        origin=line.origin,
        command_id=_id(line.command_id),
        incident_id=_id(line.incident_id),
        number=line.number,
        alert=line.alert,
        revision=line.revision,
        batch=_id(line.batch),
        undoes=_id(line.undoes),
        salt=bytes.fromhex(line.salt),
        body=b64decode(line.body64, validate=True) if line.body64 else line.body.encode(),
        hash=bytes.fromhex(line.hash),
    )


def receipt_line(row: Sequence[Any]) -> ReceiptLine:
    """Return the line of a receipt's row."""
    command, fingerprint, ok, number, reason, code, _, _, seqs = row
    return ReceiptLine(
        command_id=id_text(command),
        fingerprint=fingerprint.hex(),
        ok=ok == 1,
        number=number,
        reason=reason,
        code=code,
        seqs=msgspec.json.decode(seqs, type=tuple[int, ...]),
    )


def receipt_row(line: ReceiptLine) -> tuple[Any, ...]:
    """Return the row of a receipt's line."""
    return (
        id_from_text(line.command_id),
        bytes.fromhex(line.fingerprint),
        line.ok,
        line.number,
        line.reason,
        line.code,
        min(line.seqs, default=0),
        max(line.seqs, default=0),
        msgspec.json.encode(line.seqs).decode(),
    )


def _id(text: str) -> bytes:
    return id_from_text(text) if text else b""
