"""A replica: a remote store's board and the tail of its journal, as an ordinary store (SYNC.md, the contract).

Filled from a snapshot, then moved on by pages, each one whole and in one transaction with the cursor. Its journal
begins after the snapshot: that seq is its floor. The first filling is committed piece by piece, so that the board can
be used meanwhile, and begins again after a crash; a later one is one transaction, and what was there stays to be seen
until it is whole.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.incidents.model import Micros
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
from noc_tui.journal.ports import NotContinuing
from noc_tui.store import statements as sql
from noc_tui.store.desk_views import VIEWS, keep_desk_views
from noc_tui.store.replica_facts import AHEAD, BEGUN, FILLING, FLOOR_HASH, THROUGH
from noc_tui.store.replica_file import ReplicaConnection, head_of
from noc_tui.store.replica_page import Known, PageFold, keep_policy, prove, taken
from noc_tui.store.rows import alert_row, event_row, incident_row
from noc_tui.store.writing import POLICY, POLICY_SEQ

_PUT_INCIDENT = sql.INSERT_INCIDENT.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)
_PUT_ALERT = sql.INSERT_ALERT.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)
_KEEP_INCIDENT = sql.INSERT_INCIDENT.replace("INSERT INTO", "INSERT OR IGNORE INTO", 1)
_KEEP_ALERT = sql.INSERT_ALERT.replace("INSERT INTO", "INSERT OR IGNORE INTO", 1)
_KEEP_EVENT = sql.INSERT_EVENT.replace("INSERT INTO", "INSERT OR IGNORE INTO", 1)
_BEGIN_HISTORY = (
    "UPDATE journal_head SET seq = ?1, hash = ?2, epoch = ?3, floor = ?1, received_at = ?4,"
    " next_number = max(?5, (SELECT coalesce(max(number), 0) + 1 FROM incidents))"
)


PIECE: Final = 5_000
"""Rows in one transaction of a first filling: a commit for every line would write the same pages over and over."""


class _Filling(msgspec.Struct):
    """A snapshot that is being taken in: its head, how many rows came, and whether it replaces a whole replica."""

    start: SnapshotStart
    rebuild: bool
    incidents: int = 0
    alerts: int = 0
    shown: int = 0
    """Rows that were committed."""
    broken: str = ""
    """Why it cannot become whole, if it cannot."""

    @property
    def done(self) -> int:
        return self.incidents + self.alerts

    @property
    def told(self) -> str:
        total = self.start.incidents + self.start.alerts
        return f"{min(self.done, total)}/{total}"

    def take(self, rows: SnapshotRows) -> None:
        """Count what came."""
        self.incidents += len(rows.incidents)
        self.alerts += len(rows.alerts)

    def ends_piece(self) -> bool:
        """Whether it is time to commit: never in a rebuild, at once for the most urgent rows, which come first."""
        if self.rebuild or (self.shown and self.done < self.shown + PIECE):
            return False
        self.shown = self.done
        return True


class _Read(msgspec.Struct, frozen=True):
    """The rows that a page touches, as they were in a state of the file."""

    page: Page
    state: tuple[int, int]
    fold: PageFold


class ReplicaFile:
    """The replica at `path` of the store at `url`: `journal.ports.Replica` on a file, made where there is none.

    For the one process that holds the replica's lease; threads may share it. `clock` gives microseconds UTC. Raises
    StoreError's tree (OtherRemote for a file that follows another store) and NotContinuing; then nothing was changed.
    """

    def __init__(
        self,
        path: Path,
        url: str,
        clock: Callable[[], Micros],
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.path = path
        self._file = ReplicaConnection(path, url, clock, randomness)
        self._filling: _Filling | None = None
        self._read: _Read | None = None
        self._known = Known()

    def cursor(self) -> Cursor | None:
        """Return how far it has come; None while it is empty or half filled."""
        with self._file.reading() as cursor:
            return self._cursor(cursor)

    def ahead(self) -> Cursor | None:
        """Return the end's cursor of the snapshot that it holds, until it has come there; None from then on."""
        with self._file.reading() as cursor:
            found = cursor.execute(sql.READ_META, (AHEAD,)).fetchone()
            held = self._cursor(cursor)
        ahead = msgspec.json.decode(found[0], type=Cursor) if found is not None else None
        return ahead if ahead is not None and held is not None and held.seq < ahead.seq else None

    # Filling

    def begin(self, start: SnapshotStart) -> None:
        """Begin to fill it; what it held stays to be seen until `finish`, unless it was never whole."""
        self._file.roll_back()
        self._filling = None
        with self._file.reading() as cursor:
            filling = _Filling(start, rebuild=self._cursor(cursor) is not None)
        with self._file.transaction(keep_open=filling.rebuild) as cursor:
            for table in ("journal", "incidents", "alerts"):
                cursor.execute(f"DELETE FROM {table}")
            self._keep_facts(cursor, filling)
        self._filling = filling

    def fill(self, rows: SnapshotRows) -> None:
        """Take some rows of the snapshot in; NotContinuing when it was not begun.

        Rows that no table can hold are told by `finish`.
        """
        filling = self._begun()
        if filling.broken:
            return
        filling.take(rows)
        with suppress(NotContinuing), self._part(keep_open=not filling.ends_piece()) as cursor:
            self._put(cursor, filling, rows)

    def finish(self, end: SnapshotEnd) -> Cursor:
        """The snapshot is whole: from now on it is what is held. NotContinuing if the counts differ."""
        filling = self._begun()
        self._filling = None
        if (end.incidents, end.alerts) != (filling.incidents, filling.alerts):
            filling.broken = filling.broken or (
                f"the snapshot ends with {end.incidents} incidents and {end.alerts} alerts, "
                f"but {filling.incidents} and {filling.alerts} came"
            )
        if filling.broken:
            self._file.roll_back()
            raise NotContinuing(filling.broken)
        start = filling.start
        with self._file.transaction() as cursor:
            at = start.cursor
            cursor.execute(_BEGIN_HISTORY, (at.seq, at.hash, at.epoch, start.received_at, start.next_number))
            cursor.execute("DELETE FROM meta WHERE key IN (?, ?, ?)", (FILLING, THROUGH, AHEAD))
            if end.cursor is not None:
                cursor.execute(sql.PUT_META, (AHEAD, msgspec.json.encode(end.cursor).decode()))
        return at

    # Following

    def missing(self, page: Page) -> PriorAsked | None:
        """Return what must be known before this page can be applied; None if nothing is."""
        with self._file.reading() as cursor:
            state = self._file.state()
            fold = PageFold(cursor, [heard(told) for told in page.events], self._known.at(state))
            self._read = _Read(page, state, fold)
            return fold.lacking(page.after)

    def apply(self, page: Page, prior: Prior | None) -> Cursor | None:
        """Apply a whole page and move the cursor in one transaction; None if the page is not of the cursor held now.

        While a snapshot is being taken in no page is, for the cursor is about to be another.
        """
        if self._filling is not None:
            return None
        state = self._file.state()
        with self._file.transaction() as cursor:
            held = self._cursor(cursor)
            if held is None or (held.epoch, held.seq, held.hash) != (page.epoch, page.after, page.hash):
                return None
            if not page.events:
                return held
            fold = self._fold_of(page, state, cursor)
            reached = self._continue(cursor, fold, prior)
        self._known.keep(fold.incidents, self._file.state())
        return reached

    def secure(self) -> None:
        """Make all that it holds survive a power cut, too: something is about to rest on it that does."""
        self._file.secure()

    def seen(self, commands: Collection[bytes]) -> set[bytes]:
        """Return those of these commands whose events it holds."""
        found: set[bytes] = set()
        with self._file.reading() as cursor:
            for part in sql.slices(commands):
                marks = ", ".join("?" * len(part))
                query = f"SELECT DISTINCT command_id FROM journal WHERE command_id IN ({marks})"
                found.update(row[0] for row in cursor.execute(query, part))
        return found

    def keep_history(self, history: History) -> None:
        """Keep an incident's events from before the replica began, and the incident if it is not held.

        Those after its floor are there, or come with the tail. What no table can hold is not kept.
        """
        filling = self._filling
        with suppress(NotContinuing), self._part(keep_open=filling is not None) as cursor:
            floor = filling.start.cursor.seq if filling is not None else head_of(cursor, self.path).floor
            events = [heard(told) for told in history.events if told.seq <= floor]
            cursor.executemany(_KEEP_EVENT, [event_row(event) for event in events if _is_of(event, history)])
            cursor.execute(_KEEP_INCIDENT, incident_row(history.incident))
            cursor.executemany(_KEEP_ALERT, map(alert_row, history.alerts))

    def close(self) -> None:
        """Close the file; a snapshot that is not whole is given up."""
        self._file.close()

    def _begun(self) -> _Filling:
        if self._filling is None:
            raise NotContinuing("rows of a snapshot came that was not begun")
        return self._filling

    @contextmanager
    def _part(self, *, keep_open: bool) -> Iterator[sqlite3.Cursor]:
        """A part of a filling, or of what comes beside it: where it fails, so does all that is not committed yet."""
        try:
            with self._file.transaction(keep_open=keep_open) as cursor, taken(self.path):
                yield cursor
        except NotContinuing as error:
            if self._filling is not None:
                self._filling.broken = str(error)
            raise
        except BaseException:
            self._filling = None
            raise

    def _put(self, cursor: sqlite3.Cursor, filling: _Filling, rows: SnapshotRows) -> None:
        cursor.executemany(_PUT_INCIDENT, map(incident_row, rows.incidents))
        cursor.executemany(_PUT_ALERT, map(alert_row, rows.alerts))
        if not filling.rebuild:
            cursor.execute(sql.PUT_META, (FILLING, filling.told))
            if rows.through:
                cursor.execute(sql.PUT_META, (THROUGH, str(rows.through)))

    def _cursor(self, cursor: sqlite3.Cursor) -> Cursor | None:
        if cursor.execute(sql.READ_META, (FILLING,)).fetchone() is not None:
            return None
        head = head_of(cursor, self.path)
        return Cursor(head.epoch, head.seq, head.hash)

    def _fold_of(self, page: Page, state: tuple[int, int], cursor: sqlite3.Cursor) -> PageFold:
        """Return what was read for a page if it still holds, else read it."""
        read, self._read = self._read, None
        if read is not None and read.page is page and read.state == state:
            return read.fold
        return PageFold(cursor, [heard(told) for told in page.events], self._known.at(state))

    def _continue(self, cursor: sqlite3.Cursor, fold: PageFold, prior: Prior | None) -> Cursor:
        head = prove(fold.events, head_of(cursor, self.path))
        if prior is not None:
            fold.learn(prior)
        fold.fold()
        fold.write(cursor, self.path)
        keep_policy(cursor, fold.events)
        keep_desk_views(cursor, fold.events)
        cursor.execute(sql.MOVE_HEAD, (head.seq, head.hash, head.next_number, head.received_at))
        return Cursor(head.epoch, head.seq, head.hash)

    def _keep_facts(self, cursor: sqlite3.Cursor, filling: _Filling) -> None:
        """Keep what the snapshot says of the store, and that what is there is of a new beginning."""
        start = filling.start
        begun = cursor.execute(sql.READ_META, (BEGUN,)).fetchone()
        facts = {
            "store_id": start.store_id.hex(),
            "demo": str(int(start.demo)),
            BEGUN: str(int(begun[0] if begun else 0) + 1),
            FLOOR_HASH: start.cursor.hash.hex(),
        }
        if not filling.rebuild:
            facts |= {FILLING: filling.told, THROUGH: "0"}
        if start.policy is not None:
            facts |= {POLICY: msgspec.json.encode(start.policy).decode(), POLICY_SEQ: str(start.policy_seq)}
        else:
            cursor.execute("DELETE FROM meta WHERE key IN (?, ?)", (POLICY, POLICY_SEQ))
        facts[VIEWS] = msgspec.json.encode(start.views or {}).decode()
        cursor.executemany(sql.PUT_META, facts.items())


def _is_of(event: Event, history: History) -> bool:
    return event.incident_id == history.incident.id
