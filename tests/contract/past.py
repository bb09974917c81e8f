"""A small past for the readers' tests: events sealed in order, and the store that holds them.

It is made of patches alone, so that what is tested is the reading, not the business.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import MINUTE, SECOND, SEVERITIES, Alert, Incident
from noc_tui.journal.assemble import Stamp, assemble
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.fold import evolve, evolve_alert
from noc_tui.journal.ids import make_id
from noc_tui.store.engines import write_engine
from noc_tui.store.migrations import create
from noc_tui.store.rows import alert_row, event_row, incident_row
from noc_tui.store.statements import INSERT_ALERT, INSERT_EVENT, INSERT_INCIDENT, INSERT_RECEIPT

START = 1_790_000_000 * SECOND
EPOCH = b"e" * 16
STORE_ID = b"s" * 16

Receipt = tuple[bytes, bytes, int, int, str, str, int, int, str]


@dataclass
class Past:
    """Events so far, and what they fold to."""

    random: Random = field(default_factory=lambda: Random(7))
    events: list[Event] = field(default_factory=list)
    incidents: dict[bytes, Incident] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    now: int = START

    def new_id(self) -> bytes:
        """A UUIDv7 at the past's own time."""
        return make_id(self.now, self.random.randbytes(10))

    def add(self, draft: Draft, *, command: bytes = b"", actor: str = "rule") -> Event:
        """Append one event and fold it."""
        self.now += self.random.randrange(1, 5) * SECOND
        known = self.incidents.get(draft.incident)
        number = known.number if known else len(self.incidents) + 1 if draft.incident else 0
        stamp = Stamp(
            seq=len(self.events) + 1,
            id=self.new_id(),
            command_id=command,
            number=number,
            revision=(known.revision + 1 if known else 1) if draft.incident else 0,
            at=self.now - SECOND,
            received_at=self.now,
            actor=actor,
            origin="tty1" if command else "",
            salt=self.random.randbytes(16),
            new_alert=draft.alert not in self.alerts,
        )
        event = assemble(draft, stamp, self.events[-1].hash if self.events else GENESIS)
        self.events.append(event)
        if draft.incident:
            self.incidents[draft.incident] = evolve(known, event)
        if draft.alert:
            self.alerts[draft.alert] = evolve_alert(self.alerts.get(draft.alert), event)
        return event

    def open(self, **fields: Any) -> Event:
        """Open an incident by an alert."""
        ref = f"sim:{len(self.alerts)}"
        number = len(self.incidents) + 1
        alert = {"source": "sim", "key": ref[4:], "incident": number, "firing": True, "labels": [["a", "b"]]}
        made = {"title": f"Link {number} down", "opened_at": self.now, "group_key": f"g{number % 5}"} | fields
        return self.add(Draft(kind="incident.opened", incident=self.new_id(), set=made, alert=ref, alert_set=alert))

    def change(self, opened: Event, **fields: Any) -> Event:
        """A person's command changes fields: one event and its receipt."""
        command = self.new_id()
        event = self.add(
            Draft(kind="incident.changed", incident=opened.incident_id, set=fields), command=command, actor="ana"
        )
        self.receipts.append((command, b"f" * 32, 1, event.number, "", "", event.seq, event.seq, f"[{event.seq}]"))
        return event

    def refuse(self) -> bytes:
        """A command that was refused: a receipt without events."""
        command = self.new_id()
        self.receipts.append((command, b"f" * 32, 0, 1, "INC-000001 is closed.", "state", 0, 0, "[]"))
        return command

    def head(self) -> Head:
        """The head after the last event."""
        last = self.events[-1] if self.events else None
        return Head(
            seq=len(self.events),
            hash=last.hash if last else GENESIS,
            epoch=EPOCH,
            next_number=len(self.incidents) + 1,
            received_at=last.received_at if last else 0,
        )


def believable(incidents: int, seed: int = 7, *, still_open: float = 0.3) -> Past:
    """A past in which incidents open, change, flap and mostly close, among them text from outside."""
    past = Past(Random(seed))
    draw = past.random
    going: list[Event] = []
    for n in range(incidents):
        going.append(
            past.open(
                title=f"\x1b[31mLink {n} down" if n % 7 == 0 else f"Link {n} down",
                severity=draw.choice(SEVERITIES),
                priority=draw.randrange(1, 6),
                resource=f"router{n % 9}",
                service=f"service{n % 3}",
                site="Köln" if n % 4 else "Oslo",
                labels=["vip"] if n % 5 == 0 else [],
                response_due=past.now + 15 * MINUTE,
            )
        )
        for opened in draw.sample(going, min(3, len(going))):
            _move(past, opened, going, still_open)
    past.add(Draft(kind="desk.policy_set", more={"policy": {}}))
    past.refuse()
    return past


def _move(past: Past, opened: Event, going: list[Event], still_open: float) -> None:
    state = past.incidents[opened.incident_id].state
    if state == "new":
        past.change(opened, state="acked", owner="ana", acked_at=past.now, attention=False)
    elif past.random.random() > still_open:
        past.change(opened, state="closed", closed_at=past.now)
        going.remove(opened)
    else:
        past.change(opened, state="active")


def stored(path: Path, past: Past, meta: Mapping[str, str] | None = None) -> Path:
    """Write a past as a store, in one transaction, and return its path."""
    facts = {"store_id": STORE_ID.hex(), "created_at": str(START), "demo": "0"} | dict(meta or {})
    policies = [event.seq for event in past.events if event.kind == "desk.policy_set"]
    if policies:
        facts["policy_seq"] = str(policies[-1])
    path.touch(mode=0o600)
    engine = write_engine(path)
    with engine.begin() as connection:
        create(connection, facts, EPOCH)
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        put_rows(driver, past)
    engine.dispose()
    return path


def put_rows(db: sqlite3.Connection, past: Past) -> None:
    """Write all tables of a past, its head last."""
    db.executemany(INSERT_EVENT, map(event_row, past.events))
    db.executemany(INSERT_INCIDENT, map(incident_row, past.incidents.values()))
    db.executemany(INSERT_ALERT, map(alert_row, past.alerts.values()))
    db.executemany(INSERT_RECEIPT, past.receipts)
    head = past.head()
    db.execute(
        "UPDATE journal_head SET seq = ?, hash = ?, next_number = ?, received_at = ?",
        (head.seq, head.hash, head.next_number, head.received_at),
    )


def writer(path: Path) -> sqlite3.Connection:
    """A connection that may do anything to a store, as a fault would; the caller closes it."""
    db = sqlite3.connect(path, isolation_level=None, timeout=5)
    db.execute("PRAGMA wal_autocheckpoint = 0")
    return db


def put_event(db: sqlite3.Connection, past: Past, event: Event) -> None:
    """Write one more event of a past that is stored already, as a writer would."""
    db.execute("BEGIN IMMEDIATE")
    db.execute(INSERT_EVENT, event_row(event))
    for table, row, key in _projections(past, event):
        names = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
        db.execute(f"DELETE FROM {table} WHERE {key} = ?", (row[names.index(key)],))
        db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", row)
    head = past.head()
    db.execute(
        "UPDATE journal_head SET seq = ?, hash = ?, next_number = ?, received_at = ?",
        (head.seq, head.hash, head.next_number, head.received_at),
    )
    db.execute("COMMIT")


def _projections(past: Past, event: Event) -> Iterator[tuple[str, Sequence[Any], str]]:
    if event.incident_id:
        yield "incidents", incident_row(past.incidents[event.incident_id]), "number"
    if event.alert:
        yield "alerts", alert_row(past.alerts[event.alert]), "ref"
