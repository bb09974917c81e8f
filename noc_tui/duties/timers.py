"""Everything that ends at a time: snoozes, holds, shelves, quiet times, resolved incidents, flapping.

What is due is over for every view the moment its time has passed (DESIGN.md 8.8); here is asked for the event that says
so. It is asked as a command like any other: `decide` refuses what is not due after all, and asking twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from noc_tui.incidents.commands import RULE, Command
from noc_tui.incidents.model import MINUTE, Micros
from noc_tui.store.due import Due, DueReader
from noc_tui.store.opening import Store

ORIGIN: Final = "agent"
"""Where the commands of the standing duties come from."""
MOST: Final = 500
"""Things ended in one round; the rest comes with the next ones."""
AT_ONCE: Final = 150
"""Commands in one transaction, so that a person's waits for milliseconds only (DESIGN.md 8.13)."""
AGAIN: Final = 10 * MINUTE
"""How long after a refusal the same thing is asked for again: each refusal leaves a receipt."""

_ARGS: Final[dict[str, dict[str, Any]]] = {"resolve": {"code": "c"}}


class Timers:
    """Ends what is due in one store, round by round; for one thread.

    `clock` gives microseconds UTC, `new_id` fresh UUIDv7s.
    """

    def __init__(self, store: Store, clock: Callable[[], Micros], new_id: Callable[[], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._reader = DueReader(store.path, store.live())
        self._refused: dict[Due, Micros] = {}

    def run(self) -> int:
        """Ask for the end of what is due, at most `MOST`, and return how much has ended.

        Raises StoreError; what was not answered before is asked for again in the next round.
        """
        now = max(self._clock(), self._store.head().received_at)  # as the store itself will take it
        self._refused = {due: until for due, until in self._refused.items() if until > now}
        found = self._reader.due(self._store.policy(), now, MOST + len(self._refused))
        wanted = [due for due in found if due not in self._refused][:MOST]
        return sum(self._end(wanted[start : start + AT_ONCE], now) for start in range(0, len(wanted), AT_ONCE))

    def close(self) -> None:
        """Close the connection to the store."""
        self._reader.close()

    def _end(self, part: list[Due], now: Micros) -> int:
        outcomes = self._store.append([self._command(due, now) for due in part], bulk=True)
        for due, outcome in zip(part, outcomes, strict=True):
            if not outcome.ok:
                self._refused[due] = now + AGAIN
        return sum(outcome.ok for outcome in outcomes)

    def _command(self, due: Due, now: Micros) -> Command:
        args = {"alert": due.alert} if due.alert else dict(_ARGS.get(due.verb, {}))
        return Command(
            id=self._new_id(),
            verb=due.verb,
            incident=due.incident,
            args=args,
            actor=RULE,
            origin=ORIGIN,
            at=now,
        )
