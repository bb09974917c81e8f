"""Which rows of the board are shown, through which view and filter, and in which order.

What is wanted may take some time with many rows: it comes about in slices, and until then all stays as it is shown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, NamedTuple

from noc_tui.console.arranging import Arrangement, Key, Reading, key_of
from noc_tui.console.counts import Counts
from noc_tui.console.groups import Groups
from noc_tui.console.order import Order
from noc_tui.console.slicing import FEW, Slices, all_of, in_order, kept, passing
from noc_tui.console.stock import Stock
from noc_tui.incidents.model import Incident
from noc_tui.incidents.ordering import HIDDEN

Predicate = Callable[[Incident], bool]
Bind = Callable[[], Predicate]
"""Makes a view's predicate for the present instant; asked for once for many rows."""

_OVER: Final = object()


class Wanted(NamedTuple):
    """What is to be shown, and how. `within`: of what is shown now, some rows at most."""

    view: Bind | None = None
    filter: Predicate | None = None
    hidden: bool = False
    arrangement: Arrangement = Arrangement()
    within: bool = False

    def has_rows_of(self, other: Wanted) -> bool:
        """Whether the same rows are shown."""
        return self.view is other.view and self.filter is other.filter and self.hidden == other.hidden


class Selection:
    """What is shown of one stock. Rows keep their default keys, so a look at other rows sorts nothing anew."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.groups: Groups | None = None
        """The shown rows in groups, if they are grouped."""
        self.bands = stock.order
        """What is shown, in the default order. Without view and filter that is the stock's own."""
        self.order = self.bands
        """What is shown, in the order that it is shown in."""
        self.shown = self.wanted = Wanted()
        self._take_reading()
        self._steps: Slices[None] | None = None
        self._missed: set[int] = set()
        """What changed since the slices began."""

    def _take_reading(self) -> None:
        arrangement = self.shown.arrangement
        self.reading = Reading.of(arrangement.sort, reverse=bool(arrangement.sort) and arrangement.reverse)
        self._by = key_of(arrangement.sort or "age")

    @property
    def sort(self) -> str:
        """The order that rows are shown in: a word of `SORTS`, or several as they are typed; empty for the bands."""
        return self.shown.arrangement.sort

    @property
    def arrangement(self) -> Arrangement:
        """In which order rows are to be shown, and in which groups."""
        return self.wanted.arrangement

    @property
    def in_bands(self) -> bool:
        """Whether rows are shown in the default order, band by band."""
        return not self.sort and self.groups is None

    # Looking at other rows, or in another order

    def of(self, stock: Stock) -> None:
        """Select from another stock, at once."""
        self.stock = stock
        self._missed.clear()
        self._steps = None
        all_of(self._build(None))

    def look(self, view: Bind | None, filter: Predicate | None, *, hidden: bool = False) -> None:
        """Show only what passes both; rows that the default view hides as well if told."""
        self._want(Wanted(view, filter, hidden, self.wanted.arrangement))

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the one before does not: only what is shown is looked through."""
        within = self.wanted.within or self.wanted.has_rows_of(self.shown)
        self._want(self.wanted._replace(filter=filter, within=within))

    def arrange(self, arrangement: Arrangement) -> None:
        """Show the same rows in another order, and in other groups."""
        self._want(self.wanted._replace(arrangement=arrangement))

    def _want(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._missed.clear()
        self._steps = self._build(self.shown)

    @property
    def unfinished(self) -> bool:
        """Whether something else is wanted than what is shown."""
        return self._steps is not None

    def step(self) -> bool:
        """Go on by a slice; False once all is shown as it is wanted, but for what `take_missed` returns."""
        if self._steps is not None and _uncollected(self._steps) is _OVER:
            self._steps = None
        return self._steps is not None

    def take_missed(self) -> set[int]:
        """Return the rows that changed since the slices began, once: they are to be placed."""
        missed, self._missed = self._missed, set()
        return missed

    def _build(self, shown: Wanted | None) -> Slices[None]:
        """Build what is wanted from what is `shown` (None: from the stock), and show it."""
        wanted, bands = self.wanted, self.bands
        sort, group = wanted.arrangement.sort, wanted.arrangement.group
        part = shown is not None and wanted.within
        if shown is None or not wanted.has_rows_of(shown):
            bands = yield from self._part(wanted) if part else self._selected(wanted)
        if not sort:
            order = bands
        elif shown is None or sort != shown.arrangement.sort or (bands is not self.bands and not part):
            order = yield from in_order(sort, sorted(bands.of), self.stock.rows)
        elif bands is not self.bands:
            of = {number: self.order.of[number] for number in bands.of if number in self.order.of}
            order = Order(of, (yield from kept(of, self.order.keys)))
        else:
            order = self.order
        groups = self.groups if order is self.order and shown is not None else None
        if group and (groups is None or groups.by != group):
            groups = Groups(group, order, self.stock.rows, self.stock.tallies)
            yield from groups.gather()
            groups.forget(self._missed)
        self.bands, self.order, self.groups = bands, order, groups if group else None
        self.shown = self.wanted = wanted._replace(within=False)
        self._take_reading()
        if self.groups is not None:
            self.groups.reading = self.reading

    def _part(self, wanted: Wanted) -> Slices[Order]:
        """Of what is shown, what passes the filter."""
        assert wanted.filter is not None  # that is what narrows
        of = yield from passing(self.bands.of, wanted.filter, self.stock.rows)
        self._without_missed(of)
        return Order(of, (yield from kept(of, self.bands.keys)))

    def _selected(self, wanted: Wanted) -> Slices[Order]:
        """Of the stock, what passes view and filter."""
        stock, rows = self.stock, self.stock.rows
        if wanted.view is None and wanted.filter is None and not wanted.hidden:
            return stock.order
        of: dict[int, Key] = stock.order.of
        if wanted.view is not None:
            view = wanted.view()
            of = yield from passing(of, view, rows)
            if wanted.hidden:
                of |= yield from passing(stock.hidden.of, view, rows)
        elif wanted.hidden:
            of = of | stock.hidden.of
        if wanted.filter is not None:
            of = yield from passing(of, wanted.filter, rows)
        self._without_missed(of)
        return Order(of, (yield from kept(of, stock.order.keys, stock.hidden.keys)))

    def _without_missed(self, of: dict[int, Key]) -> None:
        """Leave what changed since to the end: its key may not be the one by which it stands now."""
        for number in self._missed:
            of.pop(number, None)

    # Rows that change

    def place(self, places: Mapping[int, Key | None]) -> bool:
        """Move rows to their default places, where they are shown at all; says whether that moved what is shown."""
        if self._steps is not None:
            self._missed.update(places)
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
            view = self.shown.view() if self.shown.view is not None else None
            places = {number: key if self._passes(number, key, view) else None for number, key in places.items()}
            moved = self.bands.place(places)
        if self.order is not self.bands:
            by, shown = self._by, self.bands.of
            moved = self.order.place({n: by(rows[n]) if n in shown else None for n in places})
        return moved

    def _passes(self, number: int, key: Key | None, view: Predicate | None) -> bool:
        if key is None or (key[0] == HIDDEN and not self.shown.hidden):
            return False
        row, filter = self.stock.rows[number], self.shown.filter
        return (view is None or view(row)) and (filter is None or filter(row))

    # What is shown

    def __contains__(self, number: int) -> bool:
        return number in self.order.of

    def __len__(self) -> int:
        return len(self.order.keys)

    def counts(self) -> Counts:
        """Count what is shown: one pass over it, or where that is less, over what is not."""
        if self.bands is self.stock.order:
            return self.stock.counts.without(map(self.stock.tallies.__getitem__, self.stock.hidden.of))
        return Counts(map(self.stock.tallies.__getitem__, self.bands.of))

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the shown rows from the top."""
        if self.groups is not None:
            return (number for name in self.groups for number in self.groups.numbers(name))
        return (key[-1] for key in self.reading.through(self.order.keys))

    def in_order(self, numbers: Collection[int]) -> list[int]:
        """Return those of the numbers that are shown, from the top."""
        of = self.order.of
        if len(numbers) * FEW > len(of):
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


def _uncollected(steps: Slices[None]) -> object:
    """Go on by a slice; of the many small values that it makes none is garbage, so nobody need look before its end."""
    was = gc.isenabled()
    gc.disable()
    try:
        return next(steps, _OVER)
    finally:
        if was:
            gc.enable()
