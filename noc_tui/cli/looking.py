"""Incidents as the board would show them, for the commands that print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import click

from noc_tui.cli.invocation import Invocation
from noc_tui.cli.values import readable
from noc_tui.console.board_model import SORTS
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, sort_key
from noc_tui.incidents.policy import Policy

Predicate = Callable[[Incident], bool]

DEFAULT_POLICY: Final = Policy()
SORT_NAMES: Final = (*SORTS, *(f"-{name}" for name in SORTS))
"""The orders beside the board's own; a dash turns one round."""


def filter_of(
    invocation: Invocation, query: tuple[str, ...], now: Micros, policy: Policy = DEFAULT_POLICY
) -> Predicate | None:
    """Return what a query lets through, None if nothing was asked; bad usage names the column."""
    text = readable(" ".join(query))
    if not text.strip():
        return None
    # Start-up cost: the query language is needed by those who ask alone.
    from noc_tui.incidents.query import QueryContext, QueryError, compile_query

    context = QueryContext(me=invocation.me, now=now, zone=invocation.zone, policy=policy)
    try:
        return compile_query(text, context).predicate
    except QueryError as error:
        raise click.BadParameter(f"{error}.", param_hint="QUERY") from None


def in_order(
    incidents: Iterable[Incident],
    policy: Policy,
    now: Micros,
    *,
    wanted: Predicate | None = None,
    every: bool = False,
    sort: str = "",
) -> list[Incident]:
    """Return what the board shows of these incidents, in its order; `every` also what it would not show."""
    placed = [
        (sort_key(incident, policy, now), incident) for incident in incidents if wanted is None or wanted(incident)
    ]
    shown = [(place, incident) for place, incident in placed if every or place[0] != HIDDEN]
    if sort:
        by = SORTS[sort.removeprefix("-")]
        shown.sort(key=lambda row: (by(row[1]), row[1].number), reverse=sort.startswith("-"))
    else:
        shown.sort(key=lambda row: row[0])
    return [incident for _, incident in shown]
