"""The alerts that are offered: a NOC's day, raises that clear again, and one cut fibre after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, count, cycle, islice
from random import Random
from typing import Final

from msgspec.structs import replace

from noc_tui.incidents.model import SECOND, Micros, Report
from noc_tui.simulate.stream import storm, stream
from noc_tui.simulate.world import World, make_world

_SEED: Final = 20_000
"""Another network than the one that fills a store."""
_SIZE: Final = 6_000
_TIDE: Final = 2_000
"""Alerts that are raised before the first of them clear."""
_CUT: Final = 1_000
"""Alerts of one cut fibre."""


def day(number: int, start: Micros) -> list[Report]:
    """Return so many reports of a busy NOC's day: noise, small outages, flapping ports."""
    return [report for _, report in islice(stream(_world(), Random(_SEED), start, 1_000.0), number)]


def tide(number: int, start: Micros) -> list[Report]:
    """Return so many reports, half of them raises of faults in many places, half of them their clears."""
    raises = [report for report in day(2 * _TIDE, start) if report.firing][:_TIDE]
    return list(islice(chain.from_iterable(_wave(raises, turn) for turn in count()), number))


def _wave(raises: list[Report], turn: int) -> Iterator[Report]:
    """Yield raises under new keys of other resources, then their clears."""
    fresh = [
        replace(
            report,
            key=f"{report.key}#{turn}",
            resource=f"{report.resource}-{turn}",
            labels=tuple((name, value) for name, value in report.labels if name != "resource"),
        )
        for report in raises
    ]
    yield from fresh
    yield from (replace(report, firing=False) for report in fresh)


def cuts(number: int, start: Micros) -> list[Report]:
    """Return so many reports of fibres cut and repaired one after the other: many alerts of few incidents."""
    world = _world()
    circuits = cycle(link.name for link in world.links)
    cut = (
        [
            replace(report, key=f"{report.key}#{turn}")
            for _, report in storm(
                world, Random(turn), start, alerts=_CUT, rate=1_000, circuit=circuit, back_after=SECOND
            )
        ]
        for turn, circuit in enumerate(circuits)
    )
    return list(islice(chain.from_iterable(cut), number))


def _world() -> World:
    return make_world(_SEED, _SIZE)


MIXES: Final[dict[str, Callable[[int, Micros], list[Report]]]] = {"day": day, "tide": tide, "cuts": cuts}
"""What can be offered, by name."""


def mark(number: int, at: Micros) -> Report:
    """Return an alert that the screen can be searched for."""
    name = f"mark-{number:04d}"
    return Report(
        source="bench", key=name, severity="critical", resource=name, summary="no answer", starts_at=at, at=at
    )
