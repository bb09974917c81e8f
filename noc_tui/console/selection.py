"""Which rows of the board are shown, through which view and filter, and in which order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, Final

from noc_tui.console.arranging import Arrangement, Key, Reading, columns_of, key_of
from noc_tui.console.counts import Counts
from noc_tui.console.groups import Groups
from noc_tui.console.order import Order
from noc_tui.console.stock import Stock
from noc_tui.incidents.model import Incident
from noc_tui.incidents.ordering import HIDDEN

Predicate = Callable[[Incident], bool]
Bind = Callable[[], Predicate]
"""Makes a view's predicate for the present instant; asked for once for many rows."""

_FEW: Final = 8
"""Up to this part of what is shown, numbers are sorted; more of them are met on a walk through all."""


class Selection:
    """What is shown of one stock. Rows keep their default keys, so a look at other rows sorts nothing anew."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.sort = ""
        """The order that rows are shown in: a word of `SORTS`, or several as they are typed; empty for the bands."""
        self.reading = Reading()
        self.groups: Groups | None = None
        """The shown rows in groups, if they are grouped."""
        self._by: Callable[[Incident], Any] = key_of("age")
        self._group = ""
        self._view: Bind | None = None
        self._hidden = False
        self._filter: Predicate | None = None
        self.bands = stock.order
        """What is shown, in the default order. Without view and filter that is the stock's own."""
        self.order = self.bands
        """What is shown, in the order that it is shown in."""

    # Looking at other rows, or in another order

    def of(self, stock: Stock) -> None:
        """Select from another stock."""
        self.stock = stock
        self._select()

    def look(self, view: Bind | None, filter: Predicate | None, *, hidden: bool = False) -> None:
        """Show only what passes both; rows that the default view hides as well if told."""
        self._view, self._filter, self._hidden = view, filter, hidden
        self._select()

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the present one does not: only what is shown is looked through."""
        self._filter = filter
        before = self.order
        of = self._passing(self.bands.of, filter)
        self.bands = Order(of, _sorted(of, self.bands.keys))
        self._sort_within(before)

    @property
    def arrangement(self) -> Arrangement:
        """In which order rows are shown, and in which groups."""
        return Arrangement(self.sort, self.reading.reverse, self._group)

    @property
    def in_bands(self) -> bool:
        """Whether rows are shown in the default order, band by band."""
        return not self.sort and self.groups is None

    def arrange(self, wanted: Arrangement) -> None:
        """Show the same rows in another order, and in other groups."""
        self.reading = Reading.of(wanted.sort, reverse=bool(wanted.sort) and wanted.reverse)
        self._group = wanted.group
        if wanted.sort != self.sort:
            self.sort = wanted.sort
            self._by = key_of(wanted.sort or "age")
            self._sort()
        elif self.groups is not None and self.groups.by == wanted.group:
            self.groups.reading = self.reading
        else:
            self._gather()

    def _select(self) -> None:
        stock, wanted = self.stock, self._filter
        if self._view is None and wanted is None and not self._hidden:
            self.bands = stock.order
            self._sort()
            return
        of = stock.order.of
        if self._view is not None:
            view = self._view()
            of = self._passing(of, view)
            if self._hidden:
                of |= self._passing(stock.hidden.of, view)
        elif self._hidden:
            of = of | stock.hidden.of
        if wanted is not None:
            of = self._passing(of, wanted)
        self.bands = Order(of, _sorted(of, stock.order.keys, stock.hidden.keys))
        self._sort()

    def _passing(self, of: Mapping[int, Key], test: Predicate) -> dict[int, Key]:
        rows = self.stock.rows
        return {number: key for number, key in of.items() if test(rows[number])}

    def _sort(self) -> None:
        if self.sort:
            with uncollected():
                self.order = _in_order(self.sort, sorted(self.bands.of), self.stock.rows)
        else:
            self.order = self.bands
        self._gather()

    def _sort_within(self, order: Order) -> None:
        """Take the order of what was shown before, of which not all is shown now."""
        if self.sort:
            of = {number: order.of[number] for number in self.bands.of}
            self.order = Order(of, _sorted(of, order.keys))
        else:
            self.order = self.bands
        self._gather()

    def _gather(self) -> None:
        stock = self.stock
        self.groups = None
        if self._group:
            with uncollected():
                self.groups = Groups(self._group, self.order, stock.rows, stock.tallies, self.reading)

    # Rows that change

    def place(self, places: Mapping[int, Key | None]) -> bool:
        """Move rows to their default places, where they are shown at all; says whether that moved what is shown."""
        if self.groups is None:
            return self._placed(places)
        anew = self.groups.take_out(places)
        self._placed(places)
        self.groups.put_in(places, anew=anew)
        return bool(places)  # a row may go to another group without another key

    def _placed(self, places: Mapping[int, Key | None]) -> bool:
        moved = self.stock.place(places)
        rows = self.stock.rows
        if self.bands is not self.stock.order:
            view = self._view() if self._view is not None else None
            places = {number: key if self._passes(number, key, view) else None for number, key in places.items()}
            moved = self.bands.place(places)
        if self.order is not self.bands:
            by, shown = self._by, self.bands.of
            moved = self.order.place({n: (by(rows[n]), n) if n in shown else None for n in places})
        return moved

    def _passes(self, number: int, key: Key | None, view: Predicate | None) -> bool:
        if key is None or (key[0] == HIDDEN and not self._hidden):
            return False
        row = self.stock.rows[number]
        return (view is None or view(row)) and (self._filter is None or self._filter(row))

    # What is shown

    def __contains__(self, number: int) -> bool:
        return number in self.order.of

    def __len__(self) -> int:
        return len(self.order.keys)

    def counts(self) -> Counts:
        """Count what is shown; one pass over it."""
        return Counts(map(self.stock.tallies.__getitem__, self.bands.of))

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the shown rows from the top."""
        if self.groups is not None:
            return (number for name in self.groups for number in self.groups.numbers(name))
        return (key[-1] for key in self.reading.through(self.order.keys))

    def in_order(self, numbers: Collection[int]) -> list[int]:
        """Return those of the numbers that are shown, from the top."""
        of = self.order.of
        if len(numbers) * _FEW > len(of):
            return [number for number in self.numbers() if number in numbers]
        places = sorted((place, number) for number in numbers if (place := self.place_of(number)) is not None)
        return [number for _, number in places]

    def between(self, first: int, last: int) -> list[int]:
        """Return the shown rows from one to another, both included; none if one of them is not shown."""
        one, other = self.place_of(first), self.place_of(last)
        if one is None or other is None:
            return []
        return [self.at(place) for place in range(min(one, other), max(one, other) + 1)]

    def place_of(self, number: int) -> int | None:
        """Return how many rows are shown above a row; None if it is not shown."""
        if self.groups is not None:
            return self.groups.place_of(number)
        index = self.order.index(number)
        return index if index is None else self.reading.place(self.order.keys, index)

    def at(self, place: int) -> int:
        """Return the number of the row that is shown below so many others."""
        if self.groups is not None:
            return self.groups.at(place)
        return int(self.reading.nth(self.order.keys, place)[-1])


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many small values at a stretch, which stay: the collector need not go through them again and again."""
    was = gc.isenabled()
    gc.collect(1)  # what was garbage before does not stay
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()


def _in_order(sort: str, numbers: list[int], rows: Mapping[int, Incident]) -> Order:
    """Return rows, given by their numbers in order, sorted by one field or several.

    Field by field, the last first: values of one kind are compared much faster than tuples of several. A sort leaves
    equal ones as they come, so the number need not be compared either.
    """
    shown = list(map(rows.__getitem__, numbers))
    columns = [list(map(by, shown)) for by in columns_of(sort)]
    keys: list[Key] = list(zip(columns[0] if len(columns) == 1 else zip(*columns, strict=True), numbers, strict=True))
    of = dict(zip(numbers, keys, strict=True))
    if len(columns) == 1:
        return Order(of, sorted(keys, key=itemgetter(0)))
    places = list(range(len(keys)))
    for column in reversed(columns):
        places.sort(key=column.__getitem__)
    return Order(of, list(map(keys.__getitem__, places)))


def _sorted(of: Mapping[int, Key], *runs: list[Key]) -> list[Key]:
    """Return the keys of some of the rows whose keys stand in `runs`, in that order: the fewer, the sooner sorted."""
    if len(of) * _FEW < sum(map(len, runs)):
        return sorted(of.values())
    return [key for run in runs for key in run if key[-1] in of]
