"""Incidents as the board would show them, for the commands that print them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from noc_tui.cli.invocation import Invocation
from noc_tui.cli.values import readable
from noc_tui.console.selection import SORTS
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, sort_key
from noc_tui.incidents.policy import Policy

if TYPE_CHECKING:
    from noc_tui.incidents.query import Compiled

DEFAULT_POLICY: Final = Policy()
SORT_NAMES: Final = (*SORTS, *(f"-{name}" for name in SORTS))
"""The orders beside the board's own; a dash turns one round."""


def query_of(
    invocation: Invocation, query: tuple[str, ...], now: Micros, policy: Policy = DEFAULT_POLICY
) -> Compiled | None:
    """Return the query that was typed, None if none was; bad usage names the column."""
    text = readable(" ".join(query))
    if not text.strip():
        return None
    # Start-up cost: the query language is needed by those who ask alone.
    from noc_tui.incidents.query import QueryContext, QueryError, compile_query

    context = QueryContext(me=invocation.me, now=now, zone=invocation.zone, policy=policy)
    try:
        return compile_query(text, context)
    except QueryError as error:
        raise click.BadParameter(f"{error}.", param_hint="QUERY") from None


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
