"""Loading: what is on disk is read at the start, and again whenever it is not known what it holds."""

from __future__ import annotations

from noc_tui.journal.exchange import Cursor
from noc_tui.net.backoff import Backoff
from noc_tui.sync.effects import Load
from noc_tui.sync.inputs import Loaded, Moment


class Loading:
    """Whether what is on disk is known. A disk that fails is tried again after a rest, as a network is."""

    def __init__(self) -> None:
        self.done = False
        """What is on disk is known."""
        self.rest_until = 0.0
        self._under_way = False
        self._to_fill = False
        self._backoff = Backoff()

    def load(self, when: Moment) -> list[Load]:
        """Read all, unless that is under way or rests."""
        if self._under_way or when.tick < self.rest_until:
            return []
        self._under_way = True
        return [Load()]

    def take(self, loaded: Loaded) -> bool:
        """What is on disk was read; False if nobody asked for it."""
        if not self._under_way:
            return False
        self._under_way, self.done = False, True
        self._backoff = self._backoff.succeeded(loaded.when.tick)
        return True

    def cursor(self, loaded: Loaded) -> Cursor | None:
        """Return where the replica is, None if it is to be filled: also one that was about to be."""
        to_fill, self._to_fill = self._to_fill, False
        return None if to_fill else loaded.cursor

    def look_anew(self, when: Moment, cursor: Cursor | None) -> None:
        """Read all again in a while; `cursor` is where the replica was, None if it was about to be filled."""
        self._backoff, wait = self._backoff.failed(when.tick, lambda: when.chance)
        self.rest_until = when.tick + wait
        self._to_fill = self._to_fill or (self.done and cursor is None)
        self.done = self._under_way = False

    def hurry(self) -> None:
        """Rest no longer."""
        self.rest_until = 0.0
