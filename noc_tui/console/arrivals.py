"""What came in lately: the rate of alerts, the flood, new P1s whose block still swaps and whose bell has not rung."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from noc_tui.incidents.model import MINUTE, OPEN_STATES, SECOND, Incident, Micros

WINDOW: Final = 10 * MINUTE
SPAN: Final = 5 * SECOND
"""What came in so long a time is counted together: the window is that much too long at most."""
FLOOD_FROM: Final = 10
"""More new incidents than this in ten minutes are a flood (ISA-18.2, EEMUA 191)."""
FLOOD_UNTIL: Final = 5
"""A flood is over when fewer than this came in ten minutes."""
SWAPS_FOR: Final = 10 * SECOND
"""How long the block of a new P1 swaps its colours (LOOK.md section 4)."""


class _Span:
    """What came in one span of time; `last` is its last moment."""

    __slots__ = ("alerts", "incidents", "last")

    def __init__(self, last: Micros) -> None:
        self.last = last
        self.alerts = 0
        self.incidents = 0


class Arrivals:
    """Counts of the last ten minutes, as far as this console saw them; however much that was, it takes as little."""

    def __init__(self) -> None:
        self._spans: deque[_Span] = deque()
        self._fresh: dict[int, Micros] = {}
        self.incidents = 0
        """How many incidents were opened in the last ten minutes."""
        self.alerts = 0
        """How many alerts came in the last ten minutes."""
        self.flooded = False
        self.rings = False
        """A new P1 has come in that the bell has not told yet."""

    def opened(self, incident: Incident, now: Micros) -> None:
        """Note an incident that was not there before."""
        if incident.state not in OPEN_STATES:
            return
        self._count(incident.alert_count, 1, now)
        if incident.priority == 1 and incident.attention:
            self._fresh[incident.number] = now
            self.rings = True

    def gathered(self, count: int, now: Micros) -> None:
        """Note that so many more alerts came to an incident that was there."""
        self._count(count, 0, now)

    def _count(self, alerts: int, incidents: int, now: Micros) -> None:
        if not self._spans or self._spans[-1].last < now:
            self._spans.append(_Span(now - now % SPAN + SPAN - 1))
        span = self._spans[-1]
        span.alerts += alerts
        span.incidents += incidents
        self.alerts += alerts
        self.incidents += incidents

    def forget_old(self, now: Micros) -> None:
        """Let time pass: drop what is older than the window, and say whether this is a flood."""
        while self._spans and self._spans[0].last < now - WINDOW:
            old = self._spans.popleft()
            self.alerts -= old.alerts
            self.incidents -= old.incidents
        for number in [number for number, since in self._fresh.items() if now - since > SWAPS_FOR]:
            del self._fresh[number]
        self.flooded = self.incidents > FLOOD_FROM or (self.flooded and self.incidents >= FLOOD_UNTIL)

    def forget(self, gone: Iterable[int]) -> None:
        """Forget what has left the board; that it came is still counted."""
        for number in gone:
            self._fresh.pop(number, None)

    def rate(self, parts: int, now: Micros) -> list[int]:
        """Return the alerts of the last ten minutes in `parts` equal spans, oldest first."""
        counts = [0] * parts
        for span in self._spans:
            counts[min(parts - 1, max(0, parts - 1 - (now - span.last) // (WINDOW // parts)))] += span.alerts
        return counts

    def swapped(self, number: int, now: Micros) -> bool:
        """Return whether the block of a new P1 is in the other half of its second."""
        since = self._fresh.get(number)
        return since is not None and (now - since) // SECOND % 2 == 1
