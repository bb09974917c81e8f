"""What the operator did, to undo as one: gestures, and the stack of them that a terminal has.

A gesture is on the stack from the key press on: the writer keeps the order of the keys, so an undo may follow before
the verdict has come. The verdict leaves of it what had an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Incident
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

    def unchanged(self, rows: Mapping[int, Incident]) -> int:
        """Return how many of its incidents nobody has changed since; the undo itself decides what it can."""
        return sum(
            item.number not in rows or rows[item.number].changed_seq <= item.seq or not item.seq for item in self.items
        )


_VERBS: Final = {
    "incident.created": "log",
    "incident.acked": "ack",
    "incident.unacked": "unack",
    "incident.taken": "take",
    "incident.assigned": "assign",
    "incident.released": "release",
    "incident.noted": "note",
    "incident.labelled": "label",
    "incident.unlabelled": "unlabel",
    "incident.prioritised": "priority",
    "incident.categorised": "category",
    "incident.service_set": "service",
    "incident.retitled": "title",
    "incident.escalated": "escalate",
    "incident.held": "hold",
    "incident.resumed": "resume",
    "incident.snoozed": "snooze",
    "incident.woken": "wake",
    "incident.resolved": "resolve",
    "incident.reopened": "reopen",
    "incident.closed": "close",
    "incident.linked": "link",
    "incident.unlinked": "unlink",
    "incident.merged": "merge",
    "incident.unmerged": "unmerge",
    "shelf.added": "shelve",
    "shelf.removed": "unshelve",
}
"""The verb that a kind of event comes of; `verb_of` tells those apart that share one."""


def verb_of(event: Event) -> str:
    """Return the verb that an event came of; empty for what happens beside a deed, or is of a newer version."""
    data = event.data
    if event.kind == "incident.prioritised":
        return next((level for level in ("impact", "urgency") if level in data.get("set", {})), "priority")
    if event.kind == "incident.escalated" and data.get("way") == "hierarchical":
        return "escalate_up"
    return _VERBS.get(event.kind, "")


class TakenUp(msgspec.Struct, frozen=True):
    """What an earlier run of a terminal left: gestures to undo, and undos to take back; oldest first."""

    done: tuple[Gesture, ...] = ()
    undone: tuple[Gesture, ...] = ()


def gestures_of(events: Sequence[Event]) -> TakenUp:
    """Return the gestures that can be undone among one terminal's events, and the undos that can be taken back.

    What was undone is left out, as is an undo that was taken back, or that a new deed has followed.
    """
    taken_back: set[bytes] = set()
    redone: set[bytes] = set()
    done: dict[bytes, list[Event]] = {}
    undone: dict[bytes, list[Event]] = {}
    redoable = True
    for event in reversed(events):
        reversing = event.kind in ("incident.undone", "incident.redone")
        redoable = redoable and reversing
        if event.kind == "incident.redone":
            redone.add(event.undoes)
        if event.command_id in taken_back:
            continue
        if event.undoes:
            taken_back.add(event.undoes)
        if not reversing:
            done.setdefault(event.batch, []).append(event)
        elif redoable and event.kind == "incident.undone" and event.command_id not in redone:
            undone.setdefault(event.batch, []).append(event)
    return TakenUp(
        tuple(_gesture(events) for events in reversed(done.values())),
        tuple(_gesture(events, "undo") for events in reversed(undone.values())),
    )


def _gesture(events: Sequence[Event], verb: str = "") -> Gesture:
    """One gesture of its events, the newest first: each command with its last event, the verb of the first deed."""
    items: dict[bytes, Item] = {}
    for event in events:
        items.setdefault(event.command_id, Item(event.command_id, event.incident_id, event.number, event.seq))
    named = verb or next((found for event in reversed(events) if (found := verb_of(event))), "")
    return Gesture(events[0].batch, named, tuple(reversed(items.values())))


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

    def take_up(self, before: TakenUp) -> None:
        """Put what an earlier run of this terminal did under what was done since; a deed since ends its redos."""
        known = {item.command for gesture in (*self._done, *self._undone) for item in gesture.items}
        self._done = [*(one for one in before.done if one.items[0].command not in known), *self._done]
        if not known:
            self._undone = [*before.undone]
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
