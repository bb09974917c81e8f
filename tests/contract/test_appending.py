"""Commands become events once, whole, in order, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.policy import Policy, policy_to
from noc_tui.store.errors import ClosedStore
from noc_tui.store.opening import Store, open_store
from tests.contract.desk import START, Desk, rows, sound


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    with closing(desk.open()) as opened:
        yield opened


def test_a_command_is_answered_with_the_seqs_of_its_events(desk: Desk, store: Store) -> None:
    id = desk.new_id()
    (logged,) = store.append([desk.command("log", id, title="Link down")])
    (acked,) = store.append([desk.command("ack", id)])
    assert (logged.ok, logged.number, logged.seqs) == (True, 1, (1,))
    assert (acked.ok, acked.number, acked.seqs) == (True, 1, (2,))
    assert rows(desk.path, "SELECT number, state, revision, changed_seq FROM incidents") == [(1, "acked", 2, 2)]
    assert sound(desk.path)


def test_a_command_sent_again_gets_the_answer_that_it_had(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    command = desk.command("ack", id)
    (first,) = store.append([command])
    again = store.append([command, command])
    assert [outcome.repeated for outcome in again] == [True, True]
    assert [outcome.seqs for outcome in again] == [first.seqs, first.seqs]
    assert store.head().seq == 2


def test_a_command_twice_in_one_batch_happens_once(desk: Desk, store: Store) -> None:
    command = desk.command("note", desk.log(store), text="seen")
    first, second = store.append([command, command])
    assert (first.repeated, second.repeated) == (False, True)
    assert first.seqs == second.seqs


def test_a_refusal_is_remembered_too(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    desk.do(store, "ack", id)
    command = desk.command("ack", id)
    (refused,) = store.append([command])
    assert (refused.ok, refused.code, refused.number, refused.seqs) == (False, "state", 1, ())
    desk.do(store, "unack", id)
    (again,) = store.append([command])
    assert (again.ok, again.reason, again.repeated) == (False, refused.reason, True)
    assert sound(desk.path)


def test_an_id_with_other_content_is_refused_and_its_receipt_stands(desk: Desk, store: Store) -> None:
    command = desk.command("note", desk.log(store), text="one")
    (first,) = store.append([command])
    (other,) = store.append([desk.command("note", command.incident, id=command.id, text="two")])
    assert (other.ok, other.code, other.repeated) == (False, "bad", False)
    (again,) = store.append([command])
    assert (again.ok, again.seqs, again.repeated) == (True, first.seqs, True)


@pytest.mark.parametrize(
    "arguments", [{"text": "half \ud800 a pair"}, {"text": 1 << 63}, {"text": "x" * 100_000}, {"text": object()}]
)
def test_what_cannot_be_kept_is_refused_alone(desk: Desk, store: Store, arguments: dict[str, object]) -> None:
    id = desk.log(store)
    poison = desk.command("note", id, **arguments)
    before, bad, after = store.append([desk.command("ack", id), poison, desk.command("note", id, text="still here")])
    assert (before.ok, bad.ok, bad.code, after.ok) == (True, False, "bad", True)
    assert sound(desk.path)


def test_each_item_of_a_batch_has_its_own_verdict(desk: Desk, store: Store) -> None:
    ids = [desk.log(store) for _ in range(3)]
    desk.do(store, "ack", ids[1])
    outcomes = store.append([desk.command("ack", id) for id in (*ids, desk.new_id())])
    assert [(outcome.ok, outcome.code) for outcome in outcomes] == [
        (True, ""),
        (False, "state"),
        (True, ""),
        (False, "gone"),
    ]
    assert sound(desk.path)


def test_a_later_item_sees_what_an_earlier_one_did(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    first, second = store.append([desk.command("ack", id), desk.command("ack", id)])
    assert (first.ok, second.ok) == (True, False)


def test_five_hundred_are_one_transaction_and_more_are_not_taken(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    notes = [desk.command("note", id, text=str(n)) for n in range(501)]
    with pytest.raises(ValueError, match="500"):
        store.append(notes)
    assert all(outcome.ok for outcome in store.append(notes[:500]))
    assert store.append([]) == []
    assert [row[0] for row in rows(desk.path, "SELECT revision FROM journal ORDER BY seq")] == list(range(1, 502))
    assert sound(desk.path)


def test_a_change_since_the_last_paint_is_a_conflict(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    desk.do(store, "priority", id, priority="1", actor="ben")
    seen = {"state": 1, "priority": 1}
    refused = desk.do(store, "priority", id, priority="3", expect=seen)
    assert (refused.ok, refused.code) == (False, "conflict")
    assert "ben" in refused.reason
    assert desk.do(store, "priority", id, priority="3", expect={"state": 1, "priority": 2}).ok


def test_a_conflict_inside_the_same_batch_is_seen(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    seen = {"priority": 1}
    first = desk.command("priority", id, priority="1", actor="ben", expect=seen)
    second = desk.command("priority", id, priority="2", expect=seen)
    assert [outcome.code for outcome in store.append([first, second])] == ["", "conflict"]


def test_undo_restores_what_was(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    command = desk.command("priority", id, priority="1")
    before = rows(desk.path, "SELECT priority, priority_fixed FROM incidents")
    store.append([command])
    assert desk.do(store, "undo", id, command=command.id.hex()).ok
    assert rows(desk.path, "SELECT priority, priority_fixed FROM incidents") == before
    assert sound(desk.path)


def test_the_time_taken_never_goes_back(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    desk.now = START - 3_600_000_000
    desk.do(store, "ack", id, at=START + 999)
    assert rows(desk.path, "SELECT at, received_at FROM journal") == [(START, START), (START, START)]


def test_what_was_written_is_there_after_opening_again(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    head = store.head()
    store.close()
    store.close()
    with pytest.raises(ClosedStore):
        store.append([desk.command("ack", id)])
    again = desk.open()
    assert again.head() == head
    assert desk.do(again, "ack", id).ok
    assert sound(desk.path)


def test_hostile_text_is_cleaned_in_the_projection_and_kept_in_the_journal(desk: Desk, store: Store) -> None:
    title = "link \x1b]52;c;x\x07 down \u202e" + "long " * 400
    id = desk.log(store, title)
    desk.do(store, "label", id, label="a\x1bb")
    ((shown, labels),) = rows(desk.path, "SELECT title, labels FROM incidents")
    assert "\x1b" not in shown + labels
    assert "\u202e" not in shown
    ((body,),) = rows(desk.path, "SELECT body FROM journal WHERE seq = 1")
    assert b"\\u001b]52" in body
    assert sound(desk.path)


def test_a_policy_is_journalled_and_decides_from_then_on(desk: Desk, store: Store) -> None:
    other = desk.open()
    policy = Policy(teams=("first", "second"))
    store.set_policy(policy, "ana", "tty1")
    assert policy_to(store.policy()) == policy_to(policy)
    assert policy_to(other.policy()) == policy_to(policy)
    desk.log(other)
    assert rows(desk.path, "SELECT team FROM incidents") == [("first",)]
    assert rows(desk.path, "SELECT kind, number, revision FROM journal WHERE seq = 1") == [("desk.policy_set", 0, 0)]
    assert sound(desk.path)


def test_two_stores_open_on_one_file_see_each_other(desk: Desk, store: Store) -> None:
    other = desk.open()
    id = desk.log(store)
    assert desk.do(other, "ack", id).ok
    assert not desk.do(store, "ack", id).ok
    assert desk.do(other, "unack", id).ok
    assert desk.do(store, "ack", id).ok
    assert sound(desk.path)


def test_an_error_in_the_middle_leaves_nothing(desk: Desk, store: Store) -> None:
    id = desk.log(store)
    head, receipts = store.head(), rows(desk.path, "SELECT count(*) FROM receipts")
    failing = open_store(desk.path, clock=lambda: desk.now, randomness=_broken)
    with pytest.raises(RuntimeError):
        failing.append([desk.command("ack", id), desk.command("note", id, text="x")])
    assert store.head() == head
    assert rows(desk.path, "SELECT count(*) FROM receipts") == receipts
    assert desk.do(store, "ack", id).ok
    assert sound(desk.path)


def _broken(_count: int) -> bytes:
    raise RuntimeError("no chance")
