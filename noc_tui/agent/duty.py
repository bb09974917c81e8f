"""What the agent does while it has the lease: sources, timers and the heartbeat, each in a task that fails alone."""

from __future__ import annotations

import asyncio
import os
import random
import time
from concurrent.futures import Executor
from contextlib import AsyncExitStack, suppress
from typing import Final

from noc_tui.agent.config import AgentConfig
from noc_tui.agent.ending import Ending
from noc_tui.agent.heartbeat import Heartbeat
from noc_tui.agent.indexing import Indexing
from noc_tui.agent.lease import Lease
from noc_tui.agent.polling import Poller
from noc_tui.agent.simulating import INTERVAL, NAME, Simulation
from noc_tui.agent.status import IntakeRate, SourceWatch
from noc_tui.agent.store_thread import StoreThread
from noc_tui.agent.tasks import until_end
from noc_tui.duties.timers import Timers
from noc_tui.journal.ids import make_id
from noc_tui.net.client import HttpClient
from noc_tui.sources.alertmanager import Alertmanager
from noc_tui.sources.differ import known_from
from noc_tui.sources.source import Source
from noc_tui.store.errors import StoreError, VanishedStore
from noc_tui.store.firing import firing_alerts
from noc_tui.store.opening import Store, wall_clock

ROUND: Final = 1.0
"""Seconds between two rounds of the duties."""


def _new_id() -> bytes:
    return make_id(wall_clock(), os.urandom(10))


class Duty:
    """The duties of one store.

    `writer` and `pulse` are executors of one thread each: the store's and the heartbeat's.
    """

    def __init__(
        self, config: AgentConfig, store: Store, lease: Lease, ending: Ending, writer: Executor, pulse: Executor
    ) -> None:
        self._config = config
        self._lease = lease
        self._ending = ending
        self._watches: list[SourceWatch] = []
        rate = IntakeRate(time.monotonic)
        self._thread = StoreThread(store, writer, rate, time.monotonic)
        self._timers = Timers(store, wall_clock, _new_id)
        self._indexing = Indexing(config.store, rate, time.monotonic)
        self._heartbeat = Heartbeat(store.live(), pulse, self._watches, rate, wall_clock)

    async def run(self) -> None:
        """Do the duties until the end is asked for, then close the store."""
        async with AsyncExitStack() as clients:
            work = [self._poller(name, url, clients).run() for name, url in self._config.sources]
            if self._config.simulate_rate is not None:
                work.append(self._simulation(self._config.simulate_rate).run())
            await until_end([*work, self._rounds(), self._heartbeat.run(), self._indexing.run()], self._ending)
        with suppress(StoreError):  # a store that has gone cannot be closed well, and that was said
            await self._thread.do(self._close)

    def _poller(self, name: str, url: str, clients: AsyncExitStack) -> Poller:
        client = HttpClient()
        clients.push_async_callback(client.aclose)

        async def begin() -> Source:
            alerts = await asyncio.to_thread(firing_alerts, self._config.store, name)
            return Alertmanager(name, url, client, known=known_from(alerts, name))

        watch = self._watch(name, self._config.interval)
        return Poller(begin, self._thread, watch, self._config.interval, time.monotonic, random.random)

    def _simulation(self, rate: float) -> Simulation:
        return Simulation(
            self._thread,
            self._watch(NAME, INTERVAL),
            rate=rate,
            seed=self._config.seed,
            clock=wall_clock,
            monotonic=time.monotonic,
            chance=random.random,
        )

    def _watch(self, name: str, interval: float) -> SourceWatch:
        watch = SourceWatch(name, interval, wall_clock, time.monotonic)
        self._watches.append(watch)
        return watch

    async def _rounds(self) -> None:
        while True:
            if not self._lease.is_kept():
                self._ending.ask(1, f"{self._lease.path} was deleted or replaced: another agent may do the duties now.")
            try:
                await self._thread.do(self._round)
            except VanishedStore:
                raise
            except StoreError as error:
                self._heartbeat.fail(str(error))
            else:
                self._heartbeat.recover()
            await asyncio.sleep(ROUND)

    def _round(self) -> None:
        self._timers.run()
        self._thread.tidy()

    def _close(self) -> None:
        self._timers.close()
        self._thread.store.close()
