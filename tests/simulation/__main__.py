"""`python -m tests.simulation --seed N` replays a seed with its trace; `--seeds A-B` runs up to the first fault."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.violations import Violation
from tests.simulation.world import World, run


def main() -> int:
    """Run what was asked for; 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int, help="replay this one, with its trace")
    which.add_argument("--seeds", help="run these, as A-B")
    parser.add_argument("--mutant", default="", help="with this mutant in the place of the real thing")
    asked = parser.parse_args()
    return _replay(asked.seed) if asked.seed is not None else _many(asked.seeds)


def _replay(seed: int) -> int:
    world = World(seed, tell=print)
    print(world.plan)
    try:
        world.run()
    except Violation as violation:
        print(f"seed {seed}: {violation}", file=sys.stderr)
        return 1
    return 0


def _many(seeds: str) -> int:
    first, _, last = seeds.partition("-")
    began = time.perf_counter()
    count = 0
    for seed in range(int(first), int(last or first) + 1):
        try:
            run(seed)
        except Violation as violation:
            print(f"seed {seed}: {violation}\nreplay it: python -m tests.simulation --seed {seed}", file=sys.stderr)
            return 1
        count += 1
    print(f"{count} seeds, {count / (time.perf_counter() - began):.0f} a second, no violation")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
