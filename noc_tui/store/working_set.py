"""What a transaction has read and changed of the projections, and what of it the next one may go on with.

Incidents and open groups are carried over from one transaction to the next, for a storm goes on hitting the same ones.
No projection changes without an event, so the journal says what still holds: where it has gone on since, the incidents
of those events are forgotten, and the groups; where it is another journal, or far ahead, or after a rollback, all is.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from noc_tui.incidents.model import OPEN_STATES, Alert, Incident
from noc_tui.journal.envelope import Head
from noc_tui.store import statements as sql

CARRIED: Final = 8_192
"""Incidents that are carried over at most: about 12 MB."""
FAR: Final = 500
"""Events of others from which it is cheaper to read all again."""

_GATHERING: Final = OPEN_STATES | {"merged"}


class WorkingSet:
    """Incidents by number and id, alerts by ref (None: no such), the open and merged ones of each group, newest first.

    `stored_incidents` and `stored_alerts` are the values that the tables have; who is in `changed_...` differs from it.
    It holds as of the event `seq` with this `hash`.
    """

    def __init__(self) -> None:
        self.seq = -1
        self.hash = b""
        self.incidents: dict[int, Incident] = {}
        self.numbers: dict[bytes, int] = {}
        self.groups: dict[str, tuple[int, ...]] = {}
        self.alerts: dict[str, Alert | None] = {}
        self.stored_incidents: dict[int, Incident] = {}
        self.stored_alerts: dict[str, Alert] = {}
        self.changed_incidents: set[int] = set()
        self.changed_alerts: set[str] = set()

    def resume(self, cursor: sqlite3.Cursor, head: Head) -> None:
        """Begin a transaction at this head: go on with what is carried over, as far as it still holds."""
        self.alerts.clear()
        self.stored_alerts.clear()
        if len(self.incidents) > CARRIED or len(self.groups) > CARRIED or not self._catch_up(cursor, head):
            self.forget()

    def settle(self, seq: int, hash: bytes) -> None:
        """End a transaction: what is known holds as of this event."""
        self.seq, self.hash = seq, hash

    def forget(self) -> None:
        """Forget all: it is not known what holds."""
        self.seq = -1
        for part in (self.incidents, self.numbers, self.groups, self.alerts):
            part.clear()
        self.stored_incidents.clear()
        self.stored_alerts.clear()
        self.changed_incidents.clear()
        self.changed_alerts.clear()

    def _catch_up(self, cursor: sqlite3.Cursor, head: Head) -> bool:
        """Forget what others have changed since; return False where that cannot be told."""
        if (head.seq, head.hash) == (self.seq, self.hash):
            return True
        if not self.seq <= head.seq <= self.seq + FAR:
            return False
        if cursor.execute(sql.HASH_OF, (self.seq,)).fetchone() != (self.hash,):
            return False
        for (number,) in cursor.execute(sql.TOUCHED_SINCE, (self.seq,)).fetchall():
            incident = self.incidents.pop(number, None)
            self.stored_incidents.pop(number, None)
            if incident is not None:
                self.numbers.pop(incident.id, None)
        self.groups.clear()
        return True

    def add_incident(self, incident: Incident) -> None:
        """Take an incident as the table has it; what is known already is newer."""
        if incident.number not in self.incidents:
            self.incidents[incident.number] = incident
            self.stored_incidents[incident.number] = incident
        self.numbers[incident.id] = incident.number

    def put_incident(self, incident: Incident) -> None:
        """Take an incident that an event has changed, and keep its group's list true."""
        number = incident.number
        self.incidents[number] = incident
        self.numbers[incident.id] = number
        self.changed_incidents.add(number)
        listed = self.groups.get(incident.group_key)
        if listed is None:
            return
        gathers = incident.state in _GATHERING
        if gathers and number not in listed:
            self.groups[incident.group_key] = tuple(sorted((*listed, number), reverse=True))
        elif not gathers and number in listed:
            self.groups[incident.group_key] = tuple([one for one in listed if one != number])

    def put_alert(self, alert: Alert) -> None:
        """Take an alert that an event has changed."""
        self.alerts[alert.ref] = alert
        self.changed_alerts.add(alert.ref)
