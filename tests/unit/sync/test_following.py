"""Following: polls, pages, snapshots, and histories that turn out to be others."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.journal.beside import AgentStatus, Beside, Presence
from noc_tui.journal.exchange import Fork, Gone, Prior, PriorAsked, SnapshotEnd, SnapshotRows
from noc_tui.sync import effects, inputs
from noc_tui.sync.following import LONG_WAIT, MEASURED_EVERY, PATIENCE, SHORT_WAIT, SILENCE, STANDSTILL
from noc_tui.sync.trail import REMEMBERED
from tests.unit.sync.linked import NOW, Linked, at, entry, event, following, incident, page, start_at

ME = Presence(actor="", origin="ana@tty1", incident=7)


def test_the_first_poll_asks_at_once_and_the_next_is_held_while_nothing_is_new() -> None:
    linked = Linked(cursor=at(10))
    assert (linked.poll().cursor, linked.poll().wait) == (at(10), 0.0)
    linked.comes(page(at(10)))
    assert linked.poll().wait == SHORT_WAIT
    assert linked.poll().deadline > SHORT_WAIT


def test_a_server_that_gives_signs_of_life_may_hold_a_poll_longer() -> None:
    linked = following()
    linked.tick += 2.0
    linked.feed(inputs.Beat, ticket=linked.out("poll"))
    assert linked.status().ok_tick == linked.tick
    linked.comes(page(at(10)))
    assert linked.poll().wait == LONG_WAIT
    linked.feed(inputs.Beat, ticket=effects.Ticket(1, 1))
    assert linked.wanted == []


def test_now_and_then_a_poll_is_answered_at_once_so_that_it_tells_where_the_clocks_are() -> None:
    linked = following()
    waits = []
    for _ in range(4):
        linked.tick += MEASURED_EVERY / 2
        linked.comes(page(at(10)))
        waits.append(linked.poll().wait)
    assert waits == [SHORT_WAIT, 0.0, SHORT_WAIT, 0.0]


def test_a_page_is_applied_before_a_held_poll_is_sent() -> None:
    linked = following()
    linked.comes(page(at(10), event(11), event(12)))
    assert linked.all_of(effects.Poll) == []
    linked.applied(at(12))
    assert (linked.poll().cursor, linked.poll().wait) == (at(12), SHORT_WAIT)


def test_what_a_page_rests_on_is_asked_for_first() -> None:
    linked = following()
    linked.comes(page(at(10), event(11)))
    apply = linked.one(effects.ApplyPage)
    asked = PriorAsked(10, (b"i" * 16,))
    linked.feed(inputs.Lacking, ticket=apply.ticket, asked=asked)
    assert linked.one(effects.AskPrior).asked == asked
    linked.feed(inputs.Lacking, ticket=apply.ticket, asked=asked)
    assert linked.all_of(effects.AskPrior) == []
    prior = Prior(10, (incident(1),), hash=at(10).hash)
    linked.feed(inputs.PriorCame, ticket=linked.out("prior"), prior=prior)
    again = linked.one(effects.ApplyPage)
    assert (again.page, again.prior) == (apply.page, prior)
    linked.feed(inputs.PriorCame, ticket=again.ticket, prior=prior)
    assert linked.wanted == []
    linked.feed(inputs.Applied, ticket=again.ticket, cursor=at(11))
    assert linked.poll().cursor == at(11)


@pytest.mark.parametrize("prior", [Prior(9), Prior(10, hash=at(10, "b").hash)], ids=["other seq", "other history"])
def test_a_past_of_another_history_is_not_rested_on(prior: Prior) -> None:
    linked = following()
    linked.comes(page(at(10), event(11)))
    linked.feed(inputs.Lacking, ticket=linked.one(effects.ApplyPage).ticket, asked=PriorAsked(10))
    linked.feed(inputs.PriorCame, ticket=linked.out("prior"), prior=prior)
    assert linked.all_of(effects.ApplyPage) == []
    assert linked.status().state == "offline"


@pytest.mark.parametrize(
    "after", [at(9), at(10, "b"), at(10, epoch=b"f" * 16)], ids=["earlier", "other hash", "other epoch"]
)
def test_a_page_that_does_not_continue_the_cursor_is_not_applied(after: Any) -> None:
    linked = following()
    linked.comes(page(after, event(after.seq + 1)))
    assert linked.all_of(effects.ApplyPage) == []
    assert "not asked for" in linked.status().sentence
    linked.later(1.0)
    assert linked.poll().cursor == at(10)


def test_what_comes_for_nobody_changes_nothing() -> None:
    linked = following()
    held = linked.out("poll")
    late = effects.Ticket(1, held.lineage)
    for kind, fields in (
        (inputs.PageCame, {"page": page(at(10), event(11))}),
        (inputs.Forked, {"fork": Fork(b"f" * 16, 3)}),
        (inputs.GoneBelow, {"gone": Gone(50)}),
        (inputs.LineCame, {"line": start_at(at(3))}),
        (inputs.PriorCame, {"prior": Prior(10)}),
        (inputs.Failed, {"trouble": "timed_out", "sentence": "late"}),
        (inputs.Applied, {"cursor": at(99)}),
        (inputs.Outdated, {}),
        (inputs.Filled, {"cursor": at(99)}),
        (inputs.NotContinued, {"sentence": "late"}),
        (inputs.Lacking, {"asked": PriorAsked(10)}),
    ):
        assert linked.feed(kind, ticket=late, **fields) == []
    assert linked.feed(inputs.Loaded, cursor=None, entries=()) == []
    assert linked.out("poll") == held


def test_a_page_that_does_not_continue_is_fetched_again_and_in_the_end_all_is_fetched_anew() -> None:
    linked = following()
    for turn in range(PATIENCE):
        assert linked.all_of(effects.FetchSnapshot) == [], turn
        linked.comes(page(at(10), event(11)))
        broken = linked.one(effects.ApplyPage).ticket
        linked.feed(inputs.NotContinued, ticket=broken, sentence="the chain breaks")
        assert linked.status().sentence == "the chain breaks"
        linked.later(60.0)
    assert linked.one(effects.FetchSnapshot)
    assert linked.one(effects.StartOver)


def test_whoever_moved_the_replica_meanwhile_it_is_looked_at_anew() -> None:
    linked = following()
    linked.comes(page(at(10), event(11)))
    linked.feed(inputs.Outdated, ticket=linked.one(effects.ApplyPage).ticket)
    assert linked.all_of(effects.Load) == []
    linked.later(1.0)
    assert linked.one(effects.Load)
    linked.feed(inputs.Loaded, cursor=at(30), entries=())
    assert linked.poll().cursor == at(30)


# A snapshot


def test_a_replica_that_holds_nothing_is_filled_and_followed_from_the_snapshots_beginning() -> None:
    linked = Linked()
    fetch = linked.one(effects.FetchSnapshot)
    linked.feed(inputs.LineCame, ticket=fetch.ticket, line=start_at(at(20), incidents=2))
    assert linked.one(effects.BeginFill).start.cursor == at(20)
    assert (linked.status().state, linked.status().done, linked.status().total) == ("filling", 0, 2)
    linked.tick += 1.0
    rows = SnapshotRows((incident(1), incident(2)))
    linked.feed(inputs.LineCame, ticket=fetch.ticket, line=rows)
    assert linked.one(effects.FillRows).rows == rows
    assert linked.status().done == 2
    end = SnapshotEnd(2, 0)
    linked.feed(inputs.LineCame, ticket=fetch.ticket, line=end)
    assert linked.one(effects.FinishFill).end == end
    assert linked.all_of(effects.Poll) == []
    linked.feed(inputs.Filled, ticket=fetch.ticket, cursor=at(20))
    assert (linked.poll().cursor, linked.poll().ahead) == (at(20), None)
    assert linked.status().state == "following"


@pytest.mark.parametrize(
    "lines",
    [(SnapshotRows(),), (SnapshotEnd(0, 0),), (start_at(at(20)), start_at(at(20)))],
    ids=["rows first", "end first", "two starts"],
)
def test_a_snapshot_out_of_order_is_given_up_and_tried_again(lines: tuple[Any, ...]) -> None:
    linked = Linked()
    ticket = linked.one(effects.FetchSnapshot).ticket
    for line in lines:
        linked.feed(inputs.LineCame, ticket=ticket, line=line)
    assert "out of order" in linked.status().sentence
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot).ticket != ticket
    assert linked.one(effects.StartOver)


def test_a_snapshot_that_lacks_rows_is_fetched_again() -> None:
    linked = Linked()
    ticket = linked.one(effects.FetchSnapshot).ticket
    for line in (start_at(at(20)), SnapshotEnd(1, 0)):
        linked.feed(inputs.LineCame, ticket=ticket, line=line)
    linked.feed(inputs.NotContinued, ticket=ticket, sentence="rows are missing")
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot)


def test_where_others_are_sent_the_board_first_it_waits_its_turn_and_says_so() -> None:
    linked = Linked()
    linked.read()
    linked.failed("snapshot", "status", status=503, retry_after=5.0, sentence="it does too much")
    status = linked.status()
    assert (status.state, status.sentence, status.done, status.total) == ("filling", "", 0, 0)
    assert (status.retry_at_tick, status.ok_tick) == (linked.tick + 5.25, linked.tick)
    linked.moved(entry(1))
    linked.later(4.75)
    assert linked.all_of(effects.FetchSnapshot) == [], "a press does not shorten what the server asked for"
    linked.later(0.25)
    ticket = linked.one(effects.FetchSnapshot).ticket
    linked.feed(inputs.LineCame, ticket=ticket, line=start_at(at(20)))
    assert linked.later(0.25) and linked.status().retry_at_tick == 0.0


def test_a_server_that_only_fails_says_nothing_of_a_turn() -> None:
    linked = Linked()
    linked.failed("snapshot", "status", status=503, sentence="it is down")
    assert (linked.status().state, linked.status().sentence) == ("offline", "it is down")


def test_a_snapshot_that_stands_still_is_given_up() -> None:
    linked = Linked()
    ticket = linked.one(effects.FetchSnapshot).ticket
    linked.later(STANDSTILL - 1.0)
    linked.feed(inputs.LineCame, ticket=ticket, line=start_at(at(20)))
    linked.later(STANDSTILL - 1.0)
    assert linked.all_of(effects.Cancel) == []
    linked.later(1.0)
    assert linked.one(effects.Cancel).ticket == ticket
    assert "silent" in linked.status().sentence


def filled_ahead(start: int, end: int) -> Linked:
    """A link whose replica was filled by a snapshot that took from one seq to another."""
    linked = Linked()
    ticket = linked.one(effects.FetchSnapshot).ticket
    for line in (start_at(at(start)), SnapshotEnd(0, 0, at(end))):
        linked.feed(inputs.LineCame, ticket=ticket, line=line)
    linked.feed(inputs.Filled, ticket=ticket, cursor=at(start))
    return linked


def test_rows_that_are_newer_than_the_cursor_are_of_that_history_too() -> None:
    linked = filled_ahead(20, 22)
    assert linked.poll().ahead == at(22)
    linked.comes(page(at(20), event(21), head=22))
    assert linked.poll().ahead == at(22)
    linked.applied(at(21))
    linked.comes(page(at(21), event(22), head=22))
    linked.applied(at(22))
    assert linked.poll().ahead is None


@pytest.mark.parametrize(
    "answer",
    [page(at(20), event(21, history="b")), page(at(20), event(21), event(22, history="b"))],
    ids=["shorter", "other"],
)
def test_where_that_history_is_gone_all_is_fetched_anew(answer: Any) -> None:
    linked = filled_ahead(20, 22)
    linked.comes(answer)
    assert linked.all_of(effects.ApplyPage) == []
    assert linked.status().restored_to == NOW
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot)


def test_a_process_that_starts_in_between_knows_of_them() -> None:
    linked = Linked()
    linked.feed(inputs.DiskFailed, sentence="full")
    linked.later(60.0)
    linked.link = type(linked.link)("https://noc.example")
    linked.feed(inputs.Started)
    linked.feed(inputs.Loaded, cursor=at(20), ahead=at(22), entries=())
    assert linked.poll().ahead == at(22)


# Another history


def test_a_restored_server_is_noticed_and_all_begins_anew() -> None:
    linked = following(entry(1))
    push, poll = linked.out("push"), linked.out("poll")
    linked.feed(inputs.Forked, ticket=poll, fork=Fork(b"f" * 16, 3, NOW - 5))
    assert [one.ticket for one in linked.all_of(effects.Cancel)] == [poll, push]
    assert linked.status().restored_to == NOW - 5
    assert linked.all_of(effects.FetchSnapshot) == []
    linked.later(1.0)
    wanted = [type(one) for one in linked.wanted]
    assert wanted.index(effects.StartOver) < wanted.index(effects.ReadOutbox) < wanted.index(effects.FetchSnapshot)
    assert linked.all_of(effects.SendCommands) == []
    assert linked.feed(inputs.PageCame, ticket=poll, page=page(at(10), event(11))) == []
    assert linked.feed(inputs.PushedCame, ticket=push, pushed=None) == []


def test_a_server_that_does_not_know_when_its_last_event_was_is_restored_to_now() -> None:
    linked = following()
    linked.feed(inputs.Forked, ticket=linked.out("poll"), fork=Fork(b"f" * 16, 0))
    assert linked.status().restored_to == linked.moment().now


def test_an_archived_history_is_no_restored_one() -> None:
    linked = following()
    linked.tick += 1.0
    linked.feed(inputs.GoneBelow, ticket=linked.out("poll"), gone=Gone(50))
    assert linked.status().restored_to == 0
    linked.later(1.0)
    assert linked.one(effects.FetchSnapshot)


def test_a_server_that_forks_again_and_again_is_asked_less_and_less() -> None:
    linked = following()
    waits = []
    for turn in range(7):
        linked.feed(inputs.Forked, ticket=linked.out("poll"), fork=Fork(b"f" * 16, 0))
        waited = linked.waking()
        assert waited is not None
        waits.append(waited)
        linked.later(waited)
        ticket = linked.one(effects.FetchSnapshot).ticket
        for line in (start_at(at(turn)), SnapshotEnd(0, 0)):
            linked.feed(inputs.LineCame, ticket=ticket, line=line)
        linked.feed(inputs.Filled, ticket=ticket, cursor=at(turn))
    assert waits == sorted(waits)
    assert waits[-1] > 10.0


# What goes wrong on the way


def test_a_failure_is_followed_by_a_rest_that_grows_and_the_link_says_so() -> None:
    linked = following()
    rests = []
    for _ in range(5):
        linked.failed("poll", "unreachable", sentence="noc.example cannot be reached")
        rests.append(linked.link.sides.following.rest_until - linked.tick)
        linked.later(rests[-1])
    assert rests == [0.25, 0.5, 1.0, 1.0, 1.375], "no longer than it is away already"
    assert linked.all_of(effects.Poll)


def test_a_link_that_loses_some_is_not_left_alone_for_long() -> None:
    linked = following()
    for _ in range(20):
        linked.failed("poll", "timed_out")
        wait = linked.waking()
        assert wait is not None
        assert wait < 1.0
        linked.later(wait)
        linked.comes(page(at(10)))


def test_the_server_may_ask_for_a_longer_rest() -> None:
    linked = following()
    linked.failed("poll", "status", status=503, retry_after=60.0)
    assert linked.waking() == 60.25


@pytest.mark.parametrize("trouble", ["not_allowed", "setting"])
def test_where_another_attempt_is_no_use_there_is_none_until_somebody_says_so(trouble: Any) -> None:
    linked = following()
    linked.failed("poll", trouble, sentence="the token was revoked; noc-tui login")
    assert (linked.status().state, linked.status().sentence) == ("refused", "the token was revoked; noc-tui login")
    linked.later(3_000.0)
    assert linked.all_of(effects.Poll) == []
    linked.feed(inputs.RetryWished)
    assert linked.poll().cursor == at(10)


def test_a_person_who_says_so_need_not_wait() -> None:
    linked = following()
    linked.failed("poll", "unreachable")
    linked.feed(inputs.RetryWished)
    hanging = linked.poll().ticket
    linked.feed(inputs.RetryWished)
    assert linked.one(effects.Cancel).ticket == hanging
    assert linked.poll().ticket != hanging
    linked.comes(page(at(10)))
    linked.feed(inputs.RetryWished)
    assert linked.all_of(effects.Cancel) == []


def test_pages_get_smaller_where_large_ones_do_not_come_through() -> None:
    linked = following()
    limits = [1_000]
    for trouble in ("timed_out", "too_large"):
        linked.failed("poll", trouble)
        linked.later(60.0)
        limits.append(linked.poll().limit)
    linked.comes(page(at(10)))
    limits.append(linked.poll().limit)
    assert limits == [1_000, 500, 250, 500]


def test_a_server_that_falls_silent_is_given_up_long_before_its_deadline() -> None:
    linked = following()
    linked.later(SILENCE + 1.0)
    assert linked.all_of(effects.Cancel) == []
    linked.feed(inputs.Beat, ticket=linked.out("poll"))
    linked.later(SILENCE - 1.0)
    assert linked.all_of(effects.Cancel) == []
    linked.later(1.0)
    assert linked.one(effects.Cancel)
    assert linked.status().state == "offline"


# Who is here


def test_the_server_is_told_who_is_here_and_what_they_have_before_them_within_a_second() -> None:
    linked = following()
    linked.feed(inputs.HereChanged, here=(ME,))
    assert linked.all_of(effects.Poll) == []
    assert linked.waking() == 1.0
    linked.later(1.0)
    assert linked.one(effects.Cancel)
    assert linked.poll().here == (ME,)
    linked.later(1.0)
    assert linked.all_of(effects.Cancel) == []


def test_who_is_elsewhere_is_told_until_nobody_knows() -> None:
    there = Presence(actor="bo", origin="bo@tty1", incident=3)
    agent = AgentStatus(pid=1, host="noc", started_at=NOW, beat_at=NOW)
    linked = following()
    linked.tick += 1.0
    linked.comes(page(at(10), beside=Beside(version=4, present=(there,), agent=agent)))
    assert linked.one(effects.TellPresent).present == (there,)
    assert linked.status().agent == agent
    assert linked.poll().beside == 4
    linked.failed("poll", "unreachable")
    assert linked.one(effects.TellPresent).present == ()
    linked.later(1.0)
    assert linked.poll().beside == 0


def test_only_so_much_of_the_history_is_remembered() -> None:
    linked = following(seq=0)
    for seq in range(0, 6_000, 1_000):
        linked.comes(page(at(seq), *(event(one) for one in range(seq + 1, seq + 1_001))))
        linked.applied(at(seq + 1_000))
    assert linked.link.sides.following.proves(at(6_000 - REMEMBERED + 1)) is True
    assert linked.link.sides.following.proves(at(6_000 - REMEMBERED)) is False
    assert linked.link.sides.following.proves(at(6_001)) is None
