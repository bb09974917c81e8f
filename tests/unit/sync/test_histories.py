"""Histories that consoles wish to see: fetched in turn, kept only if they are of the history that is held."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.journal.exchange import Cursor, Fork, History
from noc_tui.sync import effects, inputs
from noc_tui.sync.histories import WISHES
from tests.unit.sync.linked import NOW, Linked, at, event, following, incident, page


def history(number: int, cursor: Cursor | None = None) -> History:
    """The history of an incident, read when the journal ended there."""
    return History(incident(number), (), cursor=cursor)


def wished(*numbers: int) -> Linked:
    """A link of which these histories are wished."""
    linked = following()
    for number in numbers:
        linked.feed(inputs.HistoryWished, number=number)
    return linked


def came(linked: Linked, number: int, cursor: Cursor | None = None) -> list[Any]:
    """A history comes; what is to be kept."""
    linked.feed(inputs.HistoryCame, ticket=linked.out("history"), history=history(number, cursor))
    return linked.all_of(effects.KeepHistory)


def test_wishes_are_fetched_one_after_the_other_and_each_once() -> None:
    linked = wished(7, 8, 7)
    assert came(linked, 7, at(10)) == [effects.KeepHistory(history=history(7, at(10)))]
    assert linked.one(effects.FetchHistory).number == 8
    assert came(linked, 8) == [effects.KeepHistory(history=history(8))]
    assert linked.link.sides.requests.out("history") is None


def test_one_that_is_newer_than_the_replica_waits_for_it() -> None:
    linked = wished(7, 8)
    assert came(linked, 7, at(11)) == []
    assert linked.all_of(effects.FetchHistory) == []
    linked.comes(page(at(10), event(11)))
    linked.applied(at(11))
    assert linked.one(effects.KeepHistory).history == history(7, at(11))
    assert linked.one(effects.FetchHistory).number == 8


@pytest.mark.parametrize("cursor", [at(10, "b"), at(10, epoch=b"f" * 16), at(4)])
def test_one_of_another_history_is_fetched_again(cursor: Cursor) -> None:
    linked = wished(7)
    assert came(linked, 7, cursor) == []
    linked.later(0.5)
    assert linked.one(effects.FetchHistory).number == 7


def test_one_that_waits_is_forgotten_when_the_replica_begins_anew() -> None:
    linked = wished(7)
    came(linked, 7, at(11))
    linked.feed(inputs.Forked, ticket=linked.out("poll"), fork=Fork(b"f" * 16, 3, NOW))
    linked.later(60.0)
    assert linked.all_of(effects.KeepHistory) == []


def test_one_that_nobody_asked_for_is_not_kept() -> None:
    linked = wished(7)
    ticket = linked.out("history")
    assert came(linked, 9) == []
    assert linked.feed(inputs.HistoryCame, ticket=ticket, history=history(7)) == []


def test_without_a_link_a_wish_waits_for_it() -> None:
    linked = wished(7)
    linked.failed("history", "unreachable")
    linked.later(0.3)
    assert linked.one(effects.FetchHistory).number == 7
    linked.failed("history", "status", status=503, retry_after=5.0)
    linked.later(5.0)
    assert linked.all_of(effects.FetchHistory) == []
    linked.later(1.0)
    assert linked.one(effects.FetchHistory).number == 7


def test_a_wish_that_the_server_does_not_grant_is_let_go() -> None:
    linked = wished(7, 8)
    linked.failed("history", "status", status=404)
    linked.later(1.0)
    assert linked.one(effects.FetchHistory).number == 8


def test_of_too_many_wishes_the_oldest_give_way() -> None:
    linked = wished(*range(1, WISHES + 3))
    linked.failed("history", "unreachable")
    linked.later(60.0)
    assert linked.one(effects.FetchHistory).number == 3
