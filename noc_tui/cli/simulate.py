"""`noc-tui simulate`: a store filled with a believable past and present, for benchmarks and drills."""

from __future__ import annotations

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK
from noc_tui.cli.filling import demo_events, fill_store
from noc_tui.cli.invocation import ON_COMMAND_LINE, Invocation, pass_invocation
from noc_tui.cli.shape import Command


@click.command(cls=Command)
@click.option(
    "--open",
    "open_count",
    type=click.IntRange(0, 1_000_000),
    default=34,
    show_default=True,
    metavar="N",
    help="Incidents that are open.",
)
@click.option(
    "--closed",
    "closed_count",
    type=click.IntRange(0, 10_000_000),
    default=500,
    show_default=True,
    metavar="M",
    help="Incidents of the year before.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed tells the same story.")
@pass_invocation
def simulate(invocation: Invocation, open_count: int, closed_count: int, seed: int) -> int:
    """Fill a new store, named by --store, with the incidents of a simulated NOC.

    The store is marked DEMO, as nothing in it is real. An interrupt leaves nothing behind.
    """
    if invocation.named != ON_COMMAND_LINE:
        raise click.UsageError("Say which new store to fill: --store PATH.")
    invocation.check_directory()
    demo_events(invocation.store)
    fill_store(invocation.store, open_count=open_count, closed_count=closed_count, seed=seed, now=invocation.now())
    said.line(f"{invocation.store}: {open_count:,} open and {closed_count:,} closed incidents, marked DEMO")
    return OK
