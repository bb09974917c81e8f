"""Histories to fill a store with: possible by the lifecycle, in the past, and never two on one resource at a time."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.incidents.lifecycle import TRANSITIONS
from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros, Report
from noc_tui.incidents.verbs import VERBS, normalise
from noc_tui.simulate.histories import Deed, Plan
from noc_tui.simulate.past import PAST, plans, size_for
from noc_tui.simulate.people import OPERATORS
from noc_tui.simulate.world import make_world
from tests.unit.simulate.checks import assert_believable, assert_clears_follow_raises

NOW = 1_790_000_000_000_000
PEOPLE = {operator.name for operator in OPERATORS} | {"rule"}


def told(seed: int, open_count: int, closed_count: int) -> list[Plan]:
    world = make_world(seed, size_for(open_count, closed_count))
    return list(plans(world, Random(seed), NOW, open_count, closed_count))


def state_after(deeds: tuple[Deed, ...]) -> str:
    state = "new"
    for deed in deeds:
        assert state in TRANSITIONS[deed.verb], f"{deed.verb} is not possible when {state}"
        state = TRANSITIONS[deed.verb][state] or state
    return state


def subject(plan: Plan) -> str:
    labels = dict(plan.reports[0].labels)
    return labels.get("circuit", labels["resource"])


def over_at(plan: Plan) -> Micros:
    return next((deed.at for deed in plan.deeds if deed.verb == "resolve"), NOW)


COUNTS = st.tuples(st.integers(0, 2**32), st.integers(0, 200), st.integers(0, 200))


@settings(max_examples=20)
@given(counts=COUNTS)
def test_so_many_are_told_oldest_first_and_the_same_for_the_same_seed(counts: tuple[int, int, int]) -> None:
    seed, open_count, closed_count = counts
    found = told(seed, open_count, closed_count)
    assert found == told(seed, open_count, closed_count)
    assert Counter(plan.state == "closed" for plan in found) == Counter({True: closed_count, False: open_count})
    opened = [plan.opened_at for plan in found]
    assert opened == sorted(opened)
    assert all(NOW - PAST <= at < NOW for at in opened)


@settings(max_examples=20)
@given(counts=COUNTS)
def test_every_history_is_possible_and_over_before_now(counts: tuple[int, int, int]) -> None:
    for plan in told(*counts):
        assert state_after(plan.deeds) == plan.state
        times = [step.at for step in plan.steps()]
        assert times == sorted(time for time in times if time is not None)
        assert times[-1] is not None
        assert times[-1] <= NOW
        deeds = [deed.at for deed in plan.deeds]
        assert deeds == sorted(deeds)
        assert all(at > plan.opened_at for at in deeds)
        for deed in plan.deeds:
            assert deed.actor in PEOPLE
            assert isinstance(normalise(VERBS[deed.verb], deed.args), dict), deed
            for value in deed.args.values():
                assert isinstance(value, int) or (value.isprintable() and "{" not in value)


@settings(max_examples=20)
@given(counts=COUNTS)
def test_alerts_are_believable_and_over_when_the_incident_is(counts: tuple[int, int, int]) -> None:
    for plan in told(*counts):
        assert_believable((*plan.reports, *plan.clears))
        still = assert_clears_follow_raises(step for step in plan.steps() if isinstance(step, Report))
        if plan.state == "closed":
            assert still == set()
        assert len({subject(plan)}) == 1


@settings(max_examples=10)
@given(counts=COUNTS)
def test_a_resource_has_one_incident_at_a_time(counts: tuple[int, int, int]) -> None:
    busy: dict[str, Micros] = {}
    for plan in told(*counts):
        name = subject(plan)
        assert plan.opened_at > busy.get(name, 0) + HOUR or name not in busy, "past the reopen window"
        busy[name] = over_at(plan)


def test_no_two_open_incidents_share_an_alert_or_a_resource() -> None:
    found = told(7, 9_000, 0)
    refs = [ref for plan in found for ref in {report.ref for report in plan.reports}]
    assert len(set(refs)) == len(refs)
    assert len({subject(plan) for plan in found}) == 9_000


def test_alerts_of_one_incident_are_close_enough_to_be_one_group() -> None:
    for plan in told(7, 4_000, 200):
        times = [report.at or 0 for report in plan.reports]
        assert all(later - sooner < 10 * MINUTE for sooner, later in itertools.pairwise(times))


def snoozes_and_holds(found: list[Plan]) -> Iterator[tuple[Plan, Deed]]:
    for plan in found:
        for deed in plan.deeds[-1:]:
            if deed.verb in ("snooze", "hold"):
                yield plan, deed


def test_what_waits_waits_for_a_time_to_come_and_a_snooze_for_at_most_eight_hours() -> None:
    kinds: Counter[str] = Counter()
    for _, deed in snoozes_and_holds(told(7, 4_000, 0)):
        kinds[deed.verb] += 1
        until = deed.args.get("until")
        assert until is None or until > NOW
        if deed.verb == "snooze":
            assert until is not None
            assert until <= deed.at + 8 * HOUR
    assert kinds["snooze"] > 100
    assert kinds["hold"] > 100


def test_the_open_ones_look_like_a_desk_at_work() -> None:
    found = told(7, 6_000, 0)
    states = Counter("snoozed" if any(deed.verb == "snooze" for deed in plan.deeds) else plan.state for plan in found)
    assert 0.06 < states["new"] / 6_000 < 0.14
    assert 0.4 < states["acked"] / 6_000 < 0.7
    assert all(states[state] > 300 for state in ("active", "held", "snoozed"))
    ages = sorted(NOW - plan.opened_at for plan in found)
    assert ages[0] < MINUTE
    assert ages[-1] > 7 * DAY


def test_the_rule_closes_only_what_was_resolved_for_three_days() -> None:
    by_rule = 0
    for plan in told(7, 0, 4_000):
        resolved = over_at(plan)
        for deed in plan.deeds:
            if deed.verb == "close" and deed.actor == "rule":
                by_rule += 1
                assert deed.at - resolved >= 72 * HOUR
            if deed.verb == "resolve" and deed.actor == "rule":
                assert len(plan.deeds) == 2, "nobody had touched it"
                assert deed.at - (plan.clears[-1].at or 0) >= 5 * MINUTE
    assert by_rule > 1_000


def test_the_past_is_spread_over_a_year_with_many_ways_to_end() -> None:
    found = told(7, 0, 4_000)
    months = Counter((NOW - plan.opened_at) // (30 * DAY) for plan in found)
    assert len(months) == 13
    codes = Counter(deed.args["code"] for plan in found for deed in plan.deeds if deed.verb == "resolve")
    assert codes.most_common(1)[0][0] == "fixed"
    assert len(codes) >= 8


def test_a_network_too_small_is_refused_with_its_size() -> None:
    world = make_world(1, 1)
    with pytest.raises(ValueError, match=r"1000000 open incidents need a network of more than \d+ resources"):
        plans(world, Random(1), NOW, 1_000_000, 0)
    with pytest.raises(ValueError, match="closed incidents need a network"):
        list(plans(world, Random(1), NOW, len(world.resources), 50))


def test_a_plan_tells_its_steps_in_order() -> None:
    raised = Report(source="zabbix", key="k", at=5 * SECOND)
    plan = Plan(reports=(raised,), deeds=(Deed("ack", "ana", 9 * SECOND),), state="acked")
    assert plan.opened_at == 5 * SECOND
    assert plan.steps() == [raised, plan.deeds[0]]
