"""What the consoles are told of the link: a status whenever it says something new, not more often than one can read."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import LinkStatus
from noc_tui.sync.effects import Effect, TellStatus
from noc_tui.sync.following import Following
from noc_tui.sync.freshness import Freshness
from noc_tui.sync.inputs import Moment
from noc_tui.sync.pushing import Pushing
from noc_tui.sync.requests import Request

TELL_EVERY: Final = 0.25
"""Seconds between two tellings at least in which only figures differ."""


class Telling:
    """What is known of the link beyond what its two sides know, and what was said of it last."""

    def __init__(self, url: str) -> None:
        self.freshness = Freshness()
        self.restored_to: Micros = 0
        self.disk_trouble = ""
        self.role = ""
        """What our token may do, as far as that is known."""
        self._told = LinkStatus(state="", url=url)
        self._told_tick = 0.0
        self._waiting = False

    def begin(self, heard_at: Micros, when: Moment) -> None:
        """The server was heard last at `heard_at` by our wall clock, 0 if never, by whoever followed it before us."""
        if heard_at:
            self.freshness = self.freshness.heard_once(heard_at, when.tick, when.now)

    def heard(self, when: Moment) -> None:
        """The server gave a sign of life."""
        self.freshness = self.freshness.heard(when.tick, when.now)

    def told_time(self, time: Micros, request: Request, when: Moment) -> None:
        """The server answered a request and told its time."""
        self.freshness = self.freshness.told_time(time, request.sent, when.tick, when.now)

    def forget(self) -> None:
        """It is not known what was told last."""
        self._told = replace(self._told, state="")

    def tell(self, when: Moment, following: Following, pushing: Pushing) -> list[Effect]:
        """Tell how the link is doing, if that is news."""
        status = self._status(when, following, pushing)
        told = self._told
        self._waiting = status != told
        if not self._waiting:
            return []
        urgent = (status.state, status.sentence) != (told.state, told.sentence)
        if not urgent and when.tick < self._told_tick + TELL_EVERY:
            return []
        self._told, self._told_tick, self._waiting = status, when.tick, False
        return [TellStatus(status=status)]

    def next_tick(self) -> float | None:
        """Return when what is not told yet may be told."""
        return self._told_tick + TELL_EVERY if self._waiting else None

    def _status(self, when: Moment, following: Following, pushing: Pushing) -> LinkStatus:
        state = self._state(following)
        filling, cursor = following.filling, following.cursor
        resting = (state == "offline" or following.in_line) and following.rest_until > when.tick
        return replace(
            self._told,
            state=state,
            sentence=self.disk_trouble or following.trouble or pushing.trouble,
            since=self._told.since if state == self._told.state else when.now,
            ok_tick=self.freshness.heard_tick,
            ok_at=self.freshness.heard_at,
            seq=cursor.seq if cursor is not None else 0,
            head=following.head,
            done=filling.done if filling is not None else 0,
            total=filling.total if filling is not None else 0,
            skew=self.freshness.skew,
            restored_to=self.restored_to,
            sent_again=pushing.sent_again,
            role=self.role,
            retry_at_tick=following.rest_until if resting else 0.0,
            agent=following.company.agent,
        )

    def _state(self, following: Following) -> str:
        if following.stopped:
            return "refused"
        if following.trouble or self.disk_trouble:
            return "offline"
        if following.filling is not None or following.in_line:
            return "filling"
        return "following" if following.well and following.cursor is not None else "connecting"
