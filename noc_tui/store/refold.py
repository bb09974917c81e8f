"""The projections made again from events, a batch at a time: for an import, and for a rebuild.

What may still change (open incidents, firing alerts) stays in memory between batches; the rest is read again if an
event comes after all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, number_text
from noc_tui.journal.envelope import Event
from noc_tui.journal.fold import evolve, evolve_alert
from noc_tui.store.decoding import alerts_of, incidents_of
from noc_tui.store.rows import alert_row, incident_row
from noc_tui.store.schema import alerts, incidents
from noc_tui.store.statements import INSERT_ALERT, INSERT_INCIDENT, rows_by, slices

_PUT_INCIDENT: Final = INSERT_INCIDENT.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)
_PUT_ALERT: Final = INSERT_ALERT.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)


class BrokenHistory(ValueError):
    """An event does not continue its incident; the message is a sentence."""


class Refold:
    """The fold over one store's open transaction. `next_number` follows the highest number seen."""

    def __init__(self, next_number: int = 1) -> None:
        self.next_number = next_number
        self._incidents: dict[bytes, Incident] = {}
        self._alerts: dict[str, Alert | None] = {}

    def fold(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        """Fold a batch of events, in order, and write the rows that they change; BrokenHistory before any is."""
        self._read(cursor, events)
        changed = {event.incident_id: self._fold_incident(event) for event in events if event.incident_id}
        altered = {event.alert: self._fold_alert(event) for event in events if event.alert}
        cursor.executemany(_PUT_INCIDENT, map(incident_row, changed.values()))
        cursor.executemany(_PUT_ALERT, map(alert_row, altered.values()))
        self._forget(changed.values(), altered.values())

    def _fold_incident(self, event: Event) -> Incident:
        before = self._incidents.get(event.incident_id)
        expected = before.revision + 1 if before else 1
        if event.revision != expected:
            raise BrokenHistory(
                f"event {event.seq} of {number_text(event.number)} has revision {event.revision}, "
                f"where {expected} is next"
            )
        after = self._incidents[event.incident_id] = evolve(before, event)
        self.next_number = max(self.next_number, after.number + 1)
        return after

    def _fold_alert(self, event: Event) -> Alert:
        after = self._alerts[event.alert] = evolve_alert(self._alerts.get(event.alert), event)
        return after

    def _read(self, cursor: sqlite3.Cursor, events: Sequence[Event]) -> None:
        begun = {event.incident_id for event in events if event.revision == 1}
        ids = {event.incident_id for event in events if event.incident_id} - begun - self._incidents.keys()
        for row in _rows(cursor, lambda size: rows_by(incidents.c.id, size), ids):
            (incident,) = incidents_of([row])
            self._incidents[incident.id] = incident
        refs = {event.alert for event in events if event.alert} - self._alerts.keys()
        for row in _rows(cursor, lambda size: rows_by(alerts.c.ref, size), refs):
            (alert,) = alerts_of([row])
            self._alerts[alert.ref] = alert

    def _forget(self, changed: Iterable[Incident], altered: Iterable[Alert]) -> None:
        for incident in changed:
            if incident.state not in OPEN_STATES:
                del self._incidents[incident.id]
        for alert in altered:
            if not alert.firing:
                del self._alerts[alert.ref]


def _rows(cursor: sqlite3.Cursor, query: Callable[[int], str], keys: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for part in slices(keys):
        found.extend(cursor.execute(query(len(part)), part).fetchall())
    return found
