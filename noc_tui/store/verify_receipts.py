"""Receipts held against the journal: each command's one answer names exactly the events that came of it.

Both are read in the order of the command's id, side by side, so that a million of them take no memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import select

from noc_tui.store.schema import journal, receipts
from noc_tui.store.snapshot import Snapshot
from noc_tui.store.verify_report import Fault, FaultFound

_END: Final = b"\xff" * 17
"""Sorts after every id."""


def check_receipts(opened: Snapshot) -> int:
    """Return how many receipts there are; FaultFound for the first that does not match its events."""
    answered = opened.rows(
        select(
            receipts.c.command_id, receipts.c.ok, receipts.c.seqs, receipts.c.first_seq, receipts.c.last_seq
        ).order_by(receipts.c.command_id),
    )
    happened = groupby(
        opened.rows(
            select(journal.c.command_id, journal.c.seq)
            .where(journal.c.command_id.is_not(None))
            .order_by(journal.c.command_id, journal.c.seq),
        ),
        key=itemgetter(0),
    )
    count = 0
    command, seqs = _next(happened)
    for row in answered:
        if command < row[0]:
            raise _fault(f"Event {seqs[0]} came of a command that has no receipt.", seqs[0])
        found: tuple[int, ...] = ()
        if command == row[0]:
            found = seqs
            command, seqs = _next(happened)
        _compare(row, found)
        count += 1
    if command != _END:
        raise _fault(f"Event {seqs[0]} came of a command that has no receipt.", seqs[0])
    return count


def _next(groups: Iterator[tuple[bytes, Iterator[Any]]]) -> tuple[bytes, tuple[int, ...]]:
    for command, rows in groups:
        return command, tuple(row[1] for row in rows)
    return _END, ()


def _compare(row: Any, found: tuple[int, ...]) -> None:
    command, ok, text, first, last = row
    about = f"The receipt of command {command.hex()}"
    try:
        named = msgspec.json.decode(text, type=tuple[int, ...])
    except msgspec.DecodeError as error:
        raise _fault(f"{about} names no events that can be read ({error}).", found[0] if found else 0) from error
    if named != found:
        differing = sorted(set(named) ^ set(found))
        raise _fault(f"{about} names the events {list(named)}, the journal has {list(found)}.", differing[0])
    if found and not ok:
        raise _fault(f"{about} is a refusal, but event {found[0]} came of it.", found[0])
    if found and (first, last) != (found[0], found[-1]):
        raise _fault(f"{about} names events {first} to {last}, but lists {found[0]} to {found[-1]}.", found[0])


def _fault(sentence: str, seq: int) -> FaultFound:
    return FaultFound(Fault(check="receipt", sentence=sentence, seq=seq))
