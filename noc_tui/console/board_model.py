"""The board's memory: every incident that is open, in order, filtered, in bands, with counts that are always true.

Order is kept by bisection: a change costs a few microseconds, whatever the number of rows. While it is held (a key was
just pressed, rows are picked, the list is frozen) rows change where they stand, and move when it settles (OPERATOR.md
2.1 rule 4). Nothing here knows of a screen.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, IN_HAND, NEEDS_ACTION, RESOLVED, WAITING
from noc_tui.incidents.policy import Policy

Key = tuple[Any, ...]
"""What a row is sorted by; its last part is the incident's number, so that no two are equal."""
Predicate = Callable[[Incident], bool]
SortBy = Callable[[Incident], Any]

BANDS: Final = (NEEDS_ACTION, IN_HAND, WAITING, RESOLVED)

SORTS: Final[dict[str, SortBy]] = {
    "priority": lambda incident: (incident.priority, not incident.attention),
    "age": lambda incident: -incident.opened_at,
    "sla": lambda incident: ordering.NEVER if (due := next_due(incident)) is None else due,
    "resource": lambda incident: incident.resource.casefold(),
    "owner": lambda incident: (not incident.owner, incident.owner),
    "updated": lambda incident: -incident.updated_at,
}
"""The orders beside the default bands, by the word that `z` and the status line use."""


class Tally(msgspec.Struct, frozen=True):
    """What one incident adds to the counts."""

    priority: int
    open: bool
    attention: bool
    shelved: bool
    suppressed: bool
    major: bool


class Counts:
    """Unfiltered counts, kept up to date change by change."""

    def __init__(self) -> None:
        self.open: dict[int, int] = dict.fromkeys(range(1, 6), 0)
        self.unacked: dict[int, int] = dict.fromkeys(range(1, 6), 0)
        self.shelved = 0
        self.suppressed = 0
        self.major = 0

    def add(self, tally: Tally, by: int) -> None:
        """Count a tally in (`by` 1) or out (-1)."""
        if tally.open:
            self.open[tally.priority] += by
            self.unacked[tally.priority] += by * tally.attention
            self.shelved += by * tally.shelved
            self.suppressed += by * tally.suppressed
            self.major += by * tally.major

    @property
    def all_open(self) -> int:
        """How many incidents are open."""
        return sum(self.open.values())

    @property
    def all_unacked(self) -> int:
        """How many of them need attention."""
        return sum(self.unacked.values())


class Segment(msgspec.Struct, frozen=True):
    """A run of display lines: a band's heading (with a blank before it, or not) and its rows."""

    band: int
    line: int
    heading: int
    start: int
    end: int


class BoardModel:
    """The incidents on the board and the order they are shown in."""

    def __init__(self, policy: Policy, now: Micros) -> None:
        self.policy = policy
        self.rows: dict[int, Incident] = {}
        self.counts = Counts()
        self.sort = ""
        self.reverse = False
        self.airy = True
        """Whether a blank line stands before each band but the first."""
        self.now = now
        self._view: Predicate | None = None
        self._filter: Predicate | None = None
        self._keys: dict[int, Key] = {}
        self._order: list[Key] = []
        self.shown = Counts()
        """The counts of what is shown; the difference to `counts` is what view and filter leave out."""
        self.loud: set[int] = set()
        """The open P1s that nobody has acknowledged, shown or not."""
        self._tallies: dict[int, Tally] = {}
        self._shown: dict[int, Tally] = {}
        self._shared: dict[Tally, Tally] = {}
        self._turns: list[tuple[Micros, int]] = []
        self._dues: list[tuple[Micros, int]] = []
        self._waiting: set[int] = set()
        self._segments: list[Segment] | None = None

    # Rows coming in

    def load(self, incidents: Iterable[Incident]) -> None:
        """Take rows in without placing them: `rebuild` does, once all are there."""
        for incident in incidents:
            known = self.rows.get(incident.number)
            if known is None or known.changed_seq <= incident.changed_seq:
                self.rows[incident.number] = incident

    def rebuild(self, now: Micros) -> None:
        """Place and count every row anew; about half a second for 100,000."""
        self.now = now
        for number in [n for n, row in self.rows.items() if row.state in ("closed", "merged")]:
            del self.rows[number]
        self.counts = Counts()
        self.loud.clear()
        self._tallies.clear()
        self._turns, self._dues = [], []
        for incident in self.rows.values():
            self._note(incident, push=False)
        heapq.heapify(self._turns)
        heapq.heapify(self._dues)
        self._waiting.clear()
        self.reorder()

    def reorder(self) -> None:
        """Place every row anew under the present view, filter and sort."""
        self._keys = {number: key for number, incident in self.rows.items() if (key := self._key(incident)) is not None}
        self._order = sorted(self._keys.values())
        self._segments = None
        self._recount_shown()

    def _recount_shown(self) -> None:
        self.shown = Counts()
        self._shown = {number: self._tallies[number] for number in self._keys}
        for tally in self._shown.values():
            self.shown.add(tally, 1)

    def apply(self, incidents: Iterable[Incident], now: Micros, *, held: bool = False) -> set[int]:
        """Take changed incidents in; returns their numbers. While `held` they change in place and move later."""
        self.now = now
        changed: set[int] = set()
        for incident in incidents:
            known = self.rows.get(incident.number)
            if known is not None and known.changed_seq > incident.changed_seq:
                continue
            changed.add(incident.number)
            self._take(incident, held=held)
        return changed

    def _take(self, incident: Incident, *, held: bool) -> None:
        number = incident.number
        gone = incident.state in ("closed", "merged")
        if gone and not (held and number in self._keys):
            self.rows.pop(number, None)
            self._discount(number)
            self._place(number, None)
            return
        self.rows[number] = incident
        self._note(incident, push=True)
        if held:
            self._waiting.add(number)
            self._count_shown(number, shown=number in self._keys)
        else:
            self._place(number, self._key(incident))

    def settle(self, now: Micros) -> bool:
        """Move what waited to be moved; says whether the order changed."""
        self.now = now
        moved = False
        for number in self._waiting:
            incident = self.rows.get(number)
            if incident is not None and incident.state in ("closed", "merged"):
                del self.rows[number]
                self._discount(number)
                incident = None
            moved |= self._place(number, self._key(incident) if incident else None)
        self._waiting.clear()
        return moved

    @property
    def waiting(self) -> int:
        """How many changes wait to take their place."""
        return len(self._waiting)

    def tick(self, now: Micros, *, held: bool = False) -> set[int]:
        """Let time pass: returns the rows whose band it may have changed."""
        self.now = now
        turned: set[int] = set()
        while self._turns and self._turns[0][0] <= now:
            _, number = heapq.heappop(self._turns)
            incident = self.rows.get(number)
            if incident is None:
                continue
            turned.add(number)
            self._take(incident, held=held)
        return turned

    # Counting

    def _note(self, incident: Incident, *, push: bool) -> None:
        number = incident.number
        tally = self._tally(incident)
        old = self._tallies.get(number)
        if old is not tally:
            if old is not None:
                self.counts.add(old, -1)
            self.counts.add(tally, 1)
            self._tallies[number] = tally
            if tally.open and tally.attention and tally.priority == 1:
                self.loud.add(number)
            else:
                self.loud.discard(number)
        turn = ordering.turns_at(incident, self.policy, self.now)
        due = next_due(incident)
        for heap, at in ((self._turns, turn), (self._dues, due)):
            if at is None:
                continue
            if push:
                heapq.heappush(heap, (at, number))
            else:
                heap.append((at, number))

    def _discount(self, number: int) -> None:
        self.loud.discard(number)
        old = self._tallies.pop(number, None)
        if old is not None:
            self.counts.add(old, -1)

    def _tally(self, incident: Incident) -> Tally:
        tally = Tally(
            incident.priority,
            incident.state in OPEN_STATES,
            incident.attention,
            incident.alerts_shelved > 0 and ordering.is_shelved(incident, self.now),
            incident.alerts_suppressed > 0 and ordering.is_suppressed(incident),
            incident.major,
        )
        return self._shared.setdefault(tally, tally)

    def worst_clock(self) -> tuple[Micros, Incident] | None:
        """Return the due instant that comes first among all open incidents, and whose it is."""
        while self._dues:
            due, number = self._dues[0]
            incident = self.rows.get(number)
            if incident is not None and next_due(incident) == due:
                return due, incident
            heapq.heappop(self._dues)
        return None

    # Order

    def look(self, view: Predicate | None, filter: Predicate | None) -> None:
        """Show only what passes both; a view decides itself about hidden rows, without one they are left out."""
        self._view, self._filter = view, filter
        self.reorder()

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the present one does not: only what is shown is looked through."""
        self._filter = filter
        kept = [key for key in self._order if filter(self.rows[key[-1]])]
        self._keys = {key[-1]: key for key in kept}
        self._order = kept
        self._segments = None
        self._recount_shown()

    def sort_by(self, sort: str) -> None:
        """Sort by a word of `SORTS`, again the other way round; by the default bands if empty."""
        self.reverse = bool(sort) and sort == self.sort and not self.reverse
        self.sort = sort
        self.reorder()

    def _key(self, incident: Incident) -> Key | None:
        place = ordering.sort_key(incident, self.policy, self.now)
        if self._view is None:
            if place[0] == HIDDEN:
                return None
        elif not self._view(incident):
            return None
        if self._filter is not None and not self._filter(incident):
            return None
        if not self.sort:
            return place
        return (SORTS[self.sort](incident), incident.number)

    def _place(self, number: int, key: Key | None) -> bool:
        old = self._keys.get(number)
        self._count_shown(number, shown=key is not None)
        if old == key:
            return False
        self._segments = None
        if old is not None:
            at = bisect_left(self._order, old)
            if at < len(self._order) and self._order[at] == old:
                del self._order[at]
            del self._keys[number]
        if key is not None:
            insort(self._order, key)
            self._keys[number] = key
        return True

    def relay(self) -> None:
        """Lay the lines out anew: the blanks between bands came or went."""
        self._segments = None

    def _count_shown(self, number: int, *, shown: bool) -> None:
        tally = self._tallies.get(number) if shown else None
        old = self._shown.get(number)
        if old is tally:
            return
        if old is not None:
            self.shown.add(old, -1)
            del self._shown[number]
        if tally is not None:
            self.shown.add(tally, 1)
            self._shown[number] = tally

    # What is shown

    def __len__(self) -> int:
        return len(self._order)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the shown rows from the top."""
        order = reversed(self._order) if self.reverse else iter(self._order)
        return (key[-1] for key in order)

    def segments(self) -> list[Segment]:
        """Return the bands that are shown, with where their lines and rows begin."""
        if self._segments is None:
            self._segments = list(self._lay_out())
        return self._segments

    def _lay_out(self) -> Iterator[Segment]:
        if self.sort:
            yield Segment(-1, 0, 0, 0, len(self._order))
            return
        line, start = 0, 0
        for band in BANDS:
            end = bisect_left(self._order, (band + 1,))
            if band == RESOLVED:
                end = len(self._order)
            if end == start and band != NEEDS_ACTION:
                continue
            heading = 2 if self.airy and line else 1
            yield Segment(band, line, heading, start, end)
            line += heading + end - start
            start = end

    def line_count(self) -> int:
        """Return how many display lines there are, headings and blanks included."""
        segments = self.segments()
        last = segments[-1]
        return last.line + last.heading + last.end - last.start

    def number_at(self, line: int) -> int | None:
        """Return the number of the incident on a display line; None for a heading or a blank."""
        segment = self.segment_at(line)
        row = line - segment.line - segment.heading
        if row < 0 or segment.start + row >= segment.end:
            return None
        place = segment.start + row
        return int(self._order[-1 - place if self.reverse else place][-1])

    def segment_at(self, line: int) -> Segment:
        """Return the band that a display line belongs to."""
        segments = self.segments()
        return next((segment for segment in reversed(segments) if segment.line <= line), segments[0])

    def line_of(self, number: int) -> int | None:
        """Return the display line of an incident; None if it is not shown."""
        key = self._keys.get(number)
        if key is None:
            return None
        place = bisect_left(self._order, key)
        if self.reverse:
            place = len(self._order) - 1 - place
        segment = next(s for s in reversed(self.segments()) if s.start <= place)
        return segment.line + segment.heading + place - segment.start

    def next_attention(self, after: int | None, step: int) -> int | None:
        """Return the shown incident that needs attention after (`step` 1) or before (-1) one, round the end.

        In the default order those stand first, so this looks at few rows; in another order at those on the way.
        """
        end = len(self._order) if self.sort else bisect_left(self._order, (NEEDS_ACTION + 1,))
        key = self._keys.get(after) if after is not None else None
        place = bisect_left(self._order, key) if key is not None else end if step > 0 else 0
        if self.reverse:
            step = -step
        if place >= end:
            place = -1 if step > 0 else end
        for distance in range(1, end + 1):
            number = int(self._order[(place + step * distance) % end][-1])
            if self.rows[number].attention:
                return number
        return None
