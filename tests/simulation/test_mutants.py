"""The checks are worth something: whatever is left out of the protocol, a run notices."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.violations import Violation
from tests.simulation.world import World

BOUND = 3_000
"""Seeds in which a mutant must be noticed."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_noticed(mutant: Mutant) -> None:
    assert any(_is_noticed(mutant, seed) for seed in range(mutant.first, mutant.first + BOUND))


def test_the_same_seed_is_the_same_run() -> None:
    told: list[list[str]] = [[], []]
    for lines in told:
        World(7, tell=lines.append).run()
    assert told[0] == told[1]
    assert len(told[0]) > 100


def _is_noticed(mutant: Mutant, seed: int) -> bool:
    try:
        World(seed, mutant.parts, mutant.weather).run()
    except Violation:
        return True
    return False
