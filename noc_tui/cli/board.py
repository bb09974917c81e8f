"""`noc-tui board --at`: the board as it was."""

from __future__ import annotations

from functools import partial

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.listing import print_incidents, print_shapes
from noc_tui.cli.looking import minutes_east, query_of
from noc_tui.cli.reading import ask
from noc_tui.cli.shape import Command
from noc_tui.cli.values import past_time, readable
from noc_tui.incidents.listing import in_order
from noc_tui.incidents.model import Micros
from noc_tui.incidents.times import echo, iso
from noc_tui.store.past_board import past_board


@click.command(cls=Command)
@click.option("--at", "when", required=True, metavar="TIME", help="03:12, 'tue 03:12', yesterday, -2h, or ISO 8601.")
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of incidents.")
@pass_any_invocation
def board(invocation: Invocation, when: str, query: tuple[str, ...], as_json: bool) -> int:
    """Print the board as it was: the journal's events folded up to a moment.

    TIME is in your own zone unless it says otherwise. QUERY is as for `noc-tui list`.
    """
    at = past_time(when, invocation.now(), invocation.zone)
    return board_at(invocation, query, at, as_json=as_json)


def board_at(invocation: Invocation, query: tuple[str, ...], at: Micros, *, as_json: bool) -> int:
    """Print the board as it was at an instant, as far as a query finds it."""
    query_of(invocation, query, at)  # what is mistyped is told before anything is read
    if invocation.remote is not None:
        return _remote(invocation, at, readable(" ".join(query)), as_json=as_json)
    incidents, policy = ask(invocation, partial(past_board, at=at))
    asked = query_of(invocation, query, at, policy)
    if not as_json:
        said.words(f"As of {echo(at, invocation.zone)}")
    print_incidents(in_order(incidents, policy, at, query=asked), at, asked, as_json=as_json)
    return OK


def _remote(invocation: Invocation, at: Micros, query: str, *, as_json: bool) -> int:
    """Print what the server says: it has the journal, and folds it."""
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote

    offset = minutes_east(at, invocation.zone)
    shapes = ask_remote(invocation, lambda api: api.board(iso(at), query, offset=offset))
    if not as_json:
        said.words(f"As of {echo(at, invocation.zone)}")
    print_shapes(shapes, at, as_json=as_json)
    return OK
