"""How the sources are doing, and how much comes in: what the heartbeat tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from noc_tui.agent.telling import tell
from noc_tui.incidents.model import Micros
from noc_tui.incidents.text import clean
from noc_tui.journal.beside import SourceStatus

SILENT: Final = 3
"""A source is late when there was no success for so many of its intervals (OPERATOR.md 2.9)."""
RATE_OVER: Final = 10.0
"""Seconds over which the intake is averaged."""


class SourceWatch:
    """How one source is doing; its loop tells it what happens.

    `interval` is in seconds; `clock` gives microseconds UTC, `monotonic` seconds.
    """

    def __init__(self, name: str, interval: float, clock: Callable[[], Micros], monotonic: Callable[[], float]) -> None:
        self.name = name
        self._interval = interval
        self._clock = clock
        self._monotonic = monotonic
        self._alive = monotonic()
        self._took = 0.0
        self._last_ok: Micros | None = None
        self._error = ""
        self._alerts = 0

    def moved(self) -> None:
        """The source's last answer is being taken in: a long one is no silence."""
        self._alive = self._monotonic()

    def succeeded(self, alerts: int, took: float = 0.0) -> None:
        """All that the source said is durable; it has so many alerts now, and it took so many seconds."""
        if self._error:
            tell(f"{self.name} is well again.")
        self._error = ""
        self._alerts = alerts
        self._took = took
        self._alive = self._monotonic()
        self._last_ok = self._clock()

    def failed(self, sentence: str) -> None:
        """The source, or the store that was to take its alerts, failed."""
        error = clean(sentence)
        if error != self._error:
            tell(f"{self.name}: {error}")
        self._error = error

    def status(self) -> SourceStatus:
        """Return how it is doing now: failing after an error, late when it says nothing for too long, else ok."""
        silence = self._monotonic() - self._alive
        late = silence > SILENT * (self._interval + self._took)
        error = self._error or (f"nothing was heard for {silence:.0f} s." if late else "")
        return SourceStatus(
            name=self.name,
            state="failing" if self._error else "late" if late else "ok",
            last_ok_at=self._last_ok,
            last_error=error,
            alerts=self._alerts,
        )


class IntakeRate:
    """Reports a second over the last `RATE_OVER` seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._counts: deque[tuple[float, int]] = deque()

    def count(self, reports: int) -> None:
        """So many reports have become durable just now."""
        self._counts.append((self._monotonic(), reports))
        self._forget()

    def rate(self) -> float:
        """Return the rate now."""
        self._forget()
        return sum(reports for _, reports in self._counts) / RATE_OVER

    def _forget(self) -> None:
        since = self._monotonic() - RATE_OVER
        while self._counts and self._counts[0][0] < since:
            self._counts.popleft()
