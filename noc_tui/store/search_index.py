"""The index of everything that was ever logged: SQLite's FTS5 in a file beside the store, `noc.db-search`.

It is derived: made from the journal in slices, behind a cursor that is kept with it, so that no intake and no lock of
the journal waits for it. synchronous is OFF: what a power cut breaks is made anew, and so is the whole index where the
journal is not the one that it was made of (restored, replaced, filled anew). To delete the file is harmless.

An entry's rowid is the seq of its event, so that the newest come first without sorting. The text is not kept twice: it
stands in the journal. Rows of a replica whose events are not held have entries below zero, the newest number last.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.text import clean
from noc_tui.store.decoding import alerts_of, columns_sql, incidents_of
from noc_tui.store.engines import file_uri
from noc_tui.store.errors import CorruptStore, MissingStore, NotAStore, classified, errorname
from noc_tui.store.guarding import identity
from noc_tui.store.places import refuse_planted
from noc_tui.store.replica_facts import BEGUN, FILLING, REMOTE
from noc_tui.store.rows import ALERT_COLUMNS, INCIDENT_COLUMNS
from noc_tui.store.search_text import Piece, head_of, pieces_of, pieces_of_rows
from noc_tui.store.search_words import folded

SLICE: Final = 1_000
"""Events taken in at once: some ten milliseconds."""
BUSY_MS: Final = 20
"""How long one waits for another process that is taking a slice in: a search goes on without what it lacks."""
ROWS: Final = 1 << 40
"""What is taken from an incident's number to make the rowid of an entry that no event stands for."""

_FORMAT: Final = 1
_AT_ONCE: Final = 500
_STEPS: Final = 20_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""
_PER_ROW: Final = 50
"""Alerts of an incident without events that are looked at."""
_BROKEN: Final = frozenset(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT"))
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS made_of(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries(seq INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(head, said, content='', columnsize=0, tokenize='ascii');
PRAGMA user_version = {_FORMAT};
"""
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-8192",
    "PRAGMA journal_size_limit=16777216",
)
_FOUND: Final = (
    "SELECT e.seq, e.number FROM words JOIN entries AS e ON e.seq = words.rowid"
    " WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?"
)
_EVENT: Final = "SELECT kind, at, body FROM journal WHERE seq = ?"
_EVENTS: Final = "SELECT seq, kind, number, body, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
_HEADS: Final = "SELECT number, title, resource, service FROM incidents"
_INCIDENTS: Final = f"SELECT {columns_sql(INCIDENT_COLUMNS)} FROM incidents"
_ALERTS: Final = (
    f"SELECT {columns_sql(ALERT_COLUMNS)} FROM alerts WHERE incident = ? AND incident <> 0 LIMIT {_PER_ROW}"
)


class Lag(msgspec.Struct, frozen=True):
    """How far the index has come: `done` of `total` events (and rows, of a replica) are in it."""

    done: int
    total: int

    @property
    def left(self) -> int:
        """What is not in it yet."""
        return max(0, self.total - self.done)


class Until(msgspec.Struct, frozen=True):
    """An instant of a monotonic clock."""

    at: float
    monotonic: Callable[[], float]

    def over(self) -> bool:
        """Return whether it has passed."""
        return self.monotonic() > self.at


class _MadeOf(msgspec.Struct, frozen=True):
    """What an index was made of: which store, which of its histories, and how far."""

    store: str = ""
    epoch: str = ""
    begun: str = ""
    seq: int = 0
    hash: str = ""
    rows: int = 0
    """The number up to which a replica's rows are in it."""


class _Journal(msgspec.Struct, frozen=True):
    """The journal as it is now."""

    store: str
    epoch: str
    begun: str
    seq: int
    floor: int
    newest: int
    """The highest number, where there are rows without events; else 0."""
    filling: bool


class SearchIndex:
    """The index of the store at `path`, for one thread; made where there is none. Raises StoreError's tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = search_path(path)
        if not path.exists():
            raise MissingStore(path)
        refuse_planted(path)
        with self._said():
            self._store = sqlite3.connect(
                file_uri(path, "ro"), uri=True, isolation_level=None, check_same_thread=False, timeout=1.0
            )
        self._db: sqlite3.Connection | None = None
        self._identity = identity(self.file)

    def advance(self, limit: int = SLICE) -> Lag:
        """Take the next events in, at most `limit` of them; begins anew where the journal is another one."""
        with self._said():
            db = self._opened()
            db.execute("BEGIN IMMEDIATE")
            try:
                lag = self._advance(db, limit)
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
        return lag

    def lag(self) -> Lag:
        """Return how far it has come, without moving it."""
        with self._said():
            journal, made = self._journal(), _made_of(self._opened())
            return _lag(journal, made if self._continues(journal, made) else _MadeOf())

    # What is asked of it

    def entries(self, match: str, before: int, limit: int) -> list[tuple[int, int]]:
        """Return the newest entries that FTS5 finds, each with its incident's number; none once the time is up."""
        with self._said():
            try:
                return self._opened().execute(_FOUND, (match, before, limit)).fetchall()
            except sqlite3.OperationalError as error:
                if errorname(error) == "SQLITE_INTERRUPT":
                    return []
                raise

    @contextmanager
    def bounded(self, until: Until) -> Iterator[None]:
        """Let what is asked inside end at an instant."""
        with self._said():
            db = self._opened()
        db.set_progress_handler(until.over, _STEPS)
        try:
            yield
        finally:
            db.set_progress_handler(None, 0)

    def incidents(self, numbers: Sequence[int]) -> dict[int, Incident]:
        """Return those of these incidents that there are, by number."""
        found: dict[int, Incident] = {}
        with self._said():
            for start in range(0, len(numbers), _AT_ONCE):
                part = numbers[start : start + _AT_ONCE]
                query = f"{_INCIDENTS} WHERE number IN ({', '.join('?' * len(part))})"
                found.update((row.number, row) for row in incidents_of(self._fetch(query, part)))
        return found

    def said(self, seq: int, incident: Incident) -> tuple[list[Piece], Micros]:
        """Return what the entry of an incident says, and when that was."""
        with self._said():
            if seq < 0:
                alerts = alerts_of(self._fetch(_ALERTS, (incident.number,)))
                return pieces_of_rows(incident, alerts), incident.opened_at
            rows = self._fetch(_EVENT, (seq,))
        return (pieces_of(rows[0][0], rows[0][2]), rows[0][1]) if rows else ([], incident.opened_at)

    def clear(self) -> None:
        """Forget all that is in it, for it to be made anew."""
        self.close_index()
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.file.with_name(f"{self.file.name}{suffix}").unlink()

    def close_index(self) -> None:
        """Close the index alone; it is opened again when it is used."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def close(self) -> None:
        """Close all; it must not be used again."""
        self.close_index()
        self._store.close()

    # One slice

    def _advance(self, db: sqlite3.Connection, limit: int) -> Lag:
        journal = self._journal()
        made = _made_of(db)
        if not self._continues(journal, made):
            _empty(db)
            made = _MadeOf(journal.store, journal.epoch, journal.begun, journal.floor)
        if not journal.filling:
            made = self._rows(db, made, limit) if made.rows < journal.newest else self._events(db, made, limit)
            _keep(db, made)
        return _lag(journal, made)

    def _continues(self, journal: _Journal, made: _MadeOf) -> bool:
        """Whether the event at the cursor is the one that was taken in."""
        if not _same(journal, made) or made.seq > journal.seq:
            return False
        found = self._ask("SELECT hash FROM journal WHERE seq = ?", (made.seq,))
        return not made.hash or (bool(found) and found[0][0].hex() == made.hash)

    def _events(self, db: sqlite3.Connection, made: _MadeOf, limit: int) -> _MadeOf:
        events = self._fetch(_EVENTS, (made.seq, limit))
        if not events:
            return made
        pieces = [(seq, number, pieces_of(kind, body)) for seq, kind, number, body, _ in events if number]
        telling = [(seq, number, _text(said)) for seq, number, said in pieces if said]
        heads = self._heads({number for _, number, _ in telling})
        _put(db, _entries(telling, heads))
        return msgspec.structs.replace(made, seq=events[-1][0], hash=events[-1][4].hex())

    def _rows(self, db: sqlite3.Connection, made: _MadeOf, limit: int) -> _MadeOf:
        """The rows of a replica: what its snapshot brought without the events that led there."""
        query = f"{_INCIDENTS} WHERE number > ? ORDER BY number LIMIT ?"
        rows = incidents_of(self._fetch(query, (made.rows, limit)))
        entries = []
        for row in rows:
            alerts = alerts_of(self._fetch(_ALERTS, (row.number,)))
            entries.append((row.number - ROWS, row.number, _text(head_of(row)), _text(pieces_of_rows(row, alerts))))
        _put(db, entries)
        return msgspec.structs.replace(made, rows=rows[-1].number if rows else ROWS)

    def _heads(self, numbers: Iterable[int]) -> dict[int, str]:
        """The words of the heads of these incidents as they are now."""
        wanted = sorted(numbers)
        found: dict[int, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            query = f"{_HEADS} WHERE number IN ({', '.join('?' * len(part))})"
            for number, *texts in self._fetch(query, part):
                found[number] = folded("\n".join(texts))  # rows are clean
        return found

    def _fetch(self, query: str, values: Sequence[Any]) -> list[Any]:
        """All rows; text that is not UTF-8 comes with U+FFFD."""
        try:
            return self._ask(query, values)
        except sqlite3.OperationalError:
            self._store.text_factory = _lenient
            return self._ask(query, values)

    def _ask(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows that the store gives; what is wrong with that is not the index's fault.

        StoreError; sqlite3.OperationalError for text that is not UTF-8, of which the driver complains itself.
        """
        try:
            return self._store.execute(query, values).fetchall()
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.OperationalError) and not errorname(error):
                raise
            raise classified(error, self.path) from error

    def _journal(self) -> _Journal:
        facts: dict[str, str] = dict(self._ask("SELECT key, value FROM meta"))
        heads = self._ask("SELECT seq, epoch, floor FROM journal_head")
        if not heads:
            raise CorruptStore(self.path, "the journal has no head")
        head = heads[0]
        newest = 0
        if REMOTE in facts:
            newest = self._ask("SELECT coalesce(max(number), 0) FROM incidents")[0][0]
        return _Journal(
            store=facts.get("store_id", ""),
            epoch=head[1].hex(),
            begun=facts.get(BEGUN, ""),
            seq=head[0],
            floor=head[2],
            newest=newest,
            filling=FILLING in facts,
        )

    # The file

    def _opened(self) -> sqlite3.Connection:
        if self._db is not None and identity(self.file) != self._identity:  # deleted under us
            self.close_index()
        if self._db is None:
            self._db = self._open()
            self._identity = identity(self.file)
        return self._db

    def _open(self) -> sqlite3.Connection:
        with suppress(FileExistsError):
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        try:
            return _connected(self.file)
        except sqlite3.Error as error:
            if errorname(error) not in _BROKEN:
                raise
        self.clear()
        os.close(os.open(self.file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        return _connected(self.file)

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if errorname(error) in _BROKEN and self._db is not None:  # made anew with the next call
                self.clear()
            raise classified(error, self.file) from error


def search_path(store: Path) -> Path:
    """Return the file of the index of the store at `store`."""
    return store.with_name(f"{store.name}-search")


def _connected(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file_uri(file, "rw"), uri=True, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            db.execute(pragma)
        if db.execute("PRAGMA user_version").fetchone()[0] not in (0, _FORMAT):
            raise NotAStore(file, "an index of another version")
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _empty(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM entries")
    db.execute("DELETE FROM made_of")
    db.execute("INSERT INTO words(words) VALUES ('delete-all')")


def _made_of(db: sqlite3.Connection) -> _MadeOf:
    row = db.execute("SELECT value FROM made_of WHERE key = 'journal'").fetchone()
    if row is None:
        return _MadeOf()
    try:
        return msgspec.json.decode(row[0], type=_MadeOf)
    except msgspec.DecodeError:
        return _MadeOf()


def _keep(db: sqlite3.Connection, made: _MadeOf) -> None:
    value = msgspec.json.encode(made).decode()
    db.execute("INSERT OR REPLACE INTO made_of VALUES ('journal', ?)", (value,))


def _same(journal: _Journal, made: _MadeOf) -> bool:
    return (journal.store, journal.epoch, journal.begun) == (made.store, made.epoch, made.begun)


def _lag(journal: _Journal, made: _MadeOf) -> Lag:
    rows = min(made.rows, journal.newest)
    done = max(0, made.seq - journal.floor) if made.epoch else 0
    return Lag(done + rows, journal.seq - journal.floor + journal.newest)


def _text(pieces: Iterable[Piece]) -> str:
    text = "\n".join([text for _, text in pieces])
    return folded(clean(text, limit=len(text)))


Entry = tuple[int, int, str, str]
"""Rowid, the incident's number, the words of its head, the words of what was said."""


def _entries(telling: Sequence[tuple[int, int, str]], heads: dict[int, str]) -> list[Entry]:
    """The entries of events. One that says no more than its incident's head is left out if another has that head."""
    found: list[Entry] = []
    last = {number: seq for seq, number, _ in telling}
    for seq, number, said in telling:
        head = heads.get(number, "")
        if said and (last[number] == seq or not set(said.split()) <= set(head.split())):
            found.append((seq, number, head, said))
    return found


def _put(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    db.executemany("INSERT INTO words(rowid, head, said) VALUES (?, ?, ?)", [(e[0], e[2], e[3]) for e in entries])
    db.executemany("INSERT INTO entries VALUES (?, ?)", [e[:2] for e in entries])


def _lenient(raw: bytes) -> Any:
    return raw.decode("utf-8", "replace")
