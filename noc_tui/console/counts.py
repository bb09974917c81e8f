"""The counts of the board, kept change by change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec.structs import astuple

from noc_tui.incidents import ordering
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros


class Tally(msgspec.Struct, frozen=True, eq=False):
    """What one incident adds to the counts. Incidents that add the same share one tally, so `is` compares them."""

    priority: int
    open: bool
    attention: bool
    shelved: bool
    suppressed: bool
    major: bool
    views: tuple[int, ...] = ()
    """The places of the views that show it."""
    run: int = 0
    """Under which views that was asked; 0: not yet."""

    @property
    def loud(self) -> bool:
        """Whether it is an open P1 that nobody has acknowledged."""
        return self.priority == 1 and self.open and self.attention


class Tallies:
    """Makes tallies, each kind once."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[Any, ...], Tally] = {}
        self._seen: dict[tuple[Tally, tuple[int, ...]], Tally] = {}

    def of(self, incident: Incident, now: Micros, views: tuple[int, ...] = (), run: int = 0) -> Tally:
        """Return what an incident adds at an instant, to the board and to the views that show it."""
        kind = (
            incident.priority,
            incident.state in OPEN_STATES,
            incident.attention,
            incident.alerts_shelved > 0 and ordering.is_shelved(incident, now),
            incident.alerts_suppressed > 0 and ordering.is_suppressed(incident),
            incident.major,
            views,
            run,
        )
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = Tally(*kind)
        return found

    def seen(self, tally: Tally, views: tuple[int, ...], run: int) -> Tally:
        """Return the same tally with the views that show it."""
        found = self._seen.get((tally, views))
        if found is None:
            kind = (*astuple(tally)[:-2], views, run)
            found = self._seen[tally, views] = self._kinds.setdefault(kind, Tally(*kind))
        return found

    def forget(self) -> None:
        """Keep no kind: other views are asked from now on."""
        self._kinds.clear()
        self._seen.clear()


class Counts:
    """How many are open, unacknowledged, shelved and so on."""

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        self.open: dict[int, int] = dict.fromkeys(range(1, 6), 0)
        self.unacked: dict[int, int] = dict.fromkeys(range(1, 6), 0)
        self.shelved = 0
        self.suppressed = 0
        self.major = 0
        for tally, many in Counter(tallies).items():
            self.add(tally, many)

    def add(self, tally: Tally, by: int) -> None:
        """Count a tally in (`by` 1, or how many) or out (-1)."""
        if tally.open:
            self.open[tally.priority] += by
            self.unacked[tally.priority] += by * tally.attention
            self.shelved += by * tally.shelved
            self.suppressed += by * tally.suppressed
            self.major += by * tally.major

    def without(self, tallies: Iterable[Tally]) -> Counts:
        """Return what is left when these are not counted."""
        left = Counts()
        left.open, left.unacked = dict(self.open), dict(self.unacked)
        left.shelved, left.suppressed, left.major = self.shelved, self.suppressed, self.major
        for tally, many in Counter(tallies).items():
            left.add(tally, -many)
        return left

    @property
    def all_open(self) -> int:
        """How many incidents are open."""
        return sum(self.open.values())

    @property
    def all_unacked(self) -> int:
        """How many of them need attention."""
        return sum(self.unacked.values())
