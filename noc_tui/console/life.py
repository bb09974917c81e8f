"""The lives of alerts: when each fired and when not, as spans of time and as a line of ink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from noc_tui.incidents.model import Alert, Micros
from widgets.meter import life_line
from widgets.roles import Role, Run
from widgets.signs import Signs

Span = tuple[Micros, Micros | None]
"""From when to when an alert fired; None: it still does."""


def lives_of(changes: Iterable[tuple[str, bool, Micros]]) -> dict[str, list[Span]]:
    """Return when each alert fired, by its ref and in order; `changes` (ref, firing, when) are the newest first."""
    ends: dict[str, Micros | None] = {}
    lives: defaultdict[str, list[Span]] = defaultdict(list)
    for ref, firing, at in changes:
        if not firing:
            ends[ref] = at
        elif ref not in lives or lives[ref][-1][0] > at:
            end = ends.pop(ref, None)
            if lives[ref] and end is None:
                end = lives[ref][-1][0]  # raised twice without an end between: it fired all the time
            lives[ref].append((at, end))
    return {ref: spans[::-1] for ref, spans in lives.items()}


def life_of(alert: Alert, lives: Mapping[str, list[Span]]) -> list[Span]:
    """Return when one alert fired; what its history does not tell is known from the alert itself."""
    spans = lives.get(alert.ref, [])
    if spans or alert.raised_at is None:
        return spans
    return [(alert.raised_at, None if alert.firing else alert.cleared_at)]


def ink(spans: Iterable[Span], since: Micros, until: Micros, width: int, signs: Signs, role: Role) -> list[Run]:
    """Return a life as a line of so many cells, from one moment to another."""
    whole = max(1, until - since)
    shares = [((begin - since) / whole, ((until if end is None else end) - since) / whole) for begin, end in spans]
    return life_line(shares, width, signs, role)
