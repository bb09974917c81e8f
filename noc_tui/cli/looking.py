"""What was asked for, by the commands that print incidents."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from noc_tui.cli.invocation import Invocation
from noc_tui.cli.values import readable
from noc_tui.incidents.model import Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.times import moment

if TYPE_CHECKING:
    from noc_tui.incidents.query import Compiled

DEFAULT_POLICY: Final = Policy()


def query_of(
    invocation: Invocation, query: tuple[str, ...], now: Micros, policy: Policy = DEFAULT_POLICY
) -> Compiled | None:
    """Return the query that was typed, None if none was; bad usage names the column."""
    text = readable(" ".join(query))
    if not text.strip():
        return None
    # Start-up cost: the query language is needed by those who ask alone.
    from noc_tui.incidents.query import QueryContext, QueryError, compile_query

    context = QueryContext(
        me=invocation.me, now=now, zone=invocation.zone, policy=policy, parents=partial(_parents, invocation)
    )
    try:
        return compile_query(text, context)
    except QueryError as error:
        raise click.BadParameter(f"{error}.", param_hint="QUERY") from None


def _parents(invocation: Invocation) -> frozenset[int]:
    # Start-up cost: few queries are about that.
    from noc_tui.store.history import ClosedIncidents

    return ClosedIncidents(invocation.store).parents()


def minutes_east(now: Micros, zone: tzinfo) -> int:
    """Return how far east of UTC a zone is at an instant, for a server that reads a query's times."""
    offset = moment(now, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)
