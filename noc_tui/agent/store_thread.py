"""The one thread in which the agent uses its store: whole transactions, one after the other, and nobody waits for a
lock in the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Final, TypeVar

from noc_tui.agent.status import IntakeRate
from noc_tui.incidents.model import Report
from noc_tui.sources.reading import Odd
from noc_tui.store.opening import Store

T = TypeVar("T")

SLICE: Final = 200
"""Reports handed over at once: one batch of the store, so that the sources, the duties and the end take turns."""
IDLE: Final = 4.0
"""Seconds without intake after which the counters that have moved are written."""


class StoreThread:
    """An open store and the thread that is its own."""

    def __init__(self, store: Store, executor: Executor, rate: IntakeRate, monotonic: Callable[[], float]) -> None:
        self.store = store
        self.rate = rate
        self._executor = executor
        self._monotonic = monotonic
        self._counted_at: float | None = None

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; it is not begun if nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def take_in(self, reports: Sequence[Report], moved: Callable[[], None]) -> None:
        """Take reports in; all of them are durable when this returns, after a StoreError some may be.

        `moved` is called after each slice.
        """
        for start in range(0, len(reports), SLICE):
            part = reports[start : start + SLICE]
            await self.do(partial(self._ingest, part))
            self.rate.count(len(part))
            moved()

    async def set_aside(self, source: str, odd: Sequence[Odd]) -> None:
        """Keep what could not be read."""
        pairs = [(one.reason, one.body) for one in odd]
        if pairs:
            await self.do(lambda: self.store.quarantine(source, pairs))

    def tidy(self) -> None:
        """Copy the log back if it is long, write the counters when nothing comes in; in the store's thread."""
        self.store.checkpoint_if_due()
        if self._counted_at is not None and self._monotonic() - self._counted_at >= IDLE:
            self._counted_at = None
            self.store.write_counters()

    def _ingest(self, part: Sequence[Report]) -> None:
        self._counted_at = self._monotonic()
        self.store.ingest(part)
        self.store.checkpoint_if_due()
