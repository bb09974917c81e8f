"""Histories that consoles wish to see and the replica lacks: fetched one after the other, kept with the replica."""

from __future__ import annotations

from typing import Final

from noc_tui.journal.exchange import History
from noc_tui.net.backoff import Backoff
from noc_tui.sync.effects import FetchHistory, KeepHistory
from noc_tui.sync.following import Following
from noc_tui.sync.inputs import Failed, Moment
from noc_tui.sync.requests import Requests

WISHES: Final = 64
"""Wishes that wait at most; the oldest gives way."""
DEADLINE: Final = 30.0
"""Seconds for a whole history."""
_NO_USE: Final = frozenset(("not_allowed", "too_large", "status"))


class Histories:
    """The wishes that wait, oldest first; one that fails for want of a link waits for the link."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._wishes: list[int] = []
        self._come: History | None = None
        self._backoff = Backoff()
        self._rest_until = 0.0

    def wish(self, number: int) -> None:
        """Note a wish."""
        if number not in self._wishes:
            self._wishes = [*self._wishes, number][-WISHES:]

    def fetch(self, when: Moment) -> list[FetchHistory]:
        """Ask for the next one, if nothing is under way."""
        waits = self._come is not None or self._requests.out("history") is not None
        if waits or not self._wishes or when.tick < self._rest_until:
            return []
        ticket = self._requests.open("history", when.tick)
        return [FetchHistory(ticket=ticket, number=self._wishes[0], deadline=DEADLINE)]

    def take(self, history: History) -> None:
        """Take an answer."""
        if history.incident.number in self._wishes:
            self._come = history

    def keep(self, when: Moment, following: Following) -> list[KeepHistory]:
        """Keep what came once the replica is as far; what turns out to be of another history is asked for again."""
        history = self._come
        if history is None:
            return []
        proven = True if history.cursor is None else following.proves(history.cursor)
        if proven is None:
            return []
        self._come = None
        if not proven:
            self._rest(when, None)
            return []
        self._wishes.remove(history.incident.number)
        return [KeepHistory(history=history)]

    def abandon(self) -> None:
        """What came is of a history that is followed no more."""
        self._come = None

    def failed(self, failure: Failed) -> None:
        """Try later where the link failed; where the server will not give it, let the wish go."""
        when = failure.when
        if failure.trouble in _NO_USE and failure.status < 500:
            del self._wishes[:1]
        self._rest(when, failure.retry_after)

    def _rest(self, when: Moment, asked: float | None) -> None:
        self._backoff, wait = self._backoff.failed(when.tick, lambda: when.chance, asked)
        self._rest_until = when.tick + wait

    def next_tick(self, tick: float) -> float | None:
        """Return when the next one may be asked for, if one rests."""
        return self._rest_until if self._wishes and self._rest_until > tick else None
