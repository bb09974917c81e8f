"""The shown rows in groups: by service, site, owner and so on, each a run of keys in the order of the board.

A change costs one bisection in its group's run. What a head tells is kept change by change, however large the group.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import accumulate
from typing import Final, NamedTuple

from noc_tui.console.arranging import GROUPS, Key, Reading, group_place
from noc_tui.console.counts import Tally
from noc_tui.console.order import Order
from noc_tui.console.slicing import SLICE, Slices, all_of
from noc_tui.incidents.model import Incident

_ONE_BY_ONE: Final = 64
_PART: Final = 400
"""Up to so many changes, or this part of all, are placed one by one; with more the groups are made anew."""


class Figures(NamedTuple):
    """What a group's head tells: how many rows, how many that nobody has looked at, and the priority of its badge.

    The badge is the worst priority among those not acknowledged, `loud`; where there are none, among the open ones (0:
    none is open).
    """

    rows: int
    unacked: int
    priority: int
    loud: bool


class _Run:
    """The keys of one group, and how many of its rows add what to the counts: each put in order when first wanted."""

    __slots__ = ("_keys", "_sorted", "place", "tallies")

    def __init__(self, place: tuple[str, str]) -> None:
        self.place = place
        self._keys: list[Key] = []
        self._sorted = True
        self.tallies: dict[Tally, int] | None = None
        """None until somebody has asked."""

    def loose(self) -> list[Key]:
        """Return the keys to add some, in whatever order."""
        self._sorted = False
        return self._keys

    @property
    def keys(self) -> list[Key]:
        """The keys in their order."""
        if not self._sorted:
            self._keys.sort()
            self._sorted = True
        return self._keys

    def drop(self, numbers: Collection[int]) -> int:
        """Leave rows out whose keys are not known; returns how many stay."""
        self._keys = [key for key in self._keys if key[-1] not in numbers]
        return len(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def counted(self, of: Mapping[int, Tally]) -> dict[Tally, int]:
        """Return how many of its rows add what; `of` tells it of each."""
        if self.tallies is None:
            self.tallies = dict(Counter(of[key[-1]] for key in self._keys))
        return self.tallies

    def add(self, tally: Tally, by: int) -> None:
        """Count a row in (1) or out (-1), if they have been counted."""
        if self.tallies is None:
            return
        many = self.tallies.get(tally, 0) + by
        if many:
            self.tallies[tally] = many
        else:
            del self.tallies[tally]


class Groups:
    """The rows of one order by a word of `GROUPS`, once they are gathered. `rows` and `tallies` are the stock's."""

    def __init__(self, by: str, order: Order, rows: Mapping[int, Incident], tallies: Mapping[int, Tally]) -> None:
        self.by = by
        self.reading = Reading()
        self._order, self._rows, self._tallies = order, rows, tallies
        self._group_of = GROUPS[by]
        self._starts: list[int] | None = None
        self._begin()

    def _begin(self) -> None:
        self._name: dict[int, str] = {}
        self._runs: dict[str, _Run] = {}
        self._names: list[tuple[str, str]] = []

    def gather(self) -> Slices[None]:
        """Put all rows into their groups, a slice at each step; those that change meanwhile are to be forgotten."""
        self._begin()
        rows, of = self._rows, self._order.of
        # By number, nearly as rows lie in memory (see `Order`), and what can be is done in C: a hundred thousand rows.
        # To meet them in their order would take twice as long: each group is sorted when it is looked at.
        numbers = list(of)
        into: dict[str, Callable[[Key], None]] = {}
        for start in range(0, len(numbers), SLICE):
            here = [number for number in numbers[start : start + SLICE] if number in of and number in rows]
            names = list(map(self._group_of, map(rows.__getitem__, here)))
            self._name.update(zip(here, names, strict=True))
            for name in set(names).difference(into):
                into[name] = self._run(name).loose().append
            for name, number in zip(names, here, strict=True):
                into[name](of[number])
            yield
        self._names = sorted(run.place for run in self._runs.values())
        self._counted = dict(self._tallies)
        self._starts = None

    def forget(self, numbers: Collection[int]) -> None:
        """Take rows out whose keys may have changed while they were gathered."""
        for name in {self._name[number] for number in numbers if number in self._name}:
            if not self._runs[name].drop(numbers):
                self._names.remove(self._runs.pop(name).place)
        for number in numbers:
            self._name.pop(number, None)

    def _run(self, name: str) -> _Run:
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = _Run(group_place(self.by, name))
        return run

    # Rows that change

    def take_out(self, numbers: Collection[int]) -> bool:
        """Take rows out before their keys change; says whether they are too many, and all is to be made anew after."""
        if len(numbers) > _ONE_BY_ONE + len(self._name) // _PART:
            return True
        for number in numbers:
            name = self._name.pop(number, None)
            if name is None:
                continue
            run = self._runs[name]
            del run.keys[bisect_left(run.keys, self._order.of[number])]
            run.add(self._counted.pop(number), -1)
            if not len(run):
                self._names.remove(self._runs.pop(name).place)
            self._starts = None
        return False

    def put_in(self, numbers: Collection[int], *, anew: bool) -> None:
        """Put rows in that were taken out, those of them that are shown; or all rows anew."""
        if anew:
            all_of(self.gather())
            return
        for number in numbers:
            key = self._order.of.get(number)
            if key is None:
                continue
            name = self._name[number] = self._group_of(self._rows[number])
            if name not in self._runs:
                insort(self._names, self._run(name).place)
            insort(self._runs[name].keys, key)
            self._runs[name].add(self._tallies[number], 1)
            self._counted[number] = self._tallies[number]
            self._starts = None

    def recount(self, number: int) -> None:
        """Take in what a row that stays where it is adds to the counts now."""
        name, before = self._name.get(number), self._counted.get(number)
        now = self._tallies[number]
        if name is not None and before is not None and before is not now:
            self._runs[name].add(before, -1)
            self._runs[name].add(now, 1)
            self._counted[number] = now

    # What is shown

    def __iter__(self) -> Iterator[str]:
        """Yield the groups' names in their order."""
        return (name for _, name in self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._runs

    def name_of(self, number: int) -> str | None:
        """Return the group that a row stands in; None for one that is not shown."""
        return self._name.get(number)

    def size(self, name: str) -> int:
        """Return how many rows a group has."""
        return len(self._runs[name])

    def numbers(self, name: str) -> Iterator[int]:
        """Yield the numbers of a group's rows from the top."""
        return (key[-1] for key in self.reading.through(self._runs[name].keys))

    def figures(self, name: str) -> Figures:
        """Return what a group's head tells."""
        run = self._runs[name]
        tallies = [(tally, many) for tally, many in run.counted(self._counted).items() if tally.open]
        unacked = sum(many for tally, many in tallies if tally.attention)
        worst = min((tally.priority for tally, _ in tallies if tally.attention or not unacked), default=0)
        return Figures(len(run), unacked, worst, unacked > 0)

    def at(self, place: int) -> int:
        """Return the number of the row below so many others, folded ones included."""
        group = bisect_right(self.starts, place) - 1
        run = self._runs[self._names[group][1]]
        return int(self.reading.nth(run.keys, place - self.starts[group])[-1])

    def place_of(self, number: int) -> int | None:
        """Return how many rows stand above a row, folded ones included; None if it is not shown."""
        name = self._name.get(number)
        if name is None:
            return None
        run = self._runs[name]
        group = bisect_left(self._names, run.place)
        return self.starts[group] + self.reading.place(run.keys, bisect_left(run.keys, self._order.of[number]))

    @property
    def starts(self) -> list[int]:
        """How many rows stand above each group, in the groups' order."""
        if self._starts is None:
            sizes = (len(self._runs[name]) for _, name in self._names)
            self._starts = [0, *accumulate(sizes)][: len(self._names)]
        return self._starts
