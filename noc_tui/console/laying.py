"""The lines of the board: which band or group stands where, and which line is which row.

A band's heading is a line that the cursor passes over; a group's head is a row of its own, with a key below those of
all incidents, so that the cursor is bound to the group whatever comes or goes above it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from noc_tui.console.groups import Figures
from noc_tui.console.selection import Selection
from noc_tui.incidents.ordering import IN_HAND, NEEDS_ACTION, RESOLVED, WAITING

BANDS: Final = (NEEDS_ACTION, IN_HAND, WAITING, RESOLVED)
_HEADS: Final = 1 << 60
"""Keys of group heads lie below minus this; the numbers that stand for those to come lie well above."""


class Segment(msgspec.Struct, frozen=True):
    """A run of display lines: the heading of a band or the head of a group (a blank before it, or not), and its rows.

    `start` and `end` are places among all shown rows. Of a folded group no row has a line. `seen` is how many rows
    have lines before it.
    """

    band: int
    line: int
    heading: int
    start: int
    end: int
    seen: int = 0
    group: str | None = None
    folded: bool = False

    @property
    def rows(self) -> int:
        """How many rows have a line here."""
        return 0 if self.folded else self.end - self.start


class Folds:
    """Which groups are folded, by their names, and the keys of their heads."""

    def __init__(self) -> None:
        self._by = ""
        self._all = False
        self._others: set[str] = set()
        self._keys: dict[str, int] = {}
        self._names: list[str] = []

    def of(self, by: str) -> None:
        """Fold groups of another kind from now on; all stand open."""
        if by != self._by:
            self._by, self._all = by, False
            self._others.clear()

    def __contains__(self, name: str) -> bool:
        return (name in self._others) != self._all

    def __bool__(self) -> bool:
        return self._all or bool(self._others)

    def turn(self, name: str, *, folded: bool) -> None:
        """Fold a group, or open it."""
        if folded != (name in self):
            self._others ^= {name}

    def turn_all(self, *, folded: bool) -> None:
        """Fold all groups, those to come as well, or open them."""
        self._all = folded
        self._others.clear()

    def key(self, name: str) -> int:
        """Return the key of a group's head."""
        word = f"{self._by}\n{name}"
        if word not in self._keys:
            self._keys[word] = -_HEADS - len(self._names)
            self._names.append(word)
        return self._keys[word]

    def name(self, key: int) -> str | None:
        """Return the group, of those that rows are grouped by now, whose head a key is."""
        if not is_head(key):
            return None
        by, _, name = self._names[-_HEADS - key].partition("\n")
        return name if by == self._by else None


def is_head(key: int | None) -> bool:
    """Return whether a key is that of a group's head."""
    return key is not None and key <= -_HEADS


class Layout:
    """All lines of one moment, found by bisection."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.segments = list(segments)
        self._lines = [segment.line for segment in self.segments]
        self._starts = [segment.start for segment in self.segments]
        self._groups = {segment.group: segment for segment in self.segments if segment.group is not None}

    @property
    def count(self) -> int:
        """How many lines there are."""
        last = self.segments[-1]
        return last.line + last.heading + last.rows

    def at_line(self, line: int) -> Segment:
        """Return the segment that a line belongs to."""
        return self.segments[max(0, bisect_right(self._lines, line) - 1)]

    def place_at(self, line: int) -> int | None:
        """Return the place of the row on a line; None if it is a heading, a head or a blank."""
        segment = self.at_line(line)
        row = line - segment.line - segment.heading
        return segment.start + row if 0 <= row < segment.rows else None

    def line_of(self, place: int) -> int | None:
        """Return the line of the row at a place; None if its group is folded."""
        segment = self.segments[bisect_right(self._starts, place) - 1]
        return None if segment.folded else segment.line + segment.heading + place - segment.start

    def group(self, name: str) -> Segment | None:
        """Return where a group stands; None for one without rows."""
        return self._groups.get(name)

    def heads_before(self, line: int) -> int:
        """Return how many heads of groups stand before a line."""
        if not self._groups or line <= 0:
            return 0
        at = bisect_right(self._lines, line - 1)
        segment = self.segments[at - 1]
        return at - (line <= segment.line + segment.heading - 1)

    def rows_before(self, line: int) -> int:
        """Return how many rows have lines before a line."""
        segment = self.at_line(line)
        return segment.seen + max(0, min(segment.rows, line - segment.line - segment.heading))


def lay_out(selection: Selection, folds: Folds, *, airy: bool) -> Iterator[Segment]:
    """Yield the segments of what is shown; `airy` puts a blank before bands, and around groups that are open."""
    if selection.groups is not None and len(selection):
        yield from _groups(selection, folds, airy=airy)
    elif selection.sort:
        yield Segment(-1, 0, 0, 0, len(selection))
    else:
        yield from _bands(selection, airy=airy)


def _groups(selection: Selection, folds: Folds, *, airy: bool) -> Iterator[Segment]:
    groups = selection.groups
    assert groups is not None  # the caller has looked
    line, start, seen, was_open = 0, 0, 0, False
    for name in groups:
        folded, size = name in folds, groups.size(name)
        heading = 2 if airy and line and (was_open or not folded) else 1
        segment = Segment(-1, line, heading, start, start + size, seen, name, folded)
        yield segment
        line, start, seen = line + heading + segment.rows, start + size, seen + segment.rows
        was_open = not folded


def _bands(selection: Selection, *, airy: bool) -> Iterator[Segment]:
    line, start, keys = 0, 0, selection.order.keys
    for band in BANDS:
        end = len(keys) if band == RESOLVED else bisect_left(keys, (band + 1,))
        if end == start and band != NEEDS_ACTION:
            continue
        heading = 2 if airy and line else 1
        yield Segment(band, line, heading, start, end, seen=start)
        line += heading + end - start
        start = end


class Lines:
    """The lines of what a selection shows; `forget` them when it changes, or how it is laid out."""

    def __init__(self, selection: Selection) -> None:
        self.folds = Folds()
        self.airy = True
        """Whether a blank line stands before each band but the first."""
        self._selection = selection
        self._layout: Layout | None = None

    def forget(self) -> None:
        """Lay all out anew when it is asked for next."""
        self._layout = None

    @property
    def layout(self) -> Layout:
        """The bands or groups that are shown, with where their lines and rows begin."""
        if self._layout is None:
            self._layout = Layout(lay_out(self._selection, self.folds, airy=self.airy))
        return self._layout

    def number_at(self, line: int) -> int | None:
        """Return the number of the incident on a display line; None for a heading, a head or a blank."""
        place = self.layout.place_at(line)
        return None if place is None else self._selection.at(place)

    def head_at(self, line: int) -> str | None:
        """Return the group whose head stands on a line."""
        segment = self.layout.at_line(line)
        return segment.group if line == segment.line + segment.heading - 1 else None

    def key_at(self, line: int) -> int | None:
        """Return the number of the incident on a display line, or the key of a group's head."""
        name = self.head_at(line)
        return self.number_at(line) if name is None else self.folds.key(name)

    def line_of(self, key: int) -> int | None:
        """Return the display line of an incident or a head; None if it is not shown, or folded away."""
        if is_head(key):
            name = self.folds.name(key)
            segment = self.layout.group(name) if name is not None else None
            return None if segment is None else segment.line + segment.heading - 1
        place = self._selection.place_of(key)
        return None if place is None else self.layout.line_of(place)

    def is_seen(self, number: int) -> bool:
        """Return whether a row is shown and no folded group hides it."""
        groups = self._selection.groups
        if groups is None or not self.folds:
            return number in self._selection
        name = groups.name_of(number)
        return name is not None and name not in self.folds

    def unfolded(self) -> set[int]:
        """Return the numbers of all rows that are shown and that no folded group hides."""
        groups = self._selection.groups
        if groups is None or not self.folds:
            return set(self._selection.bands.of)
        return {number for name in groups if name not in self.folds for number in groups.numbers(name)}

    def members(self, name: str) -> list[int]:
        """Return the numbers of a group's rows from the top."""
        groups = self._selection.groups
        return list(groups.numbers(name)) if groups is not None and name in groups else []

    def figures(self, name: str) -> Figures:
        """Return what the head of a group tells."""
        groups = self._selection.groups
        return groups.figures(name) if groups is not None and name in groups else Figures(0, 0, 0, loud=False)

    def group_at(self, key: int | None) -> str | None:
        """Return the group whose head a key is, or in which a row stands; None without one."""
        groups = self._selection.groups
        if groups is None or key is None:
            return None
        return self.folds.name(key) if is_head(key) else groups.name_of(key)
