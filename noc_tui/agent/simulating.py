"""The simulated NOC as a source, for a demo's store: reports when their time has come, and none of them lost either."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from noc_tui.agent.status import SourceWatch
from noc_tui.agent.store_thread import SLICE, StoreThread
from noc_tui.incidents.model import SECOND, Micros, Report
from noc_tui.net.backoff import Backoff
from noc_tui.simulate.reporting import Timed
from noc_tui.simulate.stream import stream
from noc_tui.simulate.world import DEMO_SIZE, make_world
from noc_tui.store.errors import StoreError, VanishedStore

NAME: Final = "simulation"
"""What the simulated source is called in the agent's status."""
INTERVAL: Final = 1.0
"""Seconds between two looks at least, when nothing comes."""
_SHORTEST: Final = 0.02
"""Seconds between two looks at most, so that a storm comes in batches."""
_RESOURCES_PER_RATE: Final = 12
_LARGEST: Final = 60_000


class Simulation:
    """Plays the stream of a seed at a rate (reports a second), from now on.

    `clock` gives microseconds UTC, `monotonic` seconds, `chance` a number in [0, 1).
    """

    def __init__(
        self,
        store: StoreThread,
        watch: SourceWatch,
        *,
        rate: float,
        seed: int,
        clock: Callable[[], Micros],
        monotonic: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._watch = watch
        self._rate = rate
        self._seed = seed
        self._clock = clock
        self._monotonic = monotonic
        self._chance = chance
        self._firing: set[str] = set()
        self._backoff = Backoff()

    async def run(self) -> None:
        """Play for ever; raises VanishedStore alone."""
        size = max(DEMO_SIZE, min(_LARGEST, round(self._rate * _RESOURCES_PER_RATE)))
        world = await asyncio.to_thread(make_world, self._seed, size)
        start, began = self._clock(), self._monotonic()
        reports = stream(world, Random(self._seed), start, self._rate)
        upcoming = next(reports)
        while True:
            now = start + int((self._monotonic() - began) * SECOND)  # a machine that slept has nothing to catch up on
            batch, upcoming = _until(now, upcoming, reports)
            await self._deliver(batch)
            if len(batch) < SLICE:
                await asyncio.sleep(min(INTERVAL, max(_SHORTEST, (upcoming[0] - now) / SECOND)))

    async def _deliver(self, batch: list[Report]) -> None:
        """Hand reports over until they are durable."""
        while True:
            try:
                await self._store.take_in(batch, self._watch.moved)
            except VanishedStore:
                raise
            except StoreError as error:
                self._watch.failed(str(error))
                self._backoff, wait = self._backoff.failed(self._monotonic(), self._chance)
                await asyncio.sleep(wait)
                continue
            self._backoff = self._backoff.succeeded(self._monotonic())
            for report in batch:
                (self._firing.add if report.firing else self._firing.discard)(report.ref)
            self._watch.succeeded(len(self._firing))
            return


def _until(now: Micros, upcoming: Timed, reports: Iterator[Timed]) -> tuple[list[Report], Timed]:
    """Return the reports whose time has come, at most a slice of them, and the one after them."""
    batch: list[Report] = []
    while upcoming[0] <= now and len(batch) < SLICE:
        batch.append(upcoming[1])
        upcoming = next(reports)
    return batch, upcoming
