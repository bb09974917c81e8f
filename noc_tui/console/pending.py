"""The commands that are on their way to the journal, and the rows that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from noc_tui.incidents.commands import Command


class Pending:
    """Commands without a verdict; asked of every row at every paint, so it counts by number."""

    def __init__(self) -> None:
        self._commands: dict[bytes, int] = {}
        self._numbers: Counter[int] = Counter()
        self.bulk: bytes | None = None
        """The batch of a large gesture that is being written part by part."""
        self.refusals = 0
        """Gestures that were refused so far, wholly or in part."""

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def __len__(self) -> int:
        return len(self._commands)

    def send(self, command: Command, number: int) -> None:
        """Note a command about an incident; number 0 is one that the command makes."""
        self._commands[command.id] = number
        if number:
            self._numbers[number] += 1

    def settle(self, commands: Iterable[Command]) -> set[int]:
        """Take the verdicts in; returns the incidents that the commands were about."""
        settled: set[int] = set()
        for command in commands:
            self.bulk = None if self.bulk == command.batch else self.bulk
            number = self._commands.pop(command.id, 0)
            if not number:
                continue
            settled.add(number)
            self._numbers[number] -= 1
            if self._numbers[number] <= 0:
                del self._numbers[number]
        return settled
