"""The endless stream and the two set pieces: order, rate, and no clear without its raise."""

from __future__ import annotations

from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.incidents.model import HOUR, MINUTE, SECOND
from noc_tui.simulate.stream import DEMO_RATE, flap, storm, stream
from noc_tui.simulate.world import make_world
from tests.unit.simulate.checks import assert_believable, assert_clears_follow_raises

WORLD = make_world(11)
LARGE = make_world(11, 20_000)
START = 1_790_000_000_000_000


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), rate=st.sampled_from([0.05, DEMO_RATE, 5.0]))
def test_the_stream_is_orderly_and_the_same_for_the_same_seed(seed: int, rate: float) -> None:
    told = list(islice(stream(WORLD, Random(seed), START, rate), 400))
    assert told == list(islice(stream(WORLD, Random(seed), START, rate), 400))
    times = [at for at, _ in told]
    assert times == sorted(times)
    assert times[0] >= START
    reports = [report for _, report in told]
    assert all(at == report.at for at, report in told)
    assert_believable(reports)
    assert_clears_follow_raises(reports)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [DEMO_RATE, 4.0, 50.0])
def test_the_mean_rate_is_kept(rate: float, seed: int) -> None:
    count = 8_000
    *_, (last, _report) = islice(stream(LARGE, Random(seed), START, rate), count)
    assert count / ((last - START) / SECOND) == pytest.approx(rate, rel=0.15)


def test_the_demo_is_never_dull_for_long() -> None:
    times = [at for at, _ in islice(stream(WORLD, Random(1), START), 3_000)]
    gaps = sorted(later - sooner for sooner, later in pairwise(times))
    assert gaps[len(gaps) // 2] < 3 * SECOND
    assert gaps[-1] < 90 * SECOND


def test_the_demo_has_a_small_storm_now_and_then() -> None:
    fibres = [
        at
        for at, report in islice(stream(WORLD, Random(1), START), 20_000)
        if report.firing and dict(report.labels)["alertname"] == "fibre cut"
    ]
    assert 5 <= len(fibres) <= 60


def test_a_world_too_small_for_the_rate_slows_the_stream_but_never_stops_it() -> None:
    told = list(islice(stream(make_world(1, 1), Random(1), START, 2_000.0), 3_000))
    assert_clears_follow_raises(report for _, report in told)


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_rate_is_above_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        stream(WORLD, Random(1), START, rate)


@given(seed=st.integers(0, 2**32))
def test_the_storm_is_500_of_one_fibre_and_six_others_one_of_them_critical(seed: int) -> None:
    told = storm(WORLD, Random(seed), START)
    reports = [report for _, report in told]
    assert_believable(reports)
    assert len({report.ref for report in reports}) == len(reports) == 506
    assert all(report.firing for report in reports)
    others = [report for report in reports if "circuit" not in dict(report.labels)]
    assert sorted(report.severity for report in others) == ["critical", *["minor"] * 2, *["warning"] * 3]
    assert len({report.resource for report in others}) == 6, "each a row of its own"
    assert {dict(report.labels).get("circuit") for report in reports} == {"PAR-LYO-7", None}
    assert told[0][1].resource == "PAR-LYO-7"
    assert 500 / ((told[-1][0] - START) / SECOND) == pytest.approx(4.2, rel=0.05)


def test_when_the_fibre_is_back_its_500_clear_and_the_others_stay() -> None:
    told = storm(WORLD, Random(1), START, back_after=10 * MINUTE)
    reports = [report for _, report in told]
    assert sum(not report.firing for report in reports) == 500
    assert len(assert_clears_follow_raises(reports)) == 6
    assert told == sorted(told, key=lambda timed: timed[0])


def test_a_storm_on_an_unknown_circuit_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no circuit XYZ-1"):
        storm(WORLD, Random(1), START, circuit="XYZ-1")


@given(seed=st.integers(0, 2**32), changes=st.integers(1, 80))
def test_a_flapping_port_changes_in_turn_and_in_time(seed: int, changes: int) -> None:
    told = flap(WORLD, Random(seed), START, changes=changes)
    assert len(told) == changes
    assert [report.firing for _, report in told] == [place % 2 == 0 for place in range(changes)]
    assert len({report.ref for _, report in told}) == 1
    assert told == sorted(told, key=lambda timed: timed[0])
    assert told[-1][0] - START < 5 * MINUTE
    assert_believable(report for _, report in told)


def test_the_drill_flaps_37_times_in_five_minutes_and_stays_down() -> None:
    told = flap(WORLD, Random(1), START)
    assert len(told) == 37
    assert told[-1][1].firing
    assert told[-1][0] - told[0][0] < HOUR
