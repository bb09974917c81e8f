"""`noc-tui demo`: the board on a simulated NOC, in a store of its own."""

from __future__ import annotations

import click
from msgspec.structs import replace

from noc_tui.cli.demo_store import begin_anew
from noc_tui.cli.filling import demo_events, fill_store
from noc_tui.cli.invocation import ON_COMMAND_LINE, Invocation, pass_any_invocation
from noc_tui.cli.opening import run
from noc_tui.cli.screen_options import screen_options
from noc_tui.cli.shape import Command
from noc_tui.cli.source_options import simulation_words
from noc_tui.console.config import ConsoleConfig

CLOSED_PER_OPEN = 10
"""Closed incidents of the past for each open one, so that panes find what was seen before."""


@click.command(cls=Command)
@click.option(
    "--incidents",
    type=click.IntRange(0, 100_000),
    default=34,
    show_default=True,
    metavar="N",
    help="Incidents that are open at the start.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 5_000),
    default=0.05,
    show_default=True,
    help="Alerts a second that arrive; 0 for none.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same NOC.")
@screen_options
@pass_any_invocation
def demo(
    invocation: Invocation, incidents: int, rate: float, seed: int, theme: str | None, in_ascii: bool | None
) -> int:
    """Open the board on a simulated NOC, with alerts arriving live.

    It has a store of its own, marked DEMO and made anew each time; with --store it is kept in that file. A store that
    is not marked DEMO is never touched.
    """
    mine = invocation
    if invocation.named != ON_COMMAND_LINE:  # what the environment names is a live store
        mine = replace(invocation, store=invocation.places.demo, named="", remote=None)
        begin_anew(mine.store)
    if mine.remote is not None:
        raise click.UsageError("A demo has a store of its own: give a file with --store, or leave it off.")
    mine.check_directory()
    if not demo_events(mine.store):
        closed = CLOSED_PER_OPEN * incidents
        fill_store(mine.store, open_count=incidents, closed_count=closed, seed=seed, now=mine.now())
    config = ConsoleConfig(
        store=mine.store,
        me="me",  # the simulated desk has a seat of this name
        origin=mine.origin,
        zone=mine.zone,
        demo=True,
        theme=theme or mine.preferences.theme,
        ascii=mine.preferences.ascii if in_ascii is None else in_ascii,
    )
    return run(mine, config, simulation_words(rate, seed) if rate else ())
