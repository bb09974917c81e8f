"""The board's memory: every incident that is open, in order, filtered, in bands, with counts that are always true.

Order is kept by bisection: a change costs a few microseconds, whatever the number of rows. While it is held (a key was
just pressed, rows are picked, the list is frozen) rows change where they stand, and move when it settles (OPERATOR.md
2.1 rule 4). Nothing here knows of a screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from noc_tui.console.arranging import Arrangement, sorted_by, turned
from noc_tui.console.attention import Attention
from noc_tui.console.counts import Counts, Tally
from noc_tui.console.laying import Lines, is_head
from noc_tui.console.loud import LoudOutside
from noc_tui.console.selection import Bind, Predicate, Selection
from noc_tui.console.stock import Stock, has_left
from noc_tui.console.texts import Texts
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy

_NONE: Final[Mapping[int, int]] = MappingProxyType({})


class BoardModel:
    """The incidents on the board and the order they are shown in.

    `rows` and `counts` are of all of them, `shown` counts what is shown: the difference is what view and filter leave
    out. None of them is changed but here.
    """

    def __init__(self, policy: Policy, now: Micros) -> None:
        self.policy = policy
        self.now = now
        self.texts = Texts()
        self.shown = Counts()
        self._waiting: set[int] = set()
        self._departed: set[int] = set()
        self.loud_outside = LoudOutside()
        self.selection = Selection(Stock(policy))
        self.lines = Lines(self.selection)
        self.slices_from: int | None = None
        """From so many rows on, who looks takes the steps by which what is wanted comes about; else it does at once."""
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
        if self.stock.standing is not None:
            stock.stand_in(self.stock.standing, self.stock.run + 1)
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
        with_tallies = _tallied(self.selection, (*changed, *left))
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
        with_tallies = _tallied(self.selection, waiting)
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
            self.lines.forget()
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

    def _recount(self, before: dict[int, Tally | None]) -> None:
        groups = self.selection.groups
        for number, new in _tallied(self.selection, before).items():
            old = before[number]
            if old is not new:
                if old is not None:
                    self.shown.add(old, -1)
                if new is not None:
                    self.shown.add(new, 1)
                    if groups is not None:
                        groups.recount(number)
            loud = number in self.stock.loud
            self.loud_outside.note(number, outside=loud and not self.lines.is_seen(number))

    # Looking

    def look(self, view: Bind | None, filter: Predicate | None, *, hidden: bool = False) -> None:
        """Show only what passes both; what the default view hides as well if told."""
        self._want(lambda: self.selection.look(view, filter, hidden=hidden))

    def narrow(self, filter: Predicate) -> None:
        """Take a filter that finds nothing the present one does not: only what is shown is looked through."""
        self._want(lambda: self.selection.narrow(filter))

    def sort_by(self, sort: str, *, reverse: bool | None = None) -> None:
        """Sort by words of `SORTS` (`age,-site`), by the default bands if empty; the same again turns it round.

        ValueError says which word is none.
        """
        words, down = sorted_by(sort)
        now = self.arrangement
        if reverse is None:
            reverse = down
            if words == now.sort and down == now.reverse:
                reverse = not down and bool(words)
                words = turned(words) if "," in words else words
        self.arrange(replace(now, sort=words, reverse=reverse and "," not in words))

    def group_by(self, group: str) -> None:
        """Put rows into groups by a word of `GROUPS`, into none if empty."""
        self.arrange(replace(self.arrangement, group=group))

    @property
    def arrangement(self) -> Arrangement:
        """In which order rows are shown, and in which groups."""
        return self.selection.arrangement

    def arrange(self, wanted: Arrangement) -> None:
        """Show the same rows in another order, or in other groups."""
        self.settle(self.now)
        if wanted != self.arrangement:
            self._want(lambda: self.selection.arrange(wanted))

    def _want(self, select: Callable[[], None]) -> None:
        self.settle(self.now)
        select()
        if self.slices_from is None or len(self.rows) < self.slices_from:
            self.finish()

    @property
    def unfinished(self) -> bool:
        """Whether something else is wanted than what is shown."""
        return self.selection.unfinished

    def finish(self) -> None:
        """Show at once what is wanted."""
        while self.step():
            pass

    def step(self) -> bool:
        """Go on by a slice to what is wanted; False when it is shown. What changed meanwhile takes its place then."""
        if not self.selection.unfinished:
            return False
        if self.selection.step():
            return True
        self.lines.folds.of(self.arrangement.group)
        self.lines.forget()
        self.settle(self.now)
        self._move(self.selection.take_missed())
        self._look_anew()
        return False

    def _look_anew(self) -> None:
        self.shown = self.selection.counts()
        self._lay_anew()

    def _lay_anew(self) -> None:
        self.loud_outside.find(self.stock.loud, self.lines.is_seen)
        self.lines.forget()

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

    # Groups

    def fold(self, name: str, *, folded: bool = True) -> None:
        """Fold a group, or open it."""
        self.lines.folds.turn(name, folded=folded)
        self._lay_anew()

    def fold_all(self, *, folded: bool = True) -> None:
        """Fold all groups, or open them."""
        self.lines.folds.turn_all(folded=folded)
        self._lay_anew()

    def reveal(self, number: int) -> bool:
        """Open the group that hides a row; says whether one did. None hides a head."""
        name = None if is_head(number) else self.lines.group_at(number)
        if name is None or name not in self.lines.folds:
            return False
        self.fold(name, folded=False)
        return True


def _tallied(selection: Selection, numbers: Iterable[int]) -> dict[int, Tally | None]:
    """Return what each adds to the counts of what is shown; None for one that is not."""
    shown, tallies = selection.order.of, selection.stock.tallies
    return {number: tallies[number] if number in shown else None for number in numbers}
