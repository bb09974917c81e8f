"""The board's memory: every incident that is open, in order, filtered, in bands, with counts that are always true.

Order is kept by bisection: a change costs a few microseconds, whatever the number of rows. While it is held (a key was
just pressed, rows are picked, the list is frozen) rows change where they stand, and move when it settles (OPERATOR.md
2.1 rule 4). Nothing here knows of a screen.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from noc_tui.console.attention import Attention
from noc_tui.console.counts import Counts, Tally
from noc_tui.console.selection import Predicate, Selection
from noc_tui.console.stock import Stock, has_left
from noc_tui.console.texts import Texts
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.ordering import IN_HAND, NEEDS_ACTION, RESOLVED, WAITING
from noc_tui.incidents.policy import Policy

_NONE: Final[Mapping[int, int]] = MappingProxyType({})
BANDS: Final = (NEEDS_ACTION, IN_HAND, WAITING, RESOLVED)


class Segment(msgspec.Struct, frozen=True):
    """A run of display lines: a band's heading (with a blank before it, or not) and its rows."""

    band: int
    line: int
    heading: int
    start: int
    end: int


class BoardModel:
    """The incidents on the board and the order they are shown in.

    `rows` and `counts` are of all of them, `shown` counts what is shown: the difference is what view and filter leave
    out. None of them is changed but here.
    """

    def __init__(self, policy: Policy, now: Micros) -> None:
        self.policy = policy
        self.now = now
        self.airy = True
        """Whether a blank line stands before each band but the first."""
        self.texts = Texts()
        self.shown = Counts()
        self._waiting: set[int] = set()
        self._departed: set[int] = set()
        self._outside: list[int] = []
        self._segments: list[Segment] | None = None
        self.selection = Selection(Stock(policy))
        self._use(self.selection.stock)

    def _use(self, stock: Stock) -> None:
        self.stock = stock
        self.rows: dict[int, Incident] = stock.rows
        self.counts = stock.counts

    # Rows coming in

    def swap_in(self, stock: Stock, now: Micros, *, as_of: int | None = None) -> None:
        """Show another stock's rows instead; of the old ones those alone stay that changed after the seq `as_of`."""
        self.now = now
        old = self.stock.rows
        newer = [row for row in old.values() if as_of is not None and row.changed_seq > as_of]
        self.policy = stock.policy
        self._use(stock)
        self._waiting.clear()
        self.texts.clear()
        self.selection.of(stock)
        self._look_anew()
        self.apply(newer, now)
        self._departed |= old.keys() - self.rows.keys()

    def apply(
        self, incidents: Iterable[Incident], now: Micros, *, held: bool = False, gone: Mapping[int, int] = _NONE
    ) -> set[int]:
        """Take changed incidents in; returns their numbers. While `held` they change in place and move later.

        `gone` are numbers that no incident has any more, each with the one it has now: their rows change at once.
        """
        self.now = now
        changed: dict[int, Incident] = {}
        for incident in incidents:
            known = changed.get(incident.number) or self.rows.get(incident.number)
            if known is None or known.changed_seq <= incident.changed_seq:
                changed[incident.number] = incident
        self._take(changed, held=held, gone=gone)
        return set(changed)

    def tick(self, now: Micros, *, held: bool = False) -> set[int]:
        """Let time pass: returns the rows whose band it may have changed."""
        self.now = now
        turned = {number: self.rows[number] for number in self.stock.turns.take_due(now)}
        self._take(turned, held=held)
        return set(turned)

    def _take(self, changed: dict[int, Incident], *, held: bool, gone: Mapping[int, int] = _NONE) -> None:
        left = [number for number in gone if number in self.rows]
        with_tallies = self._tallied((*changed, *left))
        moves = list(left)
        for number in left:
            self._leave(number)
            self.texts.drop(number)
        for number, incident in changed.items():
            self.texts.drop(number)
            stays = held and number in self.selection
            if has_left(incident) and not stays:
                self._leave(number)
                moves.append(number)
                continue
            self.stock.note(incident, self.now)
            if held and number not in gone.values():
                self._waiting.add(number)
            else:
                moves.append(number)
        self._move(moves)
        self._recount(with_tallies)

    def settle(self, now: Micros) -> bool:
        """Move what waited to be moved; says whether the order changed."""
        self.now = now
        if not self._waiting:
            return False
        waiting = list(self._waiting)
        with_tallies = self._tallied(waiting)
        for number in waiting:
            if has_left(self.rows[number]):
                self._leave(number)
        moved = self._move(waiting)
        self._recount(with_tallies)
        return moved

    def _move(self, numbers: Collection[int]) -> bool:
        self._waiting.difference_update(numbers)
        moved = self.selection.place(self.stock.places(numbers, self.now))
        if moved:
            self._segments = None
        return moved

    def _leave(self, number: int) -> None:
        self.stock.remove(number)
        self._departed.add(number)

    @property
    def waiting(self) -> int:
        """How many changes wait to take their place."""
        return len(self._waiting)

    def departed(self) -> set[int]:
        """Return which incidents have left the board since this was last asked: whoever keeps their numbers forgets."""
        gone = {number for number in self._departed if number not in self.rows}
        self._departed.clear()
        return gone

    # Counting

    def _tallied(self, numbers: Iterable[int]) -> dict[int, Tally | None]:
        """Return what each adds to the counts of what is shown; None for one that is not."""
        shown, tallies = self.selection.order.of, self.stock.tallies
        return {number: tallies[number] if number in shown else None for number in numbers}

    def _recount(self, before: dict[int, Tally | None]) -> None:
        for number, new in self._tallied(before).items():
            old = before[number]
            if old is not new:
                if old is not None:
                    self.shown.add(old, -1)
                if new is not None:
                    self.shown.add(new, 1)
            self._note_outside(number)

    def _note_outside(self, number: int) -> None:
        outside = number in self.stock.loud and number not in self.selection
        at = bisect_left(self._outside, number)
        known = at < len(self._outside) and self._outside[at] == number
        if outside and not known:
            insort(self._outside, number)
        elif known and not outside:
            del self._outside[at]

    @property
    def loud_outside(self) -> int | None:
        """The lowest number of an open P1 that nobody has acknowledged and that is not shown."""
        return self._outside[0] if self._outside else None

    # Looking

    def look(self, view: Predicate | None, filter: Predicate | None) -> None:
        """Show only what passes both; a view decides itself about hidden rows, without one they are left out."""
        self._look(lambda: self.selection.look(view, filter))

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the present one does not: only what is shown is looked through."""
        self._look(lambda: self.selection.narrow(filter))

    def sort_by(self, sort: str, *, reverse: bool | None = None) -> None:
        """Sort by a word of `SORTS`, by the default bands if empty; as told, or the same again the other way round."""
        self.settle(self.now)
        if reverse is None:
            reverse = sort == self.selection.sort and not self.selection.reverse
        self.selection.sort_by(sort, reverse=reverse)
        self._segments = None

    def _look(self, select: Callable[[], None]) -> None:
        self.settle(self.now)
        select()
        self._look_anew()

    def _look_anew(self) -> None:
        self.shown = self.selection.counts()
        self._outside = sorted(self.stock.loud.difference(self.selection.order.of))
        self._segments = None

    def relay(self) -> None:
        """Lay the lines out anew: the blanks between bands came or went."""
        self._segments = None

    # What is shown

    def __len__(self) -> int:
        return len(self.selection)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the shown rows from the top."""
        return self.selection.numbers()

    @property
    def attention(self) -> Attention:
        """What of the shown rows needs attention."""
        return Attention(self.selection, self._waiting, self.shown.all_unacked, self.now)

    # Lines

    def segments(self) -> list[Segment]:
        """Return the bands that are shown, with where their lines and rows begin."""
        if self._segments is None:
            self._segments = list(self._lay_out())
        return self._segments

    def _lay_out(self) -> Iterator[Segment]:
        if self.selection.sort:
            yield Segment(-1, 0, 0, 0, len(self))
            return
        line, start, keys = 0, 0, self.selection.order.keys
        for band in BANDS:
            end = len(keys) if band == RESOLVED else bisect_left(keys, (band + 1,))
            if end == start and band != NEEDS_ACTION:
                continue
            heading = 2 if self.airy and line else 1
            yield Segment(band, line, heading, start, end)
            line += heading + end - start
            start = end

    def line_count(self) -> int:
        """Return how many display lines there are, headings and blanks included."""
        last = self.segments()[-1]
        return last.line + last.heading + last.end - last.start

    def number_at(self, line: int) -> int | None:
        """Return the number of the incident on a display line; None for a heading or a blank."""
        segment = self.segment_at(line)
        row = line - segment.line - segment.heading
        if row < 0 or segment.start + row >= segment.end:
            return None
        return self.selection.at(segment.start + row)

    def segment_at(self, line: int) -> Segment:
        """Return the band that a display line belongs to."""
        segments = self.segments()
        return next((segment for segment in reversed(segments) if segment.line <= line), segments[0])

    def line_of(self, number: int) -> int | None:
        """Return the display line of an incident; None if it is not shown."""
        place = self.selection.place_of(number)
        if place is None:
            return None
        segment = next(s for s in reversed(self.segments()) if s.start <= place)
        return segment.line + segment.heading + place - segment.start
