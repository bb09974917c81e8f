"""The writer's statements as text, each compiled once from the tables of `schema.py`.

The appender hands them to the driver's own cursor: at thousands of rows a second, compiling and wrapping every
execution costs more than SQLite does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Select, Table, bindparam, insert, select, text, update
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from noc_tui.store.rows import GATHERING, OF_INCIDENT
from noc_tui.store.schema import alerts, incidents, journal, journal_head, meta, quarantine, receipts

_DIALECT: Final = SQLiteDialect_pysqlite()
_SIZES: Final = (1, 4, 16, 64, 256)
"""How many values an IN takes; a list is cut to these and padded with its last value, so few texts are prepared."""


def _text(statement: Any) -> str:
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True}))


def _insert(table: Table) -> str:
    return _text(insert(table))


INSERT_EVENT: Final = _insert(journal)
INSERT_INCIDENT: Final = _insert(incidents)
INSERT_ALERT: Final = _insert(alerts)
INSERT_RECEIPT: Final = _insert(receipts)
INSERT_QUARANTINE: Final = f"{_insert(quarantine)} ON CONFLICT (id) DO NOTHING"
"""Nothing is kept twice: the id is made of the content."""

READ_HEAD: Final = _text(
    select(
        journal_head.c.seq,
        journal_head.c.hash,
        journal_head.c.epoch,
        journal_head.c.next_number,
        journal_head.c.floor,
        journal_head.c.received_at,
        select(meta.c.value).where(meta.c.key == text("'policy_seq'")).scalar_subquery(),
    )
)
"""The head, and by which event the policy was set."""
MOVE_HEAD: Final = _text(update(journal_head).values(seq=0, hash=b"", next_number=0, received_at=0))
PUT_META: Final = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
READ_META: Final = _text(select(meta.c.value).where(meta.c.key == bindparam("wanted")))

CHILDREN: Final = _text(
    select(incidents.c.number)
    .where(incidents.c.parent == bindparam("wanted"), text("parent <> 0"))
    .order_by(incidents.c.number)
)
ATTACHED: Final = _text(select(alerts.c.ref).where(alerts.c.incident == bindparam("wanted"), text("incident <> 0")))
EVENTS_SINCE: Final = _text(
    select(journal)
    .where(
        journal.c.number == bindparam("wanted"),
        text(OF_INCIDENT),
        journal.c.revision > bindparam("after"),
    )
    .order_by(journal.c.revision)
)
HASH_OF: Final = _text(select(journal.c.hash).where(journal.c.seq == bindparam("wanted")))
TOUCHED_SINCE: Final = _text(
    select(journal.c.number).distinct().where(journal.c.seq > bindparam("after"), journal.c.number != text("0"))
)
EVENTS_OF: Final = _text(
    select(journal)
    .where(journal.c.command_id == bindparam("wanted"), journal.c.command_id.is_not(None))
    .order_by(journal.c.seq)
)


@cache
def update_row(table: Table, columns: tuple[int, ...]) -> str:
    """Return the UPDATE that sets the columns at these places, by the table's key, which is bound last."""
    names = [column.name for column in table.columns]
    (key,) = table.primary_key.columns
    values: dict[str, Any] = {names[place]: bindparam(f"new_{names[place]}") for place in columns}
    return _text(update(table).values(values).where(key == bindparam("wanted")))


def _among(query: Select[Any], column: Column[Any], size: int) -> str:
    return _text(query.where(column.in_([bindparam(f"wanted_{n}") for n in range(size)])))


@cache
def rows_by(column: Column[Any], size: int) -> str:
    """Return the SELECT of whole rows whose `column` is among `size` values."""
    return _among(select(column.table), column, size)


@cache
def gathering_groups(size: int) -> str:
    """Return the SELECT of the open and merged incidents of `size` groups: (group_key, number), newest first."""
    query = select(incidents.c.group_key, incidents.c.number).where(text(GATHERING))
    return _among(query.order_by(incidents.c.number.desc()), incidents.c.group_key, size)


def slices(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Cut values into lists of the sizes that an IN takes, each padded with its last value."""
    rest = list(values)
    while rest:
        size = next((size for size in _SIZES if size >= len(rest)), _SIZES[-1])
        part, rest = rest[:size], rest[size:]
        yield part + [part[-1]] * (size - len(part))
