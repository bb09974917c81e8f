"""A timeline of any length, read in short chapters by an index: cost follows what is shown, not what there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, not_, or_, select, text

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import Incident
from noc_tui.journal.part import Part
from noc_tui.store import schema
from noc_tui.store.rows import OF_INCIDENT

_journal = schema.journal
_LATELY: Final = 50
"""The newest events of an incident among which that one is looked for which resolved it."""
_TURNS: Final = ("alert.raised", "alert.cleared")
"""The kinds of event with which an alert begins to fire, or is over."""

_PERSON: Final = and_(_journal.c.command_id.is_not(None), _journal.c.actor != RULE)


def chapter(number: int, part: Part, limit: int, *, after: int | None, before: int | None) -> Select[Any]:
    """Return the query for events of an incident: the first ones after a revision, else the last ones before one."""
    query = select(_journal).where(*_of(number, part)).limit(limit)
    if after is not None:
        return query.where(_journal.c.revision > after).order_by(_journal.c.revision)
    if before is not None:
        query = query.where(_journal.c.revision < before)
    return query.order_by(_journal.c.revision.desc())


def how_many(number: int, part: Part, before: int | None = None) -> Select[Any]:
    """Return the query that counts a part of an incident's events, or those of them before a revision."""
    query = select(func.count()).select_from(_journal).where(*_of(number, part))
    return query if before is None else query.where(_journal.c.revision < before)


def _of(number: int, part: Part) -> list[ColumnElement[bool] | TextClause]:
    conditions: list[ColumnElement[bool] | TextClause] = [_journal.c.number == number, text(OF_INCIDENT)]
    if part.people is not None:
        conditions.append(_PERSON if part.people else not_(_PERSON))
    if part.kinds:
        conditions.append(or_(*(_journal.c.kind.startswith(kind, autoescape=True) for kind in part.kinds)))
    return conditions


def alert_changes(number: int, limit: int) -> Select[Any]:
    """Return the query for when an incident's alerts began to fire and were cleared: ref, kind, at; newest first."""
    return (
        select(_journal.c.alert, _journal.c.kind, _journal.c.at)
        .where(_journal.c.number == number, text(OF_INCIDENT), _journal.c.kind.in_(_TURNS))
        .order_by(_journal.c.revision.desc())
        .limit(limit)
    )


def resolutions(incidents: Iterable[Incident]) -> Select[Any]:
    """Return the query for the events that resolved these incidents, in order, among the newest of each."""
    of_incident, revision = text(OF_INCIDENT), _journal.c.revision
    # Each alternative names the index's own condition: beside the OR it is not seen, and the whole journal is read.
    late = [
        and_(_journal.c.number == one.number, of_incident, revision > max(0, one.revision - _LATELY))
        for one in incidents
    ]
    return select(_journal).where(or_(*late), _journal.c.kind == "incident.resolved").order_by(_journal.c.seq)
