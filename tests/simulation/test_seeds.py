"""Thousands of runs, each a seed: consoles and an authority under all that can go wrong, and every invariant holds."""

from __future__ import annotations

import os

import pytest

from tests.simulation.plan import WEATHERS
from tests.simulation.world import run_all

TOGETHER = 100
"""Seeds in one test."""
QUICK = 1_500
ROUGH = 100
"""Seeds in every weather that is worse than fair."""
SOAK = int(os.environ.get("NOC_TUI_SOAK_SEEDS", "100000"))
SOAKED = 1_000


@pytest.mark.parametrize("first", range(0, QUICK, TOGETHER))
def test_no_seed_breaks_an_invariant(first: int) -> None:
    run_all(range(first, first + TOGETHER), "fair")


@pytest.mark.parametrize("weather", sorted(WEATHERS.keys() - {"fair"}))
@pytest.mark.parametrize("first", range(0, ROUGH, TOGETHER))
def test_no_weather_breaks_an_invariant(first: int, weather: str) -> None:
    run_all(range(first, first + TOGETHER), weather)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + SOAK, SOAKED))
def test_no_seed_of_very_many_breaks_an_invariant(first: int) -> None:
    weather = sorted(WEATHERS)[first // SOAKED % len(WEATHERS)]
    run_all(range(first, min(first + SOAKED, QUICK + SOAK)), weather)
