"""The scene of a decision, over the open transaction: what is, with every earlier item of the batch already in it.

A working set is read ahead (`read_ahead`) or on demand; each draft is numbered, sealed and folded into it at once and
written by `flush`, one executemany a table. A question that only a query can answer (children, past events) flushes
first, so its answer has every earlier item in it too. The head is read after BEGIN and moved last, never kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.desk_views import folded
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.gathering import home_of
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import DeskViews, SavedView
from noc_tui.incidents.scene import PastEvent
from noc_tui.journal.assemble import Stamp, assemble
from noc_tui.journal.envelope import Head
from noc_tui.journal.fold import patch_alert, patch_incident
from noc_tui.journal.ids import make_id
from noc_tui.store import statements as sql
from noc_tui.store.counting import CounterBook
from noc_tui.store.desk_views import VIEW_KINDS, read_desk_views, write_desk_views
from noc_tui.store.rows import Row, alert_from, event_from, event_row, incident_from
from noc_tui.store.schema import alerts, incidents
from noc_tui.store.upserting import write_alerts, write_incidents
from noc_tui.store.working_set import WorkingSet

_ID: Final = 10
_SALT: Final = 16
_DRAWN: Final = 64
"""How many events' randomness is drawn at once."""


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """By whom, how and when something was done: the part of the envelope that a draft does not hold."""

    actor: str
    origin: str = ""
    at: Micros = 0
    command_id: bytes = b""
    batch: bytes = b""


class WorkingScene:
    """The `incidents.scene.Scene` of one transaction, and its journal being written.

    `now` is the transaction's `received_at`. `randomness` gives random bytes for ids and salts. `moved` are the
    counters that its reports have moved.
    """

    def __init__(
        self,
        cursor: sqlite3.Cursor,
        head: Head,
        policy: Policy,
        now: Micros,
        known: WorkingSet,
        counters: CounterBook,
        randomness: Callable[[int], bytes],
    ) -> None:
        self.cursor = cursor
        self.policy = policy
        self.now = now
        self.moved: dict[str, Counter] = {}
        self._known = known
        self._counters = counters
        self._randomness = randomness
        self._refs: Sequence[str] = ()
        self._drawn = b""
        self._seq = self._first = head.seq
        self._hash = head.hash
        self._next_number = head.next_number
        self._events: list[Row] = []
        self._views: DeskViews | None = None

    # What a decision may look at

    def incident(self, id: bytes) -> Incident | None:
        """Return the incident with this id."""
        if id not in self._known.numbers:
            self._read_incidents(sql.rows_by(incidents.c.id, 1), (id,))
        number = self._known.numbers.get(id)
        return None if number is None else self._known.incidents[number]

    def by_number(self, number: int) -> Incident | None:
        """Return the incident with this number."""
        if number not in self._known.incidents:
            self._read_incidents(sql.rows_by(incidents.c.number, 1), (number,))
        return self._known.incidents.get(number)

    def children(self, number: int) -> list[Incident]:
        """Return the incidents whose parent is this number, merged ones included."""
        self.flush()
        numbers = [row[0] for row in self.cursor.execute(sql.CHILDREN, (number,)).fetchall()]
        self._read_numbers(numbers)
        return [self._known.incidents[child] for child in numbers]

    def alerts(self, number: int) -> list[Alert]:
        """Return the alerts attached to this incident, by ref."""
        self.flush()
        refs = [row[0] for row in self.cursor.execute(sql.ATTACHED, (number,)).fetchall()]
        self._read_refs(refs)
        return [alert for ref in sorted(refs) if (alert := self._known.alerts[ref]) is not None]

    def alert(self, ref: str) -> Alert | None:
        """Return the alert with this identity."""
        if ref not in self._known.alerts:
            self._read_refs((ref,))
        return self._known.alerts[ref]

    def open_group(self, group_key: str) -> Incident | None:
        """Return the newest incident of this group that is open, or merged into one that is open in the end."""
        if group_key not in self._known.groups:
            self.flush()
            self._read_groups((group_key,))
        for number in self._known.groups[group_key]:
            home = home_of(self, number)
            if home is not None and home.state in OPEN_STATES:
                return self.by_number(number)
        return None

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        """Return the incident's events after `revision`, in order."""
        self.flush()
        incident = self.incident(id)
        if incident is None:
            return []
        rows = self.cursor.execute(sql.EVENTS_SINCE, (incident.number, revision)).fetchall()
        return [event_from(row) for row in rows]

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        """Return what came of a command, in order; empty if nothing did."""
        self.flush()
        return [event_from(row) for row in self.cursor.execute(sql.EVENTS_OF, (command_id,)).fetchall()]

    def desk_view(self, name: str) -> SavedView | None:
        """Return the desk's view of this name."""
        return next((view for view in self._desk_views().saved() if view.name == name), None)

    def new_number(self) -> int:
        """Return the next incident number and use it up."""
        number = self._next_number
        self._next_number += 1
        return number

    def counter(self, ref: str) -> Counter:
        """Return what is counted of an alert beside the journal."""
        return self.moved.get(ref) or self._counters.counter(ref, self._refs)

    # Reading ahead

    def read_ahead(self, refs: Sequence[str], group_keys: Collection[str]) -> None:
        """Read the alerts with these refs, their incidents, and the newest incidents of these groups."""
        self._refs = refs
        known = self._known
        self._read_refs(refs)
        self._read_groups(group_keys)
        wanted = {alert.incident for ref in refs if (alert := known.alerts[ref]) is not None}
        wanted.update(numbers[0] for key in group_keys if (numbers := known.groups[key]))
        wanted.discard(0)
        self._read_numbers(wanted)

    def read_ahead_ids(self, ids: Iterable[bytes]) -> None:
        """Read the incidents with these ids."""
        for part in sql.slices({id for id in ids if id and id not in self._known.numbers}):
            self._read_incidents(sql.rows_by(incidents.c.id, len(part)), part)

    # Writing

    def new_id(self) -> bytes:
        """Return a fresh UUIDv7."""
        return make_id(self.now, self._draw(_ID))

    def take(self, draft: Draft, author: Author) -> int:
        """Number, seal and fold a draft; return its seq."""
        before = self.incident(draft.incident) if draft.incident and not draft.number else None
        number = before.number if before is not None else draft.number
        alert = self.alert(draft.alert) if draft.alert else None
        drawn = self._draw(_ID + _SALT)
        stamp = Stamp(
            seq=self._seq + 1,
            id=make_id(self.now, drawn),
            number=number,
            revision=(before.revision if before is not None else 0) + 1 if draft.incident else 0,
            at=author.at or self.now,
            received_at=self.now,
            actor=author.actor,
            salt=drawn[_ID:],
            origin=author.origin,
            command_id=author.command_id,
            batch=author.batch,
            new_alert=alert is None,
        )
        event = assemble(draft, stamp, self._hash)
        self._events.append(event_row(event))
        self._seq, self._hash = event.seq, event.hash
        if draft.incident:
            before = before or Incident(id=draft.incident, number=number)
            self._known.put_incident(patch_incident(before, draft.set, event))
        if draft.kind in VIEW_KINDS:
            self._views = DeskViews(event.seq, folded(self._desk_views().views, event.data))
            write_desk_views(self.cursor, self._views)
        if draft.alert:
            self._known.put_alert(patch_alert(alert or Alert(ref=draft.alert), draft.alert_set, event.seq))
        return event.seq

    def flush(self) -> None:
        """Write what has been taken in: journal rows first, then the projections; the head is the caller's, last."""
        if not self._events:
            return
        self.cursor.executemany(sql.INSERT_EVENT, self._events)
        self._events = []
        known = self._known
        numbers = sorted(known.changed_incidents)
        changed = [(number, known.incidents[number]) for number in numbers]
        write_incidents(self.cursor, changed, known.stored_incidents)
        known.changed_incidents.clear()
        refs = sorted(known.changed_alerts)
        altered = [(ref, alert) for ref in refs if (alert := known.alerts[ref]) is not None]
        write_alerts(self.cursor, altered, known.stored_alerts)
        known.changed_alerts.clear()

    def move_head(self) -> None:
        """Write the head, the last statement before the commit; nothing where nothing happened."""
        self._known.settle(self._seq, self._hash)
        if self._seq == self._first:
            return
        self.cursor.execute(sql.MOVE_HEAD, (self._seq, self._hash, self._next_number, self.now))

    def _desk_views(self) -> DeskViews:
        if self._views is None:
            self._views = read_desk_views(self.cursor)
        return self._views

    def _draw(self, count: int) -> bytes:
        if len(self._drawn) < count:
            self._drawn = self._randomness(_DRAWN * (_ID + _SALT))
        drawn, self._drawn = self._drawn[:count], self._drawn[count:]
        return drawn

    # Reading

    def _read_incidents(self, statement: str, values: Sequence[Any]) -> None:
        for row in self.cursor.execute(statement, values).fetchall():
            self._known.add_incident(incident_from(row))

    def _read_numbers(self, numbers: Iterable[int]) -> None:
        for part in sql.slices({number for number in numbers if number not in self._known.incidents}):
            self._read_incidents(sql.rows_by(incidents.c.number, len(part)), part)

    def _read_refs(self, refs: Iterable[str]) -> None:
        missing = {ref for ref in refs if ref not in self._known.alerts}
        self._known.alerts.update(dict.fromkeys(missing))
        for part in sql.slices(missing):
            for row in self.cursor.execute(sql.rows_by(alerts.c.ref, len(part)), part).fetchall():
                alert = alert_from(row)
                self._known.alerts[alert.ref] = alert
                self._known.stored_alerts[alert.ref] = alert

    def _read_groups(self, keys: Iterable[str]) -> None:
        missing = {key for key in keys if key not in self._known.groups}
        self._known.groups.update(dict.fromkeys(missing, ()))
        for part in sql.slices(missing):
            for key, number in self.cursor.execute(sql.gathering_groups(len(part)), part).fetchall():
                self._known.groups[key] += (number,)
