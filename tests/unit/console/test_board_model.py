"""The board's memory against one that reckons everything anew: order, counts, lines, clocks, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from noc_tui.console import groups, slicing
from noc_tui.console.arranging import GROUPS, Arrangement, group_place
from noc_tui.console.board_model import BoardModel
from noc_tui.console.counts import Counts, Tallies
from noc_tui.console.groups import Figures
from noc_tui.console.laying import BANDS, is_head
from noc_tui.console.selection import Predicate
from noc_tui.console.stock import stock_of
from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.listing import LAST, SORTS
from noc_tui.incidents.model import MINUTE, OPEN_STATES, STATES, Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, NEEDS_ACTION, NEVER
from noc_tui.incidents.policy import Policy
from tests.unit.console.boards import NOW, incident

POLICY = Policy()
NUMBERS = st.integers(1, 14)
MOMENTS = st.none() | st.integers(-4, 8).map(lambda quarters: NOW + quarters * 15 * MINUTE)


class Placed(msgspec.Struct, frozen=True):
    """Where a row stood when it was last given its place, and whether it was shown there."""

    band: tuple[Any, ...]
    row: Incident
    shown: bool


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """An incident in any state, with clocks, shelves and snoozes that end before long."""
    number = draw(NUMBERS)
    firing = draw(st.integers(0, 3))
    return incident(
        number,
        state=draw(st.sampled_from(STATES)),
        attention=draw(st.booleans()),
        priority=draw(st.integers(1, 5)),
        owner=draw(st.sampled_from(("", "me", "ana"))),
        resource=draw(st.sampled_from(("", "a", "B", "c"))),
        site=draw(st.sampled_from(("", "ams1", "par3"))),
        service=draw(st.sampled_from(("", "mail", "Core"))),
        major=draw(st.booleans()),
        alerts_firing=firing,
        alert_count=firing + draw(st.integers(0, 1)),
        alerts_shelved=draw(st.integers(0, firing)),
        alerts_suppressed=draw(st.integers(0, firing)),
        shelved_until=draw(MOMENTS),
        snoozed_until=draw(MOMENTS),
        held_until=draw(MOMENTS),
        response_due=draw(MOMENTS),
        resolution_due=draw(MOMENTS),
        resolved_at=draw(MOMENTS),
        updated_at=NOW - draw(st.integers(0, 5)) * MINUTE,
    )


class BoardMachine(RuleBasedStateMachine):
    """Does to a board what may be done to it, and to a plain dictionary the same."""

    def __init__(self) -> None:
        super().__init__()
        self.model = BoardModel(POLICY, NOW)
        self.now: Micros = NOW
        self.rows: dict[int, Incident] = {}
        self.placed: dict[int, Placed] = {}
        self.waiting: set[int] = set()
        self.view: Predicate | None = None
        self.filter: Predicate | None = None
        self.sort, self.reverse, self.group = "", False, ""
        self.folded: set[str] = set()
        self.all_folded = False
        self.seq = 0

    # The plain one

    def band(self, row: Incident) -> tuple[Any, ...]:
        """The row's place in the default order, now."""
        return ordering.sort_key(row, POLICY, self.now)

    def place(self, row: Incident) -> None:
        """Give a row the place that is its own now."""
        band = self.band(row)
        seen = band[0] != HIDDEN if self.view is None else self.view(row)
        self.placed[row.number] = Placed(band, row, seen and (self.filter is None or self.filter(row)))
        self.waiting.discard(row.number)

    def drop(self, number: int) -> None:
        """Forget a row."""
        self.rows.pop(number, None)
        self.placed.pop(number, None)
        self.waiting.discard(number)

    def shown(self) -> list[int]:
        """The numbers that are shown, from the top, those in folded groups too."""
        found = _ordered([placed for placed in self.placed.values() if placed.shown], self.sort, reverse=self.reverse)
        if self.group:
            found.sort(key=lambda placed: group_place(self.group, GROUPS[self.group](placed.row)))
        return [placed.row.number for placed in found]

    def is_folded(self, name: str) -> bool:
        """Whether a group is folded."""
        return (name in self.folded) != self.all_folded

    def in_sight(self) -> list[int]:
        """The numbers that have a line."""
        if not self.group:
            return self.shown()
        return [number for number in self.shown() if not self.is_folded(GROUPS[self.group](self.placed[number].row))]

    def settle_all(self) -> None:
        """Let everything take its place."""
        for number in sorted(self.waiting):
            if self.rows[number].state in ("closed", "merged"):
                self.drop(number)
            else:
                self.place(self.rows[number])

    def place_all(self) -> None:
        """Give every row its place under another view, filter or sort."""
        self.settle_all()
        for row in self.rows.values():
            self.place(row)

    # What happens

    @rule(changes=st.lists(incidents(), min_size=1, max_size=4), held=st.booleans(), old=st.booleans())
    def changes_come(self, changes: list[Incident], held: bool, old: bool) -> None:
        """Incidents change; what is older than what is known changes nothing."""
        numbered: list[Incident] = []
        for row in changes:
            self.seq += 1
            numbered.append(msgspec.structs.replace(row, changed_seq=max(1, self.seq - 5) if old else self.seq))
        known = dict(self.rows)
        for row in numbered:
            before = known.get(row.number)
            if before is None or before.changed_seq <= row.changed_seq:
                known[row.number] = row
        for number in {row.number for row in numbered}:
            if known[number] is not self.rows.get(number):
                self.take(known[number], held)
        self.model.apply(numbered, self.now, held=held)

    def take(self, row: Incident, held: bool) -> None:
        """Take one row in."""
        number = row.number
        is_shown = number in self.placed and self.placed[number].shown
        if row.state in ("closed", "merged") and not (held and is_shown):
            self.drop(number)
            return
        self.rows[number] = row
        if held:
            self.waiting.add(number)
        else:
            self.place(row)

    @rule(minutes=st.integers(0, 40), held=st.booleans())
    def time_passes(self, minutes: int, held: bool) -> None:
        """Clocks run on; what turns with time waits while the board is held, else everything takes its place."""
        self.now += minutes * MINUTE
        self.model.tick(self.now, held=held)
        if not held:
            self.model.settle(self.now)
            self.place_all()
            return
        for number, row in self.rows.items():
            if number in self.placed and self.placed[number].band != self.band(row):
                self.waiting.add(number)

    @rule()
    def it_settles(self) -> None:
        """Nobody is typing any more."""
        self.settle_all()
        self.model.settle(self.now)
        assert self.model.waiting == 0

    @rule(most=st.none() | st.integers(1, 5), view=st.booleans())
    def one_looks(self, most: int | None, view: bool) -> None:
        """Another view and filter, or none."""
        self.view = _mine if view else None
        self.filter = _at_most(most) if most is not None else None
        self.model.look((lambda: _mine) if view else None, self.filter, hidden=view)
        self.most = most or 0
        self.place_all()

    @rule(less=st.integers(0, 2))
    def the_filter_is_narrowed(self, less: int) -> None:
        """A letter more in the filter."""
        if self.filter is None:
            return
        self.most = max(0, self.most - less)
        self.filter = _at_most(self.most)
        self.model.narrow(self.filter)
        self.place_all()

    @rule(sort=st.sampled_from(("", *SORTS, "site,-resource", "-priority,owner,-sla", "-age,number")))
    def it_is_sorted(self, sort: str) -> None:
        """Another order, or the same the other way round."""
        several = "," in sort
        if several and sort == self.sort:
            sort = ",".join(field[1:] if field.startswith("-") else f"-{field}" for field in sort.split(","))
            self.model.sort_by(self.sort)
        else:
            self.model.sort_by(sort)
        self.reverse = bool(sort) and not several and sort == self.sort and not self.reverse
        self.sort = sort
        self.place_all()

    @rule(group=st.sampled_from(("", *GROUPS)))
    def it_is_grouped(self, group: str) -> None:
        """Other groups, or none; all stand open. What waits takes its place even if they are the same."""
        self.model.group_by(group)
        self.settle_all()
        if group != self.group:
            self.folded, self.all_folded, self.group = set(), False, group
            self.place_all()

    @rule(at=st.integers(0, 5), folded=st.booleans())
    def one_folds(self, at: int, folded: bool) -> None:
        """A group is folded or opened."""
        names = [segment.group for segment in self.model.lines.layout.segments if segment.group is not None]
        if names:
            name = names[at % len(names)]
            self.model.fold(name, folded=folded)
            if folded != self.is_folded(name):
                self.folded ^= {name}

    @rule(folded=st.booleans())
    def one_folds_all(self, folded: bool) -> None:
        """All groups at once, those to come as well."""
        self.model.fold_all(folded=folded)
        self.folded, self.all_folded = set(), folded and bool(self.group)
        if not self.group:
            self.model.fold_all(folded=False)

    @rule(number=NUMBERS)
    def one_goes_to(self, number: int) -> None:
        """A row is to be seen, whatever hides it."""
        hidden = self.model.reveal(number)
        assert hidden == (number in self.shown() and number not in self.in_sight())
        if hidden:
            self.folded ^= {GROUPS[self.group](self.placed[number].row)}

    @rule()
    def it_is_read_anew(self) -> None:
        """The whole board is read again and swapped in."""
        self.model.swap_in(stock_of([list(self.rows.values())], POLICY, self.now), self.now)
        self.waiting |= self.rows.keys()
        self.settle_all()

    @rule(
        sort=st.sampled_from(("", "resource", "site,-resource", "-age,number")),
        group=st.sampled_from(("", "site", "owner")),
        most=st.integers(0, 5),
        view=st.booleans(),
        narrows=st.booleans(),
        meanwhile=st.lists(st.tuples(incidents(), st.booleans(), st.integers(0, 6)), max_size=4),
    )
    def it_comes_about_in_slices(
        self,
        sort: str,
        group: str,
        most: int,
        view: bool,
        narrows: bool,
        meanwhile: list[tuple[Incident, bool, int]],
    ) -> None:
        """Something else is wanted, and while it comes about rows change, come and leave, and one wants yet more."""
        self.model.slices_from = 0
        if narrows and self.filter is not None:
            self.most = min(self.most, most)
            self.filter = _at_most(self.most)
            self.model.narrow(self.filter)
        elif most:
            self.view, self.filter, self.most = _mine if view else None, _at_most(most), most
            self.model.look((lambda: _mine) if view else None, self.filter, hidden=view)
        self.settle_all()
        self.model.settle(self.now)
        self.model.arrange(Arrangement(sort, False, group))
        for row, held, steps in meanwhile:
            self.changes_come([row], held, old=False)
            for _ in range(steps):
                self.model.step()
        self.model.slices_from = None
        self.model.finish()
        assert not self.model.unfinished
        if group != self.group:
            self.folded, self.all_folded, self.group = set(), False, group
        self.sort, self.reverse = sort, False
        self.place_all()
        self.model.settle(self.now)

    # What must hold

    @invariant()
    def the_order_is_right(self) -> None:
        """Rows stand where they belong, or where they stood while the board was held."""
        assert list(self.model.numbers()) == self.shown()
        assert len(self.model) == len(self.shown())
        assert self.model.waiting >= len(self.waiting)

    @invariant()
    def the_counts_are_right(self) -> None:
        """What is counted is what there is, and what is shown of it."""
        tallies = Tallies()
        shown = set(self.shown())
        for counts, rows in (
            (self.model.counts, self.rows.values()),
            (self.model.shown, [self.rows[number] for number in shown]),
        ):
            expected = Counts(tallies.of(row, self.now) for row in rows)
            assert vars(counts) == vars(expected)

    @invariant()
    def a_loud_one_outside_is_known(self) -> None:
        """A P1 that nobody has seen and that is not shown is found."""
        shown = set(self.in_sight())
        loud = [n for n, r in self.rows.items() if r.state in OPEN_STATES and r.attention and r.priority == 1]
        assert self.model.loud_outside.lowest == min((number for number in loud if number not in shown), default=None)

    @invariant()
    def the_clocks_are_right(self) -> None:
        """How many are late, and which comes next."""
        dues = {number: due for number, row in self.rows.items() if (due := next_due(row)) is not None}
        assert self.model.stock.late_count(self.now) == sum(due <= self.now for due in dues.values())
        coming = self.model.stock.next_clock(self.now)
        assert (coming[0] if coming else None) == min((due for due in dues.values() if due > self.now), default=None)

    @invariant()
    def lines_and_rows_are_each_others_inverse(self) -> None:
        """Every row has one line, and every line at most one row."""
        lines = [self.model.lines.number_at(line) for line in range(self.model.lines.layout.count)]
        sight = self.in_sight()
        assert [number for number in lines if number is not None] == sight
        assert all(self.model.lines.line_of(number) == lines.index(number) for number in sight)
        assert all(self.model.lines.line_of(number) is None for number in {99, *self.shown()} - set(sight))
        assert self.model.lines.unfolded() == set(sight)
        for line in range(self.model.lines.layout.count):
            assert self.model.lines.layout.rows_before(line) == sum(number is not None for number in lines[:line])

    @invariant()
    def every_group_has_one_head(self) -> None:
        """Heads stand in their order, each found by its key, and tell what is in the group."""
        lines = range(self.model.lines.layout.count)
        heads = [(line, key) for line in lines if is_head(key := self.model.lines.key_at(line))]
        names = [self.model.lines.group_at(key) for _, key in heads]
        members: dict[str, list[int]] = {}
        for number in self.shown() if self.group else ():
            members.setdefault(GROUPS[self.group](self.placed[number].row), []).append(number)
        assert names == list(members)
        assert all(self.model.lines.line_of(key) == line for line, key in heads if key is not None)
        assert not any(self.model.reveal(key) for _, key in heads if key is not None), "to see a head opens nothing"
        for name, numbers in members.items():
            assert self.model.lines.members(name) == numbers
            assert all(self.model.lines.group_at(number) == name for number in numbers)
            open_rows = [row for n in numbers if (row := self.rows[n]).state in OPEN_STATES]
            unacked = [row.priority for row in open_rows if row.attention]
            worst = min(unacked or [row.priority for row in open_rows], default=0)
            assert self.model.lines.figures(name) == Figures(len(numbers), len(unacked), worst, bool(unacked))

    @invariant()
    def what_needs_eyes_is_found_by_urgency(self) -> None:
        """Every shown row that needs attention comes once, in the default order while nothing waits."""
        wanted = [n for n in self.shown() if self.rows[n].attention and self.rows[n].state in OPEN_STATES]
        found = list(self.model.attention)
        assert sorted(found) == sorted(wanted)
        if not self.waiting:
            assert found == sorted(found, key=lambda number: self.band(self.rows[number]))

    @invariant()
    def bands_stand_in_their_order(self) -> None:
        """A heading for each band that has rows, and one for what needs action always."""
        if self.sort or (self.group and self.shown()):
            return
        bands = [segment.band for segment in self.model.lines.layout.segments]
        assert bands == sorted(set(bands), key=BANDS.index)
        assert bands[0] == NEEDS_ACTION


def _ordered(found: list[Placed], sort: str, *, reverse: bool) -> list[Placed]:
    """What is shown in its order, without groups."""
    if not sort:
        return sorted(found, key=lambda placed: placed.band)
    found = sorted(found, key=lambda placed: placed.row.number, reverse=reverse)
    for field in reversed(sort.split(",")):
        by = SORTS[field.removeprefix("-")]
        valued = [(by(placed.row), placed) for placed in found]
        known = [pair for pair in valued if pair[0] not in (LAST, NEVER)]
        known.sort(key=itemgetter(0), reverse=reverse or field.startswith("-"))
        without = [placed for value, placed in valued if value in (LAST, NEVER)]
        found = [placed for _, placed in known]
        found += sorted(without, key=lambda placed: placed.row.number) if reverse else without
    return found


def _mine(row: Incident) -> bool:
    return row.owner == "me"


def _at_most(priority: int) -> Callable[[Incident], bool]:
    return lambda row: row.priority <= priority


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen rows are several slices."""
    monkeypatch.setattr(slicing, "SLICE", 3)
    monkeypatch.setattr(groups, "SLICE", 3)


TestBoard = BoardMachine.TestCase
TestBoard.settings = settings(stateful_step_count=25)
