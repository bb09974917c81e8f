"""A projection held against the fold of the journal, row by row, while the journal goes by.

The rows are read in the order of `changed_seq`. When the event goes by that a row names as its last, what was folded up
to there must equal the row, and is let go: memory follows what was changing at one time, not what has ever been.

The journal of a replica begins after a snapshot. What was before then is not known, so an incident of before is folded
from its own row: what its events since then set must be what the row says. Rows that the snapshot brought and no event
has touched are not compared, nor those that are newer than the journal, which a snapshot may bring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Table, and_, func, select, true

from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.fold import evolve, evolve_alert, makes_alert
from noc_tui.store.rows import alert_from, alert_row, incident_from, incident_row
from noc_tui.store.schema import alerts, incidents
from noc_tui.store.snapshot import Snapshot
from noc_tui.store.verify_report import Fault, FaultFound

Key = TypeVar("Key", bytes, str)
Value = TypeVar("Value", Incident, Alert)


class _Projection(Generic[Key, Value]):
    """One projection's table beside the fold of its values, by their keys (the first column of a row)."""

    def __init__(
        self,
        opened: Snapshot,
        table: Table,
        head: Head,
        row_of: Callable[[Value], tuple[Any, ...]],
        named: Callable[[Value], dict[str, Any]],
    ) -> None:
        columns = table.columns.keys()
        self.compared = 0
        self._connection = opened.connection
        self._table = table
        self._upto = head.seq
        self._columns = columns
        self._row_of: Callable[[Value], tuple[Any, ...]] = row_of
        self._named: Callable[[Value], dict[str, Any]] = named
        self._changed = columns.index("changed_seq")
        self._folded: dict[Key, Value] = {}
        self._unprovable: set[Key] = set()
        proven = and_(table.c.changed_seq > head.floor, table.c.changed_seq <= head.seq) if head.floor else true()
        self._rows = opened.rows(select(table).where(proven).order_by(table.c.changed_seq))
        self._row = next(self._rows, None)
        self.untouched: int = self._connection.execute(
            select(func.count()).select_from(table).where(~proven)
        ).scalar_one()

    def folded(self, key: Key) -> Value | None:
        """Return what was folded of a key so far and not let go."""
        return self._folded.get(key)

    def put(self, key: Key, value: Value, seq: int, *, provable: bool) -> None:
        """Take what a value is after the event `seq`; compare and let go when its row says it was the last."""
        if not provable:
            self._unprovable.add(key)
        row = self._row
        if row is None or row[self._changed] > seq:
            self._folded[key] = value
            return
        if row[self._changed] < seq or row[0] != key:
            raise self._stray(row)
        if key not in self._unprovable and (expected := self._row_of(value)) != tuple(row):
            raise self._unequal(value, expected, row, seq)
        self._folded.pop(key, None)
        self._unprovable.discard(key)
        self.compared += 1
        self._row = next(self._rows, None)

    def finish(self) -> None:
        """Find what the journal has and the table has not, or the other way round."""
        if self._row is not None:
            raise self._stray(self._row)
        for key, value in self._folded.items():
            stands = self.stands_at(key)
            if stands is None or stands <= self._upto:
                raise self.lagging(key, value)

    def row(self, key: Key) -> Sequence[Any] | None:
        """Return the key's row as it is."""
        return self._connection.execute(select(self._table).where(self._table.c[self._columns[0]] == key)).one_or_none()

    def stands_at(self, key: Key) -> int | None:
        """Return the seq that the key's row names as its last change, None if there is no row."""
        found: int | None = self._connection.execute(
            select(self._table.c.changed_seq).where(self._table.c[self._columns[0]] == key)
        ).scalar_one_or_none()
        return found

    def lagging(self, key: Key, value: Value) -> FaultFound:
        """Return the fault of a row that is missing, or does not stand at the last event of its value."""
        named, seq, stands = self._named(value), value.changed_seq, self.stands_at(key)
        about = _title(named)
        sentence = f"{about} has no row in {self._table.name}, though event {seq} changed it."
        if stands is not None:
            sentence = f"{about} stands in {self._table.name} at event {stands}, but event {seq} changed it."
        return FaultFound(Fault(check="projection", sentence=sentence, seq=seq, field="changed_seq", **named))

    def _stray(self, row: Sequence[Any]) -> FaultFound:
        seq, columns = row[self._changed], self._columns
        named: dict[str, Any] = {"alert": row[0]} if columns[0] == "ref" else {"number": row[columns.index("number")]}
        sentence = f"{_title(named)} names event {seq} as its last change, which is none of its events."
        return FaultFound(Fault(check="projection", sentence=sentence, seq=seq, field="changed_seq", **named))

    def _unequal(self, value: Value, expected: Sequence[Any], row: Sequence[Any], seq: int) -> FaultFound:
        place = next(n for n, (left, right) in enumerate(zip(expected, row, strict=True)) if left != right)
        field, named = self._columns[place], self._named(value)
        sentence = (
            f"{_title(named)}: its {field} is {_shown(row[place])} in {self._table.name}, but the journal "
            f"up to event {seq} makes it {_shown(expected[place])}."
        )
        return FaultFound(Fault(check="projection", sentence=sentence, seq=seq, field=field, **named))


class FoldCheck:
    """The fold of every event, held against the tables `incidents` and `alerts`."""

    def __init__(self, opened: Snapshot, head: Head) -> None:
        self._from_rows = head.floor > 0
        self._incidents: _Projection[bytes, Incident] = _Projection(
            opened, incidents, head, incident_row, lambda one: {"number": one.number}
        )
        self._alerts: _Projection[str, Alert] = _Projection(
            opened, alerts, head, alert_row, lambda one: {"alert": one.ref}
        )

    @property
    def untouched(self) -> int:
        """How many rows there is nothing to prove by."""
        return self._incidents.untouched + self._alerts.untouched

    @property
    def compared(self) -> tuple[int, int]:
        """How many incidents and how many alerts were found equal so far."""
        return self._incidents.compared, self._alerts.compared

    def take(self, event: Event) -> None:
        """Fold the next event; FaultFound when it does not continue its incident, or a row differs."""
        provable = event.body != b""
        if event.incident_id:
            before = self._incidents.folded(event.incident_id) or self._before(event)
            self._continues(before, event)
            after = evolve(before, event)
            self._incidents.put(event.incident_id, after, event.seq, provable=provable)
        if event.alert:
            changed = evolve_alert(self._alerts.folded(event.alert) or self._alert_before(event), event)
            self._alerts.put(event.alert, changed, event.seq, provable=provable)

    def finish(self) -> None:
        """Check, after the last event, that nothing is left over on either side."""
        self._incidents.finish()
        self._alerts.finish()

    def _before(self, event: Event) -> Incident | None:
        """What stands for an incident of before the floor, at its first event since."""
        row = self._incidents.row(event.incident_id) if self._from_rows and event.revision > 1 else None
        return msgspec.structs.replace(incident_from(row), revision=event.revision - 1) if row is not None else None

    def _alert_before(self, event: Event) -> Alert | None:
        row = self._alerts.row(event.alert) if self._from_rows and not makes_alert(event) else None
        return alert_from(row) if row is not None else None

    def _continues(self, before: Incident | None, event: Event) -> None:
        expected = before.revision + 1 if before else 1
        if event.revision != expected:
            raise self._gap(event, expected)
        if before and before.number != event.number:
            sentence = (
                f"Event {event.seq} says {number_text(event.number)}, but its incident is {number_text(before.number)}."
            )
            raise FaultFound(
                Fault(check="revision", sentence=sentence, seq=event.seq, number=before.number, field="number")
            )

    def _gap(self, event: Event, expected: int) -> FaultFound:
        stands = self._incidents.stands_at(event.incident_id)
        if expected == 1 and stands is not None and stands < event.seq:
            return self._incidents.lagging(event.incident_id, evolve(None, event))
        sentence = (
            f"Event {event.seq} of {number_text(event.number)} has revision {event.revision}, where {expected} is next."
        )
        return FaultFound(
            Fault(check="revision", sentence=sentence, seq=event.seq, number=event.number, field="revision")
        )


def _title(named: dict[str, Any]) -> str:
    return f"Alert {_shown(named['alert'])}" if "alert" in named else number_text(named["number"])


def _shown(value: object) -> str:
    """Return a value for a sentence on a terminal: escaped, and not without end."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
