"""What every filling of the ports of sync must do: a class for each, to be collected over a fixture that makes one.

A subclass named `Test...` gives the fixture: `outbox`, or `fresh_replica`, which makes another replica at each call and
is given `held`, a look at what is on its board.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.journal.exchange import Prior, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.journal.ports import Entry, NotContinuing, OutboxPort, Replica
from noc_tui.journal.replay import State
from tests.contract.authority import Authority, applied, busy_past, caught_up, filled, spoilt
from tests.contract.past import Past

AT = 1_790_000_000_000_000

Held = Callable[[Replica], State]
"""What is on a replica's board: incidents and alerts, and the seq that it has come to."""

_A_FIXTURE = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow]


def command(n: int, text: str = "") -> Command:
    """The nth command."""
    return Command(id=bytes([n]) * 16, verb="note", incident=b"i" * 16, args={"text": text or f"n{n}"}, actor="ana")


def ok(n: int, *seqs: int) -> Outcome:
    """The answer that the nth command was done."""
    return Outcome(command=command(n).id, ok=True, number=7, seqs=seqs)


def refused(n: int, reason: str = "bo took it") -> Outcome:
    """The answer that the nth command was not done."""
    return Outcome(command=command(n).id, ok=False, number=7, reason=reason, code="conflict")


def states(outbox: OutboxPort) -> list[tuple[int, str]]:
    """The unfinished commands and their states, in order."""
    return [(entry.command.id[0], entry.state) for entry in outbox.unfinished()]


class OutboxContract:
    """What an outbox must do, over a fixture `outbox`: an empty one."""

    def test_what_is_pressed_waits_in_the_order_pressed(self, outbox: OutboxPort) -> None:
        outbox.press([command(2), command(1)])
        outbox.press([command(3)])
        found = outbox.unfinished()
        assert [entry.command for entry in found] == [command(2), command(1), command(3)]
        assert [entry.place for entry in found] == sorted({entry.place for entry in found})
        assert all((entry.state, entry.tries, entry.seq) == ("pending", 0, 0) for entry in found)

    def test_the_same_command_again_stays_as_it_was(self, outbox: OutboxPort) -> None:
        outbox.press([command(1), command(2)])
        outbox.answered([ok(1, 9)], 1, AT)
        outbox.press([command(1, "other"), command(3)])
        found = outbox.unfinished()
        assert [(entry.command, entry.state) for entry in found] == [
            (command(1), "acked"),
            (command(2), "pending"),
            (command(3), "pending"),
        ]

    def test_a_done_command_is_acked_until_it_is_seen(self, outbox: OutboxPort) -> None:
        outbox.press([command(1)])
        outbox.answered([ok(1, 8, 9)], 3, AT)
        (entry,) = outbox.unfinished()
        assert entry == Entry(
            place=entry.place,
            command=command(1),
            state="acked",
            number=7,
            seq=9,
            lineage=3,
            changed_at=AT,
        )
        outbox.settle([command(1).id], AT)
        assert outbox.unfinished() == []

    def test_what_had_nothing_to_do_is_seen_at_once(self, outbox: OutboxPort) -> None:
        outbox.press([command(1)])
        outbox.answered([ok(1)], 1, AT)
        assert outbox.unfinished() == []

    def test_a_refused_command_is_unfinished_no_more_and_never_sent_again(self, outbox: OutboxPort) -> None:
        outbox.press([command(1), command(2)])
        outbox.answered([refused(1)], 1, AT)
        assert states(outbox) == [(2, "pending")]
        assert outbox.start_over(AT) == 0
        assert states(outbox) == [(2, "pending")]

    def test_a_late_answer_never_turns_back_what_was_seen(self, outbox: OutboxPort) -> None:
        outbox.press([command(1)])
        outbox.settle([command(1).id], AT)
        for late in (ok(1, 5), refused(1), ok(1)):
            outbox.answered([late], 1, AT)
        assert outbox.unfinished() == []
        assert outbox.start_over(AT) == 1

    def test_an_acked_command_that_a_restored_server_refuses_is_refused(self, outbox: OutboxPort) -> None:
        outbox.press([command(1)])
        outbox.answered([ok(1, 5)], 1, AT)
        outbox.answered([refused(1)], 2, AT)
        assert outbox.unfinished() == []
        assert outbox.start_over(AT) == 0

    def test_tries_are_counted(self, outbox: OutboxPort) -> None:
        outbox.press([command(1), command(2)])
        outbox.tried([command(1).id])
        outbox.tried([command(1).id, command(2).id])
        assert [entry.tries for entry in outbox.unfinished()] == [2, 1]

    def test_all_that_is_acked_or_seen_starts_over_in_its_place(self, outbox: OutboxPort) -> None:
        outbox.press([command(n) for n in range(1, 5)])
        outbox.answered([ok(1, 5), ok(2, 6), ok(3)], 1, AT)
        outbox.settle([command(1).id], AT)
        assert outbox.start_over(AT) == 3
        assert states(outbox) == [(n, "pending") for n in range(1, 5)]
        assert all((entry.seq, entry.lineage) == (0, 0) for entry in outbox.unfinished())

    def test_only_what_was_seen_long_ago_is_forgotten(self, outbox: OutboxPort) -> None:
        outbox.press([command(n) for n in range(1, 5)])
        outbox.answered([ok(2, 5), refused(3)], 1, AT)
        outbox.settle([command(1).id], AT)
        outbox.settle([command(4).id], AT + 10)
        assert outbox.prune(AT + 10) == 1
        assert outbox.start_over(AT) == 2
        assert states(outbox) == [(2, "pending"), (4, "pending")]

    def test_what_is_not_known_is_passed_over(self, outbox: OutboxPort) -> None:
        outbox.answered([ok(1, 5), refused(2)], 1, AT)
        outbox.tried([command(1).id])
        outbox.settle([command(1).id], AT)
        assert outbox.unfinished() == []


def right(found: State, authority: Authority) -> bool:
    """Whether all that a replica shows is what the authority had then, or later where the row says so."""
    for id, incident in found.incidents.items():
        seq = max(found.seq, incident.changed_seq)
        assert incident == authority.state(seq).incidents[id]
    for ref, alert in found.alerts.items():
        assert alert == authority.state(max(found.seq, alert.changed_seq)).alerts[ref]
    return True


def whole(found: State, authority: Authority, since: int) -> bool:
    """Whether a replica that has caught up is right, and nothing is missing that changed after `since`."""
    assert found.seq == authority.seq
    assert right(found, authority)
    touched = {event.incident_id for event in authority.past.events[since:]} - {b""}
    assert touched <= found.incidents.keys()
    assert {event.alert for event in authority.past.events[since:]} - {""} <= found.alerts.keys()
    on_board = {id for id, one in authority.past.incidents.items() if one.state not in ("closed", "merged")}
    assert on_board <= found.incidents.keys()
    return True


class ReplicaContract:
    """What a replica must do, over fixtures `fresh_replica` (makes an empty one) and `held` (what is on its board)."""

    def test_an_empty_one_has_no_cursor_and_takes_no_page(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        assert replica.cursor() is None
        assert replica.apply(authority.page(0, 5), None) is None
        assert replica.cursor() is None

    def test_a_snapshot_and_the_pages_after_it_are_the_authority(
        self, fresh_replica: Callable[[], Replica], held: Held
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        assert filled(replica, authority, 30) == replica.cursor() == authority.cursor(30)
        assert caught_up(replica, authority) == replica.cursor() == authority.cursor(authority.seq)
        assert whole(held(replica), authority, since=30)

    def test_rows_that_are_newer_than_the_snapshots_beginning_are_moved_on_once(
        self, fresh_replica: Callable[[], Replica], held: Held
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20, read_at=(26, 40, 55))
        at = replica.cursor()
        assert at == authority.cursor(20)
        while at is not None and at.seq < authority.seq:
            assert right(held(replica), authority)
            at = applied(replica, authority, authority.page(at.seq, 5))
        assert whole(held(replica), authority, since=20)

    def test_it_knows_up_to_where_rows_may_be_newer_until_it_has_come_there(
        self, fresh_replica: Callable[[], Replica]
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        assert replica.ahead() is None
        for line in authority.snapshot(20, read_at=(26,)):
            if isinstance(line, SnapshotStart):
                replica.begin(line)
            elif isinstance(line, SnapshotRows):
                replica.fill(line)
            else:
                replica.finish(replace(line, cursor=authority.cursor(26)))
        for seq in range(20, 28):
            assert replica.ahead() == (authority.cursor(26) if seq < 26 else None)
            replica.secure()
            assert applied(replica, authority, authority.page(seq, 1)) == authority.cursor(seq + 1)
        filled(replica, authority, 40)
        assert replica.ahead() is None

    def test_it_has_no_cursor_until_the_snapshot_is_whole(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        *lines, end = authority.snapshot(30)
        for line in lines:
            if isinstance(line, SnapshotStart):
                replica.begin(line)
            elif isinstance(line, SnapshotRows):
                replica.fill(line)
            assert replica.cursor() is None
            assert replica.apply(authority.page(30, 5), None) is None
        assert isinstance(end, SnapshotEnd)
        replica.finish(end)
        assert replica.cursor() == authority.cursor(30)

    def test_a_snapshot_that_lacks_rows_is_not_taken(self, fresh_replica: Callable[[], Replica], held: Held) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        before = held(replica)
        start, *rest, _, end = authority.snapshot(60)
        assert isinstance(start, SnapshotStart)
        replica.begin(start)
        for line in rest:
            assert isinstance(line, SnapshotRows)
            replica.fill(line)
        assert isinstance(end, SnapshotEnd)
        with pytest.raises(NotContinuing):
            replica.finish(end)
        assert held(replica) == before
        assert replica.cursor() == authority.cursor(20)
        caught_up(replica, authority)

    def test_rows_that_belong_to_no_snapshot_are_refused(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        with pytest.raises(NotContinuing):
            replica.fill(SnapshotRows())
        with pytest.raises(NotContinuing):
            replica.finish(SnapshotEnd(0, 0))
        assert replica.cursor() == authority.cursor(20)

    def test_what_it_held_is_seen_until_another_snapshot_is_whole_and_then_nothing_of_it(
        self, fresh_replica: Callable[[], Replica], held: Held
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        caught_up(replica, authority)
        before = held(replica)
        done = {event.command_id for event in authority.past.events[20:]} - {b""}
        restored = Authority(Past(), b"f" * 16)
        restored.past.open()
        for line in restored.snapshot(1):
            if isinstance(line, SnapshotStart):
                replica.begin(line)
            elif isinstance(line, SnapshotRows):
                replica.fill(line)
            else:
                assert held(replica) == before
                assert replica.cursor() == authority.cursor(authority.seq)
                assert replica.seen(done) == done
                replica.finish(line)
        assert replica.seen(done) == set()
        assert replica.cursor() == restored.cursor(1)
        assert whole(held(replica), restored, since=0)
        assert held(replica).incidents.keys() == restored.past.incidents.keys()

    def test_no_page_is_applied_while_another_snapshot_is_taken_in(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        start, *_ = authority.snapshot(40)
        assert isinstance(start, SnapshotStart)
        replica.begin(start)
        assert replica.apply(authority.page(20, 5), None) is None

    @pytest.mark.parametrize("stale", [0, 10, 35], ids=["first", "before", "ahead"])
    def test_a_page_that_is_not_of_the_cursor_held_is_passed_over(
        self, fresh_replica: Callable[[], Replica], held: Held, stale: int
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        before = held(replica)
        assert applied(replica, authority, authority.page(stale, 5)) is None
        assert held(replica) == before

    def test_a_page_of_another_history_is_passed_over(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        page = authority.page(20, 5)
        for other in (replace(page, epoch=b"f" * 16), replace(page, hash=b"f" * 32)):
            assert replica.apply(other, None) is None
        assert replica.cursor() == authority.cursor(20)

    def test_an_empty_page_moves_nothing(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, authority.seq)
        assert replica.missing(authority.page(authority.seq, 5)) is None
        assert replica.apply(authority.page(authority.seq, 5), None) == authority.cursor(authority.seq)

    @pytest.mark.parametrize(
        ("place", "fields"),
        [
            (2, {"actor": "eve"}),
            (2, {"hash": b"x" * 32}),
            (2, {"seq": 99}),
            (0, {"seq": 20}),
            (3, {"received_at": 0}),
            (3, {"salt": b""}),
        ],
    )
    def test_a_page_with_a_changed_event_is_refused_whole(
        self, fresh_replica: Callable[[], Replica], held: Held, place: int, fields: dict[str, object]
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        before = held(replica)
        page = authority.page(20, 5)
        asked = replica.missing(page)
        prior = authority.prior(asked) if asked is not None else None
        with pytest.raises(NotContinuing):
            replica.apply(spoilt(page, place, **fields), prior)
        assert (held(replica), replica.cursor()) == (before, authority.cursor(20))
        assert replica.apply(page, prior) == authority.cursor(25)

    def test_a_page_with_a_hole_is_refused(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        page = authority.page(20, 5)
        for events in (page.events[1:], page.events[:2] + page.events[3:]):
            with pytest.raises(NotContinuing):
                applied(replica, authority, replace(page, events=events))
        assert replica.cursor() == authority.cursor(20)

    def test_what_a_page_needs_and_was_not_told_is_refused(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        start, *_ = authority.snapshot(20)
        assert isinstance(start, SnapshotStart)
        replica.begin(start)
        replica.finish(SnapshotEnd(0, 0))
        page = authority.page(20, 30)
        asked = replica.missing(page)
        assert asked is not None and asked.seq == 20
        assert asked.incidents
        with pytest.raises(NotContinuing):
            replica.apply(page, None)
        with pytest.raises(NotContinuing):
            replica.apply(page, Prior(seq=20))
        with pytest.raises(NotContinuing):
            replica.apply(page, authority.prior(replace(asked, seq=19)))
        assert replica.apply(page, authority.prior(asked)) == authority.cursor(50)

    def test_it_tells_which_commands_it_has_seen(self, fresh_replica: Callable[[], Replica]) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 20)
        caught_up(replica, authority)
        done = {event.command_id for event in authority.past.events[20:]} - {b""}
        before = {event.command_id for event in authority.past.events[:20]} - {b""}
        assert done and before
        assert replica.seen([*done, *before, b"n" * 16]) == done

    def test_a_history_from_before_brings_its_incident_and_changes_nothing_else(
        self, fresh_replica: Callable[[], Replica], held: Held
    ) -> None:
        replica, authority = fresh_replica(), Authority(busy_past())
        filled(replica, authority, 40)
        before = held(replica)
        lacking = next(one for one in authority.past.incidents.values() if one.id not in before.incidents)
        known = next(iter(before.incidents.values()))
        for number in (lacking.number, known.number, known.number):
            replica.keep_history(authority.history(number))
        after = held(replica)
        assert after.incidents == before.incidents | {lacking.id: after.incidents[lacking.id]}
        assert right(after, authority)
        events = authority.past.events
        told = {event.command_id for event in events[:40] if event.incident_id in (lacking.id, known.id)} - {b""}
        assert replica.seen(told) == told
        caught_up(replica, authority)
        assert whole(held(replica), authority, since=40)

    @given(data=st.data())
    @settings(max_examples=25, suppress_health_check=_A_FIXTURE)
    def test_whatever_comes_in_whatever_order_what_it_shows_was_once_true(
        self, data: st.DataObject, fresh_replica: Callable[[], Replica], held: Held
    ) -> None:
        """Pages come late, twice and early, snapshots in between; at every step the board is the authority's."""
        authority = Authority(busy_past(8, seed=data.draw(st.integers(0, 3), label="past")))
        replica = fresh_replica()
        chance = Random(data.draw(st.integers(0, 1 << 20), label="chance"))
        floor = _snapshot_taken(replica, authority, chance)
        for step in data.draw(st.lists(st.sampled_from(["next", "stale", "spoilt", "snapshot"]), max_size=8)):
            at = replica.cursor()
            assert at is not None
            page = authority.page(at.seq, chance.randrange(1, 20))
            if step == "next":
                applied(replica, authority, page)
            elif step == "stale":
                applied(replica, authority, authority.page(chance.randrange(authority.seq), 9))
            elif step == "spoilt" and page.events:
                with pytest.raises(NotContinuing):
                    applied(replica, authority, spoilt(page, -1, kind="spoilt"))
            elif step == "snapshot":
                floor = _snapshot_taken(replica, authority, chance)
            now = replica.cursor()
            assert now is not None and now == authority.cursor(now.seq)
            assert right(held(replica), authority)
        caught_up(replica, authority)
        assert whole(held(replica), authority, since=floor)


def _snapshot_taken(replica: Replica, authority: Authority, chance: Random) -> int:
    seq = chance.randrange(authority.seq)
    later = sorted(chance.randrange(seq, authority.seq + 1) for _ in range(chance.randrange(3)))
    filled(replica, authority, seq, later)
    return seq
