"""Pushing: what goes to the authority, in which order, and what its answers, and their want, mean."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import HOUR, SECOND
from noc_tui.journal.exchange import PUSHED_AT_ONCE, Fork, Pushed, SnapshotEnd
from noc_tui.journal.ports import Entry
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import CountTries, FindSeen, KeepAnswers, Poll, SendCommands, Settle
from noc_tui.sync.following import SILENCE
from noc_tui.sync.pushing import PUSHED_BYTES
from tests.unit.sync.linked import (
    NOW,
    Linked,
    at,
    command,
    done,
    entry,
    event,
    following,
    page,
    refused,
    start_at,
)


def ids(*numbers: int) -> frozenset[bytes]:
    """The ids of commands."""
    return frozenset(command(n).id for n in numbers)


def test_what_is_pressed_goes_at_once_though_a_poll_is_held() -> None:
    linked = following()
    poll = linked.out("poll")
    linked.moved(entry(1), entry(2))
    assert linked.one(FindSeen).commands == ids(1, 2)
    linked.found()
    assert linked.sent() == [1, 2]
    assert [type(one) for one in linked.wanted][:2] == [CountTries, SendCommands]
    send = linked.one(SendCommands)
    assert (send.push.cursor, send.push.sent_at) == (at(10), linked.moment().now)
    assert linked.one(CountTries).commands == ids(1, 2)
    assert linked.out("poll") == poll


def test_a_push_says_how_far_our_clock_is_off_as_it_was_measured() -> None:
    assert Linked(entry(1), cursor=at(10)).one(SendCommands).push.skew is None
    linked = Linked(cursor=at(10))
    linked.comes(page(at(10), time=linked.moment().now + HOUR))
    linked.moved(entry(2))
    linked.found()
    skew = linked.one(SendCommands).push.skew
    assert skew is not None
    assert skew.ahead == HOUR
    assert skew.error < SECOND


def test_a_push_on_a_link_that_fell_silent_is_given_up_with_the_poll_and_goes_again() -> None:
    linked = following()
    linked.feed(inputs.Beat, ticket=linked.out("poll"))
    poll = linked.out("poll")
    linked.moved(entry(1))
    linked.found()
    assert linked.sent() == [1]
    push = linked.out("push")
    linked.later(SILENCE)
    assert {one.ticket for one in linked.all_of(effects.Cancel)} == {poll, push}
    linked.later(1.0)
    assert linked.sent() == [1]


def test_one_push_is_under_way_at_a_time() -> None:
    linked = following(entry(1))
    linked.moved(entry(1), entry(2))
    linked.found()
    assert linked.sent() == []
    linked.answered(done(1, 11))
    assert linked.sent() == [2]


def test_what_was_seen_already_is_not_sent() -> None:
    linked = following()
    linked.moved(entry(1), entry(2))
    linked.found(1)
    assert linked.one(Settle).commands == ids(1)
    assert linked.sent() == [2]


def test_it_is_done_when_its_event_is_seen_and_not_before() -> None:
    linked = following(entry(1))
    linked.answered(done(1, 11, 12))
    kept = linked.one(KeepAnswers)
    assert (kept.outcomes, kept.lineage) == ((done(1, 11, 12),), linked.link.sides.requests.lineage)
    assert linked.all_of(Settle) == []
    linked.comes(page(at(10), event(11, command(1).id), event(12, command(1).id)))
    assert linked.all_of(Settle) == []
    linked.applied(at(12))
    assert linked.one(Settle).commands == ids(1)


def test_while_its_event_is_awaited_polls_are_not_held() -> None:
    linked = following(entry(1))
    linked.answered(done(1, 12))
    linked.comes(page(at(10), event(11)))
    linked.applied(at(11))
    assert linked.poll().wait == 0.0


def test_its_event_may_be_seen_before_the_answer_comes() -> None:
    linked = following(entry(1), entry(2))
    linked.comes(page(at(10), event(11, command(1).id)))
    linked.applied(at(11))
    assert linked.one(Settle).commands == ids(1)
    linked.answered(done(1, 11), done(2, 12))
    assert linked.one(KeepAnswers).outcomes == (done(2, 12),)


def test_what_lies_in_the_history_that_the_push_was_made_on_is_seen() -> None:
    linked = following(entry(1), entry(2))
    linked.answered(done(1, 7, 8, repeated=True), done(2, 11))
    assert linked.one(Settle).commands == ids(1)


def test_what_needed_no_event_and_what_was_refused_is_finished() -> None:
    linked = following(entry(1), entry(2, incident=9), entry(3, incident=9))
    assert [one.id[0] for one in under_way(linked)] == [1, 2, 3]
    linked.answered(done(1), refused(2), done(3, 11))
    assert linked.one(KeepAnswers).outcomes == (done(1), refused(2), done(3, 11))
    linked.moved(entry(3, state="acked", seq=11, incident=9))
    assert linked.sent() == []


def test_one_incident_goes_in_the_order_pressed_and_holds_up_no_other() -> None:
    acked = {"state": "acked", "seq": 15, "lineage": 0}
    linked = following(entry(1, 7, **acked), entry(2, 7), entry(3, 8), entry(4, 7), entry(5, 8))
    assert [one.id[0] for one in under_way(linked)] == [3, 5]
    linked.comes(page(at(10), *(event(seq) for seq in range(11, 15)), event(15, command(1).id)))
    linked.applied(at(15))
    linked.answered(done(3, 16), done(5, 17))
    assert linked.sent() == [2, 4]


def test_what_was_acked_to_others_and_passed_without_being_seen_is_sent_again() -> None:
    linked = Linked(entry(1, state="acked", seq=9, lineage=0), cursor=at(10))
    assert linked.sent() == [1]


def test_what_was_acked_beyond_the_end_of_the_journal_is_sent_again_in_a_while() -> None:
    linked = following(entry(1))
    linked.answered(done(1, 14))
    linked.comes(page(at(10), head=10))
    assert linked.sent() == []
    linked.comes(page(at(10), head=10))
    assert linked.sent() == []
    linked.comes(page(at(10), head=10))
    linked.later(0.5)
    assert linked.sent() == [1]
    linked.answered(done(1, 11))
    linked.comes(page(at(10), event(11, command(1).id)))
    linked.applied(at(11))
    assert linked.one(Settle).commands == ids(1)


def test_a_page_that_was_asked_for_before_the_answer_says_nothing_of_it() -> None:
    linked = following(entry(1))
    linked.answered(done(1, 11))
    linked.comes(page(at(10), head=10))
    linked.later(5.0)
    assert linked.sent() == []


def test_so_many_go_at_once() -> None:
    linked = following(*(Entry(place=n, command=numbered(n), state="pending") for n in range(700)))
    sent = under_way(linked)
    assert len(sent) == PUSHED_AT_ONCE
    linked.answered(*(Outcome(command=one.id, ok=True, seqs=(11,)) for one in sent))
    assert len(linked.one(SendCommands).push.commands) == 200


def test_and_so_much_at_once_but_one_always() -> None:
    long = "x" * (PUSHED_BYTES + 1)
    linked = following(*(Entry(place=n, command=command(n, text=long), state="pending") for n in (1, 2)))
    assert len(under_way(linked)) == 1
    short = "x" * (PUSHED_BYTES // 3)
    linked = following(*(Entry(place=n, command=command(n, text=short), state="pending") for n in (1, 2, 3)))
    assert len(under_way(linked)) == 2


def numbered(n: int) -> Command:
    """A command of which there may be many."""
    id = n.to_bytes(16, "big")
    return Command(id=id, verb="note", incident=id, args={"text": "x"})


def under_way(linked: Linked) -> tuple[Command, ...]:
    """The commands of the push under way."""
    (push,) = [one.push for one in linked.history if isinstance(one, SendCommands) and one.ticket == linked.out("push")]
    return push.commands


# What goes wrong


@pytest.mark.parametrize(
    ("trouble", "status"),
    [("unreachable", 0), ("tls", 0), ("redirected", 0), ("status", 429), ("status", 503), ("status", 404)],
)
def test_a_trouble_that_says_nothing_of_the_commands_is_waited_out(trouble: Any, status: int) -> None:
    linked = following(entry(1), entry(2))
    linked.tick += 1.0
    linked.failed("push", trouble, status=status, sentence="try later")
    assert linked.status().sentence == "try later"
    assert linked.sent() == []
    linked.later(0.25)
    assert linked.sent() == [1, 2]
    linked.tick += 1.0
    linked.answered(done(1, 11), done(2, 12))
    assert linked.status().sentence == ""


def test_the_server_may_ask_to_be_spared_for_longer() -> None:
    linked = following(entry(1))
    linked.failed("push", "status", status=503, retry_after=20.0)
    linked.later(20.0)
    assert linked.sent() == []
    linked.later(0.25)
    assert linked.sent() == [1]


def test_whoever_presses_something_while_the_server_is_away_does_not_wait_out_the_rest() -> None:
    linked = following()
    for _ in range(6):
        linked.failed("poll", "unreachable")
        linked.later(60.0)
    linked.failed("poll", "unreachable")
    linked.tick += 1.0
    linked.moved(entry(1))
    assert linked.poll().cursor == at(10)
    linked.found()
    assert linked.sent() == [1]
    linked.failed("poll", "unreachable")
    linked.tick += 0.5
    linked.moved(entry(1, tries=1), entry(2))
    assert linked.all_of(Poll) == [], "it was tried a moment ago"
    assert linked.later(0.5) and linked.poll().cursor == at(10)


def test_what_the_server_asked_for_counts_more_than_a_press() -> None:
    linked = following(entry(1))
    linked.failed("push", "status", status=503, retry_after=20.0)
    linked.failed("poll", "status", status=503, retry_after=30.0)
    linked.tick += 5.0
    linked.moved(entry(1, tries=1), entry(2))
    linked.found()
    assert (linked.sent(), linked.all_of(Poll)) == ([], [])
    assert linked.later(15.0) and linked.sent() == [1, 2]


def test_what_was_pressed_before_and_read_again_is_no_press() -> None:
    linked = following(entry(1))
    for _ in range(8):
        linked.failed("push", "unreachable")
        linked.later(60.0)
    linked.failed("push", "unreachable")
    linked.tick += 2.0
    linked.moved(entry(1, tries=1))
    assert linked.sent() == []


def test_a_server_that_one_side_has_reached_is_tried_by_the_other_at_once() -> None:
    linked = following(entry(1))
    for _ in range(8):
        linked.failed("push", "unreachable")
        linked.later(60.0)
    linked.failed("push", "unreachable")
    linked.tick += 2.0
    linked.comes(page(at(10)))
    assert linked.sent() == [1]
    for _ in range(8):
        linked.failed("poll", "unreachable")
        linked.later(60.0)
    linked.failed("poll", "unreachable")
    linked.tick += 2.0
    linked.answered(done(1, 11))
    assert linked.poll().cursor == at(10)


def test_a_poison_command_is_found_and_holds_up_nothing_but_its_incident() -> None:
    linked = following(*(entry(n) for n in range(1, 5)), entry(5, incident=3))
    answers = {1: done(1, 11), 2: done(2, 12), 4: done(4, 13)}
    served: list[int] = []
    for _ in range(20):
        batch = [one.id[0] for one in under_way(linked)] if linked.link.sides.requests.out("push") else []
        if 3 in batch:
            linked.failed("push", "status", status=500)
        elif batch:
            served += batch
            linked.answered(*(answers[n] for n in batch))
        linked.later(0.3)
    assert served == [1, 2, 4]
    linked.tick += 60.0
    linked.feed(inputs.Woke)
    assert linked.sent() == [3]
    linked.answered(done(3, 14))
    linked.comes(page(at(10), *(event(10 + place, command(n).id) for place, n in enumerate((1, 2, 4, 3), 1))))
    linked.applied(at(14))
    assert linked.sent() == [5]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_command_that_will_never_be_taken_comes_back_to_who_pressed_it(status: int) -> None:
    linked = following(entry(1, 7), entry(2, 7))
    linked.failed("push", "status", status=status, sentence="it is too long")
    linked.later(0.3)
    assert linked.sent() == [1]
    linked.failed("push", "status", status=status, sentence="it is too long")
    (outcome,) = linked.one(KeepAnswers).outcomes
    assert outcome == Outcome(command=command(1).id, ok=False, reason="it is too long", code="bad")
    linked.later(1.0)
    assert linked.sent() == [2]


@pytest.mark.parametrize("outcomes", [(), (done(2, 11),), (done(1, 11), done(2, 12))])
def test_answers_to_other_commands_are_no_answer(outcomes: tuple[Outcome, ...]) -> None:
    linked = following(entry(1))
    linked.tick += 1.0
    linked.answered(*outcomes)
    assert linked.all_of(KeepAnswers) == []
    assert "other commands" in linked.status().sentence
    linked.later(1.0)
    assert linked.sent() == [1]


def test_who_may_not_push_stops_and_follows_on() -> None:
    linked = following(entry(1))
    linked.tick += 1.0
    linked.failed("push", "not_allowed", status=403, sentence="a viewer may not do that")
    assert (linked.status().state, linked.status().sentence) == ("following", "a viewer may not do that")
    linked.later(3_000.0)
    linked.comes(page(at(10)))
    assert linked.sent() == []
    linked.feed(inputs.RetryWished)
    assert linked.sent() == [1]


def test_a_push_that_is_nobodys_stops_the_poll_too() -> None:
    linked = following(entry(1))
    linked.failed("push", "not_allowed", status=401, sentence="the token was revoked")
    assert linked.status().state == "refused"
    assert linked.one(effects.Cancel)


# Beginning anew


def forked(linked: Linked, *entries: Any) -> None:
    """The server turns out to be restored; the outbox has these to be sent again."""
    linked.feed(inputs.Forked, ticket=linked.out("poll"), fork=Fork(b"f" * 16, 3, NOW))
    linked.later(1.0)
    assert linked.one(effects.StartOver)
    linked.read(*entries)


def filled(linked: Linked, seq: int) -> None:
    """The snapshot under way comes in whole."""
    ticket = linked.out("snapshot")
    for line in (start_at(at(seq, "b")), SnapshotEnd(0, 0)):
        linked.feed(inputs.LineCame, ticket=ticket, line=line)
    linked.feed(inputs.Filled, ticket=ticket, cursor=at(seq, "b"))


def test_commands_are_sent_again_on_the_new_history_as_soon_as_its_end_is_known() -> None:
    linked = following(entry(1))
    forked(linked, entry(1, tries=1))
    assert linked.sent() == []
    linked.feed(inputs.LineCame, ticket=linked.out("snapshot"), line=start_at(at(3, "b")))
    assert linked.sent() == [1]
    assert linked.one(SendCommands).push.cursor == at(3, "b")


def test_nothing_is_sent_before_it_is_known_what_must_go_first() -> None:
    linked = following(entry(2, 7))
    linked.feed(inputs.Forked, ticket=linked.out("poll"), fork=Fork(b"f" * 16, 3, NOW))
    linked.later(1.0)
    turn = linked.one(effects.ReadOutbox).turn
    linked.feed(inputs.LineCame, ticket=linked.out("snapshot"), line=start_at(at(3, "b")))
    assert linked.sent() == []
    linked.feed(inputs.OutboxRead, turn=turn, entries=(entry(1, 7, tries=1), entry(2, 7)))
    assert linked.sent() == [1, 2]


def test_what_was_read_before_is_read_again() -> None:
    linked = following(entry(1))
    linked.feed(inputs.OutboxMoved)
    turn = linked.one(effects.ReadOutbox).turn
    linked.feed(inputs.OutboxMoved)
    assert linked.all_of(effects.ReadOutbox) == []
    linked.answered(done(1, 11))
    linked.feed(inputs.OutboxRead, turn=turn, entries=(entry(1),))
    assert linked.sent() == []
    assert linked.one(effects.ReadOutbox).turn != turn


def test_what_the_old_replica_had_seen_says_nothing() -> None:
    linked = following()
    linked.moved(entry(1))
    lineage = linked.one(FindSeen).lineage
    forked(linked, entry(1))
    linked.feed(inputs.SeenFound, lineage=lineage, commands=ids(1))
    assert linked.all_of(Settle) == []


def test_answers_while_the_replica_is_filled_count_once_it_is() -> None:
    linked = following(entry(1))
    forked(linked, entry(1, tries=1), entry(2), entry(3))
    ticket = linked.out("snapshot")
    linked.feed(inputs.LineCame, ticket=ticket, line=start_at(at(3, "b")))
    linked.answered(done(1, 2, repeated=True), done(2, 4), done(3, 3))
    assert linked.all_of(Settle) == []
    linked.feed(inputs.LineCame, ticket=ticket, line=SnapshotEnd(0, 0))
    linked.feed(inputs.Filled, ticket=ticket, cursor=at(3, "b"))
    assert linked.one(Settle).commands == ids(1, 3)


def test_what_the_restored_server_had_lost_is_counted() -> None:
    linked = following(entry(1))
    linked.answered(done(1, 11))
    forked(linked, entry(1, tries=1), entry(2, tries=1), entry(3, tries=1), entry(4))
    filled(linked, 3)
    linked.answered(done(1, 4), done(2, 2, repeated=True), refused(3), done(4, 5))
    linked.later(1.0)
    assert linked.link.sides.pushing.sent_again == 2


def test_what_was_pending_then_was_not_done_before() -> None:
    linked = following(entry(1))
    forked(linked, entry(1, tries=1))
    filled(linked, 3)
    linked.answered(done(1, 4))
    assert linked.link.sides.pushing.sent_again == 0


def test_an_answer_of_before_is_passed_over() -> None:
    linked = following(entry(1))
    push = linked.out("push")
    forked(linked, entry(1, tries=1))
    filled(linked, 30)
    assert linked.feed(inputs.PushedCame, ticket=push, pushed=Pushed((done(1, 11),), 11, NOW)) == []


def test_a_fork_that_the_push_meets_is_one() -> None:
    linked = following(entry(1))
    linked.feed(inputs.Forked, ticket=linked.out("push"), fork=Fork(b"f" * 16, 3, NOW))
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot)
