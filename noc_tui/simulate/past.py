"""A believable past and present: whole incident histories at any size, oldest first, to fill a store with."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from math import inf
from random import Random
from typing import Final

import msgspec

from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros, Report
from noc_tui.simulate.faults import FAULTS
from noc_tui.simulate.histories import (
    LONGEST,
    Case,
    Plan,
    acked_plan,
    active_plan,
    closed_plan,
    held_plan,
    new_plan,
    snoozed_plan,
)
from noc_tui.simulate.nuisances import toggles
from noc_tui.simulate.outages import fibre_raises
from noc_tui.simulate.people import specialists_for
from noc_tui.simulate.reporting import report_fault
from noc_tui.simulate.wording import Rand
from noc_tui.simulate.world import DEMO_SIZE, Link, Resource, World

PAST: Final = 365 * DAY
"""How far back the closed incidents go."""

_PRIORITY_ODDS: Final = (0.001, 0.031, 0.215, 0.881)
_GOLD_ODDS: Final = (0.001, 0.031, 0.881, 0.881)
_SEVERITY: Final = ("", "critical", "major", "minor", "warning", "warning")
_GOLD_SEVERITY: Final = ("", "critical", "minor", "warning", "warning", "warning")
_STATES: Final = ("new", "acked", "active", "held", "snoozed")
_STATE_ODDS: Final = (
    (),
    (0.20, 0.35, 1.0, 1.0, 1.0),
    (0.12, 0.40, 0.88, 1.0, 1.0),
    (0.10, 0.56, 0.80, 0.93, 1.0),
    (0.10, 0.66, 0.78, 0.90, 1.0),
    (0.00, 0.70, 0.75, 0.90, 1.0),
)
_OLDEST: Final = (0, 3 * HOUR, 7 * HOUR, 23 * HOUR, 70 * HOUR, 160 * HOUR)
"""By priority: most are younger, within the default targets to resolve."""
_NEW_OLDEST: Final = (0, 6 * MINUTE, 25 * MINUTE, 50 * MINUTE, 6 * HOUR, DAY)
_LEFT_OVER: Final = 24 * DAY
_MIN_AGE: Final = 5 * SECOND
_QUIET_AFTER: Final = HOUR + MINUTE
_SPACING: Final = 4 * MINUTE
_FIBRES_AMONG_OPEN: Final = 3_000
_FIBRES_AMONG_CLOSED: Final = 2_000
_TRIES: Final = 24

_LIVES: Final[dict[str, Callable[[Case, Rand], Plan]]] = {
    "new": new_plan,
    "acked": acked_plan,
    "active": active_plan,
    "held": held_plan,
    "snoozed": snoozed_plan,
}


class _Opening(msgspec.Struct, frozen=True, gc=False):
    """An incident that is still open: since when, about what, how urgent, in which state."""

    at: Micros
    subject: Resource | Link
    priority: int
    state: str


def size_for(open_count: int, closed_count: int) -> int:
    """Return how large a world (`make_world`) so many incidents need so that no two meet on one resource."""
    return max(DEMO_SIZE, open_count + open_count // 5, closed_count // 60)


def plans(world: World, rng: Random, now: Micros, open_count: int, closed_count: int) -> Iterator[Plan]:
    """Yield `open_count` open and `closed_count` closed incident histories, in the order in which they opened.

    At no time do two of them speak of the same resource or circuit, so each is one group under the default policy,
    and an alert is never raised by two at once. All times are before `now`. ValueError if the world is too small.
    """
    if open_count > len(world.resources):
        raise ValueError(f"{open_count} open incidents need a network of more than {len(world.resources)} resources")
    return _Chronicle(world, rng, now).tell(_openings(world, rng, now, open_count), closed_count)


def _openings(world: World, rng: Random, now: Micros, count: int) -> list[_Opening]:
    """Choose what is open, each about a subject of its own, oldest first."""
    rand = rng.random
    fibres = rng.sample(world.links, min(len(world.links), count // _FIBRES_AMONG_OPEN))
    openings = [_Opening(now - int(HOUR * (0.3 + rand())), link, 1, "active") for link in fibres]
    for resource in rng.sample(world.resources, count - len(fibres)):
        priority = _priority(resource, rand)
        state = _STATES[bisect(_STATE_ODDS[priority], rand())]
        openings.append(_Opening(now - _age(priority, state, rand), resource, priority, state))
    openings.sort(key=lambda opening: opening.at)
    return openings


def _priority(resource: Resource, rand: Rand) -> int:
    """Draw a priority; the odds differ so that gold tiers, whose impact is raised, leave the whole as it should be."""
    return 1 + bisect(_GOLD_ODDS if resource.tier == "gold" else _PRIORITY_ODDS, rand())


def _age(priority: int, state: str, rand: Rand) -> Micros:
    """Return how long ago it opened: seconds to days, and some left over for weeks."""
    if state == "new":
        return _MIN_AGE + int(_NEW_OLDEST[priority] * rand() ** 2)
    if rand() < (0.02, 0.35)[state == "held"] and priority > 2:
        return _MIN_AGE + int(_LEFT_OVER * rand() ** 1.5)
    return _MIN_AGE + int(_OLDEST[priority] * rand() ** 2)


class _Chronicle:
    """Tells histories in time order and knows which subject is taken until when."""

    def __init__(self, world: World, rng: Random, now: Micros) -> None:
        self._world = world
        self._rng = rng
        self._rand: Rand = rng.random
        self._now = now
        self._taken: dict[str, Micros] = {}
        self._reserved: dict[str, float] = {}
        self._resources = rng.sample(world.resources, len(world.resources))
        self._bad_actors = max(1, len(self._resources) // 12)

    def tell(self, openings: list[_Opening], closed_count: int) -> Iterator[Plan]:
        self._reserved = {opening.subject.name: opening.at for opening in openings}
        pending = iter(openings)
        opening = next(pending, None)
        first = self._now - PAST
        step = (PAST - 2 * HOUR) / max(1, closed_count)
        for turn in range(closed_count):
            at = first + int((turn + self._rand()) * step)
            while opening is not None and opening.at <= at:
                yield self._still_open(opening)
                opening = next(pending, None)
            yield self._closed(turn, at)
        while opening is not None:
            yield self._still_open(opening)
            opening = next(pending, None)

    def _still_open(self, opening: _Opening) -> Plan:
        subject = opening.subject
        if isinstance(subject, Link):
            return active_plan(self._cut(subject, opening.at), self._rand)
        return _LIVES[opening.state](self._case(subject, opening.priority, opening.at), self._rand)

    def _case(self, resource: Resource, priority: int, at: Micros) -> Case:
        """One alert for most; some resources have several troubles at once, some flap."""
        team, now, drawn = specialists_for(resource.role), self._now, self._rand()
        if drawn < 0.04 and resource.role == "pe" and _severity_for(resource, priority) == "minor":
            count = 7 + 2 * int(self._rand() * 16)
            within = min(5 * MINUTE, (now - at) // 2)
            port = f"ge-0/0/{int(self._rand() * 24)}"
            changes = [report for _, report in toggles(resource, port, self._rng, at, count=count, within=within)]
            downs = tuple(change for change in changes if change.firing)
            ups = tuple(change for change in changes if not change.firing)
            return Case(downs, team, priority, now, ups)
        reports = self._several(resource, priority, at) if drawn > 0.93 else (self._trouble(resource, priority, at),)
        return Case(reports, team, priority, now)

    def _closed(self, turn: int, at: Micros) -> Plan:
        if turn % _FIBRES_AMONG_CLOSED == _FIBRES_AMONG_CLOSED // 2:
            link = self._rng.choice(self._world.links)
            if self._free(link.name, at):
                return self._over(link.name, self._cut(link, at))
        resource = self._free_resource(at)
        priority = _priority(resource, self._rand)
        report = self._trouble(resource, priority, at)
        return self._over(resource.name, Case((report,), specialists_for(resource.role), priority, self._now))

    def _over(self, subject: str, case: Case) -> Plan:
        plan = closed_plan(case, self._rand)
        resolved = next(deed.at for deed in plan.deeds if deed.verb == "resolve")
        self._taken[subject] = resolved + _QUIET_AFTER
        return plan

    def _free(self, name: str, at: Micros) -> bool:
        """Return whether nothing is open on it, and nothing will be before a closed incident is over."""
        return self._taken.get(name, 0) < at and self._reserved.get(name, inf) > at + LONGEST + _QUIET_AFTER

    def _free_resource(self, at: Micros) -> Resource:
        """Choose one on which nothing is open, a bad actor more often than others."""
        resources, rand = self._resources, self._rand
        for _ in range(_TRIES):
            among = self._bad_actors if rand() < 0.3 else len(resources)
            resource = resources[int(rand() * among)]
            if self._free(resource.name, at):
                return resource
        for resource in resources:
            if self._free(resource.name, at):
                return resource
        raise ValueError(f"so many closed incidents need a network of more than {len(resources)} resources")

    def _cut(self, link: Link, at: Micros) -> Case:
        alerts = self._rng.randint(12, 90)
        raises = fibre_raises(self._world, link, self._rng, at, alerts=alerts, over=2 * MINUTE)
        return Case(tuple(report for _, report in raises), specialists_for("link"), 1, self._now)

    def _trouble(self, resource: Resource, priority: int, at: Micros) -> Report:
        kinds = FAULTS[resource.role][_severity_for(resource, priority)]
        if priority == 5 and resource.role == "cust":
            kinds = FAULTS["cust"]["indeterminate"]
        return report_fault(resource, kinds[int(self._rand() * len(kinds))], self._rand, at)

    def _several(self, resource: Resource, priority: int, at: Micros) -> tuple[Report, ...]:
        """Return two to seven alerts, close enough to be one group; fewer where two would be the same."""
        found: dict[str, Report] = {}
        for _ in range(2 + int(self._rand() * 6)):
            report = self._trouble(resource, priority, at)
            if report.key not in found:
                found[report.key] = report
                at += int(min(_SPACING, (self._now - at) // 4) * self._rand())
        return tuple(found.values())


def _severity_for(resource: Resource, priority: int) -> str:
    """Return the severity that the default policy turns into this priority for such a resource."""
    return (_GOLD_SEVERITY if resource.tier == "gold" else _SEVERITY)[priority]
