"""`noc-tui list`: what the board would show."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from noc_tui.cli import said
from noc_tui.cli.board_text import rows_text
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.looking import minutes_east, query_of
from noc_tui.cli.shape import Command
from noc_tui.cli.values import readable
from noc_tui.incidents.listing import SORT_NAMES, in_order
from noc_tui.incidents.model import Incident, Micros
from noc_tui.journal.wire import incident_from, incidents_json

if TYPE_CHECKING:
    from noc_tui.incidents.query import Compiled


@click.command("list", cls=Command)
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of incidents.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Print at most N incidents.")
@click.option("--sort", type=click.Choice(SORT_NAMES), metavar="ORDER", help=f"One of {', '.join(SORT_NAMES)}.")
@click.option("--all", "every", is_flag=True, help="Also what is closed, merged, shelved or suppressed.")
@pass_any_invocation
def list_board(
    invocation: Invocation, query: tuple[str, ...], as_json: bool, limit: int | None, sort: str | None, every: bool
) -> int:
    """Print what the board would show, in the board's order.

    QUERY is what one types after / on the board: words, field:value, -not, OR. Put -- before one that begins with a
    dash.

    \b
    noc-tui list p:1..2 st:new
    noc-tui list --json 'owner:ana age>2h'
    """
    now = invocation.now()
    query_of(invocation, query, now)  # what is mistyped is told before anything is read
    if invocation.remote is not None:
        return _remote(invocation, readable(" ".join(query)), limit, sort or "", every=every, as_json=as_json)
    with closing(invocation.board_reader()) as reader:
        incidents: Iterable[Incident] = chain.from_iterable(reader.all_rows())
        if every:
            incidents = chain(incidents, _over(invocation))
        policy = reader.policy()
        asked = query_of(invocation, query, now, policy)
        shown = in_order(incidents, policy, now, query=asked, every=every, sort=sort or "")[:limit]
    print_incidents(shown, now, asked, as_json=as_json)
    return OK


def print_incidents(incidents: list[Incident], now: Micros, query: Compiled | None, *, as_json: bool) -> None:
    """Print incidents as one JSON array, or as aligned text."""
    if as_json:
        said.document(incidents_json(incidents))
        return
    for text in rows_text(incidents, now):
        said.line(text)
    if not incidents:
        said.words("No incident is shown" + (f": {query.words}." if query is not None else "."))


def print_shapes(shapes: list[dict[str, Any]], now: Micros, *, as_json: bool) -> None:
    """Print incidents as a server tells them."""
    if as_json:
        said.document(shapes)
        return
    try:
        incidents = [incident_from(shape) for shape in shapes]
    except ValueError as error:
        raise Trouble(f"The server's answer cannot be read ({error}): see whether noc-tui serves there.") from None
    print_incidents(incidents, now, None, as_json=False)


def _remote(invocation: Invocation, query: str, limit: int | None, sort: str, *, every: bool, as_json: bool) -> int:
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote

    offset = minutes_east(invocation.now(), invocation.zone)
    shapes = ask_remote(
        invocation, lambda api: api.incidents(query, offset=offset, limit=limit, sort=sort, closed=every)
    )
    print_shapes(shapes, invocation.now(), as_json=as_json)
    return OK


def _over(invocation: Invocation) -> list[Incident]:
    """What has left the board."""
    # Start-up cost: only the asynchronous reader knows it.
    from noc_tui.cli.reading import ask, closed_incidents

    return ask(invocation, closed_incidents)
