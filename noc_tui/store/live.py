"""What lives beside the journal and may be lost: repeat counters, the agent's status, who is looking, wishes.

A file of its own (`noc.db-live`, WAL, synchronous OFF), so that a heartbeat never wakes a console and never takes the
journal's lock. It speaks the standard library's sqlite3 directly: with the board's first page the declared exception
of DESIGN.md 8.16, since a console needs the agent's status before SQLAlchemy is imported.

Nothing here is history. A power cut loses at most what was counted since the last flush; a file that is broken,
missing or replaced is begun again empty and `trouble` says so; where no file can be had (a read-only directory, a full
disk) the same tables are kept in memory. Only a wish, which a person waits for, reports a failure by an exception.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import AgentStatus, LinkStatus, Presence
from noc_tui.store.errors import FailedStore
from noc_tui.store.guarding import Identity, identity
from noc_tui.store.restored import Served

T = TypeVar("T")

SLICE: Final = 500
"""Counters written in one transaction: about a millisecond, so that nobody waits behind a long one."""
ODD: Final = "?"
"""How the counter of what is in quarantine begins; an alert's identity has a colon, and this none."""
BUSY_MS: Final = 100
"""How long a statement waits for another process before it gives up."""

_BROKEN: Final = frozenset(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_SCHEMA", "SQLITE_FORMAT"))
_FORMAT: Final = 3
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS counters(
    ref TEXT PRIMARY KEY, repeats INTEGER NOT NULL, last_seen INTEGER NOT NULL, toggles INTEGER NOT NULL,
    last_toggle INTEGER NOT NULL, firing INTEGER NOT NULL, told_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent(one INTEGER PRIMARY KEY CHECK (one = 1), status TEXT NOT NULL, beat_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS link(one INTEGER PRIMARY KEY CHECK (one = 1), status TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS served(one INTEGER PRIMARY KEY CHECK (one = 1), note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS presence(
    actor TEXT NOT NULL, origin TEXT NOT NULL, incident INTEGER NOT NULL, doing TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (actor, origin)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS elsewhere(
    actor TEXT NOT NULL, origin TEXT NOT NULL, incident INTEGER NOT NULL, doing TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (actor, origin)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wishes(
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL);
PRAGMA user_version = {_FORMAT};
"""  # noqa: E501 (one table a line reads best)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a console would like the agent to do, such as to fetch an old history now."""

    id: int
    kind: str
    body: dict[str, Any]
    at: Micros


def live_path(store: Path) -> Path:
    """Return the live file of the store at `store`."""
    return store.with_name(f"{store.name}-live")


class Live:
    """The live file of one store. Thread-safe; each call is one short transaction.

    `trouble` is empty while all is well, else one sentence: what happened to which file and what it means.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._db = self._open()

    # Counters

    def counters(self, refs: Iterable[str]) -> dict[str, Counter]:
        """Return the counters of those of `refs` that have one."""
        wanted = json.dumps(list(refs))
        rows = self._read(
            "SELECT ref, repeats, last_seen, toggles, last_toggle, firing, told_at FROM counters"
            " WHERE ref IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        return {
            ref: Counter(repeats, seen, toggles, toggled, firing == 1, told)
            for ref, repeats, seen, toggles, toggled, firing, told in rows
        }

    def odd_repeats(self) -> int:
        """Return how often what is in quarantine was sent again."""
        ((count,),) = self._read(
            "SELECT coalesce(sum(repeats), 0) FROM counters WHERE substr(ref, 1, 1) = ? AND instr(ref, ':') = 0", (ODD,)
        ) or [(0,)]
        return int(count)

    def put_counters(self, counters: Mapping[str, Counter]) -> None:
        """Keep counters, last value wins, `SLICE` of them a transaction."""
        rows = iter(
            (ref, c.repeats, c.last_seen, c.toggles, c.last_toggle, c.firing, c.told_at) for ref, c in counters.items()
        )
        while part := list(islice(rows, SLICE)):
            self._write_many("INSERT OR REPLACE INTO counters VALUES (?, ?, ?, ?, ?, ?, ?)", part)

    def forget_counters(self, seen_before: Micros) -> None:
        """Drop the counters of alerts last seen before an instant."""
        self._write("DELETE FROM counters WHERE last_seen < ?", (seen_before,))

    # The agent

    def beat(self, status: AgentStatus) -> None:
        """Keep the agent's heartbeat and what it says of itself."""
        row = (msgspec.json.encode(status).decode(), status.beat_at)
        self._write("INSERT OR REPLACE INTO agent VALUES (1, ?, ?)", row)

    def agent(self) -> AgentStatus | None:
        """Return the last heartbeat, None if there was none that this version can read."""
        for text, _ in self._read("SELECT status, beat_at FROM agent"):
            with suppress(msgspec.DecodeError):
                return msgspec.json.decode(text, type=AgentStatus)
        return None

    # The link

    def put_link(self, status: LinkStatus) -> None:
        """Keep how the link to the remote store is doing."""
        self._write("INSERT OR REPLACE INTO link VALUES (1, ?)", (msgspec.json.encode(status).decode(),))

    def link(self) -> LinkStatus | None:
        """Return how the link was doing last, None if nothing was said that this version can read."""
        for (text,) in self._read("SELECT status FROM link"):
            with suppress(msgspec.DecodeError):
                return msgspec.json.decode(text, type=LinkStatus)
        return None

    # The server

    def put_served(self, served: Served) -> None:
        """Keep how far a server of this store has come."""
        self._write("INSERT OR REPLACE INTO served VALUES (1, ?)", (msgspec.json.encode(served).decode(),))

    def served(self) -> Served | None:
        """Return how far a server of this store had come, None if nothing was noted that this version can read."""
        for (text,) in self._read("SELECT note FROM served"):
            with suppress(msgspec.DecodeError):
                return msgspec.json.decode(text, type=Served)
        return None

    # Who is looking

    def appear(self, presence: Presence) -> None:
        """Say what somebody has before them; one row for each actor and terminal."""
        row = (presence.actor, presence.origin, presence.incident, presence.doing, presence.at)
        self._write("INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?)", row)

    def leave(self, actor: str, origin: str) -> None:
        """Say that somebody's console has closed."""
        self._write("DELETE FROM presence WHERE actor = ? AND origin = ?", (actor, origin))

    def here(self, since: Micros) -> list[Presence]:
        """Return who has been seen at this host's own consoles since an instant, by actor and terminal."""
        return self._present("SELECT * FROM presence WHERE at >= ? ORDER BY actor, origin", since)

    def present(self, since: Micros) -> list[Presence]:
        """Return who has been seen since an instant, here and elsewhere, by actor and terminal."""
        return self._present(
            "SELECT * FROM presence WHERE at >= ?1 UNION ALL SELECT * FROM elsewhere WHERE at >= ?1"
            " AND origin NOT IN (SELECT origin FROM presence) ORDER BY actor, origin",
            since,
        )

    def replace_present(self, others: Sequence[Presence]) -> None:
        """Keep who is at consoles elsewhere, as a server tells it, in place of all that it told before.

        What it tells of the terminals of this host's own consoles is passed over: they speak for themselves.
        """
        rows = [(one.actor, one.origin, one.incident, one.doing, one.at) for one in others]

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM elsewhere")
            db.executemany("INSERT OR REPLACE INTO elsewhere VALUES (?, ?, ?, ?, ?)", rows)

        self._in_transaction(work)

    # Wishes

    def wish(self, kind: str, body: Mapping[str, Any], at: Micros) -> int:
        """Ask the agent for something and return the wish's id; FailedStore when it could not be kept."""
        row = (kind, msgspec.json.encode(dict(body)).decode(), at)
        number = self._in_transaction(
            lambda db: db.execute("INSERT INTO wishes(kind, body, at) VALUES (?, ?, ?)", row).lastrowid
        )
        if number is None:
            raise FailedStore(self.path, self.trouble)
        return number

    def wishes(self, after: int = 0, limit: int = 100) -> list[Wish]:
        """Return the oldest wishes whose id is greater than `after`."""
        rows = self._read("SELECT id, kind, body, at FROM wishes WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        return [Wish(id=r[0], kind=r[1], body=msgspec.json.decode(r[2], type=dict[str, Any]), at=r[3]) for r in rows]

    def granted(self, wish: int) -> None:
        """Take a wish off the list: it was done, or never will be."""
        self._write("DELETE FROM wishes WHERE id = ?", (wish,))

    def close(self) -> None:
        """Close the file. A closed Live must not be used again."""
        with self._lock:
            self._db.close()

    # The file

    def _present(self, sql: str, since: Micros) -> list[Presence]:
        rows = self._read(sql, (since,))
        return [Presence(actor=r[0], origin=r[1], incident=r[2], doing=r[3], at=r[4]) for r in rows]

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self._attempt(lambda db: db.execute(sql, values).fetchall()) or []

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        self._in_transaction(lambda db: db.execute(sql, values))

    def _write_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        self._in_transaction(lambda db: db.executemany(sql, rows))

    def _in_transaction(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        def transaction(db: sqlite3.Connection) -> T:
            db.execute("BEGIN IMMEDIATE")
            try:
                result = work(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            return result

        return self._attempt(transaction)

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what `work` returns; begin the file again where it is broken; None, and `trouble`, where it can't."""
        with self._lock:
            if self._replaced():
                self._begin_again("was deleted or replaced while in use")
            try:
                return work(self._db)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorname", "") not in _BROKEN:
                    self.trouble = f"{self.path} could not be used just now ({error}): counts and presence may lag."
                    return None
                self._begin_again(f"was damaged ({error})", discard=True)
            try:
                return work(self._db)
            except sqlite3.DatabaseError as error:
                self.trouble = f"{self.path} could not be begun again ({error}): counts and presence are missing."
                return None

    def _replaced(self) -> bool:
        return self._identity is not None and self._identity != identity(self.path)

    def _begin_again(self, why: str, *, discard: bool = False) -> None:
        self._db.close()
        if discard and self._identity == identity(self.path):  # else another process has begun it again already
            _delete(self.path)
        self._db = self._open()
        self.trouble = self.trouble or f"{self.path} {why} and was begun again: counts start anew, no alert is lost."

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except (OSError, sqlite3.DatabaseError) as error:
            first = error
        if getattr(first, "sqlite_errorname", "") in _BROKEN:
            self.trouble = (
                f"{self.path} was damaged ({first}) and was begun again: counts start anew, no alert is lost."
            )
            _delete(self.path)
            try:
                return self._connect()
            except (OSError, sqlite3.DatabaseError) as error:
                first = error
        self.trouble = f"{self.path} cannot be written ({first}): counts and presence stay in this process alone."
        self._identity = None
        return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))

    def _connect(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            _prepared(db)
            self._identity = identity(self.path)
        except BaseException:
            db.close()
            raise
        return db


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    db.execute("PRAGMA synchronous = OFF")
    if db.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_SCHEMA)
    return db


def _delete(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(OSError):
            path.with_name(name).unlink()
