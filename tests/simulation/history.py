"""A history: a journal with its fold, its receipts and its head, such as a store has on disk; copied by a backup."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Alert, Incident, Micros
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.envelope import Event
from noc_tui.journal.exchange import Cursor
from noc_tui.journal.fold import evolve, evolve_alert
from noc_tui.journal.skew import Skew


class Receipt(msgspec.Struct, frozen=True):
    """The one answer that a command has had; `skew` is how far its author's clock was off, as was told with it."""

    command: Command
    outcome: Outcome
    skew: Skew | None = None


class History:
    """Events in order, how each incident and alert was after each of its events, and the receipts.

    `floor` is the seq below which the journal is archived.
    """

    def __init__(self, epoch: bytes) -> None:
        self.epoch = epoch
        self.journal: list[Event] = []
        self.receipts: dict[bytes, Receipt] = {}
        self.incidents: dict[bytes, list[Incident]] = {}
        self.alerts: dict[str, list[Alert]] = {}
        self.counters: dict[str, Counter] = {}
        self.ids: dict[int, bytes] = {}
        self.next_number = 1
        self.floor = 0

    def copy(self, epoch: bytes = b"") -> History:
        """Return a history that is the same so far, of another epoch if one is given."""
        copy = History(epoch or self.epoch)
        copy.journal = self.journal.copy()
        copy.receipts = self.receipts.copy()
        copy.incidents = {id: versions.copy() for id, versions in self.incidents.items()}
        copy.alerts = {ref: versions.copy() for ref, versions in self.alerts.items()}
        copy.counters = self.counters.copy()
        copy.ids = self.ids.copy()
        copy.next_number = self.next_number
        copy.floor = self.floor
        return copy

    @property
    def seq(self) -> int:
        """The last event's seq."""
        return len(self.journal)

    @property
    def head(self) -> Cursor:
        """Where the journal ends."""
        return Cursor(self.epoch, self.seq, self.hash_at(self.seq))

    @property
    def received_at(self) -> Micros:
        """When the last event was taken."""
        return self.journal[-1].received_at if self.journal else 0

    def hash_at(self, seq: int) -> bytes:
        """Return the hash of the event with this seq."""
        return self.journal[seq - 1].hash if seq else GENESIS

    def holds(self, cursor: Cursor) -> bool:
        """Return whether a cursor is on this history, whatever its epoch."""
        return 0 <= cursor.seq <= self.seq and self.hash_at(cursor.seq) == cursor.hash

    def take(self, event: Event) -> None:
        """Append an event and fold it."""
        self.journal.append(event)
        if event.incident_id:
            versions = self.incidents.setdefault(event.incident_id, [])
            versions.append(evolve(versions[-1] if versions else None, event))
            self.ids[versions[-1].number] = event.incident_id
        if event.alert:
            told = self.alerts.setdefault(event.alert, [])
            told.append(evolve_alert(told[-1] if told else None, event))

    def incident_at(self, id: bytes, seq: int) -> Incident | None:
        """Return how an incident was right after `seq`."""
        versions = self.incidents.get(id, [])
        place = bisect_right(versions, seq, key=lambda version: version.changed_seq)
        return versions[place - 1] if place else None

    def alert_at(self, ref: str, seq: int) -> Alert | None:
        """Return how an alert was right after `seq`."""
        versions = self.alerts.get(ref, [])
        place = bisect_right(versions, seq, key=lambda version: version.changed_seq)
        return versions[place - 1] if place else None
