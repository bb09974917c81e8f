"""Changed incidents and alerts written to their tables: new rows whole, of the others the columns that differ.

Most events change a few columns of a row, and so only the indexes over those are touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Table

from noc_tui.incidents.model import Alert, Incident
from noc_tui.store import statements as sql
from noc_tui.store.rows import Row, Value, alert_row, changed_cells, incident_row
from noc_tui.store.schema import alerts, incidents


def write_incidents(
    cursor: sqlite3.Cursor, changed: Iterable[tuple[int, Incident]], stored: dict[int, Incident]
) -> None:
    """Write incidents by number; `stored` holds those that the table has, and is brought up to date."""
    _write(cursor, incidents, changed, stored, sql.INSERT_INCIDENT, incident_row)


def write_alerts(cursor: sqlite3.Cursor, changed: Iterable[tuple[str, Alert]], stored: dict[str, Alert]) -> None:
    """Write alerts by ref; `stored` holds those that the table has, and is brought up to date."""
    _write(cursor, alerts, changed, stored, sql.INSERT_ALERT, alert_row)


def _write(
    cursor: sqlite3.Cursor,
    table: Table,
    changed: Iterable[tuple[Any, Value]],
    stored: dict[Any, Value],
    insert: str,
    row_of: Callable[[Value], Row],
) -> None:
    """Insert what is new; of the rest, set the columns that differ, rows alike in one statement."""
    new: list[Row] = []
    alike: dict[tuple[int, ...], list[list[Any]]] = {}
    for key, value in changed:
        before = stored.get(key)
        stored[key] = value
        if before is None:
            new.append(row_of(value))
            continue
        places, cells = changed_cells(before, value)
        cells.append(key)
        alike.setdefault(places, []).append(cells)
    if new:
        cursor.executemany(insert, new)
    for places, rows in alike.items():
        cursor.executemany(sql.update_row(table, places), rows)
