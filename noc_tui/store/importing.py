"""A store filled from an exported journal: each line proven, the projections folded on the way.

One transaction for each batch. From the first to the last the store is marked as unfinished, so that nobody works on
half a history; an import that was stopped goes on where it stopped when it is given the same export again. The store
keeps its own identity and epoch: whoever followed the old one notices and starts over (SYNC.md 16).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from noc_tui.incidents.model import Micros
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event, Head
from noc_tui.store.checkpoint import Checkpointer
from noc_tui.store.creating import create_store
from noc_tui.store.desk_views import keep_desk_views
from noc_tui.store.engines import driver_of, write_engine
from noc_tui.store.errors import StoreError
from noc_tui.store.export_lines import (
    VERSION,
    EndLine,
    EventLine,
    Line,
    ReceiptLine,
    StoreLine,
    event_of,
    line_from,
    receipt_row,
)
from noc_tui.store.gate import Gate
from noc_tui.store.migrations import migrate
from noc_tui.store.places import refuse_planted
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.refold import BrokenHistory, Refold
from noc_tui.store.rows import event_row
from noc_tui.store.snapshot import head_of
from noc_tui.store.statements import INSERT_EVENT, INSERT_RECEIPT, MOVE_HEAD, PUT_META
from noc_tui.store.unfinished import IMPORTING
from noc_tui.store.writing import POLICY, POLICY_SEQ, POLICY_SET, said

BATCH: Final = 2_000
"""Lines in one transaction."""
LONGEST: Final = 4 << 20
"""Bytes of the longest line taken: a body's fields are cut at 16 KiB each when they are journalled."""

_PUT_RECEIPT: Final = INSERT_RECEIPT.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)


class BadLine(StoreError):
    """A line of the export cannot be taken. `line` counts from 1; the lines before it are kept."""

    sentence: ClassVar[str] = (
        "The import into {path} stopped: {detail}. What came before is kept; run it again with a whole export."
    )

    def __init__(self, path: Path, line: int, why: str) -> None:
        self.line = line
        super().__init__(path, f"line {line} {why}")


class BrokenExport(StoreError):
    """The chain of the export holds, but its events do not follow each other: it was made from a damaged store."""

    sentence: ClassVar[str] = "The import into {path} stopped: {detail}. Run `noc-tui verify` on the exported store."


class FilledStore(StoreError):
    """The store to import into has a history of its own."""

    sentence: ClassVar[str] = "The store {path} is not empty: import into a new file."


class OtherImport(StoreError):
    """The store was begun with another export."""

    sentence: ClassVar[str] = (
        "The store {path} was begun with another export ({detail}): go on with that one, or delete the file."
    )


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: the head that the store stands at, and how much of it was taken in this time."""

    head: Head
    events: int
    receipts: int


def import_journal(
    path: Path,
    lines: Iterable[bytes],
    progress: Progress = quiet,
    *,
    clock: Callable[[], Micros],
    randomness: Callable[[int], bytes] = os.urandom,
) -> Imported:
    """Fill the store at `path`, made if there is none, from the lines of an export; go on with one that was stopped.

    `progress` counts events. BadLine names the first line that cannot be taken; FilledStore and OtherImport are
    raised before anything is changed.
    """
    numbered = enumerate(lines, start=1)
    first = _first(path, numbered)
    refuse_planted(path)
    create_store(path, demo=first.demo, clock=clock, randomness=randomness)
    with ExitStack() as closing, said(path):
        engine = write_engine(path)
        closing.callback(engine.dispose)
        gate = Gate(path, lambda _sentence: None)
        closing.callback(gate.close)
        connection = closing.enter_context(engine.connect())
        checkpointer = Checkpointer(path, engine, gate)
        closing.callback(checkpointer.close)
        return _Import(path, first, connection, gate, checkpointer).run(numbered, progress)


def _first(path: Path, numbered: Iterator[tuple[int, bytes]]) -> StoreLine:
    line = _line(path, *next(numbered, (1, b"")))
    if not isinstance(line, StoreLine):
        raise BadLine(path, 1, "is not the first line of an export")
    if line.version > VERSION:
        raise BadLine(path, 1, f"is of a newer noc-tui (version {line.version})")
    return line


def _line(path: Path, number: int, text: bytes) -> Line:
    if len(text) > LONGEST:
        raise BadLine(path, number, f"is longer than {LONGEST >> 20} MiB")
    try:
        return line_from(text)
    except ValueError as error:
        raise BadLine(path, number, str(error)) from error


@dataclass(slots=True)
class _Batch:
    """What one transaction will write, and the head that it leads to."""

    head: Head
    events: list[Event] = field(default_factory=list)
    receipts: list[tuple[Any, ...]] = field(default_factory=list)


class _Import:
    """One run of an import over an open store."""

    def __init__(
        self, path: Path, first: StoreLine, connection: Connection, gate: Gate, checkpointer: Checkpointer
    ) -> None:
        self._path = path
        self._first = first
        self._mark = msgspec.json.encode(first).decode()
        self._connection = connection
        self._gate = gate
        self._checkpointer = checkpointer
        self._head = self._begin()
        self._refold = Refold(self._head.next_number)
        self._events = 0
        self._receipts = 0
        self._ended = False

    def run(self, numbered: Iterator[tuple[int, bytes]], progress: Progress) -> Imported:
        """Take all lines, a batch a transaction; the mark goes with the last."""
        last = 1
        while batch := list(islice(numbered, BATCH)):
            self._take([(number, text) for number, text in batch if text.strip()])
            last = batch[-1][0]
            self._checkpointer.run_if_due()
            progress(self._head.seq, self._first.seq)
        if not self._ended:
            raise BadLine(self._path, last + 1, "is missing: the export is cut short")
        return Imported(head=self._head, events=self._events, receipts=self._receipts)

    def _begin(self) -> Head:
        """Mark the store as ours, or find our own mark; and return where it stands. NewerStore for a newer file."""
        with self._gate.held(bulk=True), self._gate.begin(self._connection, bulk=True):
            migrate(self._connection, self._path)
            head = head_of(self._connection, self._path)
            driver = driver_of(self._connection)
            row = driver.execute("SELECT value FROM meta WHERE key = ?", (IMPORTING,)).fetchone()
            if row is None:
                if head.seq:
                    raise FilledStore(self._path)
                driver.execute(PUT_META, (IMPORTING, self._mark))
            elif row[0] != self._mark:
                begun = msgspec.json.decode(row[0], type=StoreLine)
                raise OtherImport(self._path, f"{begun.seq} events of store {begun.store_id}")
        return head

    def _take(self, texts: list[tuple[int, bytes]]) -> None:
        """Prove and write a batch; where a line cannot be taken, those before it are written all the same."""
        batch = _Batch(self._head)
        bad: BadLine | None = None
        for number, text in texts:
            try:
                self._add(batch, number, _line(self._path, number, text))
            except BadLine as error:
                bad = error
                break
        self._write(batch)
        self._head = batch.head
        self._events += len(batch.events)
        self._receipts += len(batch.receipts)
        if bad is not None:
            raise bad

    def _add(self, batch: _Batch, number: int, line: Line) -> None:
        if self._ended:
            raise BadLine(self._path, number, "comes after the end")
        if isinstance(line, EventLine):
            self._follow(batch, number, line)
        elif isinstance(line, ReceiptLine):
            try:
                batch.receipts.append(receipt_row(line))
            except ValueError as error:
                raise BadLine(self._path, number, f"holds a receipt that is none ({error})") from error
        else:
            self._end(batch, number, line)

    def _follow(self, batch: _Batch, number: int, line: EventLine) -> None:
        """Prove that an event follows; one that the store has from the last time is passed over."""
        head = batch.head
        try:
            event = event_of(line)
        except ValueError as error:
            raise BadLine(self._path, number, f"holds an id or a hash that is none ({error})") from error
        if event.seq < head.seq or (event.seq == head.seq and event.hash == head.hash):
            return
        if event.seq != head.seq + 1:
            raise BadLine(self._path, number, f"holds event {event.seq}, where {head.seq + 1} is next")
        if event.received_at < head.received_at:
            raise BadLine(self._path, number, f"holds event {event.seq}, received before the one before it")
        if seal(head.hash, event) != event.hash:
            raise BadLine(
                self._path, number, f"holds event {event.seq} changed, or after another one: the chain breaks"
            )
        batch.events.append(event)
        batch.head = replace(head, seq=event.seq, hash=event.hash, received_at=event.received_at)

    def _end(self, batch: _Batch, number: int, line: Line) -> None:
        head = batch.head
        if not isinstance(line, EndLine):
            raise BadLine(self._path, number, "begins another export")
        if (head.seq, head.hash.hex()) != (self._first.seq, self._first.hash):
            raise BadLine(self._path, number, f"ends at event {head.seq}, not at {self._first.seq} as announced")
        if line.receipts != self._receipts + len(batch.receipts):
            raise BadLine(self._path, number, f"announces {line.receipts} receipts: some are missing")
        self._ended = True

    def _write(self, batch: _Batch) -> None:
        events = batch.events
        with self._gate.held(bulk=True), self._gate.begin(self._connection, bulk=True):
            cursor = driver_of(self._connection).cursor()
            try:
                self._refold.fold(cursor, events)
            except BrokenHistory as error:
                raise BrokenExport(self._path, str(error)) from error
            cursor.executemany(INSERT_EVENT, map(event_row, events))
            cursor.executemany(_PUT_RECEIPT, batch.receipts)
            self._keep_policy(cursor, events)
            keep_desk_views(cursor, events)
            number = max(self._refold.next_number, self._first.next_number if self._ended else 0)
            batch.head = head = replace(batch.head, next_number=number)
            cursor.execute(MOVE_HEAD, (head.seq, head.hash, head.next_number, head.received_at))
            if self._ended:
                cursor.execute("DELETE FROM meta WHERE key = ?", (IMPORTING,))

    def _keep_policy(self, cursor: sqlite3.Cursor, events: list[Event]) -> None:
        for event in events[::-1]:
            if event.kind == POLICY_SET:
                policy = msgspec.json.encode(event.data.get("policy", {})).decode()
                cursor.executemany(PUT_META, [(POLICY, policy), (POLICY_SEQ, str(event.seq))])
                return
