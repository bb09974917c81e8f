"""What a server and those who follow it tell each other (docs/journal.md): pure values, JSON on the wire.

Fields that have their default are left out, fields that are not known are passed over: either side may be newer.
Bytes are base64. An event's body travels as it is kept, so that its hash can be checked at the other end.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Alert, Incident, Micros
from noc_tui.journal.beside import Beside
from noc_tui.journal.envelope import Event
from noc_tui.journal.skew import Skew

LIMIT: Final = 1_000
"""Events in one page, unless it is said how many."""
MOST: Final = 4_000
"""Events in one page at most."""
PUSHED_AT_ONCE: Final = 500
"""Commands in one push at most."""
LONGEST_WAIT: Final = 25.0
"""Seconds that a server holds a poll at most while nothing is new."""


class Cursor(msgspec.Struct, frozen=True):
    """How far somebody has come in which history: the epoch, the last seq, and that event's hash."""

    epoch: bytes
    seq: int
    hash: bytes


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event on the wire: `journal.envelope.Event`, its body as the JSON value `data` or, if none, `damaged`."""

    seq: int
    id: bytes
    kind: str
    at: Micros
    received_at: Micros
    actor: str
    hash: bytes
    origin: str = ""
    command_id: bytes = b""
    incident_id: bytes = b""
    number: int = 0
    alert: str = ""
    revision: int = 0
    batch: bytes = b""
    undoes: bytes = b""
    salt: bytes = b""
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    damaged: bytes = b""


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """The events after a cursor, in order and without a gap; none is a bookmark. `head` is the server's last seq.

    `role` is what the asker's token may do, empty where the server does not tell.
    """

    epoch: bytes
    after: int
    hash: bytes
    head: int
    time: Micros
    events: tuple[Told, ...] = ()
    beside: Beside | None = None
    role: str = ""


class Fork(msgspec.Struct, frozen=True):
    """The cursor is not on the server's history (409): it was restored, replaced, or never was the same."""

    epoch: bytes
    head: int
    received_at: Micros = 0
    """To what time the server was restored: when the last event was taken that it kept, as far as it knows."""


class Gone(msgspec.Struct, frozen=True):
    """The history after the cursor is archived (410)."""

    floor: int


class SnapshotStart(msgspec.Struct, frozen=True, omit_defaults=True, tag="start", tag_field="line"):
    """The head of a snapshot: the tail goes on after `cursor`. `incidents` and `alerts` are how many to expect."""

    cursor: Cursor
    store_id: bytes
    received_at: Micros
    next_number: int
    time: Micros
    incidents: int = 0
    alerts: int = 0
    demo: bool = False
    policy: dict[str, Any] | None = None
    policy_seq: int = 0
    views: dict[str, Any] | None = None
    """The desk's views by name, plain, under `views`; `seq` is that of the last event in them."""


class SnapshotRows(msgspec.Struct, frozen=True, omit_defaults=True, tag="rows", tag_field="line"):
    """Some incidents as they are, with alerts; each may be newer than the snapshot's cursor, never older.

    `through` is the number up to which all incidents of the board have been sent, 0 while the most urgent come first.
    Those come again in their turn.
    """

    incidents: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    through: int = 0


class SnapshotEnd(msgspec.Struct, frozen=True, omit_defaults=True, tag="end", tag_field="line"):
    """Nothing of the snapshot is missing: so many incidents and alerts were sent, what came twice counted twice.

    `cursor` is where the journal ended after the last of them was read: no row is newer than that. Whoever takes the
    rows belongs to that history from then on, though his tail goes on from the start's cursor.
    """

    incidents: int
    alerts: int
    cursor: Cursor | None = None


class PriorAsked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a follower does not hold of a page after `seq`: incidents by id, alerts by ref."""

    seq: int
    incidents: tuple[bytes, ...] = ()
    alerts: tuple[str, ...] = ()


class Prior(msgspec.Struct, frozen=True, omit_defaults=True):
    """How these incidents and alerts were right after `seq`, in the history in which that event has this `hash`."""

    seq: int
    incidents: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    hash: bytes = b""


class History(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that the journal tells of one incident, and how it and its alerts are now.

    `cursor` is where the journal ended after all was read: nothing here is newer, and it is of that history.
    """

    incident: Incident
    events: tuple[Told, ...]
    alerts: tuple[Alert, ...] = ()
    cursor: Cursor | None = None


class Push(msgspec.Struct, frozen=True, omit_defaults=True):
    """Commands for the authority. `cursor` is the history they were made on, None where nothing was seen of it.

    `sent_at` is the sender's clock now, `skew` how far it is off as he has measured it, None if he has not: by these
    the server corrects the commands' `at`.
    """

    sent_at: Micros
    commands: tuple[Command, ...]
    cursor: Cursor | None = None
    skew: Skew | None = None


class Pushed(msgspec.Struct, frozen=True):
    """The outcome of each command, in order; `time` is the server's clock."""

    outcomes: tuple[Outcome, ...]
    head: int
    time: Micros


def told(event: Event) -> Told:
    """Return an event as it goes over the wire."""
    sound = _is_json(event.body)
    return Told(
        seq=event.seq,
        id=event.id,
        kind=event.kind,
        at=event.at,
        received_at=event.received_at,
        actor=event.actor,
        hash=event.hash,
        origin=event.origin,
        command_id=event.command_id,
        incident_id=event.incident_id,
        number=event.number,
        alert=event.alert,
        revision=event.revision,
        batch=event.batch,
        undoes=event.undoes,
        salt=event.salt,
        data=msgspec.Raw(event.body) if sound else msgspec.UNSET,
        damaged=b"" if sound else event.body,
    )


def heard(told: Told) -> Event:
    """Return the event that came over the wire; whether its hash follows from the one before is for the taker."""
    return Event(
        told.seq,
        told.id,
        told.kind,
        told.at,
        told.received_at,
        told.actor,
        told.origin,
        told.command_id,
        told.incident_id,
        told.number,
        told.alert,
        told.revision,
        told.batch,
        told.undoes,
        told.salt,
        told.damaged if told.data is msgspec.UNSET else bytes(told.data),
        told.hash,
    )


def _is_json(body: bytes) -> bool:
    """Whether a body can stand in a JSON text and comes out of it to the letter; an erased or damaged one cannot."""
    try:
        return bytes(msgspec.json.decode(body, type=msgspec.Raw)) == body
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
