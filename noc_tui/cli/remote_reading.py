"""The questions of `cli.reading`, asked of a remote store over its routes."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.exchange import LIMIT, Cursor, Fork, Gone, History, Page, heard
from noc_tui.journal.wire import incident_from
from noc_tui.net.backoff import Backoff
from noc_tui.net.errors import BadAnswer, NoAnswer, NotAllowed, RefusedStatus
from noc_tui.sync.api import DEADLINE, Api

_WAIT: Final = 20.0
"""Seconds that the server may hold a question for what is new."""
_AT_ONCE: Final = 8
"""Questions asked at the same time."""


class RemoteReader:
    """What a script reads of a remote store. What was asked for once is not asked for again."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._histories: dict[int, History | None] = {}
        self._epoch = b""

    async def incident(self, number: int) -> Incident | None:
        """Return an incident; None if there is no such number."""
        history = await self._history(number)
        return None if history is None else history.incident

    async def incidents(self, numbers: Iterable[int]) -> dict[int, Incident]:
        """Return the incidents of these numbers that there are."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> Incident | None:
            async with gate:
                return await self.incident(number)

        found = await asyncio.gather(*(one(number) for number in dict.fromkeys(numbers)))
        return {incident.number: incident for incident in found if incident is not None}

    async def children(self, number: int) -> list[Incident]:
        """Return what hangs on an incident and is on the board."""
        shapes = await self._api.incidents(f"parent:{number}")
        try:
            return [incident_from(shape) for shape in shapes]
        except ValueError as error:
            raise BadAnswer(f"The server's answer cannot be read: {error}.") from None

    async def alerts(self, number: int, limit: int) -> list[Alert]:
        """Return what an incident has gathered, the worst first."""
        history = await self._history(number)
        return [] if history is None else list(history.alerts)[:limit]

    async def whole_timeline(self, number: int) -> list[Event]:
        """Return all events of an incident, oldest first."""
        history = await self._history(number)
        return [] if history is None else [heard(told) for told in history.events]

    async def events(self, after: int, limit: int) -> list[Event]:
        """Return the events that follow a seq, at most `limit` and fewer where the server sends fewer."""
        return [heard(told) for told in (await self.page(after, limit)).events]

    async def head(self) -> Head:
        """Return how far the journal has come: its seq and epoch alone."""
        page = await self._page(None, 1, 0.0)
        return Head(seq=page.head, epoch=page.epoch)

    async def page(self, after: int, limit: int, wait: float = 0.0) -> Page:
        """Return what follows a seq; with `wait` (seconds) the answer is held until there is something."""
        if not self._epoch:
            self._epoch = (await self._page(None, 1, 0.0)).epoch
        return await self._page(Cursor(self._epoch, after, b""), limit, wait)

    async def follow(self, after: int, told: Callable[[str], None]) -> AsyncIterator[list[Event]]:
        """Yield what is appended after a seq, as it comes; `told` hears when the server cannot be reached, and again.

        Raises NetError where trying again is no use.
        """
        backoff, trouble = Backoff(), ""
        while True:
            try:
                page = await self.page(after, LIMIT, _WAIT)
            except NotAllowed:
                raise
            except (NoAnswer, RefusedStatus) as error:
                if str(error) != trouble:
                    trouble = str(error)
                    told(trouble)
                asked = error.retry_after if isinstance(error, RefusedStatus) else None
                backoff, wait = backoff.failed(time.monotonic(), random.random, asked)
                await asyncio.sleep(wait)
                continue
            if trouble:
                told("The server answers again.")
            backoff, trouble = Backoff(), ""
            if page.events:
                yield [heard(event) for event in page.events]
                after = page.events[-1].seq

    async def _page(self, cursor: Cursor | None, limit: int, wait: float) -> Page:
        page = await self._api.page(cursor, limit=limit, wait=wait, deadline=wait + DEADLINE)
        if isinstance(page, Gone):
            raise BadAnswer(f"The journal begins after event {page.floor:,}: what was before is archived.")
        if isinstance(page, Fork):
            raise BadAnswer(f"The journal ends with event {page.head:,}, or the server was restored: start anew.")
        return page

    async def _history(self, number: int) -> History | None:
        if number not in self._histories:
            self._histories[number] = await self._api.history(number)
        return self._histories[number]
