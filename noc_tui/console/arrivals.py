"""What came in lately: the rate of alerts, the flood, new P1s whose block still swaps and whose bell has not rung."""

from __future__ import annotations

from collections import deque
from typing import Final

from noc_tui.incidents.model import MINUTE, OPEN_STATES, SECOND, Incident, Micros

WINDOW: Final = 10 * MINUTE
FLOOD_FROM: Final = 10
"""More new incidents than this in ten minutes are a flood (ISA-18.2, EEMUA 191)."""
FLOOD_UNTIL: Final = 5
"""A flood is over when fewer than this came in ten minutes."""
SWAPS_FOR: Final = 10 * SECOND
"""How long the block of a new P1 swaps its colours (LOOK.md section 4)."""


class Arrivals:
    """Counts of the last ten minutes, as far as this console saw them."""

    def __init__(self) -> None:
        self._opened: deque[Micros] = deque()
        self._alerts: deque[tuple[Micros, int]] = deque()
        self._fresh: dict[int, Micros] = {}
        self.flooded = False
        self.rings = False
        """A new P1 has come in that the bell has not told yet."""

    def opened(self, incident: Incident, now: Micros) -> None:
        """Note an incident that was not there before."""
        if incident.state not in OPEN_STATES:
            return
        self._opened.append(now)
        self._alerts.append((now, incident.alert_count))
        if incident.priority == 1 and incident.attention:
            self._fresh[incident.number] = now
            self.rings = True

    def gathered(self, count: int, now: Micros) -> None:
        """Note that so many more alerts came to an incident that was there."""
        self._alerts.append((now, count))

    def forget_old(self, now: Micros) -> None:
        """Let time pass: drop what is older than the window, and say whether this is a flood."""
        while self._opened and self._opened[0] < now - WINDOW:
            self._opened.popleft()
        while self._alerts and self._alerts[0][0] < now - WINDOW:
            self._alerts.popleft()
        for number in [number for number, since in self._fresh.items() if now - since > SWAPS_FOR]:
            del self._fresh[number]
        recent = len(self._opened)
        self.flooded = recent > FLOOD_FROM or (self.flooded and recent >= FLOOD_UNTIL)

    @property
    def incidents(self) -> int:
        """How many incidents were opened in the last ten minutes."""
        return len(self._opened)

    @property
    def alerts(self) -> int:
        """How many alerts came in the last ten minutes."""
        return sum(count for _, count in self._alerts)

    def rate(self, parts: int, now: Micros) -> list[int]:
        """Return the alerts of the last ten minutes in `parts` equal spans, oldest first."""
        spans = [0] * parts
        for at, count in self._alerts:
            spans[min(parts - 1, max(0, parts - 1 - (now - at) // (WINDOW // parts)))] += count
        return spans

    def swapped(self, number: int, now: Micros) -> bool:
        """Return whether the block of a new P1 is in the other half of its second."""
        since = self._fresh.get(number)
        return since is not None and (now - since) // SECOND % 2 == 1
