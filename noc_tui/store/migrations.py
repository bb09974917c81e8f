"""From the format of a file to the format of this program: forward only, in one transaction, never twice.

A new store is made whole in its newest format. An older one takes the numbered steps that it lacks; the format
is looked up inside the transaction, so of two programs that start at once one finds the work done. A file with a
higher number was written by a newer program and is refused before anything is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from noc_tui.store.errors import CorruptStore, NewerStore, NotAStore
from noc_tui.store.schema import APPLICATION_ID, FORMAT, metadata

Step = Callable[[Connection], None]
"""Brings a file from the format before to the step's own."""

STEPS: Final[Mapping[int, Step]] = {}
"""The steps by the format they lead to; format 1 is the first, so none leads to it."""


def create(connection: Connection, facts: Mapping[str, str], epoch: bytes) -> None:
    """Make the tables, the one-row head and the store's facts (`meta`) inside the open transaction."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "INSERT INTO journal_head (one, seq, hash, epoch, next_number, floor, received_at) "
        "VALUES (1, 0, zeroblob(32), ?, 1, 0, 0)",
        (epoch,),
    )
    connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES (?, ?)", [*facts.items(), ("format", str(FORMAT))])


def format_of(connection: Connection, path: Path) -> int:
    """Return the format of an open file; raises NotAStore if it is none of ours, CorruptStore if emptied."""
    ours = connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION_ID
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    if not tables:
        raise CorruptStore(path, "the file is empty")
    if not ours:
        raise NotAStore(path)
    found = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'format'").scalar_one_or_none()
    head = connection.exec_driver_sql("SELECT count(*) FROM journal_head").scalar_one()
    if found is None or not str(found).isdecimal() or head != 1:
        raise CorruptStore(path, "its identity is missing")
    return int(found)


def is_behind(connection: Connection, path: Path, newest: int = FORMAT) -> bool:
    """Return whether a file is of an older format; raises NewerStore for a newer one."""
    found = format_of(connection, path)
    if found > newest:
        raise NewerStore(path, f"format {found}, this one knows {newest}")
    return found < newest


def migrate(connection: Connection, path: Path, steps: Mapping[int, Step] = STEPS, newest: int = FORMAT) -> int:
    """Take the missing steps inside the open transaction and return how many; NewerStore for a newer file."""
    if not is_behind(connection, path, newest):
        return 0
    found = format_of(connection, path)
    for number in range(found + 1, newest + 1):
        steps[number](connection)
    connection.exec_driver_sql("UPDATE meta SET value = ? WHERE key = 'format'", (str(newest),))
    return newest - found
