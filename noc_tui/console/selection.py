"""Which rows of the board are shown, through which view and filter, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from operator import itemgetter
from typing import Final

from noc_tui.console.counts import Counts
from noc_tui.console.order import Key, Order
from noc_tui.console.stock import Stock
from noc_tui.incidents.listing import SORTS
from noc_tui.incidents.model import Incident
from noc_tui.incidents.ordering import HIDDEN

Predicate = Callable[[Incident], bool]

_FEW: Final = 8
"""Up to this part of what is shown, numbers are sorted; more of them are met on a walk through all."""


class Selection:
    """What is shown of one stock. Rows keep their default keys, so a look at other rows sorts nothing anew."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.sort = ""
        self.reverse = False
        self._view: Predicate | None = None
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

    def look(self, view: Predicate | None, filter: Predicate | None) -> None:
        """Show only what passes both; a view decides itself about hidden rows, without one they are left out."""
        self._view, self._filter = view, filter
        self._select()

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the present one does not: only what is shown is looked through."""
        self._filter = filter
        before = self.order
        of = self._passing(self.bands.of, filter)
        self.bands = Order(of, _sorted(of, self.bands.keys))
        self._sort_within(before)

    def sort_by(self, sort: str, *, reverse: bool) -> None:
        """Sort by a word of `SORTS`, from below if told; by the default bands if empty."""
        self.reverse = bool(sort) and reverse
        if sort != self.sort:
            self.sort = sort
            self._sort()

    def _select(self) -> None:
        stock, view, wanted = self.stock, self._view, self._filter
        if view is None and wanted is None:
            self.bands = stock.order
            self._sort()
            return
        of = stock.order.of
        if view is not None:
            of = self._passing(of, view) | self._passing(stock.hidden.of, view)
        if wanted is not None:
            of = self._passing(of, wanted)
        self.bands = Order(of, _sorted(of, stock.order.keys, stock.hidden.keys))
        self._sort()

    def _passing(self, of: Mapping[int, Key], test: Predicate) -> dict[int, Key]:
        rows = self.stock.rows
        return {number: key for number, key in of.items() if test(rows[number])}

    def _sort(self) -> None:
        if not self.sort:
            self.order = self.bands
            return
        by, rows = SORTS[self.sort], self.stock.rows
        of: dict[int, Key] = {number: (by(rows[number]), number) for number in sorted(self.bands.of)}
        # They come by number, and a sort leaves equal ones as they come: so the number need not be compared.
        self.order = Order(of, sorted(of.values(), key=itemgetter(0)))

    def _sort_within(self, order: Order) -> None:
        """Take the order of what was shown before, of which not all is shown now."""
        if not self.sort:
            self.order = self.bands
            return
        of = {number: order.of[number] for number in self.bands.of}
        self.order = Order(of, _sorted(of, order.keys))

    # Rows that change

    def place(self, places: Mapping[int, Key | None]) -> bool:
        """Move rows to their default places, where they are shown at all; says whether that moved what is shown."""
        moved = self.stock.place(places)
        rows = self.stock.rows
        if self.bands is not self.stock.order:
            places = {number: key if self._passes(number, key) else None for number, key in places.items()}
            moved = self.bands.place(places)
        if self.order is not self.bands:
            by, shown = SORTS[self.sort], self.bands.of
            moved = self.order.place({n: (by(rows[n]), n) if n in shown else None for n in places})
        return moved

    def _passes(self, number: int, key: Key | None) -> bool:
        if key is None:
            return False
        row = self.stock.rows[number]
        seen = key[0] != HIDDEN if self._view is None else self._view(row)
        return seen and (self._filter is None or self._filter(row))

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
        keys = self.order.keys
        return (key[-1] for key in (reversed(keys) if self.reverse else keys))

    def in_order(self, numbers: Collection[int]) -> list[int]:
        """Return those of the numbers that are shown, from the top."""
        of = self.order.of
        if len(numbers) * _FEW > len(of):
            return [number for number in self.numbers() if number in numbers]
        return [key[-1] for key in sorted((of[n] for n in numbers if n in of), reverse=self.reverse)]

    def between(self, first: int, last: int) -> list[int]:
        """Return the shown rows from one to another, both included; none if one of them is not shown."""
        one, other = self.order.index(first), self.order.index(last)
        if one is None or other is None:
            return []
        return [key[-1] for key in self.order.keys[min(one, other) : max(one, other) + 1]]

    def place_of(self, number: int) -> int | None:
        """Return how many rows are shown above a row; None if it is not shown."""
        place = self.order.index(number)
        return place if place is None or not self.reverse else len(self) - 1 - place

    def at(self, place: int) -> int:
        """Return the number of the row that is shown below so many others."""
        return int(self.order.keys[-1 - place if self.reverse else place][-1])


def _sorted(of: Mapping[int, Key], *runs: list[Key]) -> list[Key]:
    """Return the keys of some of the rows whose keys stand in `runs`, in that order: the fewer, the sooner sorted."""
    if len(of) * _FEW < sum(map(len, runs)):
        return sorted(of.values())
    return [key for run in runs for key in run if key[-1] in of]
