"""A week of a busy NOC: what it costs does not grow with what has been, and all of it is proven at the end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.tree import ROOT
from tests.faults.budget import Budget

LENGTH: Final = pytest.mark.parametrize(
    ("alerts", "step"), [(4_000, 30), pytest.param(2_000_000, 1, marks=pytest.mark.slow)]
)
LONGEST_LOG: Final = 40 << 20
"""Under which the log stays (DESIGN.md 8.13)."""
A_DEED: Final = 1_600
"""Bytes that an event or a command may cost in the file, with the projections, indexes and receipts made of it."""
GROWN: Final = 48 << 20
"""Bytes by which the program may grow from the second day to the last, however much it takes in."""
WHOLE: Final = 900
"""Seconds in which a run has to allow each test for its week to be as busy as it can be."""
MINUTE_A_MILLION: Final = 60 / 1_000_000


def live(store: Path, alerts: int, step: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Live a week in a process of its own: its figures day by day, and the proof."""
    words = [sys.executable, "-m", "tests.faults.week", str(store), str(alerts), str(step)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    *days, proof = map(json.loads, ran.stdout.splitlines())
    return days, proof


@LENGTH
def test_a_week_costs_what_its_events_cost_and_no_more(tmp_path: Path, budget: Budget, alerts: int, step: int) -> None:
    share = budget.seconds(WHOLE) / WHOLE
    alerts, step = int(alerts * share), min(30, int(step / share))
    days, proof = live(tmp_path / "noc.db", alerts, step)
    print(*days, proof, sep="\n")  # the figures of the long form are what it is run for
    last, floor = days[-1], days[1]
    assert proof["fault"] == ""
    assert proof["events"] == last["events"]
    assert last["reports"] > alerts * 0.8
    assert max(day["log"] for day in days) < LONGEST_LOG
    assert last["rss"] - floor["rss"] < GROWN
    deeds = sum(last[what] - floor[what] for what in ("events", "commands"))
    assert last["size"] - floor["size"] < A_DEED * deeds + (1 << 20)
    if alerts > 100_000:  # below that a figure by the clock says nothing
        assert proof["verify_s"] < MINUTE_A_MILLION * proof["events"]
