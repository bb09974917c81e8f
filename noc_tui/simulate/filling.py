"""A store filled with a simulated NOC's past and present: every report and deed of a year, through the real rules."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Final
from zlib import crc32

from noc_tui.incidents.grouping import group_key
from noc_tui.incidents.model import Micros
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Head
from noc_tui.simulate.histories import Plan
from noc_tui.simulate.past import plans, size_for
from noc_tui.simulate.world import make_world
from noc_tui.store.bulk_load import load
from noc_tui.store.chronicle import Chapter, Chronicle
from noc_tui.store.interleaving import interleaved
from noc_tui.store.opening import wall_clock
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.relay import relayed

ALONE: Final = 5_000
"""Incidents up to which other processes would take longer to start than they save."""
TELLERS: Final = 2
"""Processes that tell of more: together they are about as fast as the one that writes."""


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
    total = open_count + closed_count
    story = (open_count, closed_count, seed, until)
    with ExitStack() as ending:
        if total > ALONE:
            chronicles = [
                ending.enter_context(closing(relayed(path, tell, *story, part, TELLERS))) for part in range(TELLERS)
            ]
        else:
            chronicles = [tell(*story)]
        return load(path, interleaved(chronicles), total, demo=demo, now=until, progress=progress)


def tell(
    open_count: int, closed_count: int, seed: int, now: Micros, part: int = 0, parts: int = 1
) -> Generator[Chapter, None, None]:
    """Yield what comes of so many open and closed incidents up to `now`, or of one of several parts of them.

    Parts have no group in common, and no alert, for an alert's group is always the same.
    """
    policy = Policy()
    world = make_world(seed, size_for(open_count, closed_count))
    numbered = enumerate(plans(world, Random(seed), now, open_count, closed_count), start=1)
    mine = ((number, plan) for number, plan in numbered if _part_of(plan, policy, parts) == part)
    yield from Chronicle(policy, Random(f"{seed}/{part}").randbytes).tell(mine)


def _part_of(plan: Plan, policy: Policy, parts: int) -> int:
    return crc32(group_key(policy, plan.reports[0]).encode()) % parts if parts > 1 else 0
