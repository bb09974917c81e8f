"""Where in the end of the journal the events of an alert are, noted in memory for those who ask how alerts were.

No index tells: one over the alerts of all events would cost the intake a page for each event, and only who catches up
has a use for it, for the end that he has missed. So of that end each event's alert is noted when it is first asked for,
eight bytes an event, and what has come since when it is asked for again.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Collection
from typing import Final

from noc_tui.store import statements as sql

NOTED: Final = 2_000_000
"""Events that are noted at most: 16 MB."""

_LAST: Final = "SELECT max(seq) FROM journal"
_ALERTS: Final = "SELECT seq, alert FROM journal WHERE seq > ? ORDER BY seq"


class AlertPlaces:
    """What is noted of one store; threads may share it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._after = 0
        self._alerts = array("q")
        """The hash of each event's alert, in order from the one after `_after`."""
        self._hash = b""
        """The last event's own hash: another one there says that it is another history."""

    def since(self, cursor: sqlite3.Cursor, refs: Collection[str], seq: int) -> list[int] | None:
        """Return the seqs after `seq`, in order, at which events of these alerts are, and maybe one of another.

        None where too much has happened since, or where the journal has a gap.
        """
        with self._turn:
            if not self._note(cursor, seq):
                return None
            wanted = set(map(hash, refs))
            first = seq - self._after
            return [seq + n for n, alert in enumerate(self._alerts[first:], 1) if alert in wanted]

    def _note(self, cursor: sqlite3.Cursor, seq: int) -> bool:
        """Note what has come, and all after `seq`; return whether that is so."""
        (head,) = cursor.execute(_LAST).fetchone()
        if head is None or head - seq > NOTED:
            return False
        if seq < self._after or not self._holds(cursor) or head - self._end > NOTED:
            self._after, self._alerts = seq, array("q")
        for at, alert in cursor.execute(_ALERTS, (self._end,)):
            if at != self._end + 1:
                self._alerts = array("q")
                return False
            self._alerts.append(hash(alert))
        surplus = len(self._alerts) - NOTED
        if surplus > 0:
            self._after += surplus
            del self._alerts[:surplus]
        self._hash = self._hash_at_end(cursor)
        return True

    @property
    def _end(self) -> int:
        return self._after + len(self._alerts)

    def _holds(self, cursor: sqlite3.Cursor) -> bool:
        return bool(self._alerts) and self._hash_at_end(cursor) == self._hash

    def _hash_at_end(self, cursor: sqlite3.Cursor) -> bytes:
        found = cursor.execute(sql.HASH_OF, (self._end,)).fetchone()
        return bytes(found[0]) if found is not None else b""
