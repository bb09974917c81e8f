"""What was done at a terminal, to undo and to redo, in this run and after a restart."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from noc_tui.console.gestures import Gesture, GestureStack, Item, TakenUp, gestures_of
from noc_tui.incidents.model import HOUR
from noc_tui.journal.envelope import Event
from tests.unit.incidents.desk import MORNING, Desk


def gesture(batch: int, verb: str = "ack", items: int = 1) -> Gesture:
    """A gesture on so many incidents."""
    name = batch.to_bytes(2)
    return Gesture(name, verb, tuple(Item(name + bytes([n]), bytes([n]), n, 1) for n in range(items)))


def test_the_last_deed_is_undone_first() -> None:
    stack = GestureStack()
    for batch in (1, 2):
        stack.press(gesture(batch))
    assert stack.next_undo() == gesture(2)


def test_a_new_deed_ends_the_chance_to_redo() -> None:
    stack = GestureStack()
    stack.press(gesture(1))
    stack.reverse(gesture(1), b"u")
    stack.press(gesture(2, "undo"))
    assert stack.next_redo() is not None
    stack.press(gesture(3))
    assert stack.next_redo() is None


def test_a_gesture_without_effect_is_nothing_to_undo() -> None:
    stack = GestureStack()
    stack.press(gesture(1))
    stack.settle(gesture(1).batch, [])
    assert stack.next_undo() is None


def test_a_gesture_with_some_effect_keeps_that() -> None:
    stack = GestureStack()
    stack.press(gesture(1, items=3))
    stack.settle(gesture(1).batch, gesture(1, items=3).items[:2])
    left = stack.next_undo()
    assert left is not None
    assert len(left.items) == 2


def test_what_a_failed_undo_was_to_reverse_can_be_undone_again() -> None:
    stack = GestureStack()
    stack.press(gesture(1))
    stack.reverse(gesture(1), gesture(2).batch)
    stack.press(gesture(2, "undo"))
    stack.settle(gesture(2).batch, [], failed=True)
    assert stack.next_undo() == gesture(1)
    assert stack.next_redo() is None


def test_what_was_done_before_lies_under_what_was_done_since() -> None:
    stack = GestureStack()
    stack.press(gesture(9))
    assert not stack.taken_up
    stack.take_up(TakenUp((gesture(1), gesture(2), gesture(9))))
    assert stack.taken_up
    taken = []
    while (last := stack.next_undo()) is not None:
        taken.append(last.batch)
        stack.reverse(last, b"by" + last.batch)
    assert taken == [gesture(9).batch, gesture(2).batch, gesture(1).batch]


DEEDS: dict[str, dict[str, Any]] = {
    "ack": {},
    "take": {},
    "assign": {"to": "bo"},
    "note": {"text": "seen"},
    "label": {"label": "fibre"},
    "priority": {"priority": "1"},
    "impact": {"impact": "high"},
    "urgency": {"urgency": "high"},
    "category": {"category": "network"},
    "service": {"service": "core"},
    "title": {"title": "other"},
    "escalate": {"to": "team:t2"},
    "escalate_up": {},
    "snooze": {"until": MORNING + HOUR},
    "resolve": {"code": "fixed"},
}


@pytest.mark.parametrize("verb", DEEDS)
def test_after_a_restart_a_deed_has_its_name(verb: str) -> None:
    desk = Desk()
    number = desk.log("me")
    logged = len(desk.journal)
    command = desk.ok("me", verb, number, **DEEDS[verb])
    mine = [replace(event, batch=event.command_id) for event in desk.journal[logged:]]
    (found,) = gestures_of(mine).done
    assert (found.verb, found.items[0].command) == (verb, command)


def test_a_deed_since_the_start_ends_the_redos_of_before() -> None:
    stack = GestureStack()
    stack.press(gesture(9))
    stack.take_up(TakenUp((gesture(1),), (gesture(2, "undo"),)))
    assert stack.next_redo() is None
    fresh = GestureStack()
    fresh.take_up(TakenUp((gesture(1),), (gesture(2, "undo"),)))
    assert fresh.next_redo() == gesture(2, "undo")


class Restarts(RuleBasedStateMachine):
    """Deeds, undos and redos of one person: a restart knows the same next undo as the run itself."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.numbers = [self.desk.log("me", title=f"{n}") for n in range(3)]
        self.logged = len(self.desk.journal)
        self.done: list[bytes] = []
        self.undone: list[bytes] = []
        self.texts = count()

    @rule(which=st.integers(0, 2))
    def a_note(self, which: int) -> None:
        """Somebody writes something down."""
        self.done.append(self.desk.ok("me", "note", self.numbers[which], text=str(next(self.texts))))
        self.undone.clear()

    @rule(which=st.integers(0, 2))
    def somebody_else(self, which: int) -> None:
        """What others do is no deed of this terminal."""
        self.desk.ok("ana", "note", self.numbers[which], text="ana")

    @precondition(lambda self: self.done)
    @rule()
    def an_undo(self) -> None:
        """The last deed is taken back."""
        command = self.done.pop()
        self.undone.append(self.desk.undo("me", command, self._number(command)))

    @precondition(lambda self: self.undone)
    @rule()
    def a_redo(self) -> None:
        """The last undo is taken back: the deed stands again, and can be undone again."""
        command = self.undone.pop()
        self.done.append(self.desk.redo("me", command, self._number(command)))

    def _number(self, command: bytes) -> int:
        return next(event.number for event in self.desk.journal if event.command_id == command)

    def mine(self) -> list[Event]:
        """What the store has of this terminal."""
        mine = [event for event in self.desk.journal[self.logged :] if event.actor == "me"]
        return [replace(event, batch=event.command_id) for event in mine]

    @invariant()
    def a_restart_knows_what_can_be_undone(self) -> None:
        """Undoing what a restart would offer next reaches the same deed."""
        found = gestures_of(self.mine())
        assert [self._number(gesture.items[0].command) for gesture in found.done] == [
            self._number(command) for command in self.done
        ]
        assert all(gesture.verb == "note" for gesture in found.done)
        assert [gesture.items[0].command for gesture in found.undone] == self.undone


TestRestarts = Restarts.TestCase
