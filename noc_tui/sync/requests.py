"""The requests under way, at most one of each sort, and the lineage that their answers belong to."""

from __future__ import annotations

from typing import Literal

import msgspec

from noc_tui.sync.effects import Cancel, Ticket

What = Literal["poll", "snapshot", "prior", "history", "push"]


class Request(msgspec.Struct, frozen=True):
    """What was asked, and at which tick."""

    ticket: Ticket
    what: What
    sent: float


class Requests:
    """Gives tickets and knows which are out.

    The lineage is a number for the history that the replica follows: whenever the replica begins anew it is another,
    and what was asked before counts no more, whenever it is answered.
    """

    def __init__(self) -> None:
        self.lineage = 1
        self.last = 0
        """The number of the last ticket."""
        self._out: dict[What, Request] = {}

    def open(self, what: What, tick: float) -> Ticket:
        """Note a request that is about to be sent; one of its sort that is still out is given up."""
        self.last += 1
        ticket = Ticket(self.last, self.lineage)
        self._out[what] = Request(ticket, what, tick)
        return ticket

    def out(self, *sorts: What) -> Request | None:
        """Return the first request under way that is of one of these sorts."""
        for what in sorts:
            if what in self._out:
                return self._out[what]
        return None

    def find(self, ticket: Ticket) -> Request | None:
        """Return the request of a ticket; None if nobody waits for its answer any more."""
        return next((request for request in self._out.values() if self._is(request, ticket)), None)

    def close(self, ticket: Ticket) -> Request | None:
        """Take the answer to a request: return it, and wait for it no more; None if nobody did."""
        request = self.find(ticket)
        if request is not None:
            del self._out[request.what]
        return request

    def cancel(self, *sorts: What) -> list[Cancel]:
        """Give up what is under way of these sorts."""
        return [Cancel(ticket=self._out.pop(what).ticket) for what in sorts if what in self._out]

    def begin_lineage(self, least: int = 0) -> list[Cancel]:
        """Give up all that is under way: from now on another history is followed, its number `least` or more."""
        cancelled = self.cancel("poll", "snapshot", "prior", "history", "push")
        self.lineage = max(self.lineage + 1, least)
        return cancelled

    def _is(self, request: Request, ticket: Ticket) -> bool:
        return request.ticket == ticket and ticket.lineage == self.lineage
