"""`noc-tui board --at`: the board as it was."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.listing import print_incidents
from noc_tui.cli.looking import in_order, query_of
from noc_tui.cli.reading import PAGE, ask
from noc_tui.cli.shape import Command
from noc_tui.cli.values import past_time
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy, PolicyError, policy_from
from noc_tui.incidents.times import echo
from noc_tui.journal.replay import State
from noc_tui.store.rows import clean_incident

if TYPE_CHECKING:
    from noc_tui.store.reading import Reader

_ON_BOARD = frozenset(("new", "acked", "active", "held", "resolved"))


@click.command(cls=Command)
@click.option("--at", "when", required=True, metavar="TIME", help="03:12, 'tue 03:12', yesterday, -2h, or ISO 8601.")
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of incidents.")
@pass_invocation
def board(invocation: Invocation, when: str, query: tuple[str, ...], as_json: bool) -> int:
    """Print the board as it was: the journal's events folded up to a moment.

    TIME is in your own zone unless it says otherwise. QUERY is as for `noc-tui list`.
    """
    at = past_time(when, invocation.now(), invocation.zone)
    query_of(invocation, query, at)  # what is mistyped is told before anything is read
    incidents, policy = ask(invocation, partial(_fold, at=at))
    asked = query_of(invocation, query, at, policy)
    if not as_json:
        said.words(f"As of {echo(at, invocation.zone)}")
    print_incidents(in_order(incidents, policy, at, query=asked), at, asked, as_json=as_json)
    return OK


async def _fold(reader: Reader, at: Micros) -> tuple[list[Incident], Policy]:
    """Return what was on the board, and the policy then: all events that had been received at `at`."""
    state, policy = State(), Policy()
    after, ended = 0, False
    while not ended and (page := await reader.events(after, PAGE)):
        for event in page:
            if event.received_at > at:
                ended = True
                break
            state.take(event)
            if event.kind == "desk.policy_set":
                with suppress(PolicyError):  # of a newer version: what was known goes on
                    policy = policy_from(event.data.get("policy"))
        after = page[-1].seq
    rows = [clean_incident(incident) for incident in state.incidents.values() if incident.state in _ON_BOARD]
    return rows, policy
