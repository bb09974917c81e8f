"""Replay a seed with its trace (`--seed N`), run some up to the first fault (`--seeds A-B`), or many (`--soak N`)."""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from tests.simulation.console import Parts
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import WEATHERS
from tests.simulation.soaking import soak
from tests.simulation.violations import Violation
from tests.simulation.world import World, first_fault

_MUTANTS = {mutant.name: mutant for mutant in MUTANTS}


def main() -> int:
    """Run what was asked for; 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int, help="replay this one, with its trace")
    which.add_argument("--seeds", metavar="A-B", help="run these")
    which.add_argument("--soak", metavar="COUNT", type=int, help="run so many, in every weather, and tell the progress")
    parser.add_argument("--from", dest="first", metavar="SEED", type=int, default=0, help="where --soak begins")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long --soak goes on at most")
    parser.add_argument("--workers", type=int, default=1, help="how many processes --soak has")
    parser.add_argument("--weather", choices=sorted(WEATHERS), help="what of the plan is not left to the seed")
    parser.add_argument("--mutant", choices=sorted(_MUTANTS), help="what is done wrong; its weather is the default")
    asked = parser.parse_args()
    if asked.soak is not None:
        return soak(asked.first, asked.soak, asked.minutes, asked.workers, partial(print, flush=True))
    mutant = _MUTANTS.get(asked.mutant)
    parts = mutant.parts if mutant is not None else Parts
    weather = asked.weather or (mutant.weather if mutant is not None else "fair")
    if asked.seed is not None:
        return _replay(asked.seed, parts, weather)
    return _many(asked.seeds, parts, weather)


def _replay(seed: int, parts: type[Parts], weather: str) -> int:
    world = World(seed, parts, weather, tell=print)
    print(world.plan)
    try:
        world.run()
    except Violation as violation:
        print(f"seed {seed}: {violation}", file=sys.stderr)
        return 1
    return 0


def _many(seeds: str, parts: type[Parts], weather: str) -> int:
    first, _, last = seeds.partition("-")
    began = time.process_time()
    asked = range(int(first), int(last or first) + 1)
    fault = first_fault(asked, weather, parts)
    if fault:
        print(fault, file=sys.stderr)
        return 1
    rate = len(asked) / (time.process_time() - began)
    print(f"{len(asked)} seeds, {rate:.0f} a second of one core, no violation")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
