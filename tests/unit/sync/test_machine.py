"""The link as a whole: what it reads first, what a failing disk does to it, and that nothing can throw it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import DAY
from noc_tui.journal.exchange import Fork, Gone, Prior, PriorAsked, Pushed, SnapshotEnd, SnapshotRows
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Ticket
from noc_tui.sync.machine import KEPT, PRUNE_EVERY, Link
from noc_tui.sync.sides import Sides
from noc_tui.sync.taking import Taking
from tests.unit.sync.linked import (
    NOW,
    URL,
    Linked,
    at,
    done,
    entry,
    event,
    following,
    incident,
    page,
    refused,
    start_at,
)


def test_it_begins_with_what_is_on_disk() -> None:
    linked = Linked(cursor=at(10))
    linked.link = Link(URL)
    linked.feed(inputs.Started)
    assert linked.one(effects.Load)
    assert linked.status().state == "connecting"
    linked.feed(inputs.OutboxMoved)
    assert linked.all_of(effects.ReadOutbox) == []
    linked.feed(inputs.Loaded, cursor=at(10), entries=(entry(1, lineage=4),))
    assert linked.one(effects.FindSeen).commands == frozenset((entry(1).command.id,))
    assert linked.one(effects.ReadOutbox)
    assert linked.poll().ticket.lineage == 5


def test_a_disk_that_fails_is_told_and_tried_again_and_all_is_looked_at_anew() -> None:
    linked = following(entry(1))
    poll, push = linked.out("poll"), linked.out("push")
    linked.feed(inputs.DiskFailed, sentence="replica.db: the disk is full")
    assert {one.ticket for one in linked.all_of(effects.Cancel)} == {poll, push}
    assert (linked.status().state, linked.status().sentence) == ("offline", "replica.db: the disk is full")
    assert linked.all_of(effects.Load) == []
    wait = linked.waking()
    assert wait == 0.25
    linked.feed(inputs.OutboxMoved)
    linked.later(wait)
    assert linked.one(effects.Load)
    linked.feed(inputs.Loaded, cursor=at(10), entries=(entry(1, tries=1),))
    assert linked.status().state == "following"
    assert linked.poll().cursor == at(10)
    linked.found()
    assert linked.sent() == [1]


def test_after_a_failure_waking_and_status_are_asked_for_again_though_nothing_changed() -> None:
    linked = following()
    linked.feed(inputs.DiskFailed, sentence="full")
    first = (linked.all_of(effects.WakeAt), linked.status())
    linked.feed(inputs.DiskFailed, sentence="full")
    assert linked.all_of(effects.WakeAt)
    assert linked.status().sentence == first[1].sentence


def test_whoever_is_woken_too_early_asks_again() -> None:
    linked = following()
    linked.failed("poll", "unreachable")
    wait = linked.waking()
    assert wait is not None
    linked.later(wait - 0.001)
    assert linked.all_of(effects.Poll) == []
    assert linked.waking() == pytest.approx(0.001)


def test_a_person_who_made_room_need_not_wait() -> None:
    linked = following()
    linked.feed(inputs.DiskFailed, sentence="full")
    linked.feed(inputs.RetryWished)
    assert linked.one(effects.Load)


def test_a_replica_that_was_being_filled_when_the_disk_failed_is_filled_anew() -> None:
    linked = Linked()
    ticket = linked.one(effects.FetchSnapshot).ticket
    linked.feed(inputs.LineCame, ticket=ticket, line=start_at(at(20)))
    linked.feed(inputs.DiskFailed, sentence="full")
    linked.later(60.0)
    linked.feed(inputs.Loaded, cursor=at(10), entries=())
    assert linked.one(effects.FetchSnapshot)
    assert linked.all_of(effects.Poll) == []


def test_what_was_seen_long_ago_is_pruned_now_and_then() -> None:
    linked = following()
    linked.later(PRUNE_EVERY - 10.0)
    assert linked.all_of(effects.Prune) == []
    linked.comes(page(at(10)))
    linked.later(10.0)
    assert linked.one(effects.Prune).before == linked.moment().now - KEPT


@pytest.mark.parametrize("days", [-2, 2])
def test_nothing_is_pruned_by_a_clock_that_is_days_wrong(days: int) -> None:
    linked = Linked(cursor=at(10))
    linked.comes(page(at(10), time=linked.moment().now + days * DAY))
    linked.later(2 * PRUNE_EVERY)
    assert linked.all_of(effects.Prune) == []


# Whatever happens

_TICKETS = st.builds(Ticket, st.integers(1, 12), st.integers(1, 4))
_CURSORS = st.sampled_from([at(3), at(10), at(10, "b"), at(20)])
_ENTRIES = st.lists(
    st.sampled_from([entry(1), entry(2, 1), entry(3, state="acked", seq=4), entry(4, state="acked", seq=30, tries=1)]),
    unique_by=lambda one: one.place,
).map(tuple)
_PAGES = st.builds(
    lambda after, count: page(after, *(event(after.seq + n, entry(n).command.id) for n in range(1, count + 1))),
    _CURSORS,
    st.integers(0, 3),
)
_LINES = st.sampled_from([start_at(at(20)), SnapshotRows((incident(1),)), SnapshotEnd(0, 0), SnapshotEnd(0, 0, at(22))])
_PUSHED = st.builds(Pushed, st.sampled_from([(), (done(1, 4),), (refused(1), done(2, 30))]), st.just(5), st.just(NOW))
_TROUBLES = st.sampled_from(inputs.Trouble.__args__)  # type: ignore[attr-defined] # a Literal has them
_FIELDS: dict[type[inputs.Happened], dict[str, st.SearchStrategy[Any]]] = {
    inputs.Woke: {},
    inputs.OutboxMoved: {},
    inputs.HereChanged: {"here": st.just(())},
    inputs.HistoryWished: {"number": st.integers(1, 3)},
    inputs.RetryWished: {},
    inputs.DiskFailed: {"sentence": st.just("full")},
    inputs.Loaded: {"cursor": st.none() | _CURSORS, "ahead": st.none() | _CURSORS, "entries": _ENTRIES},
    inputs.OutboxRead: {"turn": st.integers(0, 6), "entries": _ENTRIES},
    inputs.SeenFound: {"lineage": st.integers(1, 4), "commands": st.just(frozenset((entry(1).command.id,)))},
    inputs.Applied: {"ticket": _TICKETS, "cursor": _CURSORS},
    inputs.Lacking: {"ticket": _TICKETS, "asked": st.just(PriorAsked(10))},
    inputs.Outdated: {"ticket": _TICKETS},
    inputs.Filled: {"ticket": _TICKETS, "cursor": _CURSORS},
    inputs.NotContinued: {"ticket": _TICKETS, "sentence": st.just("a hole")},
    inputs.PageCame: {"ticket": _TICKETS, "page": _PAGES},
    inputs.Beat: {"ticket": _TICKETS},
    inputs.Forked: {"ticket": _TICKETS, "fork": st.just(Fork(b"f" * 16, 3))},
    inputs.GoneBelow: {"ticket": _TICKETS, "gone": st.just(Gone(15))},
    inputs.LineCame: {"ticket": _TICKETS, "line": _LINES},
    inputs.PriorCame: {"ticket": _TICKETS, "prior": st.builds(Prior, st.sampled_from([3, 10]))},
    inputs.HistoryCame: {"ticket": _TICKETS, "history": st.nothing()},
    inputs.PushedCame: {"ticket": _TICKETS, "pushed": _PUSHED},
    inputs.Failed: {
        "ticket": _TICKETS,
        "trouble": _TROUBLES,
        "sentence": st.just("no"),
        "status": st.sampled_from([0, 400, 401, 500]),
    },
}
_KINDS = st.sampled_from([kind for kind in _FIELDS if kind is not inputs.HistoryCame])


@given(data=st.data())
def test_whatever_happens_it_knows_what_to_do(data: st.DataObject) -> None:
    linked = following(entry(1), entry(2, 1))
    for _ in range(data.draw(st.integers(1, 40))):
        linked.tick += data.draw(st.sampled_from([0.0, 0.3, 40.0]))
        kind = data.draw(_KINDS)
        fields = {name: data.draw(values, label=name) for name, values in _FIELDS[kind].items()}
        request = linked.link.sides.requests.out(data.draw(st.sampled_from(["poll", "push", "snapshot", "prior"])))
        if "ticket" in fields and request is not None and data.draw(st.booleans()):
            fields["ticket"] = request.ticket
        linked.feed(kind, **fields)
        out = [linked.link.sides.requests.out(what) for what in ("poll", "snapshot", "prior")]
        assert sum(one is not None for one in out) <= 1
        tickets = [one.ticket for one in linked.wanted if isinstance(one, effects.Poll | effects.SendCommands)]
        assert all(linked.link.sides.requests.find(ticket) for ticket in tickets)


def test_every_input_there_is_has_a_taker() -> None:
    assert set(Taking(Sides(URL), 0)._takers) == {*_FIELDS, inputs.Started}
    assert set(inputs.Input.__args__) == {*_FIELDS, inputs.Started}
