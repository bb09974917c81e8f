"""The board's rows as fast as the machine gives them, and the watch for changes.

The standard library's sqlite3 on a read-only connection: the declared exception of DESIGN.md 8.16, so that the first
page stands before SQLAlchemy is imported. It works beside any writers, never takes a lock that a writer waits for, and
never checkpoints (only a connection that may write would, when it is closed as the last one).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Incident
from noc_tui.incidents.policy import Policy, policy_from
from noc_tui.incidents.saved_views import DeskViews, desk_views_from
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.decoding import columns_sql, incidents_of
from noc_tui.store.errors import CorruptStore, MissingStore, NewerStore, NotAStore, classified, errorname
from noc_tui.store.guarding import identity
from noc_tui.store.replica_facts import BEGUN, FILLING, THROUGH
from noc_tui.store.rows import INCIDENT_COLUMNS, ON_BOARD
from noc_tui.store.unfinished import IMPORTING, UnfinishedStore
from noc_tui.store.watch import LogWatch

CHUNK: Final = 500
"""Rows read at once: few enough to be decoded out of the processor's cache."""
CHANGES: Final = 2_000
"""Most incidents in one change set."""

_ROWS: Final = f"SELECT {columns_sql(INCIDENT_COLUMNS)} FROM incidents"
_FORMAT: Final = 1
_BUSY_MS: Final = 250


class BoardReader:
    """A reader of one store's file, for one thread. `demo`, `store_id` and `epoch` are as at the opening.

    Every method raises StoreError's tree: VanishedStore is not among them, ask `vanished`.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._watch = LogWatch(self.path)
        self._db = self._connect()
        self._identity = identity(self.path)
        self._behind = False
        self._through: int | None = None
        self._begun: tuple[str | None, bool] = (None, False)
        """How often a replica was begun, and whether it is being filled for the first time."""
        try:
            with self._said():
                self._check()
                self.moved()
        except BaseException:
            self._db.close()
            raise

    # Rows

    def first_page(self, limit: int) -> list[Incident]:
        """Return the most urgent incidents: those that need attention first, then by priority, then the oldest."""
        order = "ORDER BY attention DESC, priority, opened_at LIMIT ?"
        return incidents_of(self._fetch(f"{_ROWS} WHERE {ON_BOARD} {order}", (limit,)))

    def open_count(self) -> int:
        """Return how many incidents are open; one pass over what is on the board."""
        return self._number(f"SELECT count(*) FROM incidents WHERE {ON_BOARD} AND state <> 'resolved'")

    def quarantined(self) -> int:
        """Return how much is in quarantine: what was sent and could not be read."""
        return self._number("SELECT count(*) FROM quarantine")

    def all_rows(self) -> Iterator[list[Incident]]:
        """Yield all that is on the board by number, `CHUNK` rows at a time.

        Each chunk is read on its own, so no long read holds up the log; what changes meanwhile comes with
        `changes(after_seq=<the head's seq before the first chunk>)`.
        """
        last = -1
        while True:
            rows = self._fetch(f"{_ROWS} WHERE {ON_BOARD} AND number > ? ORDER BY number LIMIT {CHUNK}", (last,))
            if not rows:
                return
            found = incidents_of(rows)
            last = found[-1].number
            yield found

    def rows_of(self, ids: Collection[bytes]) -> list[Incident]:
        """Return the incidents with these ids, whether on the board or not."""
        found: list[Incident] = []
        for part in _parts(ids):
            found += incidents_of(self._fetch(f"{_ROWS} WHERE id IN ({_marks(part)})", part))
        return found

    def landed(self, commands: Collection[bytes]) -> dict[bytes, int]:
        """Return those of these commands whose events are in the journal, each with the seq of its last event."""
        found: dict[bytes, int] = {}
        for part in _parts(commands):
            query = f"SELECT command_id, max(seq) FROM journal WHERE command_id IN ({_marks(part)}) GROUP BY command_id"
            found.update(self._fetch(query, part))
        return found

    def policy(self) -> Policy:
        """Return the policy as it is now; the default one while none was set."""
        found = self._meta("policy")
        return policy_from(msgspec.json.decode(found)) if found is not None else Policy()

    def desk_views(self) -> DeskViews:
        """Return the views that the desk shares, as they are now."""
        return desk_views_from(self._meta("views"))

    # The watch

    def moved(self) -> bool:
        """Return whether anything was committed since the last call, or a change set was cut short.

        A `stat` of the log where nothing was.
        """
        with self._said():
            return self._watch.moved(self._db) or self._behind

    def changes(self, after_seq: int, limit: int = CHANGES) -> ChangeSet:
        """Return the incidents changed after `after_seq`, oldest change first, and the seq that they bring one to.

        At most `limit` of them; when that cut it short, `moved` stays true until the rest was fetched. Of a replica
        that is filled for the first time it is what has come in since the last call, and `after_seq` stays; ask
        `begun_anew` before.
        """
        with self._said(), self._snapshot():
            if self._through is not None:
                return self._filled(after_seq, limit)
            head = self.head_seq()
            rows = self._fetch(f"{_ROWS} WHERE changed_seq > ? ORDER BY changed_seq LIMIT ?", (after_seq, limit))
        incidents = tuple(incidents_of(rows))
        self._behind = len(incidents) == limit
        return ChangeSet(
            seq=incidents[-1].changed_seq if self._behind else head,
            incidents=incidents,
            complete=not self._behind,
        )

    @property
    def history(self) -> tuple[bytes, bytes, str]:
        """Which rows it reads: of which store, which of its histories, and which filling if it is a replica."""
        return self.store_id, self.epoch, self._begun[0] or ""

    def begun_anew(self) -> bool:
        """Return whether a replica was filled anew, or has become whole, since it was opened: then read all again."""
        return self._begun != (self._meta(BEGUN), self._meta(FILLING) is not None)

    def head_seq(self) -> int:
        """Return the seq of the journal's last event."""
        with self._said():
            found: tuple[int] | None = self._db.execute("SELECT seq FROM journal_head").fetchone()
        if found is None:
            raise CorruptStore(self.path, "the journal has no head")
        return found[0]

    def vanished(self) -> bool:
        """Return whether the file was deleted or replaced since it was opened: what is read is then out of date."""
        return identity(self.path) != self._identity

    def close(self) -> None:
        """Close the connection; the reader must not be used again."""
        self._db.close()

    def _filled(self, after_seq: int, limit: int) -> ChangeSet:
        """What came in by number since the last call; the most urgent, which come before, are few and told again."""
        if self._meta(FILLING) is None:  # it has become whole: all is to be read again (`begun_anew`)
            return ChangeSet(seq=after_seq)
        through = int(self._meta(THROUGH) or 0)
        upto = through or 1 << 62
        values = (self._through, upto, limit)
        query = f"{_ROWS} WHERE {ON_BOARD} AND number > ? AND number <= ? ORDER BY number LIMIT ?"
        incidents = tuple(incidents_of(self._fetch(query, values)))
        self._behind = bool(through) and len(incidents) == limit
        self._through = incidents[-1].number if self._behind else through
        return ChangeSet(seq=after_seq, incidents=incidents, complete=not self._behind)

    def _meta(self, key: str) -> str | None:
        found = self._fetch("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0][0] if found else None

    # The connection

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            raise MissingStore(self.path)
        with self._said():
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=_BUSY_MS / 1000,
                isolation_level=None,
                check_same_thread=False,
            )
        return db

    def _fetch(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows; text that is not UTF-8 comes with U+FFFD, so that one value does not hide the board."""
        with self._said():
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if errorname(error):  # the driver's own complaint about text has none
                    raise
                self._db.text_factory = _lenient  # only now: a call for each value would double the load's time
                return self._db.execute(sql, values).fetchall()

    def _number(self, sql: str) -> int:
        number: int = self._fetch(sql)[0][0]
        return number

    def _check(self) -> None:
        """Take only a finished store of a format that is known."""
        tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        if not tables:
            raise CorruptStore(self.path, "the file is empty")
        if "journal_head" not in tables:
            raise NotAStore(self.path)
        meta: dict[str, str] = dict(self._db.execute("SELECT key, value FROM meta").fetchall())
        found = meta.get("format", "0")
        if not found.isdecimal() or int(found) > _FORMAT:
            raise NewerStore(self.path, f"format {found}")
        if IMPORTING in meta:
            raise UnfinishedStore(self.path)
        self._through = 0 if FILLING in meta else None
        self._begun = (meta.get(BEGUN), FILLING in meta)
        self.demo = meta.get("demo") == "1"
        self.store_id = bytes.fromhex(meta.get("store_id", ""))
        with closing(self._db.execute("SELECT epoch FROM journal_head")) as heads:
            self.epoch: bytes = next(heads, (b"",))[0]

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn errors of SQLite into those of the store."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise classified(error, self.path) from error

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Read several tables as of one moment."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")


def _parts(ids: Collection[bytes]) -> Iterator[tuple[bytes, ...]]:
    """As many ids at once as one query takes."""
    left = iter(ids)
    while part := tuple(islice(left, CHUNK)):
        yield part


def _marks(values: tuple[bytes, ...]) -> str:
    return ", ".join("?" * len(values))


def _lenient(raw: bytes) -> str:
    """One damaged string must not hide the whole board."""
    return raw.decode("utf-8", "replace")
