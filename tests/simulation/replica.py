"""A replica in memory: each method is one transaction, durable when it returns (`journal.ports.Replica`)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event
from noc_tui.journal.exchange import (
    Cursor,
    History,
    Page,
    Prior,
    PriorAsked,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
    heard,
)
from noc_tui.journal.fold import evolve, evolve_alert
from noc_tui.journal.ports import NotContinuing


class Rows:
    """What a replica holds: incidents by id, alerts by ref, events by seq, and how far it has come."""

    def __init__(self, cursor: Cursor | None = None) -> None:
        self.cursor = cursor
        self.ahead: Cursor | None = None
        self.incidents: dict[bytes, Incident] = {}
        self.alerts: dict[str, Alert] = {}
        self.events: dict[int, Event] = {}

    def copy(self) -> Rows:
        """Return rows of their own."""
        copy = Rows(self.cursor)
        copy.incidents, copy.alerts = self.incidents.copy(), self.alerts.copy()
        copy.events = self.events.copy()
        copy.ahead = self.ahead
        return copy

    def take_rows(self, rows: SnapshotRows | Prior | History) -> None:
        """Take incidents and alerts as they are told, unless newer ones are held."""
        incidents = (rows.incident,) if isinstance(rows, History) else rows.incidents
        for incident in incidents:
            held = self.incidents.get(incident.id)
            if held is None or held.revision < incident.revision:
                self.incidents[incident.id] = incident
        for alert in rows.alerts:
            known = self.alerts.get(alert.ref)
            if known is None or known.changed_seq < alert.changed_seq:
                self.alerts[alert.ref] = alert

    def fold(self, event: Event) -> None:
        """Fold the next event, unless a row has it in it already."""
        self.events[event.seq] = event
        if event.incident_id:
            self._fold_incident(event)
        if event.alert:
            alert = self.alerts.get(event.alert)
            if alert is None or alert.changed_seq < event.seq:
                self.alerts[event.alert] = evolve_alert(alert, event)

    def _fold_incident(self, event: Event) -> None:
        incident = self.incidents.get(event.incident_id)
        revision = incident.revision if incident is not None else 0
        if event.revision > revision + 1:
            raise NotContinuing(f"revision {event.revision} of incident {event.number} follows {revision}")
        if event.revision == revision + 1:
            self.incidents[event.incident_id] = evolve(incident, event)


class MemoryReplica:
    """The rows on disk, and those of a snapshot that is being taken in, which a crash forgets."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.earlier: list[Rows] = []
        """How it was before its last transactions: as far as a power cut may throw it back."""
        self._filling: Rows | None = None
        self._start: SnapshotStart | None = None
        self._came = (0, 0)
        self.between: Callable[[], None] = lambda: None
        """What may come between two transactions: a crash. Only a mutant has two where one is due."""

    def cursor(self) -> Cursor | None:
        """Return how far it has come; None while it is empty or half filled."""
        return self.rows.cursor

    def ahead(self) -> Cursor | None:
        """Return the end's cursor of the snapshot that it holds, until it has come there; None from then on."""
        rows = self.rows
        passed = rows.ahead is None or rows.cursor is None or rows.cursor.seq >= rows.ahead.seq
        return None if passed else rows.ahead

    def begin(self, start: SnapshotStart) -> None:
        """Begin to fill it; what it held stays to be seen until `finish`."""
        self._start, self._filling, self._came = start, Rows(), (0, 0)

    def fill(self, rows: SnapshotRows) -> None:
        """Take some rows of the snapshot in."""
        if self._filling is None:
            raise NotContinuing("rows of a snapshot came that was not begun")
        self._filling.take_rows(rows)
        self._came = (self._came[0] + len(rows.incidents), self._came[1] + len(rows.alerts))

    def finish(self, end: SnapshotEnd) -> Cursor:
        """The snapshot is whole: from now on it is what is held."""
        if self._filling is None or self._start is None:
            raise NotContinuing("the end of a snapshot came that was not begun")
        rows, cursor = self._filling, self._start.cursor
        self._filling = None
        if self._came != (end.incidents, end.alerts):
            raise NotContinuing("rows of the snapshot are missing")
        rows.cursor, rows.ahead = cursor, end.cursor
        self.commit(rows)
        return cursor

    def missing(self, page: Page) -> PriorAsked | None:
        """Return what must be known before this page can be applied; None if nothing is."""
        incidents: dict[bytes, None] = {}
        alerts: dict[str, None] = {}
        made: set[bytes] = set()
        for told in page.events:
            if told.revision == 1:
                made.add(told.incident_id)
            if told.revision > 1 and told.incident_id not in self.rows.incidents and told.incident_id not in made:
                incidents[told.incident_id] = None
            if told.alert and told.alert not in self.rows.alerts and "was" in heard(told).data.get("alert", {}):
                alerts[told.alert] = None
        if not incidents and not alerts:
            return None
        return PriorAsked(page.after, tuple(incidents), tuple(alerts))

    def apply(self, page: Page, prior: Prior | None) -> Cursor | None:
        """Apply a whole page and move the cursor in one transaction; None if the page is not of the cursor held."""
        if self._filling is not None or not self.continues(page):
            return None
        rows = self.rows.copy()
        if prior is not None:
            rows.take_rows(prior)
        seq, hash = page.after, page.hash
        for told in page.events:
            event = heard(told)
            if event.seq != seq + 1 or seal(hash, event) != event.hash:
                raise NotContinuing(f"event {event.seq} does not follow event {seq}")
            rows.fold(event)
            seq, hash = event.seq, event.hash
        rows.cursor = Cursor(page.epoch, seq, hash)
        self.commit(rows)
        return rows.cursor

    def continues(self, page: Page) -> bool:
        """Return whether a page is of the cursor held now."""
        return self.rows.cursor == Cursor(page.epoch, page.after, page.hash)

    def secure(self) -> None:
        """Make all that it holds survive a power cut, too."""
        self.earlier = []

    def seen(self, commands: Collection[bytes]) -> set[bytes]:
        """Return those of these commands whose events it holds."""
        return {event.command_id for event in self.rows.events.values()} & set(commands)

    def keep_history(self, history: History) -> None:
        """Keep an incident's events from before the replica began, and the incident if it is not held."""
        rows = self.rows.copy()
        if rows.cursor is None:
            return
        if history.incident.id not in rows.incidents:
            rows.take_rows(history)
        for told in history.events:
            if told.seq <= rows.cursor.seq:
                rows.events.setdefault(told.seq, heard(told))
        self.commit(rows)

    # What the disk does

    def commit(self, rows: Rows) -> None:
        """Make rows what is held."""
        self.earlier = [*self.earlier[-3:], self.rows]
        self.rows = rows

    def die(self) -> None:
        """The process is killed: what was not committed is gone."""
        self._filling = self._start = None

    def lose_power(self, back: int) -> None:
        """The machine is cut off: the last transactions may never have reached the disk (synchronous NORMAL)."""
        self.die()
        if back < len(self.earlier):
            self.rows = self.earlier[-1 - back]
            self.earlier = []
