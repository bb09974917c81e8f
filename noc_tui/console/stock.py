"""All rows of the board, and what is reckoned from each: its place, its part in the counts, when it is due.

A stock is built by the thread that reads the store, so that keys need not wait for it, and then handed to the board.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from noc_tui.console.agenda import Agenda
from noc_tui.console.arranging import Key
from noc_tui.console.counts import Counts, Tallies, Tally
from noc_tui.console.order import Order
from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.ordering import HIDDEN
from noc_tui.incidents.policy import Policy

if TYPE_CHECKING:
    from noc_tui.console.standing import Standing

_SLICE: Final = 250
"""Rows asked between two chances for others: a millisecond or two."""


def has_left(incident: Incident) -> bool:
    """Return whether an incident is none of the board's any more."""
    return incident.state in ("closed", "merged")


class Stock:
    """The rows by number; `order` holds those that the default view shows, `hidden` the others."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rows: dict[int, Incident] = {}
        self.order = Order({}, [])
        self.hidden = Order({}, [])
        self.tallies: dict[int, Tally] = {}
        self.counts = Counts()
        self.loud: set[int] = set()
        """The open P1s that nobody has acknowledged."""
        self.dues = Agenda()
        """When the running clock of each runs out that has not run out yet."""
        self.late: set[int] = set()
        """Those whose running clock has run out."""
        self.turns = Agenda()
        """When time alone may move each to another band."""
        self.kinds = Tallies()
        self.standing: Standing | None = None
        self.in_views: list[int] = []
        """How many rows each view of `standing` has, once all have been asked."""
        self.run = 0

    def note(self, incident: Incident, now: Micros) -> None:
        """Take an incident in as it is now, where it stands: `place` moves it."""
        number = incident.number
        self.rows[number] = incident
        standing = self.standing
        views = standing.of(incident, self.policy, now) if standing is not None else ()
        tally, old = self.kinds.of(incident, now, views, self.run), self.tallies.get(number)
        if tally is not old:
            if old is not None:
                self.counts.add(old, -1)
                self._in_views(old, -1)
            self.counts.add(tally, 1)
            self._in_views(tally, 1)
            self.tallies[number] = tally
            (self.loud.add if tally.loud else self.loud.discard)(number)
        due = next_due(incident)
        late = due is not None and due <= now
        (self.late.add if late else self.late.discard)(number)
        self.dues.put(number, None if late else due)
        turns_at = standing.turns_at if standing is not None else ordering.turns_at
        self.turns.put(number, turns_at(incident, self.policy, now))

    def remove(self, number: int) -> None:
        """Forget an incident; `place` takes its key away."""
        self.rows.pop(number, None)
        old = self.tallies.pop(number, None)
        if old is not None:
            self.counts.add(old, -1)
            self._in_views(old, -1)
        self.loud.discard(number)
        self.late.discard(number)
        self.dues.put(number, None)
        self.turns.put(number, None)

    def stand_in(self, standing: Standing, run: int) -> None:
        """Ask which of these views rows are in from now on; `ask_all` asks those that do not change."""
        self.standing, self.run = standing, run
        self.in_views = [0] * len(standing.names)
        self.kinds.forget()

    def ask_all(self, clock: Callable[[], Micros]) -> Iterator[None]:
        """Ask all rows which views they are in, a slice at each step; over at once if others are to be asked."""
        standing, run = self.standing, self.run
        if standing is None:
            return
        now = clock()
        for at, number in enumerate(list(self.rows)):
            if at % _SLICE == _SLICE - 1:
                yield
                now = clock()
                if self.run != run:
                    return
            tally, row = self.tallies.get(number), self.rows.get(number)
            if tally is None or row is None or tally.run == run:
                continue
            seen = self.tallies[number] = self.kinds.seen(tally, standing.of(row, self.policy, now), run)
            self._in_views(seen, 1)
            self.turns.put(number, standing.turns_at(row, self.policy, now))

    def _in_views(self, tally: Tally, by: int) -> None:
        if tally.run == self.run:
            for place in tally.views:
                self.in_views[place] += by

    def late_count(self, now: Micros) -> int:
        """Return how many open incidents' running clocks have run out."""
        self.late.update(self.dues.take_due(now))
        return len(self.late)

    def next_clock(self, now: Micros) -> tuple[Micros, Incident] | None:
        """Return the due instant still to come that comes first among all open incidents, and whose it is."""
        self.late.update(self.dues.take_due(now))
        first = self.dues.first()
        return None if first is None else (first[0], self.rows[first[1]])

    def places(self, numbers: Iterable[int], now: Micros) -> dict[int, Key | None]:
        """Return where incidents belong at an instant; None for one that is not here."""
        rows, policy = self.rows, self.policy
        return {
            number: ordering.sort_key(row, policy, now) if (row := rows.get(number)) is not None else None
            for number in numbers
        }

    def place(self, places: Mapping[int, Key | None]) -> bool:
        """Move incidents to their places; says whether that changes what the default view shows."""
        self.hidden.place({number: key if key and key[0] == HIDDEN else None for number, key in places.items()})
        return self.order.place({number: key if key and key[0] != HIDDEN else None for number, key in places.items()})


def stock_of(chunks: Iterable[Iterable[Incident]], policy: Policy, now: Micros) -> Stock:
    """Return a stock of all these rows. No single step of it keeps other threads waiting for long."""
    stock = Stock(policy)
    runs: dict[Key, list[Key]] = {}
    for chunk in chunks:
        for incident in chunk:
            if not has_left(incident):
                key = ordering.sort_key(incident, policy, now)
                runs.setdefault(key[:3], []).append(key)
                _put_in(stock, incident, key, now)
    stock.dues.arrange()
    stock.turns.arrange()
    stock.counts = Counts(stock.tallies.values())
    stock.loud = {number for number, tally in stock.tallies.items() if tally.loud}
    for lead in sorted(runs):
        runs[lead].sort()
        (stock.hidden if lead[0] == HIDDEN else stock.order).keys.extend(runs[lead])
    return stock


def _put_in(stock: Stock, incident: Incident, key: Key, now: Micros) -> None:
    number = incident.number
    stock.rows[number] = incident
    stock.tallies[number] = stock.kinds.of(incident, now)
    due = next_due(incident)
    if due is not None and due <= now:
        stock.late.add(number)
    else:
        stock.dues.note(number, due)
    stock.turns.note(number, ordering.turns_at(incident, stock.policy, now))
    (stock.hidden if key[0] == HIDDEN else stock.order).of[number] = key
