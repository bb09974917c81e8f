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
@click.option("--closed", is_flag=True, help="Only what is closed or merged, the newest first.")
@pass_any_invocation
def list_board(
    invocation: Invocation,
    query: tuple[str, ...],
    as_json: bool,
    limit: int | None,
    sort: str | None,
    every: bool,
    closed: bool,
) -> int:
    """Print what the board would show, in the board's order.

    QUERY is what one types after / on the board: words, field:value, -not, OR. Put -- before one that begins with a
    dash. What is closed comes behind what is on the board, the newest first, unless another order is asked for.

    \b
    noc-tui list p:1..2 st:new
    noc-tui list --json 'owner:ana age>2h'
    noc-tui list --closed --limit 20 'res:pe07 closed>-30d'
    """
    now = invocation.now()
    asked = query_of(invocation, query, now)  # what is mistyped is told before anything is read
    if asked is not None and asked.query.at is not None:
        return _as_it_was(invocation, query, asked.query.at, as_json=as_json, over=every or closed)
    over = "only" if closed else "true" if every else ""
    if invocation.remote is not None:
        return _remote(invocation, readable(" ".join(query)), limit, sort or "", over=over, as_json=as_json)
    with closing(invocation.board_reader()) as reader:
        policy = reader.policy()
        asked = query_of(invocation, query, now, policy)
        on_board: Iterable[Incident] = chain.from_iterable(reader.all_rows()) if not closed else ()
        found = _over(invocation, asked, limit, sort or "") if over else []
        # What has no order of its own comes behind the board, the newest first.
        mixed = bool(sort or (asked is not None and asked.sort))
        rows = chain(on_board, found) if mixed else on_board
        shown = in_order(rows, policy, now, query=asked, every=bool(over), sort=sort or "")
    print_incidents((shown if mixed else [*shown, *found])[:limit], now, asked, as_json=as_json)
    return OK


def _as_it_was(invocation: Invocation, query: tuple[str, ...], at: Micros, *, as_json: bool, over: bool) -> int:
    """`at:` in a query: the board as it was."""
    if over:
        raise click.UsageError("at: shows the board as it was; leave out --all and --closed.")
    # Start-up cost: few look back.
    from noc_tui.cli.board import board_at

    return board_at(invocation, query, at, as_json=as_json)


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


def _remote(invocation: Invocation, query: str, limit: int | None, sort: str, *, over: str, as_json: bool) -> int:
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote

    offset = minutes_east(invocation.now(), invocation.zone)
    shapes = ask_remote(
        invocation, lambda api: api.incidents(query, offset=offset, limit=limit, sort=sort, closed=over)
    )
    print_shapes(shapes, invocation.now(), as_json=as_json)
    return OK


def _over(invocation: Invocation, asked: Compiled | None, limit: int | None, sort: str) -> list[Incident]:
    """What has left the board, as much of it as is asked for."""
    # Start-up cost: SQL is needed for the history alone.
    from noc_tui.store.history import MOST, ClosedIncidents

    found = ClosedIncidents(invocation.store).find(asked, MOST if limit is None else limit, sort)
    if limit is None and len(found) == MOST:
        said.words(f"Of what is closed, {MOST:,} are shown: ask for less of it, or for more with --limit.")
    return found
