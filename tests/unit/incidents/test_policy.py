"""The policy as people write it: there and back again unchanged, every fault named by its place."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.durations import LONGEST
from noc_tui.incidents.grouping import window_of
from noc_tui.incidents.model import HOLD_REASONS, LEVELS, MINUTE, SEVERITIES
from noc_tui.incidents.policy import Grouping, Policy, PolicyError, RaisedImpact, Target, policy_from, policy_to

levels = st.sampled_from(LEVELS)
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
labels = names | st.sampled_from(("window", "quiet", "response", "site"))
spans = st.integers(1, LONGEST)
limits = st.integers(0, LONGEST)
groupings = st.builds(
    Grouping,
    name=names.filter(lambda name: name != "alone"),
    by=st.lists(labels, min_size=1, max_size=3).map(tuple),
    window=limits,
    match=st.dictionaries(labels, names | st.just("5m"), max_size=2),
    title=names,
)
policies = st.builds(
    Policy,
    matrix=st.tuples(*[st.tuples(*[st.integers(1, 5)] * 3)] * 3),
    severity=st.fixed_dictionaries({severity: st.tuples(levels, levels) for severity in SEVERITIES}),
    raise_impact=st.lists(st.builds(RaisedImpact, labels, names, levels), max_size=2).map(tuple),
    grouping=st.lists(groupings, max_size=3, unique_by=lambda rule: rule.name).map(tuple),
    targets=st.fixed_dictionaries({priority: st.builds(Target, spans, spans) for priority in range(1, 6)}),
    pausing=st.lists(st.sampled_from(tuple(HOLD_REASONS.values())), max_size=3).map(tuple),
    quiet=limits,
    reopen_window=limits,
    flap_toggles=st.integers(3, 50),
    flap_window=limits,
    flap_quiet=limits,
    snooze_max=limits,
    shelf_max=limits,
    resolved_shown=limits,
    auto_close=limits,
    teams=st.lists(names, min_size=1, max_size=3).map(tuple),
    managers=st.lists(names, max_size=3).map(tuple),
)


@given(policies)
def test_written_and_read_again_it_is_the_same(policy: Policy) -> None:
    assert policy_from(policy_to(policy)) == policy
    assert policy_from(msgspec.json.decode(msgspec.json.encode(policy_to(policy)))) == policy


def test_what_is_not_named_keeps_its_default() -> None:
    assert policy_from({}) == Policy()
    assert policy_from({"quiet": "90s"}) == Policy(quiet=90_000_000)
    assert policy_to(Policy())["quiet"] == "5m"
    assert policy_to(Policy())["targets"]["1"] == {"response": "15m", "resolution": "4h"}


FAULTS: list[tuple[object, str]] = [
    ([], "a policy is a JSON object, like the one `noc-tui policy show` prints"),
    ({"quite": "5m"}, "unknown setting 'quite'; the settings are matrix,"),
    ({"quiet": "soon"}, "policy.quiet: not a duration: 'soon' (try 15m, 2h, 1d12h)"),
    ({"matrix": [[1, 2, 3]]}, "matrix: three rows (impact high, medium, low) of three priorities from 1 to 5"),
    ({"matrix": [[1, 2, 3], [1, 2, 3], [1, 2, 9]]}, "matrix: three rows"),
    ({"matrix": [[1, 2], [1, 2], [1, 2]]}, "$.matrix[0]"),
    ({"severity": {"critical": ["high", "high"]}}, "severity: needs an entry for each of indeterminate,"),
    (
        {"severity": {name: ["high", "now"] for name in SEVERITIES}},
        "severity.indeterminate: impact and urgency are each",
    ),
    ({"raise_impact": [{"label": "x", "value": "y", "impact": "huge"}]}, "raise_impact[0].impact: one of high,"),
    ({"targets": {"1": {"response": "1m", "resolution": "1h"}}}, "targets: needs an entry for each priority"),
    (
        {"targets": {str(p): {"response": "0s", "resolution": "1h"} for p in range(1, 6)}},
        "targets.1: response and resolution are longer than nothing",
    ),
    ({"targets": {"1": {"response": "soon", "resolution": "1h"}}}, "policy.targets.1.response: not a duration"),
    ({"grouping": [{"name": "x", "by": []}]}, "grouping[0].by: names at least one label"),
    ({"grouping": [{"name": "x", "by": ["site"], "windows": "5m"}]}, "windows"),
    ({"grouping": [{"name": "alone", "by": ["site"]}]}, "grouping[0].name: is given to alerts that no rule groups"),
    ({"grouping": [{"name": "x", "by": ["a"]}, {"name": "x", "by": ["b"]}]}, "grouping[1].name: is taken already"),
    ({"grouping": [{"name": "", "by": ["a"]}]}, "grouping[0].name: says what the rule is about"),
    ({"flap_toggles": 2}, "flap_toggles: at least 3 changes"),
    ({"teams": []}, "teams: names at least one team, the first line"),
    ({"pausing": ["lunch"]}, "pausing[0]: one of customer,"),
]


@pytest.mark.parametrize(("data", "said"), FAULTS)
def test_every_fault_is_named(data: Any, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_from(data)
    assert said in str(caught.value)


def test_a_rule_that_is_gone_has_no_window() -> None:
    assert window_of(Policy(), "resource\x1fpe1") == 10 * MINUTE
    assert window_of(Policy(), "gone\x1fpe1") == 0
