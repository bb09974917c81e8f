"""What a transaction has read and changed of the projections, and what of it the next one may go on with.

Incidents and open groups are carried over from one transaction to the next, for a storm goes on hitting the same ones.
They hold as long as nobody else has written: SQLite says so (`PRAGMA data_version`), looked up after BEGIN. Another
writer's commit, a rollback, or too many of them, and all is forgotten.
"""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.model import OPEN_STATES, Alert, Incident
from noc_tui.store.rows import Row

CARRIED: Final = 4_096
"""Incidents that are carried over at most: about 8 MB."""


class WorkingSet:
    """Incidents by number and id, alerts by ref (None: no such), the newest open incident of each group (0: none).

    `stored_incidents` and `stored_alerts` are their rows as the tables have them; who is in `changed_...` differs.
    """

    def __init__(self) -> None:
        self.version = -1
        self.incidents: dict[int, Incident] = {}
        self.numbers: dict[bytes, int] = {}
        self.groups: dict[str, int] = {}
        self.alerts: dict[str, Alert | None] = {}
        self.stored_incidents: dict[int, Row] = {}
        self.stored_alerts: dict[str, Row] = {}
        self.changed_incidents: set[int] = set()
        self.changed_alerts: set[str] = set()

    def resume(self, version: int) -> None:
        """Begin a transaction at this data version: go on with what is carried over, if it still holds."""
        if version != self.version or len(self.incidents) > CARRIED or len(self.groups) > CARRIED:
            self.forget()
            self.version = version
        self.alerts.clear()
        self.stored_alerts.clear()

    def forget(self) -> None:
        """Forget all: it is not known what holds."""
        self.version = -1
        for part in (self.incidents, self.numbers, self.groups, self.alerts):
            part.clear()
        self.stored_incidents.clear()
        self.stored_alerts.clear()
        self.changed_incidents.clear()
        self.changed_alerts.clear()

    def add_incident(self, row: Row, incident: Incident) -> None:
        """Take an incident as the table has it; what is known already is newer."""
        if incident.number not in self.incidents:
            self.incidents[incident.number] = incident
            self.stored_incidents[incident.number] = row
        self.numbers[incident.id] = incident.number

    def put_incident(self, incident: Incident) -> None:
        """Take an incident that an event has changed, and keep the newest open one of its group."""
        number, key = incident.number, incident.group_key
        self.incidents[number] = incident
        self.numbers[incident.id] = number
        self.changed_incidents.add(number)
        if not key:
            return
        newest = self.groups.get(key)
        if incident.state in OPEN_STATES:
            if newest is not None and newest < number:
                self.groups[key] = number
        elif newest == number:
            del self.groups[key]  # an older open one may be next: the table is asked again

    def put_alert(self, alert: Alert) -> None:
        """Take an alert that an event has changed."""
        self.alerts[alert.ref] = alert
        self.changed_alerts.add(alert.ref)
