"""One thread takes in what sources report: what waits is ingested together, and answered when it is durable."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from noc_tui.incidents.commands import Accepted
from noc_tui.incidents.model import Report
from noc_tui.server.refusing import Overloaded

WAITING: Final = 20_000
"""Reports that wait at most: some seconds of work; a sender that is told to come again keeps its own."""
RETRY_AFTER: Final = 5
"""Seconds after which one that was refused may try again."""
AT_ONCE: Final = 2_000
"""Reports ingested in one go; the store makes its own batches of them."""
IDLE: Final = 1.0
"""Seconds without a report after which counters are written and the log is looked at."""

Answer = asyncio.Future[list[Accepted]]


class Ingests(Protocol):
    """The part of a store that the intake needs."""

    def ingest(self, reports: Sequence[Report]) -> list[Accepted]:
        """Take reports in, in order, and answer each once it is durable."""

    def quarantine(self, source: str, odd: Sequence[tuple[str, bytes]]) -> None:
        """Keep what a source sent and nobody could read: pairs of reason and body."""

    def write_counters(self) -> None:
        """Write all counters that have moved."""

    def checkpoint_if_due(self) -> bool:
        """Copy the log back if it is long."""


class _Delivery:
    """What one request brought, and where its answer goes."""

    __slots__ = ("answer", "odd", "reports", "source")

    def __init__(
        self, reports: Sequence[Report], odd: Sequence[tuple[str, bytes]], source: str, answer: Answer
    ) -> None:
        self.reports = reports
        self.odd = odd
        self.source = source
        self.answer = answer

    @property
    def size(self) -> int:
        return len(self.reports) + len(self.odd)


class Intake:
    """The thread that ingests. `committed` is called in the event loop after each delivery that changed something."""

    def __init__(self, store: Ingests, committed: Callable[[], None]) -> None:
        self._store = store
        self._committed = committed
        self._queue: SimpleQueue[_Delivery | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self.waiting = 0
        """Reports that have come and are not answered yet."""
        self.taken = 0
        """Reports taken in so far."""
        self.quarantined = 0
        """What could not be read so far."""

    def start(self) -> None:
        """Begin to take reports in."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    async def take(self, reports: Sequence[Report], odd: Sequence[tuple[str, bytes]], source: str) -> list[Accepted]:
        """Take reports in and put aside what is odd, pairs of reason and body; return an answer to each report, in
        order, once all of it is durable. StoreError or Overloaded: send all of it again, it does no harm.
        """
        count = len(reports) + len(odd)
        if count == 0:
            return []
        if self.waiting and self.waiting + count > WAITING:
            raise Overloaded(RETRY_AFTER)
        answer: Answer = self._loop.create_future()
        self.waiting += count
        self._queue.put(_Delivery(reports, odd, source, answer))
        return await answer

    async def close(self) -> None:
        """Answer what has come, then end the thread."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        ended = False
        while not ended:
            try:
                first = self._queue.get(timeout=IDLE)
            except Empty:
                self._tidy()
                continue
            if first is None:
                return
            deliveries, ended = self._gathered(first)
            self._take_in(deliveries)

    def _gathered(self, first: _Delivery) -> tuple[list[_Delivery], bool]:
        deliveries, count = [first], first.size
        while count < AT_ONCE:
            try:
                delivery = self._queue.get_nowait()
            except Empty:
                break
            if delivery is None:
                return deliveries, True
            deliveries.append(delivery)
            count += delivery.size
        return deliveries, False

    def _tidy(self) -> None:
        try:
            self._store.write_counters()
            self._store.checkpoint_if_due()
        except Exception:  # noqa: BLE001 (the next delivery meets the same trouble and is told)
            return

    def _take_in(self, deliveries: list[_Delivery]) -> None:
        result: list[Accepted] | Exception
        try:
            for delivery in deliveries:
                if delivery.odd:
                    self._store.quarantine(delivery.source, delivery.odd)
            reports = [report for delivery in deliveries for report in delivery.reports]
            result = self._store.ingest(reports) if reports else []
        except Exception as error:  # noqa: BLE001 (each sender is told, and sends again)
            result = error
        self._loop.call_soon_threadsafe(self._answer, deliveries, result)

    def _answer(self, deliveries: list[_Delivery], result: list[Accepted] | Exception) -> None:
        start = 0
        for delivery in deliveries:
            end = start + len(delivery.reports)
            self.waiting -= delivery.size
            if isinstance(result, Exception):
                if not delivery.answer.done():  # its sender has gone
                    delivery.answer.set_exception(result)
                continue
            self.taken += len(delivery.reports)
            self.quarantined += len(delivery.odd)
            if not delivery.answer.done():
                delivery.answer.set_result(result[start:end])
            start = end
        if not isinstance(result, Exception):
            self._committed()
