"""The order that a query asks for: ranks worst first, texts by letters, all else from little to much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import Incident
from noc_tui.incidents.query.fields import BY_NAME, Field
from noc_tui.incidents.query.tree import SortBy

SortValue = Callable[[Incident], Any]
"""What an incident is ordered by; None for one that has no value."""


def in_order(incidents: Iterable[Incident], sort: tuple[SortBy, ...]) -> list[Incident]:
    """Return the incidents in order; by number where they are alike, and those without a value last."""
    rows = sorted(incidents, key=lambda incident: incident.number)
    for by in reversed(sort):
        value = _value(BY_NAME[by.field])
        known = [(key, row) for row in rows if (key := value(row)) is not None]
        without = [row for row in rows if value(row) is None]
        known.sort(key=lambda pair: pair[0], reverse=by.down)
        rows = [row for _, row in known] + without
    return rows


def _value(field: Field) -> SortValue:
    name = field.attribute
    if field.kind == "left":
        return next_due
    if field.name == "p":
        return lambda incident: incident.priority
    if field.kind == "rank":
        worst = {choice: -place for place, choice in enumerate(field.choices)}
        return lambda incident: worst[getattr(incident, name)]
    if field.kind == "choice":
        places = {choice: place for place, choice in enumerate(field.choices)}
        return lambda incident: places.get(getattr(incident, name))
    if field.kind == "age":  # the youngest first
        return lambda incident: -getattr(incident, name)
    if field.kind in ("text", "name"):
        return lambda incident: getattr(incident, name).casefold() or None
    return lambda incident: getattr(incident, name)
