"""A simulated past and present, written into a store made for it: `noc-tui simulate`, and the beginning of a demo."""

from __future__ import annotations

from pathlib import Path
from random import Random

from noc_tui.cli.progress import shown
from noc_tui.incidents.model import Micros


def fill_store(store: Path, *, open_count: int, closed_count: int, seed: int, now: Micros) -> None:
    """Write so many open and closed incidents, a NOC's year up to `now`; the same seed gives the same story."""
    # Start-up cost: the simulated network and the bulk load are of no use to other commands.
    from noc_tui.simulate.past import plans, size_for
    from noc_tui.simulate.world import make_world
    from noc_tui.store.bulk_load import fill

    world = make_world(seed, size_for(open_count, closed_count))
    with shown(f"Filling {store}, incidents") as progress:
        fill(store, plans(world, Random(seed), now, open_count, closed_count), progress)
