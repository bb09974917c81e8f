"""Queries for what lies behind an incident and beside it: by indexes and within bounds, however long the history."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select

from noc_tui.incidents.likeness import NEAR
from noc_tui.incidents.model import Incident
from noc_tui.store import schema

NEWEST: Final = 200
"""How many of a service's newest incidents are looked through."""
MOST: Final = 40
"""Whole rows that one query reads at most."""
_OF_RESOURCE: Final = 60
_BESIDE: Final = 60
"""Numbers before and after an incident among which those of its time are looked for: numbers follow time."""

_incidents = schema.incidents
_OVER: Final = _incidents.c.state.in_(("resolved", "closed"))
SKETCH: Final = ("number", "title", "state", "category", "service", "resource", "site", "group_key", "cause")
"""The fields by which likeness is judged: twenty of these are read as fast as one whole row."""
_SKETCH: Final = tuple(_incidents.c[name] for name in SKETCH)


def _newest(same: ColumnElement[bool], most: int) -> Select[Any]:
    """The newest numbers that an index finds."""
    return select(_incidents.c.number).where(same).order_by(_incidents.c.number.desc()).limit(most)


def _by_resource(incident: Incident, most: int) -> Select[Any] | None:
    same = and_(_incidents.c.resource == incident.resource, _incidents.c.resource != "")
    return _newest(same, most) if incident.resource else None


def _by_service(incident: Incident, most: int) -> Select[Any] | None:
    same = and_(_incidents.c.service == incident.service, _incidents.c.service != "")
    return _newest(same, most) if incident.service else None


def past_sketches(incident: Incident) -> list[Select[Any]]:
    """Return what reads the sketches of resolved and closed incidents that may be like one."""
    found = (_by_resource(incident, _OF_RESOURCE), _by_service(incident, NEWEST))
    return [select(*_SKETCH).where(_incidents.c.number.in_(numbers), _OVER) for numbers in found if numbers is not None]


def beside(incident: Incident) -> list[Select[Any]]:
    """Return what reads the incidents that may be tied to one, each query at most `MOST`."""
    queries: list[Select[Any]] = []
    still_open = ~_incidents.c.state.in_(("resolved", "closed", "merged"))
    for numbers in (_by_resource(incident, _OF_RESOURCE), _by_service(incident, NEWEST)):
        if numbers is not None:
            queries.append(select(_incidents).where(_incidents.c.number.in_(numbers), still_open))
    if incident.parent:
        hung = and_(_incidents.c.parent == incident.parent, _incidents.c.parent != 0)
        queries.append(select(_incidents).where(or_(hung, _incidents.c.number == incident.parent)))
    if incident.number > 0:
        queries.append(
            select(_incidents).where(
                _incidents.c.number.between(incident.number - _BESIDE, incident.number + _BESIDE),
                _incidents.c.opened_at.between(incident.opened_at - NEAR, incident.opened_at + NEAR),
            )
        )
    return [query.order_by(_incidents.c.number.desc()).limit(MOST) for query in queries]
