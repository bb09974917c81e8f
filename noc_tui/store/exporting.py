"""A journal written out as lines (NDJSON): for another engine, an archive, or a look with other tools.

Events and receipts alone; the projections follow from them, and what a source sent that nobody could read (quarantine)
stays. The journal only grows, so it is read in short ranges, up to the head that it had at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Select, select

from noc_tui.journal.envelope import Event, Head
from noc_tui.store.decoding import Rows, events_of
from noc_tui.store.errors import CorruptStore
from noc_tui.store.export_lines import EndLine, event_line, line_bytes, receipt_line, store_line
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.schema import journal, meta, receipts
from noc_tui.store.snapshot import CHUNK, head_of, snapshot


def export_journal(path: Path, out: BinaryIO, progress: Progress = quiet) -> Head:
    """Write the journal of the store at `path` to `out` and return the head that it leads to.

    `progress` counts events. CorruptStore when an event is missing; OSError of `out` is raised as it is.
    """
    with snapshot(path) as opened:
        head = head_of(opened.connection, path)
        facts = {row[0]: row[1] for row in opened.connection.execute(select(meta))}
    out.write(line_bytes(store_line(facts, head)))
    for events in _events(path, head.floor, head.seq):
        out.write(b"".join([line_bytes(event_line(event)) for event in events]))
        progress(events[-1].seq, head.seq)
    answered = 0
    for rows in _receipts(path, head.seq):
        out.write(b"".join([line_bytes(receipt_line(row)) for row in rows]))
        answered += len(rows)
    out.write(line_bytes(EndLine(events=head.seq - head.floor, receipts=answered)))
    return head


def _events(path: Path, floor: int, last: int) -> Iterator[list[Event]]:
    after = floor
    while after < last:
        with snapshot(path) as opened:
            rows = _all(
                opened.connection,
                select(journal)
                .where(journal.c.seq > after, journal.c.seq <= last)
                .order_by(journal.c.seq)
                .limit(_RANGE),
            )
        events = events_of(rows)
        if not events or events[-1].seq != after + len(events):
            raise CorruptStore(path, f"event {after + 1} or one soon after it is missing")
        yield events
        after = events[-1].seq


def _receipts(path: Path, last: int) -> Iterator[Rows]:
    """Yield the receipts whose events are all exported, refusals included, by the command's id."""
    after = b""
    while True:
        with snapshot(path) as opened:
            rows = _all(
                opened.connection,
                select(receipts)
                .where(receipts.c.command_id > after, receipts.c.last_seq <= last)
                .order_by(receipts.c.command_id)
                .limit(_RANGE),
            )
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _all(connection: Connection, query: Select[tuple[object, ...]]) -> Rows:
    rows: Rows = connection.execute(query).all()
    return rows


_RANGE = 5 * CHUNK
"""Rows in one short read."""
