"""One's own gestures on their way to the authority: each is answered as a whole once all of it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome

Decided = tuple[tuple[Command, ...], tuple[Outcome, ...]]
"""A gesture's commands, and what came of each."""


class _Gesture:
    """A gesture, the number of each command's incident (0: it has none yet), and what is decided of it."""

    def __init__(self, commands: Sequence[Command], numbers: Sequence[int]) -> None:
        self.commands = tuple(commands)
        self.numbers = dict(zip((command.id for command in commands), numbers, strict=True))
        self.incidents = {command.id: command.incident for command in commands}
        self.outcomes: dict[bytes, Outcome] = {}


class Sending:
    """The gestures of this console that the authority has not wholly decided."""

    def __init__(self) -> None:
        self._gestures: dict[bytes, _Gesture] = {}
        self._gesture_of: dict[bytes, _Gesture] = {}

    def __contains__(self, command: bytes) -> bool:
        """Whether a command of this console's is undecided."""
        gesture = self._gesture_of.get(command)
        return gesture is not None and command not in gesture.outcomes

    def press(self, commands: Sequence[Command], numbers: Sequence[int]) -> None:
        """Note a gesture, and the number of each incident that it is about."""
        gesture = _Gesture(commands, numbers)
        self._gestures[commands[0].batch] = gesture
        self._gesture_of.update((command.id, gesture) for command in commands)

    def gesture(self, batch: bytes) -> tuple[Command, ...]:
        """Return all commands of a gesture that is not wholly decided."""
        gesture = self._gestures.get(batch)
        return gesture.commands if gesture is not None else ()

    def decided(self, outcome: Outcome, numbers: Mapping[bytes, int]) -> Decided | None:
        """Note what came of a command; returns its gesture with all outcomes if that was the last of it.

        `numbers` are those of incidents by their ids, as far as they are known by now.
        """
        gesture = self._gesture_of.get(outcome.command)
        if gesture is None or outcome.command in gesture.outcomes:
            return None
        given = numbers.get(gesture.incidents[outcome.command], 0)
        number = outcome.number or given or gesture.numbers[outcome.command]
        gesture.outcomes[outcome.command] = replace(outcome, number=number)
        if len(gesture.outcomes) < len(gesture.commands):
            return None
        self.forget(gesture.commands)
        return gesture.commands, tuple(gesture.outcomes[command.id] for command in gesture.commands)

    def forget(self, commands: Sequence[Command]) -> None:
        """Wait for nothing more of a gesture."""
        self._gestures.pop(commands[0].batch, None)
        for command in commands:
            self._gesture_of.pop(command.id, None)
