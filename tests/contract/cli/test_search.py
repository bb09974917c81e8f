"""`noc-tui search`: what was ever logged, from a script."""

from __future__ import annotations

import pytest

from noc_tui.cli.faults import MISUSED
from tests.contract.cli.running import Run


@pytest.fixture(autouse=True)
def logged(noc: Run) -> None:
    noc("log", "Fibre cut", "--resource", "pe07.par3", "--note", "called Seine Optics, PROV-84065")
    noc("log", "Fan stopped", "--resource", "sw1")
    noc("do", "resolve", "1", "--code", "fixed", "--cause", "line repaired")
    noc("do", "close", "1")


def test_what_was_logged_is_found_though_it_is_closed(noc: Run) -> None:
    (found,) = noc("search", "prov-84065", "--json").json()
    assert (found["number"], found["state"], found["where"]) == ("INC-000001", "closed", "note")
    assert [found["snippet"][begin:end] for begin, end in found["marks"]] == ["PROV-84065"]
    ran = noc("search", "line repaired")
    assert ran.status == 0
    assert "INC-000001" in ran.out
    assert "(Fibre cut)" in ran.out


def test_an_argument_of_several_words_is_a_row_of_them(noc: Run) -> None:
    assert len(noc("search", "repaired line", "--json").json()) == 0
    assert len(noc("search", "line repaired", "--json").json()) == 1
    assert len(noc("search", "repaired", "line", "--json").json()) == 1


def test_nothing_found_is_said(noc: Run) -> None:
    ran = noc("search", "xyzzy")
    assert (ran.status, ran.out) == (0, "")
    assert "xyzzy" in ran.err


def test_the_index_is_made_anew_when_asked(noc: Run) -> None:
    assert noc("search", "--rebuild").status == 0
    assert len(noc("search", "--rebuild", "fan", "--json").json()) == 1


def test_nothing_to_look_for_is_bad_usage(noc: Run) -> None:
    assert noc("search").status == MISUSED


def test_what_is_closed_is_listed_by_the_same_queries(noc: Run) -> None:
    assert [one["number"] for one in noc("list", "--closed", "--json").json()] == ["INC-000001"]
    assert [one["number"] for one in noc("list", "--all", "--json").json()] == ["INC-000002", "INC-000001"]
    assert noc("list", "--closed", "--json", "code:fixed cause~^line -is:open").json()[0]["state"] == "closed"
    assert noc("list", "--closed", "--json", "--limit", "0").json() == []
    assert noc("list", "--json", "has:children").json() == []


def test_a_query_looks_back(noc: Run) -> None:
    assert noc("list", "--json", "at:-1h").json() == []
    ran = noc("list", "at:now", "fan")
    assert "INC-000002" in ran.out
    assert "As of" in ran.err
    assert noc("list", "--closed", "at:-1h").status == MISUSED
