"""The NOC's day as one endless stream of reports in time order, and the two set pieces that drills use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import accumulate
from random import Random
from typing import Final

import msgspec

from noc_tui.incidents.model import MINUTE, SECOND, Micros
from noc_tui.simulate.degradations import bad_release, complaints, ddos
from noc_tui.simulate.faults import FAULTS
from noc_tui.simulate.nuisances import (
    certificate_expiry,
    disk_filling,
    flapping_interface,
    minor_trouble,
    toggles,
)
from noc_tui.simulate.outages import (
    card_failure,
    cooling_failure,
    fibre_cut,
    fibre_raises,
    in_order,
    power_loss,
    recovery,
)
from noc_tui.simulate.reporting import Timed, report_fault
from noc_tui.simulate.world import Link, World

DEMO_RATE: Final = 0.4
"""Reports per second that a person can watch: something every few seconds, a small storm now and then."""

_Scenario = Callable[[World, Random, Micros], list[Timed]]


class Part(msgspec.Struct, frozen=True):
    """A scenario's share of the day: how often it is played (`weight`), about how many `reports` it makes."""

    play: _Scenario
    weight: float
    reports: float


def _small_cut(world: World, rng: Random, start: Micros) -> list[Timed]:
    alerts = rng.randint(14, 60)
    return fibre_cut(world, rng, start, alerts=alerts, over=alerts * SECOND, repair=rng.randint(3, 9) * MINUTE)


PARTS: Final = (
    Part(minor_trouble, 78, 2),
    Part(complaints, 6, 4),
    Part(disk_filling, 4, 3),
    Part(certificate_expiry, 2, 2),
    Part(flapping_interface, 2.4, 18),
    Part(bad_release, 1.6, 9),
    Part(cooling_failure, 1.4, 10),
    Part(card_failure, 1.4, 20),
    Part(ddos, 1.2, 7),
    Part(power_loss, 0.6, 33),
    Part(_small_cut, 0.6, 74),
)
"""The day's programme."""

_WEIGHTS: Final = tuple(accumulate(part.weight for part in PARTS))
_REPORTS_EACH: Final = sum(part.weight * part.reports for part in PARTS) / _WEIGHTS[-1]
_SLACK_REPORTS: Final = 60
_SLACK_SECONDS: Final = 20
_TRIES: Final = 12


def stream(world: World, rng: Random, start: Micros, rate: float = DEMO_RATE) -> Iterator[Timed]:
    """Yield reports for ever, in time order, at a mean of `rate` a second from `start`.

    Scenarios begin at random moments, sooner when the count lags behind the rate and later when a storm has run
    ahead of it. No two of them that run at once speak of the same alert, so every clear follows a raise; in a world
    that is too small for the rate the stream is therefore slower. ValueError if `rate` is not above zero.
    """
    if rate <= 0:
        raise ValueError("the rate of a stream is above zero reports per second")
    return _Day(world, rng, start, rate).reports()


class _Day:
    """The scenarios that run at the moment, merged."""

    def __init__(self, world: World, rng: Random, start: Micros, rate: float) -> None:
        self._world = world
        self._rng = rng
        self._start = start
        self._per_micro = rate / SECOND
        self._slack = max(_SLACK_REPORTS, rate * _SLACK_SECONDS)
        self._count = 0
        self._turn = 0
        self._running: set[str] = set()
        self._due: list[tuple[Micros, int, int, list[Timed]]] = []

    def reports(self) -> Iterator[Timed]:
        begin = self._start
        while True:
            while self._due and self._due[0][0] < begin:
                yield self._next()
            self._begin_one(begin)
            begin += max(1, int(self._gap(begin)))

    def _next(self) -> Timed:
        at, turn, place, played = heappop(self._due)
        if place + 1 < len(played):
            heappush(self._due, (played[place + 1][0], turn, place + 1, played))
        else:
            self._running.difference_update(report.ref for _, report in played)
        self._count += 1
        return at, played[place][1]

    def _begin_one(self, at: Micros) -> None:
        for _ in range(_TRIES):
            part = self._rng.choices(PARTS, cum_weights=_WEIGHTS)[0]
            played = part.play(self._world, self._rng, at)
            refs = {report.ref for _, report in played}
            if self._running.isdisjoint(refs):
                self._running |= refs
                self._turn += 1
                heappush(self._due, (played[0][0], self._turn, 0, played))
                return

    def _gap(self, now: Micros) -> float:
        """Return how long until the next scenario begins: shorter when the stream is behind, longer when ahead."""
        behind = (now - self._start) * self._per_micro - self._count
        pace = 1 + behind / self._slack
        usual = _REPORTS_EACH / self._per_micro
        return self._rng.expovariate(1.0) * usual / min(2.5, max(0.4, pace))


def storm(  # noqa: PLR0913 - the figures of one drill, all named at the call
    world: World,
    rng: Random,
    start: Micros,
    *,
    alerts: int = 500,
    rate: float = 4.2,
    unrelated: int = 6,
    circuit: str = "PAR-LYO-7",
    back_after: Micros | None = None,
) -> list[Timed]:
    """Return one fibre cut of exactly `alerts` raises at `rate` a second, mixed with `unrelated` other ones.

    The first of the unrelated ones is critical (P1), the others are minor and less. With `back_after` the fibre
    returns so long after the last raise, and its alerts clear within two minutes; the unrelated ones stay.
    ValueError if the world has no such circuit.
    """
    link = _link(world, circuit)
    over = int(alerts / rate * SECOND)
    raises = fibre_raises(world, link, rng, start, alerts=alerts, over=over)
    others = _unrelated(world, link, rng, start, over, unrelated)
    back = [] if back_after is None else recovery(raises, start + over + back_after, 2 * MINUTE, rng)
    return in_order([*raises, *others, *back])


def flap(world: World, rng: Random, start: Micros, *, changes: int = 37, within: Micros = 5 * MINUTE) -> list[Timed]:
    """Return `changes` changes of one port within `within`: down, up, down again; an odd number ends down."""
    return toggles(rng.choice(world.of_role["pe"]), "ge-0/0/3", rng, start, count=changes, within=within)


def _link(world: World, circuit: str) -> Link:
    for link in world.links:
        if link.name == circuit:
            return link
    raise ValueError(f"the simulated network has no circuit {circuit}")


def _unrelated(world: World, link: Link, rng: Random, start: Micros, over: Micros, count: int) -> Iterator[Timed]:
    """Yield a critical fault of a subscriber gateway, then small ones of switches, none at the fibre's ends."""
    gateways = [resource for resource in world.of_role["bng"] if resource.site not in link.ends]
    switches = [resource for resource in world.of_role["sw"] if resource.site not in link.ends]
    rng.shuffle(switches)
    for place in range(count):
        at = start + int((place + rng.random()) * over / count)
        if place == 0:
            yield at, report_fault(rng.choice(gateways), FAULTS["bng"]["critical"][0], rng.random, at)
        else:
            faults = FAULTS["sw"][("minor", "warning")[place % 2]]
            yield at, report_fault(switches[place % len(switches)], rng.choice(faults), rng.random, at)
