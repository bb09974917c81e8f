"""The board as it was: the journal's events folded up to a moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy, PolicyError, policy_from
from noc_tui.journal.envelope import Event
from noc_tui.journal.replay import State
from noc_tui.store.rows import clean_incident

if TYPE_CHECKING:
    from noc_tui.store.reading import Reader

_PAGE: Final = 1_000
_ON_BOARD: Final = frozenset(("new", "acked", "active", "held", "resolved"))


class PastBoard:
    """What was on the board, and the policy then."""

    def __init__(self) -> None:
        self.policy = Policy()
        self._state = State()

    @property
    def incidents(self) -> list[Incident]:
        """The incidents that were on it."""
        return [clean_incident(one) for one in self._state.incidents.values() if one.state in _ON_BOARD]

    def fold(self, events: list[Event], at: Micros) -> bool:
        """Fold the events that had been received at an instant; return whether there may be more of them."""
        for event in events:
            if event.received_at > at:
                return False
            self._state.take(event)
            if event.kind == "desk.policy_set":
                with suppress(PolicyError):  # of a newer version: what was known goes on
                    self.policy = policy_from(event.data.get("policy"))
        return True


async def past_board(reader: Reader, at: Micros) -> tuple[list[Incident], Policy]:
    """Return what was on the board, and the policy then: all events that had been received at `at`.

    The fold is done in a thread, so that the event loop goes on with others meanwhile.
    """
    board, after = PastBoard(), 0
    while page := await reader.events(after, _PAGE):
        if not await asyncio.to_thread(board.fold, page, at):
            break
        after = page[-1].seq
    return await asyncio.to_thread(lambda: board.incidents), board.policy
