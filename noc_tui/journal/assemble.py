"""From a draft to an event: numbered, stamped and sealed."""

from __future__ import annotations

from typing import Any

import msgspec

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import Micros
from noc_tui.journal.chain import Envelope, body_digest, link
from noc_tui.journal.envelope import Event, encode_body


def body_of(draft: Draft, *, new_incident: bool = False, new_alert: bool = False) -> bytes:
    """Return the body of a draft: its patches and what else it tells, empty parts left out.

    What is new replaces nothing but its fields' defaults, so its patch has no `was`.
    """
    data: dict[str, Any] = {}
    if draft.set:
        data["set"] = draft.set
        if not new_incident:
            data["was"] = draft.was
    if draft.alert_set:
        data["alert"] = {"set": draft.alert_set} if new_alert else {"set": draft.alert_set, "was": draft.alert_was}
    if draft.more:
        data.update(draft.more)
    return encode_body(data)


class Stamp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the journal adds to a draft: place, key, time, author, and the salt of its body.

    `new_alert` says that the draft's alert was not known before.
    """

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
    new_alert: bool = False


def assemble(draft: Draft, stamp: Stamp, prev: bytes) -> Event:
    """Return the event for `draft`, sealed after the hash `prev`; `at` is held to at most `received_at`."""
    envelope: Envelope = (
        stamp.seq,
        stamp.id,
        draft.kind,
        min(stamp.at, stamp.received_at),
        stamp.received_at,
        stamp.actor,
        stamp.origin,
        stamp.command_id,
        draft.incident,
        stamp.number,
        draft.alert,
        stamp.revision,
        stamp.batch,
        draft.undoes,
    )
    body = body_of(draft, new_incident=stamp.revision == 1, new_alert=stamp.new_alert)
    return Event(*envelope, stamp.salt, body, link(prev, envelope, body_digest(stamp.salt, body)))
