"""Far behind: the next pages are asked for while one is applied, and go in after it or are given up with it."""

from __future__ import annotations

import pytest

from noc_tui.journal.exchange import LIMIT, MOST, Fork, PriorAsked
from noc_tui.sync import effects, inputs
from noc_tui.sync.following import QUICK, SHORT_WAIT, TOGETHER
from tests.unit.sync.linked import Linked, at, event, following, page


def far_behind() -> Linked:
    """A link with a page on its way into the replica, and more to come."""
    linked = following()
    linked.comes(page(at(10), event(11), event(12), head=40))
    return linked


def test_far_behind_the_next_page_is_asked_for_while_one_is_applied() -> None:
    linked = far_behind()
    assert [type(one) for one in linked.wanted][:2] == [effects.Poll, effects.ApplyPage]
    assert (linked.poll().cursor, linked.poll().wait) == (at(12), 0.0)
    first = linked.one(effects.ApplyPage).ticket
    linked.comes(page(at(12), event(13), head=40))
    assert linked.all_of(effects.ApplyPage) == []
    assert linked.poll().cursor == at(13)
    linked.feed(inputs.Applied, ticket=first, cursor=at(12))
    assert linked.one(effects.ApplyPage).page.after == 12
    assert linked.all_of(effects.Poll) == []
    linked.applied(at(13))
    assert linked.all_of(effects.ApplyPage) + linked.all_of(effects.Poll) == []
    linked.comes(page(at(13), event(14), head=14))
    linked.applied(at(14))
    assert linked.poll().wait == SHORT_WAIT


def test_what_came_meanwhile_goes_in_together() -> None:
    linked = far_behind()
    first = linked.one(effects.ApplyPage).ticket
    linked.comes(page(at(12), event(13), event(14), head=40))
    linked.comes(page(at(14), event(15), head=41))
    linked.feed(inputs.Applied, ticket=first, cursor=at(12))
    together = linked.one(effects.ApplyPage).page
    assert (together.after, together.hash, together.head) == (12, at(12).hash, 41)
    assert [event.seq for event in together.events] == [13, 14, 15]
    linked.applied(at(15))
    assert linked.link.sides.following.proves(at(13)) is True


def test_only_so_much_waits_to_go_in() -> None:
    linked = far_behind()
    first = linked.one(effects.ApplyPage).ticket
    seq = 12
    while linked.all_of(effects.Poll):
        last = seq + linked.poll().limit
        linked.comes(page(at(seq), *(event(one) for one in range(seq + 1, last + 1)), head=90 * LIMIT))
        seq = last
    linked.feed(inputs.Applied, ticket=first, cursor=at(12))
    assert LIMIT < len(linked.one(effects.ApplyPage).page.events) <= TOGETHER
    assert linked.poll().cursor == at(seq)


def test_of_a_server_that_is_quick_more_is_asked_for_at_once() -> None:
    linked = following()
    seq, asked = 10, [linked.poll().limit]
    for _ in range(3):
        last = seq + asked[-1]
        linked.comes(page(at(seq), *(event(one) for one in range(seq + 1, last + 1)), head=90 * LIMIT))
        asked.append(linked.poll().limit)
        linked.applied(at(last))
        seq = last
    assert asked == [LIMIT, 2 * LIMIT, MOST, MOST]


def test_of_a_server_that_takes_its_time_no_more_is_asked_for_at_once() -> None:
    linked = following()
    linked.tick += 2 * QUICK
    linked.comes(page(at(10), *(event(one) for one in range(11, LIMIT + 11)), head=90 * LIMIT))
    assert linked.poll().limit == LIMIT


def test_a_page_that_does_not_continue_what_waits_is_not_taken_in() -> None:
    linked = far_behind()
    first = linked.one(effects.ApplyPage).ticket
    linked.comes(page(at(12), event(13), head=40))
    linked.comes(page(at(12), event(13), head=40))
    assert linked.status().state == "offline"
    linked.feed(inputs.Applied, ticket=first, cursor=at(12))
    assert [event.seq for event in linked.one(effects.ApplyPage).page.events] == [13]


def test_where_there_is_nothing_more_after_all_it_waits_for_it() -> None:
    linked = far_behind()
    applied = linked.one(effects.ApplyPage).ticket
    linked.comes(page(at(12)))
    assert (linked.poll().cursor, linked.poll().wait) == (at(12), SHORT_WAIT)
    linked.feed(inputs.Applied, ticket=applied, cursor=at(12))
    linked.comes(page(at(12), event(13)))
    assert linked.one(effects.ApplyPage).page.after == 12


def test_what_came_after_a_page_that_does_not_continue_is_given_up_with_it() -> None:
    linked = far_behind()
    ticket = linked.one(effects.ApplyPage).ticket
    linked.comes(page(at(12), event(13), head=40))
    linked.feed(inputs.NotContinued, ticket=ticket, sentence="a gap")
    assert linked.all_of(effects.ApplyPage) == []
    linked.later(1.0)
    assert linked.poll().cursor == at(10)


def test_what_was_asked_for_after_a_page_that_does_not_continue_is_not_awaited() -> None:
    linked = far_behind()
    asked = linked.poll().ticket
    linked.feed(inputs.NotContinued, ticket=linked.one(effects.ApplyPage).ticket, sentence="a gap")
    assert linked.one(effects.Cancel).ticket == asked
    linked.later(1.0)
    assert linked.poll().cursor == at(10)


@pytest.mark.parametrize("garbled", [True, False])
def test_a_page_that_is_being_applied_is_in_whatever_becomes_of_the_next(garbled: bool) -> None:
    linked = far_behind()
    applied = linked.one(effects.ApplyPage).ticket
    if garbled:
        linked.comes(page(at(12, "b"), event(13)))
    else:
        linked.failed("poll", "unreachable")
    assert linked.status().state == "offline"
    linked.feed(inputs.Applied, ticket=applied, cursor=at(12))
    linked.later(1.0)
    assert linked.poll().cursor == at(12)


def test_without_what_a_page_rests_on_the_next_is_given_up_too() -> None:
    linked = far_behind()
    asked = linked.poll().ticket
    linked.feed(inputs.Lacking, ticket=linked.one(effects.ApplyPage).ticket, asked=PriorAsked(10, (b"i" * 16,)))
    linked.failed("prior", "unreachable")
    assert linked.one(effects.Cancel).ticket == asked
    linked.later(1.0)
    assert linked.poll().cursor == at(10)


def test_a_server_restored_while_a_page_is_applied_is_followed_anew() -> None:
    linked = far_behind()
    applied = linked.one(effects.ApplyPage).ticket
    linked.feed(inputs.Forked, ticket=linked.poll().ticket, fork=Fork(b"f" * 16, 3))
    linked.feed(inputs.Applied, ticket=applied, cursor=at(12))
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot)
