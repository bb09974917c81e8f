"""One source asked again and again, in a task of its own: its failures never touch the others.

What a poll brought is forgotten only when it is durable: until then the next poll brings it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from noc_tui.agent.status import SourceWatch
from noc_tui.agent.store_thread import StoreThread
from noc_tui.net.backoff import Backoff
from noc_tui.net.errors import NetError, RefusedStatus
from noc_tui.sources.errors import SourceError
from noc_tui.sources.source import Source
from noc_tui.store.errors import StoreError, VanishedStore

_BREATH: Final = 0.5
"""A poll that takes longer than the interval is followed by a pause of this part of what it took."""


class Poller:
    """Asks one source; `begin` makes it from what the store knows of its alerts.

    `interval` is in seconds, `chance` gives a number in [0, 1).
    """

    def __init__(
        self,
        begin: Callable[[], Awaitable[Source]],
        store: StoreThread,
        watch: SourceWatch,
        interval: float,
        monotonic: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._begin = begin
        self._store = store
        self._watch = watch
        self._interval = interval
        self._monotonic = monotonic
        self._chance = chance
        self._source: Source | None = None
        self._backoff = Backoff()

    async def run(self) -> None:
        """Ask for ever; raises VanishedStore alone."""
        while True:
            pause = await self._turn()
            await asyncio.sleep(pause)

    async def _turn(self) -> float:
        """Ask once and return the seconds until the next time."""
        began = self._monotonic()
        try:
            alerts = await self._ask()
        except VanishedStore:
            raise
        except (NetError, SourceError, StoreError) as error:
            return self._failed(str(error), error.retry_after if isinstance(error, RefusedStatus) else None)
        except Exception as error:  # noqa: BLE001 (the edge of a worker: told, and tried again)
            return self._failed(f"an unexpected failure ({type(error).__name__}: {error}).", None)
        ended = self._monotonic()
        self._watch.succeeded(alerts, ended - began)
        self._backoff = self._backoff.succeeded(ended)
        return max(self._interval - (ended - began), _BREATH * (ended - began))

    async def _ask(self) -> int:
        if self._source is None:
            self._source = await self._begin()
        polled = await self._source.poll()
        self._watch.moved()
        await self._store.take_in(polled.reports, self._watch.moved)
        await self._store.set_aside(self._source.name, polled.odd)
        self._source.keep(polled)
        return polled.alerts

    def _failed(self, sentence: str, asked: float | None) -> float:
        self._watch.failed(sentence)
        self._backoff, wait = self._backoff.failed(self._monotonic(), self._chance, asked)
        return wait
