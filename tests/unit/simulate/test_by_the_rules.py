"""What is simulated, put to the real rules: groups form as meant, and no deed of the past would be refused."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import HOUR, MINUTE, Micros, Report
from noc_tui.simulate.histories import Deed, Plan
from noc_tui.simulate.past import plans, size_for
from noc_tui.simulate.stream import flap, storm
from noc_tui.simulate.world import make_world
from tests.unit.simulate.desk import Desk

NOW = 1_790_000_000_000_000


def played(found: list[Plan]) -> tuple[Desk, dict[int, int]]:
    """Play all plans on one desk in the order of time; return it, and the number of each plan's incident."""
    desk = Desk()
    numbers: dict[int, int] = {}
    steps: list[tuple[Micros, int, int, Report | Deed]] = [
        (step.at or 0, place, turn, step) for place, plan in enumerate(found) for turn, step in enumerate(plan.steps())
    ]
    for at, place, _, step in sorted(steps, key=lambda one: one[:3]):
        if isinstance(step, Report):
            number = desk.report(step)
            assert numbers.setdefault(place, number) == number, "one plan, one incident"
        else:
            command = Command(id=b"", verb=step.verb, args=step.args, actor=step.actor, at=at)
            refusal = desk.do(command, numbers[place])
            assert refusal is None, (refusal, found[place])
    return desk, numbers


@pytest.mark.parametrize("seed", range(3))
def test_each_plan_is_one_incident_that_ends_as_planned(seed: int) -> None:
    world = make_world(seed, size_for(1_500, 1_500))
    found = list(plans(world, Random(seed), NOW, 1_500, 1_500))
    desk, numbers = played(found)
    assert len(desk.incidents) == len(set(numbers.values())) == len(found)
    for place, plan in enumerate(found):
        assert desk.incidents[numbers[place]].state == plan.state
    assert [numbers[place] for place in range(len(found))] == sorted(numbers.values()), "numbers follow time"


def test_the_priorities_are_those_of_a_desk_under_the_default_policy() -> None:
    world = make_world(1, size_for(6_000, 0))
    desk, _ = played(list(plans(world, Random(1), NOW, 6_000, 0)))
    shares = {
        priority: count / 6_000
        for priority, count in Counter(incident.priority for incident in desk.incidents.values()).items()
    }
    assert shares[1] < 0.004
    assert shares[2] == pytest.approx(0.03, abs=0.012)
    assert shares[3] == pytest.approx(0.25, abs=0.04)
    assert shares[4] == pytest.approx(0.60, abs=0.05)
    assert shares[5] == pytest.approx(0.12, abs=0.03)


def test_a_storm_becomes_seven_rows_and_one_of_500_alerts() -> None:
    desk = Desk()
    for _, report in storm(make_world(1), Random(1), NOW):
        desk.report(report)
    counts = sorted(incident.alert_count for incident in desk.incidents.values())
    assert counts == [1] * 6 + [500]
    assert sorted(incident.priority for incident in desk.incidents.values())[:2] == [1, 1]


def test_a_flapping_port_becomes_one_row_marked_as_flapping() -> None:
    desk = Desk()
    for _, report in flap(make_world(1), Random(1), NOW, within=5 * MINUTE):
        desk.report(report)
    (incident,) = desk.incidents.values()
    assert incident.flapping
    assert desk.now < NOW + HOUR
