"""How alike incidents are and what ties them: the best match first, nothing without substance, a parent that is one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.likeness import (
    NEAR,
    likely_parent,
    likeness,
    most_alike,
    most_related,
    ties,
    title_words,
    weight_of,
)
from noc_tui.incidents.model import HOUR, Incident

NOW = 1_000 * HOUR


def made(number: int, **fields: Any) -> Incident:
    known: dict[str, Any] = {"state": "new", "opened_at": NOW}
    return Incident(id=bytes([number]), number=number, **(known | fields))


def test_figures_do_not_make_a_title_another() -> None:
    assert title_words("Link ge-0/0/3 down, 41 peers") == title_words("link GE-1/1/0 down, 7 peers")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"resource": "r", "title": "fan slow"}, {"resource": "r", "title": "power lost"}),
        ({"resource": "r", "title": "power lost"}, {"service": "s", "title": "fan slow again today"}),
        ({"service": "s", "title": "fan slow"}, {"title": "fan slow"}),
        ({"service": "s", "title": "fan slow", "cause": "dust"}, {"service": "s", "title": "fan slow"}),
        ({"group_key": "g", "title": "fan slow"}, {"title": "fan slow"}),
    ],
)
def test_what_shares_more_is_more_alike(better: dict[str, Any], worse: dict[str, Any]) -> None:
    now = made(9, resource="r", service="s", title="fan slow", group_key="g")
    assert likeness(now, made(1, **better)) > likeness(now, made(2, **worse))


def test_the_same_place_alone_is_no_likeness() -> None:
    assert likeness(made(9, service="s", site="x", title="fan slow"), made(1, service="s", site="x", title="BGP")) == 0
    assert likeness(made(9), made(1)) == 0


def test_the_best_match_comes_first_and_of_equal_ones_the_newest() -> None:
    now = made(9, resource="r", title="fan slow")
    past = [made(1, resource="r", title="fan slow"), made(2, resource="r", title="hot"), made(3, resource="q"), now]
    past.append(made(4, resource="r", title="fan slow"))
    assert most_alike(now, past, 9) == [4, 1, 2]
    assert most_alike(now, past, 1) == [4]


def test_ties_are_named_the_strongest_first() -> None:
    now = made(9, parent=3, resource="r", service="s", site="x", cause="cut")
    assert ties(now, made(3, opened_at=0)) == ("its parent",)
    assert ties(now, made(1, parent=9, opened_at=0)) == ("hangs on it",)
    tied = ("same parent", "same cause", "same resource", "same service", "same site", "near in time")
    assert ties(now, made(1, parent=3, resource="r", service="s", site="x", cause="cut")) == tied
    assert ties(now, made(1, opened_at=NOW - NEAR - 1)) == ()
    assert weight_of(tied) > weight_of(tied[1:]) > weight_of(()) == 0


def test_beside_it_are_open_ones_with_any_tie_and_others_of_its_time() -> None:
    now = made(9, site="x", resource="r")
    others = [
        made(1, state="closed", opened_at=NOW),
        made(2, site="x", opened_at=0),
        made(3, state="closed", resource="r", opened_at=0),
        made(4, opened_at=0),
        made(5, resource="r", opened_at=NOW + 5),
        made(6, opened_at=NOW + 7),
        now,
    ]
    assert [one.number for one in most_related(now, others, 9)] == [5, 6, 1, 2]
    assert [one.number for one in most_related(now, others, 2)] == [5, 6]


def test_a_parent_is_open_near_and_larger_or_has_a_cause() -> None:
    now = made(9, site="x", service="s", alert_count=2)
    larger = made(1, site="x", alert_count=40)
    told = made(2, service="s", alert_count=1, cause="fibre cut", opened_at=NOW - 1)
    none = [
        made(3, site="x", alert_count=2),
        made(4, site="x", alert_count=50, state="closed"),
        made(5, site="x", alert_count=50, opened_at=0),
        made(6, alert_count=50),
        made(7, site="x", alert_count=50, parent=1),
        made(8, site="x", cause="later", opened_at=NOW + 1),
        now,
    ]
    assert likely_parent(now, none) is None
    assert likely_parent(now, [*none, told]) == told
    assert likely_parent(now, [*none, told, larger]) == larger
    assert likely_parent(made(9, site="x", parent=1), [larger]) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
def test_a_ranking_is_bounded_and_says_each_once(rows: list[tuple[str, str, int]]) -> None:
    now = made(99, resource="a", title="a b link")
    past = [made(n, resource=a, title=f"{b} link", opened_at=NOW + at) for n, (a, b, at) in enumerate(rows, 1)]
    best = most_alike(now, past, 5)
    assert len(best) == len(set(best)) <= 5
    assert sorted(best, key=lambda n: -likeness(now, past[n - 1])) == best or len(best) < 2
    assert len(most_related(now, past, 5)) == min(5, len(past))
