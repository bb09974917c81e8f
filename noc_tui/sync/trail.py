"""The trail: by what we know our own history again, whatever server pages, rows and histories come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from noc_tui.journal.exchange import MOST, Cursor, Page, Told

REMEMBERED: Final = MOST
"""Events whose hashes are remembered."""


class Trail:
    """The hashes of the last events, and a place ahead of them.

    `ahead` is up to where rows of the snapshot may be newer than the cursor, until that has come there: whoever has
    such rows belongs to a history with that place in it.
    """

    def __init__(self) -> None:
        self.ahead: Cursor | None = None
        self._hashes: dict[int, bytes] = {}

    def begin(self, cursor: Cursor | None, ahead: Cursor | None) -> None:
        """Begin at this cursor; nothing before it is known."""
        self.ahead = ahead
        self._hashes = {} if cursor is None else {cursor.seq: cursor.hash}

    def go_on(self, events: Iterable[Told]) -> None:
        """These events are the next ones."""
        for event in events:
            self._hashes[event.seq] = event.hash
            if self.ahead is not None and event.seq >= self.ahead.seq:
                self.ahead = None
        for seq in list(self._hashes)[:-REMEMBERED]:
            del self._hashes[seq]

    def passes(self, cursor: Cursor) -> bool:
        """Whether it goes through this place."""
        return self._hashes.get(cursor.seq) == cursor.hash

    def is_left_by(self, page: Page) -> bool:
        """Whether a page shows that the server's history has not the place ahead in it."""
        ahead = self.ahead
        if ahead is None:
            return False
        place = ahead.seq - page.after - 1
        reached = 0 <= place < len(page.events)
        return page.head < ahead.seq or (reached and page.events[place].hash != ahead.hash)
