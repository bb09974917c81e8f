"""From a draft to an event: numbered, stamped and sealed."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
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


def assemble(
    draft: Draft,
    *,
    seq: int,
    id: bytes,
    command_id: bytes,
    number: int,
    revision: int,
    at: int,
    received_at: int,
    actor: str,
    origin: str,
    batch: bytes,
    salt: bytes,
    prev: bytes,
) -> Event:
    """Return the event for `draft`, sealed after the hash `prev`; `at` is held to at most `received_at`."""
    event = Event(
        seq=seq,
        id=id,
        kind=draft.kind,
        at=min(at, received_at),
        received_at=received_at,
        actor=actor,
        origin=origin,
        command_id=command_id,
        incident_id=draft.incident,
        number=number,
        alert=draft.alert,
        revision=revision,
        batch=batch,
        undoes=draft.undoes,
        salt=salt,
        body=body_of(draft),
    )
    return replace(event, hash=seal(prev, event))
