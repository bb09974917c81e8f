"""Triage: what needs attention, one card at a time, decided by single keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from noc_tui.console.detail import Known
from noc_tui.console.paging import Shown
from noc_tui.console.people import TRIAGING
from noc_tui.console.row_text import Page
from noc_tui.console.session import Session
from noc_tui.console.triage_answers import Answer, parent_for, usual
from noc_tui.console.triage_card import (
    DECIDE,
    Tight,
    card_lines,
    decisions,
    indented,
    short_decisions,
    side_by_side,
)
from noc_tui.incidents.model import SECOND, Micros, number_text
from noc_tui.incidents.verbs import VERBS
from widgets.line import Line, cut_end, cut_middle, fit, width_of
from widgets.meter import steps

_WIDE: Final = 110
"""From here on the decisions stand beside the card."""
_DONE_WORDS: Final = {"ack": "acked", "hold": "held"}
"""Shorter words than the table of verbs has."""
_STAYS: Final = frozenset(
    ("note", "priority", "impact", "urgency", "category", "service", "title", "label", "unlabel", "redo", "unack")
)
"""Verbs that say more of a card and leave it where it is."""
_FRESH: Final = 5 * SECOND
"""So long after a card came up it is left to somebody else to whom it came up at the same moment."""


class Triage:
    """One pass through what needs attention, the most urgent first; what arrives meanwhile is queued in its place."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._later: set[int] = set()
        self._passed: list[int] = []
        """The cards that were decided or put off, in the order they were: what `back` goes through."""
        self._done: dict[int, str] = {}
        """The cards that were decided, and by which verb."""
        self._usual: int | None = None
        """The card on which the usual answer was given, whatever verb that is."""
        self._shown_at: Micros = 0
        self._current: int | None = None
        self.advance()

    @property
    def current(self) -> int | None:
        """The card in hand."""
        return self._current

    @current.setter
    def current(self, number: int | None) -> None:
        if number != self._current:
            self._current, self._shown_at = number, self._session.now

    @property
    def left(self) -> int:
        """How many still need a decision, those put off included."""
        return len(self._session.board.attention)

    def first(self, count: int) -> list[int]:
        """Return the next of what needs a decision, the most urgent first.

        What was put off comes after, and last what somebody else has open: two do not decide one card.
        """
        attention, people = self._session.board.attention, self._session.people
        ahead: list[int] = []
        for turn in range(3):
            if len(ahead) < count:
                cards = (n for n in attention if turn == (2 if people.on_row(n) else 1 if n in self._later else 0))
                ahead += islice(cards, count - len(ahead))
        return ahead

    def gives_way(self) -> bool:
        """Go on where the card in hand came up for somebody else at the same moment, and is theirs by name.

        Only while it is fresh and no key was pressed at it: a card never changes under the finger.
        """
        session, number = self._session, self.current
        if number is None or session.now - self._shown_at > _FRESH or session.last_key > self._shown_at:
            return False
        if not any(one.doing == TRIAGING and one.actor < session.me for one in session.people.at(number)):
            return False
        found = next((other for other in self.first(1) if other != number), None)
        if found is None or session.people.on_row(found):
            return False
        session.say(f"{session.people.deciding(number)} has {number_text(number)}; this is the next.")
        self.current = found
        return True

    def usual(self) -> Answer | None:
        """Return the usual answer to the card in hand, which is about to be given."""
        row = self._session.row(self.current)
        self._usual = self.current
        return usual(row) if row is not None else None

    def suggested(self) -> Answer | None:
        """Return the answer that links the card in hand under the incident that it most likely hangs on."""
        row = self._session.row(self.current)
        parent = parent_for(row, self._session.known) if row is not None else None
        return None if parent is None else Answer("link", {"parent": parent.number}, "link", "")

    def advance(self) -> None:
        """Go to the most urgent one that was not put off; when all were, begin another round with them."""
        ahead = self.first(2)
        ahead = [number for number in ahead if number != self.current] or ahead
        if ahead and ahead[0] in self._later:
            self._later.clear()
            self._passed = [number for number in self._passed if number in self._done]
        self.current = ahead[0] if ahead else None

    def settled(self, number: int, verb: str) -> None:
        """A deed about a card is durable: a decision is counted, an undone one is not any more."""
        if verb == "undo":
            self._take_back(number)
        elif verb not in _STAYS or number == self._usual:
            self._done[number] = verb
            self._pass(number)
            self._later.discard(number)
            self.catch_up()

    def catch_up(self) -> None:
        """Go on once the board shows that the card in hand was decided, here or by somebody else."""
        row = self._session.row(self.current)
        if self.current in self._done and (row is None or not row.attention):
            self.advance()

    def renumber(self, renamed: Mapping[int, int]) -> None:
        """Cards go by other numbers now."""
        self._passed = [renamed.get(number, number) for number in self._passed]
        self._done = {renamed.get(number, number): verb for number, verb in self._done.items()}
        if self.current is not None:
            self.current = renamed.get(self.current, self.current) or None

    def later(self) -> None:
        """Leave this card as it is for now; from a card one went back to, go forward again."""
        if self.current is None:
            return
        place = self._place()
        if place + 1 < len(self._passed) and self._show(self._passed[place + 1 :]):
            return
        row = self._session.row(self.current)
        if row is not None and row.attention:
            self._later.add(self.current)
        self._pass(self.current)
        self.advance()

    def back(self) -> None:
        """Go back to the card before, put off or decided."""
        self._show(self._passed[: self._place()][::-1])

    def show(self, known: Known | None, page: Page, width: int, height: int) -> Shown:
        """Return the card with its decisions; the terminal's cursor stands on its head."""
        lines = self.lines(known, page, width, height)
        name = number_text(self.current) if self.current is not None else ""
        at = next((y for y, line in enumerate(lines) if name and any(name in text for text, _ in line)), 0)
        return Shown(lines, cursor=at)

    def lines(self, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
        """Return the card with its decisions, for a body of this size."""
        row = self._session.row(self.current)
        if row is None:
            return self._nothing_left(width)
        beside = width >= _WIDE
        room = width - DECIDE - 9 if beside else width - 4
        fresh = known if known is not None and known.number == row.number else None
        keys = [] if beside else [[], *short_decisions(self._session.keys, row, fresh)]
        spare = height - len(keys)
        head = self._progress(room, page)
        card = next(
            card
            for tight in Tight
            if len(card := [*head, *card_lines(row, fresh, page, room, tight, self._session.people.words(row.number))])
            <= spare
            or tight is Tight.TWICE
        )
        card += self._next(page, room, spare - len(card))
        if not beside:
            return [indented(line) for line in [*card[:spare], *keys]]
        return side_by_side(card, decisions(row, self._session, page, fresh, height), room, height, page)

    def progress_words(self) -> str:
        """Return how far one is, for the status line."""
        at, total = self._progress_now()
        return f"needs attention, most urgent first   {at} of {total}"

    def _progress_now(self) -> tuple[int, int]:
        """Return which card this is, and of how many: those passed, and those that still need a decision."""
        attention = self._session.board.attention
        settled = {*self._passed, self.current} - {None}
        total = self.left + sum(number not in attention for number in settled)
        return min(total, self._place() + 1), total

    def _place(self) -> int:
        """How many cards were passed before this one."""
        return self._passed.index(self.current) if self.current in self._passed else len(self._passed)

    def _pass(self, number: int) -> None:
        if number not in self._passed:
            self._passed.append(number)

    def _show(self, numbers: Sequence[int]) -> bool:
        """Go to the first of these cards that is still on the board; says whether there is one."""
        found = next((number for number in numbers if number in self._session.board.rows), None)
        if found is not None:
            self.current = found
        return found is not None

    def _take_back(self, number: int) -> None:
        """The decision about a card was undone: it is open again, and at hand."""
        if self._done.pop(number, None) is not None:
            self._passed.remove(number)
            if number in self._session.board.rows:
                self.current = number

    def _counted(self) -> Iterator[str]:
        """Yield what was decided so far, in words: `4 taken`."""
        for verb, count in Counter(self._done.values()).items():
            yield f"{count} {_DONE_WORDS.get(verb, VERBS[verb].done if verb in VERBS else verb)}"

    def _nothing_left(self, width: int) -> list[Line]:
        said = ", ".join(self._counted())
        lines: list[Line] = [
            [],
            [("Nothing needs attention.", "bright")],
            [(f"Decided: {said}." if said else "Nothing did when you came.", "muted")],
            [],
            [(self._session.keys.hint_of("triage", "q")[0], "key"), (" back to the board", "muted")],
        ]
        return [indented(line) for line in lines]

    def _progress(self, width: int, page: Page) -> list[Line]:
        at, total = self._progress_now()
        head = f"Triage  {at} of {total}"
        said = "   ".join(self._counted())
        said = cut_end(said, max(0, width - len(head) - 2), page.signs.cut)
        gap = " " * max(1, width - len(head) - width_of(said))
        return [
            [("Triage", "bright"), (f"  {at} of {total}", "text"), (gap, "muted"), (said, "muted")],
            steps(at, total, width, page.signs),
        ]

    def _next(self, page: Page, width: int, most: int) -> list[Line]:
        rest = self.left - (self.current in self._session.board.attention)
        if not rest or most < 3:
            return []
        lines: list[Line] = [[], [("Next", "bright"), (f"  {rest} left", "muted")]]
        ahead = [number for number in self.first(most) if number != self.current]
        for number in ahead[: most - 2]:
            row = self._session.board.rows[number]
            age = page.told(page.now - row.opened_at)
            head = f"!{row.priority}  {age:>6}  {fit(row.resource, 16, cut=cut_middle, sign=page.signs.cut)}  "
            others = self._session.people.at(number)
            there = f"  {page.signs.here}{others[0].actor}" if others else ""
            room = max(0, width - width_of(head) - width_of(there))
            lines.append([(head, "muted"), (cut_end(row.title, room, page.signs.cut), "muted"), (there, "text")])
        return lines
