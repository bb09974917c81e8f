"""Commands as one person gives them at one terminal: each with an id of its own, and what had been seen by then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Micros

Part = tuple[bytes, dict[str, Any], dict[str, int]]
"""What a gesture does to one incident: its id, the verb's arguments, and what is expected of it."""


class Issuing:
    """Makes the commands of one console; `seen` tells the seq of the last event that it knows."""

    def __init__(
        self, me: str, origin: str, clock: Callable[[], Micros], new_id: Callable[[], bytes], seen: Callable[[], int]
    ) -> None:
        self._me, self._origin = me, origin
        self._clock, self._new_id, self._seen = clock, new_id, seen

    def gesture(self, verb: str, parts: Iterable[Part]) -> list[Command]:
        """Return the commands of one gesture: all of one batch and one instant."""
        batch, now, seen = self._new_id(), self._clock(), self._seen()
        return [
            Command(
                id=self._new_id(),
                verb=verb,
                incident=incident,
                args=args,
                expect=expect,
                actor=self._me,
                origin=self._origin,
                at=now,
                batch=batch,
                seen=seen,
            )
            for incident, args, expect in parts
        ]

    def log(self, args: dict[str, Any]) -> list[Command]:
        """Return the command that logs a new incident."""
        return self.gesture("log", [(self._new_id(), args, {})])

    def desk(self, verb: str, args: dict[str, Any]) -> list[Command]:
        """Return the command of a verb that is about the desk, not about an incident."""
        return self.gesture(verb, [(b"", args, {})])
