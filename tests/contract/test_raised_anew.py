"""What fires on where nobody looks is raised anew, in a store as in the rules; what it says otherwise is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.model import HOUR, MINUTE
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report, rows, sound

COUNTS = "SELECT number, state, attention, alert_count, alerts_firing FROM incidents ORDER BY number"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    with closing(desk.open()) as opened:
        yield opened


def put_away(desk: Desk, store: Store, *, close: bool) -> None:
    """A person resolves, and perhaps closes, incident 1."""
    ((id,),) = rows(desk.path, "SELECT id FROM incidents WHERE number = 1")
    assert desk.do(store, "resolve", id, code="f").ok
    if close:
        assert desk.do(store, "close", id).ok


@pytest.mark.parametrize("close", [False, True])
def test_a_worse_alert_is_seen_again(desk: Desk, store: Store, close: bool) -> None:
    store.ingest([report("a", resource="r", starts_at=1), report("b", resource="r", starts_at=1)])
    put_away(desk, store, close=close)
    desk.now += MINUTE
    outcomes = store.ingest(
        [
            report("a", resource="r", starts_at=1),
            report("a", resource="r", starts_at=2, severity="critical"),
            report("b", resource="r", starts_at=2),
        ]
    )
    here = 2 if close else 1
    opened = "opened" if close else "attached"
    assert [(taken.outcome, taken.number) for taken in outcomes] == [
        ("repeated", 1),
        (opened, here),
        ("attached" if close else "repeated", here),
    ]
    old = [(1, "closed", 0, 2, 0)] if close else []
    assert rows(desk.path, COUNTS) == [*old, (here, "new", 1, 2, 2)]
    assert sound(desk.path)


def test_a_storm_that_goes_on_after_the_close_has_one_home(desk: Desk, store: Store) -> None:
    store.ingest([report(str(n), resource="core", starts_at=1) for n in range(300)])
    put_away(desk, store, close=True)
    desk.now += HOUR
    store.ingest([report(str(n), resource="core", starts_at=2) for n in range(300)])
    assert rows(desk.path, COUNTS) == [(1, "closed", 0, 300, 0), (2, "new", 1, 300, 300)]
    assert rows(desk.path, "SELECT DISTINCT recurrence_of FROM incidents WHERE number = 2") == [(1,)]
    assert sound(desk.path)


def test_other_words_are_kept_once_however_they_are_cleaned(desk: Desk, store: Store) -> None:
    said = report("a", summary="8 of 8\tdown\x1b[2J", labels=(("rack", "7\n"),), url="https://mon/" + "x" * 2000)
    store.ingest([report("a")])
    seq = store.head().seq
    store.ingest([said])
    assert store.head().seq == seq + 1
    store.ingest([said, said])
    assert store.head().seq == seq + 1
    assert rows(desk.path, "SELECT summary FROM alerts") == [("8 of 8 down\u241b[2J",)]
    assert sound(desk.path)
