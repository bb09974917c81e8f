"""The shown rows in groups: by service, site, owner and so on, each a run of keys in the order of the board.

A change costs one bisection in its group's run. What a head tells is kept change by change, however large the group.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate
from typing import Final, NamedTuple

from noc_tui.console.arranging import GROUPS, Key, Reading, group_place
from noc_tui.console.counts import Tally
from noc_tui.console.order import Order
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


class _Member(NamedTuple):
    """In which group a row is counted, and as what; shared by all rows that are alike in it."""

    name: str
    tally: Tally


class _Run:
    """The keys of one group, and how many of its rows add what to the counts."""

    __slots__ = ("keys", "place", "tallies")

    def __init__(self, place: tuple[str, str]) -> None:
        self.place = place
        self.keys: list[Key] = []
        self.tallies: dict[Tally, int] = {}


class Groups:
    """The rows of one order by a word of `GROUPS`. `rows` and `tallies` are the stock's."""

    def __init__(
        self, by: str, order: Order, rows: Mapping[int, Incident], tallies: Mapping[int, Tally], reading: Reading
    ) -> None:
        self.by = by
        self.reading = reading
        self._order, self._rows, self._tallies = order, rows, tallies
        self._group_of = GROUPS[by]
        self._build()

    def _build(self) -> None:
        self._members: dict[int, _Member] = {}
        self._alike: dict[_Member, _Member] = {}
        self._runs: dict[str, _Run] = {}
        self._names: list[tuple[str, str]] = []
        self._starts: list[int] | None = None
        for number in self._order.of:  # nearly as rows lie in memory: see `Order`
            self._count_in(number)
        members, runs = self._members, self._runs
        for key in self._order.keys:
            runs[members[key[-1]].name].keys.append(key)

    # Rows that change

    def take_out(self, numbers: Collection[int]) -> bool:
        """Take rows out before their keys change; says whether they are too many, and all is to be made anew after."""
        if len(numbers) > _ONE_BY_ONE + len(self._members) // _PART:
            return True
        for number in numbers:
            member = self._members.get(number)
            if member is None:
                continue
            keys = self._runs[member.name].keys
            del keys[bisect_left(keys, self._order.of[number])]
            self._count_out(number)
            self._starts = None
        return False

    def put_in(self, numbers: Collection[int], *, anew: bool) -> None:
        """Put rows in that were taken out, those of them that are shown; or all rows anew."""
        if anew:
            self._build()
            return
        for number in numbers:
            key = self._order.of.get(number)
            if key is not None:
                insort(self._runs[self._count_in(number)].keys, key)
                self._starts = None

    def recount(self, number: int) -> None:
        """Take in what a row that stays where it is adds to the counts now."""
        member = self._members.get(number)
        if member is None or member.tally is self._tallies[number]:
            return
        self._add(member, -1)
        self._members[number] = self._shared(_Member(member.name, self._tallies[number]))
        self._add(self._members[number], 1)

    def _count_in(self, number: int) -> str:
        name = self._group_of(self._rows[number])
        if name not in self._runs:
            self._runs[name] = _Run(group_place(self.by, name))
            insort(self._names, self._runs[name].place)
        member = self._members[number] = self._shared(_Member(name, self._tallies[number]))
        self._add(member, 1)
        return name

    def _count_out(self, number: int) -> None:
        member = self._members.pop(number)
        self._add(member, -1)
        if not self._runs[member.name].tallies:
            self._names.remove(self._runs.pop(member.name).place)

    def _add(self, member: _Member, by: int) -> None:
        tallies = self._runs[member.name].tallies
        many = tallies.get(member.tally, 0) + by
        if many:
            tallies[member.tally] = many
        else:
            del tallies[member.tally]

    def _shared(self, member: _Member) -> _Member:
        return self._alike.setdefault(member, member)

    # What is shown

    def __iter__(self) -> Iterator[str]:
        """Yield the groups' names in their order."""
        return (name for _, name in self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._runs

    def name_of(self, number: int) -> str | None:
        """Return the group that a row stands in; None for one that is not shown."""
        member = self._members.get(number)
        return None if member is None else member.name

    def size(self, name: str) -> int:
        """Return how many rows a group has."""
        return len(self._runs[name].keys)

    def numbers(self, name: str) -> Iterator[int]:
        """Yield the numbers of a group's rows from the top."""
        return (key[-1] for key in self.reading.through(self._runs[name].keys))

    def figures(self, name: str) -> Figures:
        """Return what a group's head tells."""
        run = self._runs[name]
        tallies = [(tally, many) for tally, many in run.tallies.items() if tally.open]
        unacked = sum(many for tally, many in tallies if tally.attention)
        worst = min((tally.priority for tally, _ in tallies if tally.attention or not unacked), default=0)
        return Figures(len(run.keys), unacked, worst, unacked > 0)

    def at(self, place: int) -> int:
        """Return the number of the row below so many others, folded ones included."""
        group = bisect_right(self.starts, place) - 1
        run = self._runs[self._names[group][1]]
        return int(self.reading.nth(run.keys, place - self.starts[group])[-1])

    def place_of(self, number: int) -> int | None:
        """Return how many rows stand above a row, folded ones included; None if it is not shown."""
        member = self._members.get(number)
        if member is None:
            return None
        run = self._runs[member.name]
        group = bisect_left(self._names, run.place)
        return self.starts[group] + self.reading.place(run.keys, bisect_left(run.keys, self._order.of[number]))

    @property
    def starts(self) -> list[int]:
        """How many rows stand above each group, in the groups' order."""
        if self._starts is None:
            sizes = (len(self._runs[name].keys) for _, name in self._names)
            self._starts = [0, *accumulate(sizes)][: len(self._names)]
        return self._starts
