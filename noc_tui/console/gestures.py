"""What the operator did, to undo as one: gestures, and the stack of them that a terminal has."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noc_tui.journal.envelope import Event


class Item(msgspec.Struct, frozen=True):
    """One incident's part in a gesture: the command, the incident, and the seq of the last event that came of it."""

    command: bytes
    incident: bytes
    number: int
    seq: int


class Gesture(msgspec.Struct, frozen=True):
    """One thing the operator did, to undo as one: the parts that had an effect."""

    verb: str
    items: tuple[Item, ...]
    text: str


def gestures_of(events: Sequence[Event]) -> list[Gesture]:
    """Return the gestures that can be undone among one terminal's events, oldest first; undone ones are left out."""
    undone: set[bytes] = set()
    batches: dict[bytes, dict[bytes, Item]] = {}
    for event in reversed(events):
        if event.command_id in undone:
            continue
        if event.undoes:
            undone.add(event.undoes)
            continue
        item = Item(event.command_id, event.incident_id, event.number, event.seq)
        batches.setdefault(event.batch, {}).setdefault(event.command_id, item)
    return [Gesture("", tuple(reversed(items.values())), "") for items in reversed(batches.values())]


class GestureStack:
    """What can be undone, and which undos can be taken back, last first."""

    def __init__(self) -> None:
        self._done: list[Gesture] = []
        self._undone: list[Gesture] = []

    def add(self, gesture: Gesture) -> None:
        """Remember a gesture; a new deed ends the chance to redo what was undone before it."""
        if gesture.verb == "undo":
            self._undone.append(gesture)
            return
        if gesture.verb != "redo":
            self._undone.clear()
        self._done.append(gesture)

    def take_up(self, gestures: Sequence[Gesture]) -> None:
        """Put what an earlier run of this terminal did under what was done since."""
        self._done = [*gestures, *self._done]

    def next_undo(self) -> Gesture | None:
        """Return the gesture that would be undone next."""
        return self._done[-1] if self._done else None

    def next_redo(self) -> Gesture | None:
        """Return the undo that would be taken back next."""
        return self._undone[-1] if self._undone else None

    def pop_undo(self) -> Gesture:
        """Take the gesture that is to be undone off the stack."""
        return self._done.pop()

    def pop_redo(self) -> Gesture:
        """Take the undo that is to be taken back off its stack."""
        return self._undone.pop()
