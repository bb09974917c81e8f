"""From a draft to an event: numbered, stamped and sealed."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import Micros
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event, encode_body


def body_of(draft: Draft) -> bytes:
    """Return the body of a draft: its patches and what else it tells, empty parts left out."""
    data: dict[str, Any] = {}
    if draft.set:
        data["set"] = draft.set
        data["was"] = draft.was
    if draft.alert_set:
        data["alert"] = {"set": draft.alert_set, "was": draft.alert_was}
    if draft.more:
        data.update(draft.more)
    return encode_body(data)


class Stamp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the journal adds to a draft: place, key, time, author, and the salt of its body."""

    seq: int
    id: bytes
    number: int
    revision: int
    at: Micros
    received_at: Micros
    actor: str
    salt: bytes
    origin: str = ""
    command_id: bytes = b""
    batch: bytes = b""


def assemble(draft: Draft, stamp: Stamp, prev: bytes) -> Event:
    """Return the event for `draft`, sealed after the hash `prev`; `at` is held to at most `received_at`."""
    event = Event(
        seq=stamp.seq,
        id=stamp.id,
        kind=draft.kind,
        at=min(stamp.at, stamp.received_at),
        received_at=stamp.received_at,
        actor=stamp.actor,
        origin=stamp.origin,
        command_id=stamp.command_id,
        incident_id=draft.incident,
        number=stamp.number,
        alert=draft.alert,
        revision=stamp.revision,
        batch=stamp.batch,
        undoes=draft.undoes,
        salt=stamp.salt,
        body=body_of(draft),
    )
    return replace(event, hash=seal(prev, event))
