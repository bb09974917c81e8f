"""The desk's views as a store keeps them: one line of `meta`, folded from the events of the desk.

It holds the seq of the last event in it, so a page of the journal that comes twice changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec

from noc_tui.incidents.desk_views import DROPPED, SAVED, folded
from noc_tui.incidents.saved_views import DeskViews, desk_views_from
from noc_tui.journal.envelope import Event
from noc_tui.store import statements as sql

VIEWS: Final = "views"
"""The key in `meta`."""
VIEW_KINDS: Final = frozenset((SAVED, DROPPED))


def read_desk_views(cursor: sqlite3.Cursor) -> DeskViews:
    """Return the desk's views as they are now."""
    row = cursor.execute(sql.READ_META, (VIEWS,)).fetchone()
    return desk_views_from(row[0] if row is not None else None)


def write_desk_views(cursor: sqlite3.Cursor, kept: DeskViews) -> None:
    """Keep the desk's views."""
    cursor.executemany(sql.PUT_META, [(VIEWS, msgspec.json.encode(kept).decode())])


def keep_desk_views(cursor: sqlite3.Cursor, events: Iterable[Event]) -> None:
    """Fold what these events say of the desk's views, those of them that are newer than what is kept."""
    told = [event for event in events if event.kind in VIEW_KINDS]
    if not told:
        return
    kept = read_desk_views(cursor)
    for event in told:
        if event.seq > kept.seq:
            kept = DeskViews(event.seq, folded(kept.views, event.data))
    write_desk_views(cursor, kept)
