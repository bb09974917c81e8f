"""A store filled with a simulated NOC's past and present: every report and deed of a year, through the real rules."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

from noc_tui.incidents.model import Micros
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Head
from noc_tui.simulate.past import plans, size_for
from noc_tui.simulate.world import make_world
from noc_tui.store.bulk_load import load
from noc_tui.store.chronicle import Batch, Chronicle
from noc_tui.store.opening import wall_clock
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.relay import relayed

ALONE: Final = 5_000
"""Incidents up to which a second process would take longer to start than it saves."""


def fill(
    path: Path,
    *,
    open_count: int,
    closed_count: int,
    seed: int,
    now: Micros | None = None,
    progress: Progress = quiet,
    demo: bool = True,
) -> Head:
    """Make a store with so many open and closed incidents, the last as of `now` (default: by the clock).

    The same seed and `now` give the same incidents. `progress` counts them. FilledStore if there is a store with a
    history of its own; an interrupt leaves nothing behind.
    """
    until = wall_clock() if now is None else now
    story = (open_count, closed_count, seed, until)
    total = open_count + closed_count
    with closing(relayed(path, tell, *story) if total > ALONE else tell(*story)) as batches:
        return load(path, batches, total, demo=demo, now=until, progress=progress)


def tell(open_count: int, closed_count: int, seed: int, now: Micros) -> Generator[Batch, None, None]:
    """Yield the rows of a store with so many open and closed incidents up to `now`."""
    world = make_world(seed, size_for(open_count, closed_count))
    histories = plans(world, Random(seed), now, open_count, closed_count)
    yield from Chronicle(Policy(), Random(seed).randbytes).tell(histories)
