"""A flapping alert is told as flapping, not as forty alerts (DESIGN.md 8.5; ISA-18.2 chattering).

While an alert flaps its toggles are counted in memory kept beside the journal (`Counter`), and one
`alert.flapped` event a minute says how many there were.
"""

from __future__ import annotations

import msgspec

from noc_tui.incidents.model import Alert, Micros
from noc_tui.incidents.policy import Policy


class Counter(msgspec.Struct, frozen=True, gc=False):
    """What is counted of one alert beside the journal: never shown as history, and a power cut may lose 5 s of it.

    `toggles` and `firing` are those since the last `alert.flapped` event; `told_at` is when that was.
    """

    repeats: int = 0
    last_seen: Micros = 0
    toggles: int = 0
    last_toggle: Micros = 0
    firing: bool = True
    told_at: Micros = 0


def toggles_within(alert: Alert, policy: Policy, now: Micros) -> tuple[Micros, ...]:
    """Return the times of the alert's toggles inside the flapping window, the one happening now included."""
    since = now - policy.flap_window
    kept = tuple(at for at in alert.recent_toggles if at > since)
    return (*kept[-(policy.flap_toggles - 1) :], now)


def starts_flapping(toggles: tuple[Micros, ...], policy: Policy) -> bool:
    """Return whether so many toggles inside the window are flapping."""
    return len(toggles) >= policy.flap_toggles
