"""What the operator did, to undo as one: gestures, and the stack of them that a terminal has.

A gesture is on the stack from the key press on: the writer keeps the order of the keys, so an undo may follow before
the verdict has come. The verdict leaves of it what had an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from noc_tui.incidents.commands import Command
from noc_tui.journal.envelope import Event


class Item(msgspec.Struct, frozen=True):
    """One incident's part in a gesture: the command, the incident, and the seq of the last event that came of it.

    `seq` is 0 until the verdict is there.
    """

    command: bytes
    incident: bytes
    number: int
    seq: int = 0


class Gesture(msgspec.Struct, frozen=True):
    """One thing the operator did, to undo as one: the parts that have, or may have, an effect."""

    batch: bytes
    verb: str
    items: tuple[Item, ...]


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
    return [Gesture(batch, "", tuple(reversed(items.values()))) for batch, items in reversed(batches.items())]


def waiting_gestures(commands: Iterable[tuple[Command, int]], origin: str) -> list[Gesture]:
    """Return the gestures of one terminal among commands that wait, each with its incident's number; oldest first."""
    mine = [(command, number) for command, number in commands if command.origin == origin]
    undone = {str(command.args.get("command", "")) for command, _ in mine if command.verb == "undo"}
    batches: dict[bytes, list[tuple[Command, int]]] = {}
    for command, number in mine:
        if command.verb not in ("undo", "redo") and command.id.hex() not in undone:
            batches.setdefault(command.batch, []).append((command, number))
    return [
        Gesture(batch, parts[0][0].verb, tuple(Item(one.id, one.incident, number) for one, number in parts))
        for batch, parts in batches.items()
    ]


class GestureStack:
    """What can be undone, and which undos can be taken back, last first."""

    def __init__(self) -> None:
        self._done: list[Gesture] = []
        self._undone: list[Gesture] = []
        self._reversed: dict[bytes, Gesture] = {}
        self.taken_up = False
        """Whether what an earlier run of this terminal did is known."""

    def press(self, gesture: Gesture) -> None:
        """Remember a gesture at its key press; a new deed ends the chance to redo what was undone before it."""
        if gesture.verb == "undo":
            self._undone.append(gesture)
            return
        if gesture.verb != "redo":
            self._undone.clear()
        self._done.append(gesture)

    def settle(self, batch: bytes, items: Sequence[Item], *, failed: bool = False) -> None:
        """Leave of a gesture what had an effect. What a failed undo was to reverse can be undone again."""
        before = self._reversed.pop(batch, None)
        if before is not None and failed and not items:
            (self._done if before.verb != "undo" else self._undone).append(before)
        for stack in (self._done, self._undone):
            for place, gesture in enumerate(stack):
                if gesture.batch != batch:
                    continue
                if items:
                    stack[place] = Gesture(batch, gesture.verb, tuple(items))
                else:
                    del stack[place]
                return

    def reversed_by(self, batch: bytes) -> str:
        """Return the verb of the gesture that a gesture under way reverses; empty if none, or if that is not known."""
        before = self._reversed.get(batch)
        return before.verb if before is not None and before.verb != "undo" else ""

    def take_up(self, gestures: Sequence[Gesture]) -> None:
        """Put what an earlier run of this terminal did under what was done since."""
        known = {item.command for gesture in (*self._done, *self._undone) for item in gesture.items}
        earlier = [gesture for gesture in gestures if gesture.items[0].command not in known]
        self._done = [*earlier, *self._done]
        self.taken_up = True

    def next_undo(self) -> Gesture | None:
        """Return the gesture that would be undone next."""
        return self._done[-1] if self._done else None

    def next_redo(self) -> Gesture | None:
        """Return the undo that would be taken back next."""
        return self._undone[-1] if self._undone else None

    def reverse(self, gesture: Gesture, by: bytes) -> None:
        """Take a gesture off its stack: the gesture `by` reverses it, unless that fails."""
        stack = self._undone if gesture.verb == "undo" else self._done
        stack.remove(gesture)
        self._reversed[by] = gesture
