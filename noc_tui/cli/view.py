"""`noc-tui view`: the views that a desk shares, from a script."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click
import msgspec

from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.looking import query_of
from noc_tui.cli.patience import deadline
from noc_tui.cli.shape import Group
from noc_tui.incidents.commands import Command as Wish
from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.desk_views import DROP, SAVE
from noc_tui.incidents.saved_views import DeskViews


@click.group(cls=Group)
def view() -> None:
    """The views that the desk shares: named queries that every console has as tabs."""


@view.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array of {name, query, sort, group, hidden}.")
@pass_any_invocation
def list_(invocation: Invocation, as_json: bool) -> int:
    """Print the desk's views; of a remote store those that the copy on this machine has."""
    views = _known(invocation).saved()
    if as_json:
        said.document([msgspec.to_builtins(view) for view in views])
        return OK
    rows = [(view.name, view.sort, view.group, view.query) for view in views]
    for line in table([("name", "sort", "group", "query"), *rows]) if rows else ():
        said.line(line)
    return OK


def _known(invocation: Invocation) -> DeskViews:
    if not invocation.store.exists():
        return DeskViews()
    with closing(invocation.board_reader()) as reader:
        return reader.desk_views()


@view.command()
@click.argument("name")
@click.argument("query", nargs=-1)
@click.option("--sort", default="", metavar="COLUMNS", help="Its order, such as sla,-age.")
@click.option("--group", default="", metavar="WORD", help="Its groups: service, site, owner, team, cause or state.")
@click.option("--hidden", is_flag=True, help="Show what is shelved or suppressed, too.")
@pass_any_invocation
def save(invocation: Invocation, /, name: str, query: tuple[str, ...], **how: Any) -> int:
    """Share a view with the desk: what QUERY finds, under NAME. One of this name is replaced.

    \b
    noc-tui view save night-p1 'p:1 is:unacked' --sort sla
    """
    text = " ".join(query)
    query_of(invocation, query, invocation.now())
    _decided(invocation, SAVE, {"name": name, "query": text, **how})
    return OK


@view.command()
@click.argument("name")
@pass_any_invocation
def drop(invocation: Invocation, name: str) -> int:
    """Drop a view of the desk."""
    _decided(invocation, DROP, {"name": name})
    return OK


def _decided(invocation: Invocation, verb: str, args: dict[str, Any]) -> None:
    command = Wish(
        id=invocation.new_id(),
        verb=verb,
        args={name: value for name, value in args.items() if value},
        actor=invocation.me,
        origin=invocation.origin,
        at=invocation.now(),
        batch=invocation.new_id(),
    )
    outcome = _sent(invocation, command) if invocation.remote is not None else _appended(invocation, command)
    if outcome is not None and not outcome.ok:
        raise Trouble(outcome.reason)


def _appended(invocation: Invocation, command: Wish) -> Outcome:
    with closing(invocation.open_store()) as store:
        return store.append([command])[0]


def _sent(invocation: Invocation, command: Wish) -> Outcome | None:
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import remote_named
    from noc_tui.cli.sending import press_and_send, say_queued

    sent = press_and_send(invocation, remote_named(invocation), [command], deadline())
    say_queued(sent, 1)
    return sent.outcomes.get(command.id)
