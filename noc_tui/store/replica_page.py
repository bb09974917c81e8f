"""A page of the authority's journal proven and folded over the rows of a replica, inside an open transaction.

A row may be newer than the page, for a snapshot is read while the authority goes on: what the row has already is passed
over, by the incident's revision and the alert's seq. What is not held must have been asked for (`PageFold.lacking`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.exchange import Prior, PriorAsked
from noc_tui.journal.fold import Evolving, Patches, evolve_alert, makes_alert, new_alert, patches_of
from noc_tui.journal.ports import NotContinuing
from noc_tui.store import statements as sql
from noc_tui.store.decoding import alerts_of, incidents_of
from noc_tui.store.rows import event_row
from noc_tui.store.schema import alerts, incidents
from noc_tui.store.upserting import write_alerts, write_incidents
from noc_tui.store.writing import POLICY, POLICY_SEQ, POLICY_SET

KNOWN: Final = 8_000
"""Incidents that are kept in memory at most: some megabytes."""

_number: Final = attrgetter("number")


def prove(events: Sequence[Event], head: Head) -> Head:
    """Return the head after these events; NotContinuing where one does not follow the one before it."""
    seq, hash, received_at, number = head.seq, head.hash, head.received_at, head.next_number
    for event in events:
        if event.seq != seq + 1:
            raise NotContinuing(f"event {event.seq} came where {seq + 1} is next")
        if event.received_at < received_at:
            raise NotContinuing(f"event {event.seq} was received before event {seq}")
        if seal(hash, event) != event.hash:
            raise NotContinuing(f"event {event.seq} does not continue event {seq}: the chain breaks")
        seq, hash, received_at, number = event.seq, event.hash, event.received_at, max(number, event.number + 1)
    return msgspec.structs.replace(head, seq=seq, hash=hash, received_at=received_at, next_number=number)


class Known:
    """The incidents that the last pages touched, as the file holds them: most of them are touched again soon.

    They hold for the file's state after the page that was applied last.
    """

    def __init__(self) -> None:
        self._incidents: dict[bytes, Incident] = {}
        self._state: object = None

    def at(self, state: object) -> Mapping[bytes, Incident]:
        """Return what is known of the file in this state."""
        if state != self._state:
            self._incidents.clear()
        return self._incidents

    def keep(self, incidents: Mapping[bytes, Incident], state: object) -> None:
        """Know these as well from now on, and forget those that were touched longest ago."""
        known, self._state = self._incidents, state
        for id, incident in incidents.items():
            known.pop(id, None)
            known[id] = incident
        for id in list(islice(known, max(0, len(known) - KNOWN))):
            del known[id]


class PageFold:
    """The fold of one page: reads the rows that it touches, and writes them when all of it was folded.

    What was read, and what is `known` already, holds as long as nothing is written in between. What needs to be asked
    for is folded when it is there (`lacking`, `learn`), all else at once: so a body is read but once, and not kept.
    """

    def __init__(self, cursor: sqlite3.Cursor, events: Sequence[Event], known: Mapping[bytes, Incident]) -> None:
        self.events = events
        self._stored: dict[int, Incident] = {}
        self._stored_alerts: dict[str, Alert] = {}
        self.incidents: dict[bytes, Incident] = {}
        """Those that the page touches, as far as they are known."""
        self._alerts: dict[str, Alert] = {}
        self._evolving: dict[bytes, Evolving] = {}
        self._changed: set[bytes] = set()
        self._altered: set[str] = set()
        self._wanted: set[bytes] = set()
        self._wanted_alerts: set[str] = set()
        self._later: list[Event] = []
        self._later_alerts: list[Event] = []
        self._broken: NotContinuing | None = None
        self._read(cursor, known)
        try:
            for event in events:
                self._begin(event)
        except NotContinuing as error:
            self._broken = error

    def lacking(self, seq: int) -> PriorAsked | None:
        """Return which incidents and alerts must be known, as they were after `seq`, before it can be folded."""
        if not self._wanted and not self._wanted_alerts:
            return None
        return PriorAsked(seq=seq, incidents=tuple(sorted(self._wanted)), alerts=tuple(sorted(self._wanted_alerts)))

    def fold(self) -> None:
        """Fold all events; NotContinuing where one does not continue its incident."""
        if self._broken is not None:
            raise self._broken
        for event in self._later:
            self._fold_incident(event, None)
        for event in self._later_alerts:
            self._fold_alert(event, None)
        for id, folded in self._evolving.items():
            if folded.last is not None:
                self.incidents[id] = folded.evolved()
                self._changed.add(id)

    def write(self, cursor: sqlite3.Cursor, path: Path) -> None:
        """Write the events and the rows that they changed; NotContinuing where two claim the same number or id."""
        changed = sorted([self.incidents[id] for id in self._changed], key=_number)
        with taken(path):
            cursor.executemany(sql.INSERT_EVENT, map(event_row, self.events))
            write_incidents(cursor, [(incident.number, incident) for incident in changed], self._stored)
            write_alerts(cursor, [(ref, self._alerts[ref]) for ref in sorted(self._altered)], self._stored_alerts)

    def _begin(self, event: Event) -> None:
        """Fold an event as far as it is known what it changes."""
        patches = patches_of(event)
        id, ref = event.incident_id, event.alert
        if id:
            if id in self._wanted or (id not in self.incidents and id not in self._evolving and event.revision > 1):
                self._wanted.add(id)
                self._later.append(event)
            else:
                self._fold_incident(event, patches)
        if ref:
            if ref not in self._alerts and (ref in self._wanted_alerts or not _makes_alert(event, patches)):
                self._wanted_alerts.add(ref)
                self._later_alerts.append(event)
            else:
                self._fold_alert(event, patches)

    def _fold_incident(self, event: Event, patches: Patches | None) -> None:
        folded = self._evolving.get(event.incident_id)
        if folded is None:
            before = self.incidents.get(event.incident_id) or Incident(id=event.incident_id, number=event.number)
            folded = self._evolving[event.incident_id] = Evolving(before)
        held = folded.revision
        if event.revision <= held:
            return
        if event.revision != held + 1:
            raise NotContinuing(
                f"event {event.seq} of {number_text(event.number)} has revision {event.revision}, "
                f"where {held + 1} is next"
            )
        if folded.number != event.number:
            raise NotContinuing(f"event {event.seq} gives {number_text(folded.number)} another number")
        folded.take(event, patches)

    def _fold_alert(self, event: Event, patches: Patches | None) -> None:
        before = self._alerts.get(event.alert)
        if before is None and patches is not None:
            self._alerts[event.alert] = new_alert(patches, event)
        elif before is None or event.seq > before.changed_seq:
            self._alerts[event.alert] = evolve_alert(before, event)
        else:
            return
        self._altered.add(event.alert)

    def _read(self, cursor: sqlite3.Cursor, known: Mapping[bytes, Incident]) -> None:
        ids = {event.incident_id for event in self.events if event.incident_id}
        for id in ids & known.keys():
            incident = self.incidents[id] = known[id]
            self._stored[incident.number] = incident
        for part in sql.slices(ids - known.keys()):
            for incident in incidents_of(cursor.execute(sql.rows_by(incidents.c.id, len(part)), part).fetchall()):
                self.incidents[incident.id] = incident
                self._stored[incident.number] = incident
        for part in sql.slices(sorted({event.alert for event in self.events if event.alert})):
            for alert in alerts_of(cursor.execute(sql.rows_by(alerts.c.ref, len(part)), part).fetchall()):
                self._alerts[alert.ref] = self._stored_alerts[alert.ref] = alert

    def learn(self, prior: Prior) -> None:
        """Take what was asked for and is not held; a row that is held is as new or newer."""
        if prior.seq != self.events[0].seq - 1:
            raise NotContinuing(f"what was before came as of event {prior.seq}, not of {self.events[0].seq - 1}")
        ids = {event.incident_id for event in self.events} - self.incidents.keys()
        for incident in prior.incidents:
            if incident.id in ids:
                self.incidents[incident.id] = incident
                self._changed.add(incident.id)
        refs = {event.alert for event in self.events} - self._alerts.keys()
        for alert in prior.alerts:
            if alert.ref in refs:
                self._alerts[alert.ref] = alert
                self._altered.add(alert.ref)


def _makes_alert(event: Event, patches: Patches | None) -> bool:
    return makes_alert(event) if patches is None else patches.makes_alert


@contextmanager
def taken(path: Path) -> Iterator[None]:
    """Raise NotContinuing where the tables cannot take what came: it contradicts what is held, or itself."""
    try:
        yield
    except (sqlite3.IntegrityError, OverflowError) as error:
        raise NotContinuing(f"{path} cannot hold what came beside what it holds ({error})") from error


def keep_policy(cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
    """Keep the policy that the last of these events set, unless the one held is newer."""
    for event in reversed(events):
        if event.kind == POLICY_SET:
            found = cursor.execute(sql.READ_META, (POLICY_SEQ,)).fetchone()
            if event.seq > int(found[0] if found else 0):
                policy = msgspec.json.encode(event.data.get("policy", {})).decode()
                cursor.executemany(sql.PUT_META, [(POLICY, policy), (POLICY_SEQ, str(event.seq))])
            return
