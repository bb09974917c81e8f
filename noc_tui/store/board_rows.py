"""What a snapshot tells of a store: its head, and the rows of its board in the order in which a console needs them.

First the most urgent incidents, so that a screen is of use before all has come; then all of the board by number, in
short ranges; each with its alerts; then the firing alerts that hang on nothing. Each range is a short read of its own:
whoever takes the rows slowly holds no transaction open, and the log can start over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Alert, Incident, Micros
from noc_tui.journal.exchange import Cursor, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.store.decoding import alerts_of, columns_sql, incidents_of
from noc_tui.store.engines import READER_BUSY_MS, file_uri
from noc_tui.store.errors import CorruptStore, MissingStore, classified
from noc_tui.store.rows import ALERT_COLUMNS, INCIDENT_COLUMNS, ON_BOARD
from noc_tui.store.schema import FIRING
from noc_tui.store.statements import slices

URGENT: Final = 200
"""The most urgent incidents, which come first: more than any screen is high."""
RANGE: Final = 500
"""Incidents in one range."""
TOGETHER: Final = 1_000
"""Alerts in one piece at most: an incident of a storm may gather ten thousand."""

_INCIDENTS: Final = f"SELECT {columns_sql(INCIDENT_COLUMNS)} FROM incidents WHERE {ON_BOARD}"
_MOST_URGENT: Final = f"{_INCIDENTS} ORDER BY attention DESC, priority, opened_at LIMIT {URGENT}"
_IN_ORDER: Final = f"{_INCIDENTS} AND number > ? ORDER BY number LIMIT {RANGE}"
_ALERTS: Final = f"SELECT {columns_sql(ALERT_COLUMNS)} FROM alerts"
_ATTACHED: Final = f"{_ALERTS} WHERE incident <> 0 AND incident IN"
_LOOSE: Final = f"{_ALERTS} WHERE {FIRING} AND incident = 0 AND ref > ? ORDER BY ref LIMIT {TOGETHER}"
_HOW_MANY: Final = f"SELECT count(*), (SELECT count(*) FROM alerts WHERE {FIRING}) FROM incidents WHERE {ON_BOARD}"


class BoardRows:
    """One snapshot's reader, on a connection of its own; for one thread at a time. Raises StoreError's tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise MissingStore(path)
        with self._said():
            uri = file_uri(path, "ro")
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._db.execute(f"PRAGMA busy_timeout={READER_BUSY_MS}")

    def start(self, time: Micros) -> SnapshotStart:
        """Return the snapshot's head at the clock's `time`: whatever `parts` reads later is as new or newer.

        How many rows to expect is counted by what is open and what fires, which is near enough to show progress.
        """
        with self._said():
            self._db.execute("BEGIN")
            try:
                head = self._db.execute(
                    "SELECT epoch, seq, hash, received_at, next_number FROM journal_head"
                ).fetchone()
                meta: dict[str, str] = dict(self._db.execute("SELECT key, value FROM meta"))
                incidents, firing = self._db.execute(_HOW_MANY).fetchone()
            finally:
                self._db.execute("COMMIT")
        if head is None:
            raise CorruptStore(self.path, "the journal has no head")
        return SnapshotStart(
            cursor=Cursor(*head[:3]),
            store_id=bytes.fromhex(meta.get("store_id", "")),
            received_at=head[3],
            next_number=head[4],
            time=time,
            incidents=incidents + min(incidents, URGENT),
            alerts=firing,
            demo=meta.get("demo") == "1",
            policy=msgspec.json.decode(meta["policy"]) if "policy" in meta else None,
            policy_seq=int(meta.get("policy_seq", "0")),
            views=msgspec.json.decode(meta["views"]) if "views" in meta else None,
        )

    def parts(self) -> Iterator[SnapshotRows]:
        """Yield the rows, piece by piece; each step is one short read."""
        yield from self._with_alerts(incidents_of(self._rows(_MOST_URGENT)), 0)
        last = 0
        while found := incidents_of(self._rows(_IN_ORDER, (last,))):
            last = found[-1].number
            yield from self._with_alerts(found, last)
        ref = ""
        while loose := alerts_of(self._rows(_LOOSE, (ref,))):
            ref = loose[-1].ref
            yield SnapshotRows(alerts=tuple(loose))

    def end(self, incidents: int, alerts: int) -> SnapshotEnd:
        """Return the snapshot's end after so many rows: none of them is newer than the journal is now."""
        with self._said():
            head = self._db.execute("SELECT epoch, seq, hash FROM journal_head").fetchone()
        if head is None:
            raise CorruptStore(self.path, "the journal has no head")
        return SnapshotEnd(incidents, alerts, Cursor(*head))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _with_alerts(self, incidents: Sequence[Incident], through: int) -> Iterator[SnapshotRows]:
        """Yield incidents with their alerts, the alerts of a storm in pieces of their own."""
        alerts: list[Alert] = []
        for part in slices([incident.number for incident in incidents if incident.alert_count]):
            marks = ", ".join("?" * len(part))
            alerts += alerts_of(self._rows(f"{_ATTACHED} ({marks})", part))
        yield SnapshotRows(tuple(incidents), tuple(alerts[:TOGETHER]), through)
        for begin in range(TOGETHER, len(alerts), TOGETHER):
            yield SnapshotRows(alerts=tuple(alerts[begin : begin + TOGETHER]))

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._said():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise classified(error, self.path) from error
