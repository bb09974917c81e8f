"""What keys do to the picks (OPERATOR.md 2.2); also of many rows at once."""

from __future__ import annotations

from noc_tui.console.doing import Screen
from noc_tui.console.session import Session


class Picking:
    """The keys of the group Pick, on one board."""

    def __init__(self, session: Session, screen: Screen) -> None:
        self._session, self._screen = session, screen

    def row(self, count: int) -> None:
        """Pick so many rows from the cursor on, and go down."""
        for _ in range(count):
            cursor = self._screen.cursor
            if cursor is None:
                break
            self._session.picks.toggle(cursor)
            self._screen.move("down", 1)
            if self._screen.cursor == cursor:
                break
        self._screen.rows_changed()

    def range(self) -> None:
        """Begin a range at the cursor, or end it."""
        cursor, picks = self._screen.cursor, self._session.picks
        if cursor is None:
            return
        if picks.range_from is None:
            picks.range_from = cursor
            picks.extend(cursor)
        else:
            picks.extend(cursor)
            picks.range_from = None
        self._screen.rows_changed()

    def all_shown(self) -> None:
        """Pick all that is shown."""
        self._session.picks.all_shown()
        self._screen.rows_changed()

    def invert(self) -> None:
        """Pick what is not picked."""
        self._session.picks.invert()
        self._screen.rows_changed()

    def nothing(self) -> None:
        """Pick nothing."""
        self._session.picks.clear()
        self._screen.rows_changed()

    def again(self) -> None:
        """Pick what was picked last once more."""
        if not self._session.picks.again():
            self._session.say("Nothing was picked before that is still here.", trouble=True)
        self._screen.rows_changed()

    def this_row(self) -> None:
        """Let the next verb act on the cursor's row alone."""
        self._session.picks.this_row_only = True
        self._session.say("The next verb is for this row only.")
