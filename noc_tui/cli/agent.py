"""`noc-tui agent`: the standing duties without a board."""

from __future__ import annotations

import click

from noc_tui.cli.dialling import ca_file_of, logged_in, way_to
from noc_tui.cli.filling import demo_events
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.remote_board import make_files
from noc_tui.cli.shape import Command
from noc_tui.cli.source_options import SourceList, source_options, sources_of
from noc_tui.sync.remotes import Remote


@click.command(cls=Command)
@source_options
@click.option(
    "--simulate",
    type=click.FloatRange(0, 5_000, min_open=True),
    metavar="RATE",
    help="Alerts a second of a simulated NOC; for a demo's store alone.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated NOC.")
@click.option("--supervised", is_flag=True, help="End when standard input closes, as a console's own agent does.")
@pass_any_invocation
def agent(
    invocation: Invocation,
    /,
    alertmanagers: SourceList,
    interval: float,
    simulate: float | None,
    seed: int,
    supervised: bool,
) -> int:
    """Do the standing duties of a store: poll the sources, take alerts in, watch the clocks.

    One agent does them however many run; the others wait for it. Runs until it is interrupted.

    On a remote store it keeps a copy in step and sends what waits in the outbox; the duties are the server's.
    """
    if invocation.remote is not None:
        if alertmanagers or simulate is not None:
            raise click.UsageError("A remote store's sources are polled on its server: give them there.")
        return _follow(invocation, invocation.remote, supervised=supervised)
    if not invocation.store.exists() and not supervised:  # a console's agent never makes a store
        invocation.open_store(demo=simulate is not None).close()
    if simulate is not None:
        demo_events(invocation.store)
    # A console names all sources; and no real alert belongs into a simulated NOC.
    own = supervised or simulate is not None
    sources = alertmanagers if own else sources_of(invocation.preferences, alertmanagers)
    # Start-up cost: what the duties stand on.
    from noc_tui.agent.process import AgentConfig, run_agent

    return run_agent(
        AgentConfig(
            store=invocation.store,
            sources=sources,
            interval=interval,
            simulate_rate=simulate,
            seed=seed,
            supervised=supervised,
        )
    )


def _follow(invocation: Invocation, remote: Remote, *, supervised: bool) -> int:
    if not supervised:  # a console has made them, and says itself what is wrong with the login
        logged_in(invocation)
        make_files(invocation, remote)
    # Start-up cost: what the link stands on.
    from noc_tui.agent.config import LinkConfig
    from noc_tui.agent.process import AgentConfig, run_agent

    way = way_to(invocation, remote)
    link = LinkConfig(remote=remote, ca_file=ca_file_of(way), proxy=way.proxy or None)
    return run_agent(AgentConfig(store=remote.replica, supervised=supervised, link=link))
