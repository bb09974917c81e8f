"""The outbox page: what was refused and what waits, and what can be done about the entry under the cursor."""

from __future__ import annotations

from collections.abc import Mapping

from noc_tui.console import link_text
from noc_tui.console.doing import Confirm, Doer, Screen
from noc_tui.console.outbox_text import CARD, card, line_of, named, row_of
from noc_tui.console.row_text import Page
from noc_tui.console.session import Session
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.ports import Entry
from widgets.line import Line
from widgets.roles import RowState


class OutboxPage:
    """The page's cursor, its keys and its lines; entries stand refused ones first, each kind in the order pressed."""

    def __init__(self, session: Session, screen: Screen, doer: Doer) -> None:
        self._session, self._screen, self._doer = session, screen, doer
        self._at: bytes | None = None
        self._place = 0
        self._top = 0
        self.cursor_line: int | None = None
        """The line of the cursor, as it was laid out last."""

    @property
    def entries(self) -> list[Entry]:
        """What is listed."""
        outgoing = self._session.outgoing
        return [*outgoing.refused.values(), *outgoing.entries.values()]

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor, which stays on it; where it is gone, on the one in its place."""
        entries = self.entries
        found = next((place for place, entry in enumerate(entries) if entry.command.id == self._at), None)
        self._place = min(self._place, len(entries) - 1) if found is None else found
        return entries[self._place] if entries else None

    @property
    def number(self) -> int | None:
        """The incident of the entry under the cursor, if it is on the board."""
        entry = self.current
        row = row_of(self._session, entry) if entry is not None else None
        return row.number if row is not None else None

    def begin(self) -> None:
        """Begin at its top."""
        self._at, self._place, self._top = None, 0, 0

    def left(self) -> None:
        """The page was read."""
        if self._session.link is not None:
            self._session.link.read()

    def move(self, what: str, count: int) -> None:
        """Move the cursor."""
        last = len(self.entries) - 1
        here = self._place if self.current is not None else 0
        step = {"down": count, "up": -count, "first": -last, "last": last}.get(what, 0)
        self._place = max(0, min(last, here + step))
        self._at = self.entries[self._place].command.id if last >= 0 else None

    # Deeds

    def open_entry(self) -> None:
        """Open the incident of the entry."""
        number = self.number
        if number is None:
            self._session.say("That incident is not on the board.", trouble=True)
            return
        current = self.current
        self._at = current.command.id if current is not None else None  # `q` comes back to it
        self._screen.go_to(number)
        self._screen.show_page("detail")
        self._doer.came_from = "outbox"

    def press_again(self) -> None:
        """Do what was refused anyway: as of what is so now, and over somebody else's head where it is a take."""
        entry = self.current
        if entry is None or entry.state != "refused":
            self._session.say("Only what was refused can be done anyway.", trouble=True)
            return
        command, number = entry.command, self.number
        if command.verb in ("undo", "redo"):
            self._session.say(f"{entry.reason}  It cannot be forced; do by hand what is still wanted.", trouble=True)
        elif VERBS[command.verb].makes:
            self._doer.log(command.args)
            self._put_away(entry)
        elif number is None:
            self._session.say("That incident is not on the board any more.", trouble=True)
        elif command.verb == "take" and (owner := self._other_owner(number)):
            self._doer.take_over(number, owner, {})
        else:
            self._doer.carry_out(VERBS[command.verb], command.args, [number], {}, sure=True)

    def _other_owner(self, number: int) -> str:
        """Return who works on an incident, if that is somebody else."""
        row = self._session.row(number)
        return row.owner if row is not None and row.state == "active" and row.owner != self._session.me else ""

    def let_go(self) -> None:
        """Put a refused command away; give up one that waits and was not sent yet."""
        entry = self.current
        if entry is None:
            self._session.say("There is nothing in the outbox.", trouble=True)
            return
        self._put_away(entry)
        if entry.state == "refused":
            self._session.say(f"{named(self._session, entry)}: let go.")

    def let_all_go(self) -> None:
        """Put all refused commands away, once that was confirmed."""
        refused = list(self._session.outgoing.refused)
        if not refused:
            self._session.say("Nothing was refused.", trouble=True)
            return
        words = "what was refused stays undone"
        self._doer.confirm = Confirm(f"let go {len(refused)}", words, lambda: self._screen.let_go(refused))

    def try_now(self) -> None:
        """Have the link tried at once."""
        link = self._session.link
        if link is None or link.up:
            self._session.say("Nothing waits for a link.", trouble=True)
            return
        self._screen.do("retry_now")
        self._session.say(f"{link.host} is asked again now.")

    def _put_away(self, entry: Entry) -> None:
        self._screen.let_go([entry.command.id])

    # Lines

    def lines(self, page: Page, width: int, height: int) -> list[Line]:
        """Return the page for a body of this size: the link, the list around its cursor, the card of the cursor."""
        room = width - 6
        head = self._head(page, room)
        current = self.current
        if current is None:
            self.cursor_line = None
            return [*head, [], [("   Nothing waits, and nothing was refused.", "text")]]
        foot = [_margin(line) for line in card(self._session, current, page, room)]
        space = max(1, height - len(head) - CARD - 3)
        listed, at = self._list(page, room, space)
        self.cursor_line = len(head) + 1 + at
        body = [*head, [], *listed]
        body += [[] for _ in range(height - CARD - 1 - len(body))]
        return [*body, [("   ", "muted"), (page.signs.rule_below * room, "rule")], *foot]

    def states(self) -> Mapping[int, RowState]:
        """Return the look of the lines: the one under the cursor is lit."""
        return {} if self.cursor_line is None else {self.cursor_line: RowState.CURSOR}

    def _head(self, page: Page, width: int) -> list[Line]:
        session = self._session
        counts = ", ".join(f"{word} {count}" for count, word in link_text.waiting(session, at_once=True))
        lines: list[Line] = [[("   ", "muted"), ("Outbox", "bright"), (f"  {counts}", "muted")]]
        for sentence in link_text.told(session):
            lines += [[("   ", "muted"), (part, "text")] for part in wrap(sentence, width, 4, page.signs.cut)]
        return lines

    def _list(self, page: Page, width: int, space: int) -> tuple[list[Line], int]:
        """The entries that there is room for, in their order, and on which of these lines the cursor is."""
        entries = self.entries
        self._top = max(min(self._top, self._place), self._place - space + 1, 0)
        self._top = min(self._top, max(0, len(entries) - space))
        shown = entries[self._top : self._top + space]
        lines = [_margin(line_of(self._session, entry, page, width)) for entry in shown]
        return lines, self._place - self._top


def _margin(line: Line) -> Line:
    return [("   ", "muted"), *line] if line else []
