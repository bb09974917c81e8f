"""Thousands of runs, each a seed: consoles and an authority under all that can go wrong, and every invariant holds."""

from __future__ import annotations

import re

import pytest

from tests.simulation.__main__ import main
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import WEATHERS
from tests.simulation.soaking import soak
from tests.simulation.world import first_fault

TOGETHER = 100
"""Seeds in one test."""
QUICK = 1_500
ROUGH = 100
"""Seeds in every weather that is worse than fair."""
ONCE_WRONG = ((2_102, "forgetful"),)
"""2102: what a link had just learned of the clocks was not told yet when it was asked for."""


@pytest.mark.parametrize("first", range(0, QUICK, TOGETHER))
def test_no_seed_breaks_an_invariant(first: int) -> None:
    assert not first_fault(range(first, first + TOGETHER), "fair")


@pytest.mark.parametrize("weather", sorted(WEATHERS.keys() - {"fair"}))
@pytest.mark.parametrize("first", range(0, ROUGH, TOGETHER))
def test_no_weather_breaks_an_invariant(first: int, weather: str) -> None:
    assert not first_fault(range(first, first + TOGETHER), weather)


@pytest.mark.parametrize(("seed", "weather"), ONCE_WRONG)
def test_a_seed_that_once_broke_an_invariant_breaks_none(seed: int, weather: str) -> None:
    assert not first_fault([seed], weather)


def test_very_many_are_told_of_and_can_be_gone_on_with() -> None:
    told: list[str] = []
    assert soak(first=1_000_000, count=200, minutes=0.0, workers=1, tell=told.append) == 0
    assert re.fullmatch(r"100 of 200 seeds, \d+ a second, no violation", told[0])
    assert told[1:] == ["go on: python -m tests.simulation --soak 100 --from 1000100"]


def test_a_seed_that_breaks_an_invariant_is_told_with_the_command_that_replays_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (mutant,) = [one for one in MUTANTS if one.name == "newest first"]
    told, command = first_fault(range(9), mutant.weather, mutant.parts).splitlines()
    words = command.removeprefix("replay it: python -m ").split()
    monkeypatch.setattr("sys.argv", [*words, "--mutant", mutant.name])
    assert main() == 1
    assert told in capsys.readouterr().err
