"""Incidents as the board would show them, for who prints or sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import STATES, Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, NEVER, sort_key
from noc_tui.incidents.policy import Policy

if TYPE_CHECKING:
    from noc_tui.incidents.query import Compiled

SortBy = Callable[[Incident], Any]

LAST: Final = "\U0010ffff"
"""Sorted behind every name: where there is none."""
_LIFE: Final = {state: place for place, state in enumerate(STATES)}

SORTS: Final[dict[str, SortBy]] = {
    "priority": lambda incident: incident.priority * 2 + (not incident.attention),
    "age": lambda incident: -incident.opened_at,
    "sla": lambda incident: NEVER if (due := next_due(incident)) is None else due,
    "resource": lambda incident: incident.resource.casefold() or LAST,
    "owner": lambda incident: incident.owner or LAST,
    "updated": lambda incident: -incident.updated_at,
    "site": lambda incident: incident.site.casefold() or LAST,
    "team": lambda incident: incident.team.casefold() or LAST,
    "service": lambda incident: incident.service.casefold() or LAST,
    "source": lambda incident: incident.source.casefold() or LAST,
    "summary": lambda incident: incident.title.casefold() or LAST,
    "state": lambda incident: _LIFE[incident.state],
    "count": lambda incident: -incident.alert_count,
    "number": lambda incident: incident.number,
}
"""The orders beside the default bands, by the word that `z` and the status line use. Each gives numbers alone or text
alone: those are compared fastest."""
SORT_NAMES: Final = (*SORTS, *(f"-{name}" for name in SORTS))
"""The orders by name; a dash turns one round."""


def in_order(
    incidents: Iterable[Incident],
    policy: Policy,
    now: Micros,
    *,
    query: Compiled | None = None,
    every: bool = False,
    sort: str = "",
) -> list[Incident]:
    """Return what the board shows of these incidents, in its order; `every` also what it would not show.

    `sort` is one of `SORT_NAMES`; without one the query's own order is taken, if it has any.
    """
    found = incidents if query is None else filter(query.predicate, incidents)
    placed = [(sort_key(incident, policy, now), incident) for incident in found]
    shown = [(place, incident) for place, incident in placed if every or place[0] != HIDDEN]
    if sort:
        by = SORTS[sort.removeprefix("-")]
        shown.sort(key=lambda row: (by(row[1]), row[1].number), reverse=sort.startswith("-"))
    else:
        shown.sort(key=lambda row: row[0])
    rows = [incident for _, incident in shown]
    return query.order(rows) if query is not None and query.sort and not sort else rows
