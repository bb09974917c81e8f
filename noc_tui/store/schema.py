"""The tables of a store (format 1), for SQLite and PostgreSQL alike.

The columns of `journal`, `incidents` and `alerts` are the fields of their structs, in order (`rows.py`);
tests hold the two together. Partial indexes keep what is closed from costing anything on the board.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import fields
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event
from noc_tui.store.rows import GATHERING, OF_INCIDENT, ON_BOARD, OPEN

FORMAT: Final = 1
"""The number of the newest migration; a file with a higher one is refused."""

APPLICATION_ID: Final = 0x4E4F4354
"""`NOCT`: SQLite's application_id of our files."""

SNOOZED: Final = f"snoozed_until IS NOT NULL AND {ON_BOARD}"
HELD: Final = "held_until IS NOT NULL AND state = 'held'"
QUIET: Final = f"cleared_at IS NOT NULL AND alerts_firing = 0 AND NOT touched AND {OPEN}"
RESOLVED: Final = "state = 'resolved'"
SHELVED: Final = "shelved_until IS NOT NULL"
FLAPPING: Final = "flapping"
FIRING: Final = "firing"
"""Conditions of the partial indexes of what ends at a time, and of what fires; a query repeats them to the letter."""

Int = BigInteger().with_variant(Integer(), "sqlite")
Flag = Boolean().with_variant(Integer(), "sqlite")

metadata = MetaData()


def _column(name: str, type_: Any, *, key: str, absent: tuple[str, ...] = ()) -> Column[Any]:
    """A column for a struct's field: its type by annotation, NULL only where the field may be absent."""
    if name == key:
        return Column(name, Text() if type_ is str else Int, primary_key=True, autoincrement=False)
    kinds: dict[object, Any] = {bytes: LargeBinary(), str: Text(), bool: Flag, int: Int, int | None: Int}
    nullable = name in absent or type_ == int | None
    return Column(name, kinds.get(type_, Text()), nullable=nullable)


def _columns(struct: Any, key: str, absent: tuple[str, ...] = ()) -> list[Column[Any]]:
    return [_column(field.name, field.type, key=key, absent=absent) for field in fields(struct)]


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)
"""What is true of the whole store: `format`, `store_id` (hex), `created_at`, `demo` (0, 1), `policy`, `policy_seq`,
`views`; `restored` once it was (`restored.py`).

A replica has keys of its own (`replica_facts.py`).
"""

journal_head = Table(
    "journal_head",
    metadata,
    Column("one", Int, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("seq", Int, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("epoch", LargeBinary, nullable=False),
    Column("next_number", Int, nullable=False),
    Column("floor", Int, nullable=False),
    Column("received_at", Int, nullable=False),
    sqlite_strict=True,
)
"""The one row that every append moves on: last seq and hash, the history's epoch, the next incident number."""

journal = Table(
    "journal",
    metadata,
    *_columns(Event, "seq", ("command_id", "incident_id", "batch", "undoes")),
    sqlite_strict=True,
)
Index(
    "journal_revision",
    journal.c.number,
    journal.c.revision,
    unique=True,
    sqlite_where=text(OF_INCIDENT),
    postgresql_where=text(OF_INCIDENT),
)
Index(
    "journal_command",
    journal.c.command_id,
    sqlite_where=journal.c.command_id.is_not(None),
    postgresql_where=journal.c.command_id.is_not(None),
)

Index(
    "journal_deeds",
    journal.c.origin,
    journal.c.seq,
    sqlite_where=journal.c.command_id.is_not(None),
    postgresql_where=journal.c.command_id.is_not(None),
)

incidents = Table("incidents", metadata, *_columns(Incident, "number"), sqlite_strict=True)
Index("incidents_id", incidents.c.id, unique=True)
Index("incidents_changed", incidents.c.changed_seq)


def _partial(name: str, *columns: ColumnElement[Any], where: str) -> None:
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_partial("incidents_board", incidents.c.number, where=ON_BOARD)
_partial(
    "incidents_urgent",
    incidents.c.attention.desc(),
    incidents.c.priority,
    incidents.c.opened_at,
    where=ON_BOARD,
)
_partial("incidents_group", incidents.c.group_key, where=GATHERING)
_partial("incidents_parent", incidents.c.parent, where="parent <> 0")
_partial("incidents_resource", incidents.c.resource, where="resource <> ''")
_partial("incidents_service", incidents.c.service, where="service <> ''")
_partial("incidents_snoozed", incidents.c.snoozed_until, where=SNOOZED)
_partial("incidents_held", incidents.c.held_until, where=HELD)
_partial("incidents_quiet", incidents.c.cleared_at, where=QUIET)
_partial("incidents_resolved", incidents.c.resolved_at, where=RESOLVED)

alerts = Table("alerts", metadata, *_columns(Alert, "ref"), sqlite_strict=True)
_partial("alerts_incident", alerts.c.incident, where="incident <> 0")
_partial("alerts_shelved", alerts.c.shelved_until, where=SHELVED)
_partial("alerts_flapping", alerts.c.raised_at, where=FLAPPING)
_partial("alerts_firing", alerts.c.source, where=FIRING)

receipts = Table(
    "receipts",
    metadata,
    Column("command_id", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("ok", Flag, nullable=False),
    Column("number", Int, nullable=False),
    Column("reason", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("first_seq", Int, nullable=False),
    Column("last_seq", Int, nullable=False),
    Column("seqs", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""The one answer to each command, refusals included; kept as long as the journal. `seqs` is a JSON array."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Int, primary_key=True),
    Column("source", Text, nullable=False),
    Column("received_at", Int, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""What a source sent and nobody could read, kept to be shown; `id` is made of source and body (`ingesting.py`)."""
