"""Every scenario: reports in time order, clean, cleared under the key they were raised with, same for the same seed."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import MINUTE, SECOND, SEVERITY_RANK
from noc_tui.simulate.nuisances import disk_filling
from noc_tui.simulate.outages import cooling_failure, fibre_cut, fibre_raises, power_loss
from noc_tui.simulate.stream import PARTS, Part
from noc_tui.simulate.world import make_world
from tests.unit.simulate.checks import assert_believable, assert_clears_follow_raises

WORLD = make_world(11)
START = 1_790_000_000_000_000
PLAYED = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.play.__name__.strip("_"))


@PLAYED
@given(seed=st.integers(0, 2**32))
def test_a_scenario_is_orderly_and_recovers(part: Part, seed: int) -> None:
    played = part.play(WORLD, Random(seed), START)
    times = [at for at, _ in played]
    assert times == sorted(times)
    assert times[0] >= START
    assert all(at == report.at for at, report in played)
    reports = [report for _, report in played]
    assert_believable(reports)
    assert assert_clears_follow_raises(reports) == set()


@PLAYED
def test_a_scenario_is_the_same_for_the_same_seed(part: Part) -> None:
    assert part.play(WORLD, Random(5), START) == part.play(WORLD, Random(5), START)


@PLAYED
def test_the_programme_knows_about_how_many_reports_a_scenario_makes(part: Part) -> None:
    sizes = [len(part.play(WORLD, Random(seed), START)) for seed in range(200)]
    assert 0.7 < part.reports / (sum(sizes) / len(sizes)) < 1.4


@given(seed=st.integers(0, 2**32), alerts=st.integers(1, 600), place=st.integers(0, 11))
def test_a_cut_raises_exactly_so_many_different_alerts_of_one_circuit(seed: int, alerts: int, place: int) -> None:
    link = WORLD.links[place]
    raises = fibre_raises(WORLD, link, Random(seed), START, alerts=alerts, over=2 * MINUTE)
    assert len({report.ref for _, report in raises}) == alerts
    assert {dict(report.labels)["circuit"] for _, report in raises} == {link.name}
    first_at, first = raises[0]
    assert (first_at, first.resource, first.severity) == (START, link.name, "critical")
    assert raises[-1][0] <= START + 2 * MINUTE


def test_a_cut_is_seen_as_light_interfaces_routing_and_probes() -> None:
    raises = fibre_raises(WORLD, WORLD.links[0], Random(1), START, alerts=500, over=2 * MINUTE)
    kinds = Counter(dict(report.labels)["alertname"] for _, report in raises)
    assert set(kinds) == {
        "fibre cut", "loss of light", "interface down", "isis adjacency", "bgp session", "service probe",
    }  # fmt: skip
    assert kinds.most_common(1)[0][0] == "bgp session"


def test_two_fibres_of_one_router_share_no_alert() -> None:
    ends = [link for link in WORLD.links if "par3" in link.ends]
    refs = [
        {report.ref for _, report in fibre_raises(WORLD, link, Random(1), START, alerts=300, over=MINUTE)}
        for link in ends
    ]
    assert len(refs) > 1
    assert len(set.union(*refs)) == 300 * len(refs)


def test_a_fibre_clears_only_after_its_repair() -> None:
    played = fibre_cut(WORLD, Random(2), START, alerts=80, over=MINUTE, repair=5 * MINUTE)
    assert min(at for at, report in played if not report.firing) >= START + 6 * MINUTE


def test_all_that_a_lost_feed_raises_names_the_feed() -> None:
    played = power_loss(WORLD, Random(3), START)
    feeds = {dict(report.labels)["power"] for _, report in played}
    assert feeds == {played[0][1].resource}


@pytest.mark.parametrize("play", [disk_filling, cooling_failure, power_loss])
@given(seed=st.integers(0, 2**32))
def test_what_gets_worse_gets_worse_under_one_key(play: object, seed: int) -> None:
    assert callable(play)
    worst: dict[str, int] = {}
    for _, report in play(WORLD, Random(seed), START):
        if report.firing:
            rank = SEVERITY_RANK[report.severity]
            assert rank >= worst.get(report.ref, 0)
            worst[report.ref] = rank


def test_severity_rises_at_times() -> None:
    played = cooling_failure(WORLD, Random(3), START)
    first = played[0][1]
    ranks = [SEVERITY_RANK[report.severity] for _, report in played if report.ref == first.ref and report.firing]
    assert ranks == sorted(set(ranks))
    assert len(ranks) == 3
    assert played[-1][0] > START + SECOND
