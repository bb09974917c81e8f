"""How fresh the board of a remote store is, by the word of the process that follows it and by the host's own clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import MINUTE, SECOND, Incident, Micros
from noc_tui.journal.beside import AgentStatus, LinkStatus
from noc_tui.journal.looking import ONLY_LOOKS, VIEWER
from noc_tui.store.clocks import ticks as host_ticks

LIVE: Final = 3 * SECOND
LATE: Final = 15 * SECOND
"""Data younger than LIVE is live, up to LATE it is late, then stale (OPERATOR.md 2.9)."""
OFFLINE: Final = 5 * MINUTE
"""From this age on a link counts as offline, not as stale."""
SKEWED: Final = 2 * SECOND
"""Clocks that differ by more are told (OPERATOR.md 2.7)."""
RETURN_SAID: Final = MINUTE
"""So long it is told what came in while the link was down."""

Word = Literal["connecting", "filling", "live", "late", "stale", "offline"]


class Returned(msgspec.Struct, frozen=True):
    """The link is back: how many events came in, and which incidents of one's own work they touched."""

    at: Micros
    events: int
    touched: tuple[int, ...]


class Link:
    """The link to one console's remote store; `ticks` is the host's clock for ages, in seconds."""

    def __init__(self, url: str, clock: Callable[[], Micros], ticks: Callable[[], float] = host_ticks) -> None:
        self.url = url
        self.host = url.partition("://")[2].partition("/")[0] or url
        self.status: LinkStatus | None = None
        self.returned: Returned | None = None
        self.restored_read = 0
        """The restored server that the operator has read of."""
        self._clock = clock
        self._ticks = ticks
        self._left: int | None = None
        self._touched: dict[int, None] = {}

    def heard(self, status: LinkStatus | None, seq: int) -> None:
        """Take in how the link is doing; `seq` is that of the rows on the screen.

        A process that has just begun to follow the server does not know when it last answered another one.
        """
        before = self.status
        if status is not None and not status.ok_at and before is not None:
            status = replace(status, ok_tick=before.ok_tick, ok_at=before.ok_at)
        self.status = status
        if self._left is None and seq and self.word in ("stale", "offline"):
            self._left, self._touched = seq, {}

    def changed(self, before: Incident | None, incident: Incident, me: str) -> None:
        """Note a row that changed while the link is not back: is it one of one's own?"""
        if self._left is not None and me in (incident.owner, before.owner if before is not None else ""):
            self._touched[incident.number] = None

    def caught_up(self, seq: int) -> None:
        """Say what came in while the link was down, once all of it is on the screen."""
        status = self.status
        if self._left is None or status is None or self.word not in ("live", "late") or seq < status.head:
            return
        if seq > self._left:
            self.returned = Returned(self._clock(), seq - self._left, tuple(self._touched))
        self._left = None

    @property
    def age(self) -> Micros | None:
        """How long ago the server last answered; None if it never did.

        By the monotonic clock, which no step of the wall clock moves; one of another boot is none, then by the wall.
        """
        status = self.status
        if status is None or not (status.ok_tick or status.ok_at):
            return None
        now = self._ticks()
        if status.ok_tick and status.ok_tick <= now:
            return int((now - status.ok_tick) * SECOND)
        return abs(self._clock() - status.ok_at) if status.ok_at else None

    @property
    def data_age(self) -> Micros | None:
        """How old the data is: the link's age, or that of the server's own sources where nobody looks at them."""
        age, status = self.age, self.status
        if age is None or status is None or status.agent is None:
            return age
        looked_at = _look_told(status.agent)
        behind = status.ok_at + status.skew - looked_at if looked_at is not None else 0
        return age + behind if behind > LATE else age

    @property
    def word(self) -> Word:
        """How the data is to be called."""
        status, age = self.status, self.data_age
        if status is not None and status.state == "filling":
            return "filling"
        if status is None or age is None:
            return "connecting" if status is None or status.state == "connecting" else "offline"
        if age <= LATE:
            return "live" if age < LIVE and status.state != "refused" else "late"
        return "stale" if age < OFFLINE else "offline"

    @property
    def refused(self) -> str:
        """Why the server lets this console do nothing, and what to do about it; empty while it does."""
        return self.status.sentence if self.status is not None and self.status.state == "refused" else ""

    @property
    def up(self) -> bool:
        """Whether commands go out as they are pressed."""
        status = self.status
        following = status is not None and status.state == "following" and not self.blocked
        return following and self.word in ("live", "late")

    @property
    def blocked(self) -> str:
        """Why what is pressed is not taken although the board is followed; empty while it is."""
        status = self.status
        return status.sentence if status is not None and status.state == "following" else ""

    @property
    def only_looks(self) -> str:
        """Why no key does anything here, in words: the token is a viewer's. Empty where keys do, or it is not known."""
        return ONLY_LOOKS if self.status is not None and self.status.role == VIEWER else ""

    @property
    def answers(self) -> bool:
        """Whether the server itself is heard; what it holds may be old all the same."""
        age = self.age
        return age is not None and age <= LATE

    @property
    def stale(self) -> bool:
        """Whether what is shown may be old."""
        return self.word not in ("live", "late")

    @property
    def down_since(self) -> Micros:
        """When the server last answered, by the wall clock now; 0 if it never did."""
        age = self.age
        return 0 if age is None else self._clock() - age

    @property
    def retry_in(self) -> Micros:
        """How long until the server is asked again; 0 where that is not known."""
        at = self.status.retry_at_tick if self.status is not None else 0.0
        return max(0, int((at - self._ticks()) * SECOND)) if at else 0

    @property
    def skew(self) -> Micros:
        """How far the server's clock is ahead of this host's, as far as it is worth telling."""
        skew = self.status.skew if self.status is not None else 0
        return skew if abs(skew) > SKEWED else 0

    @property
    def restored(self) -> bool:
        """Whether the server was found restored, and the operator has not read of it yet."""
        return self.status is not None and self.status.restored_to not in (0, self.restored_read)

    def read(self) -> None:
        """The operator has read what is told of the link."""
        self.restored_read = self.status.restored_to if self.status is not None else 0
        self.returned = None


def data_age(agent: AgentStatus | None, now: Micros) -> Micros | None:
    """Return how old the newest confirmed look at a local store's sources is; None while no agent was heard of.

    A look ahead of the clock is as old as it is ahead: the clock was set back, and nobody has looked since.
    """
    return None if agent is None else abs(now - last_look(agent))


def last_look(agent: AgentStatus) -> Micros:
    """Return when an agent last looked at its sources with success, as far as it has given a sign of life since."""
    good = [source.last_ok_at for source in agent.sources if source.last_ok_at is not None]
    return min(agent.beat_at, max(good)) if good else agent.beat_at


def _look_told(agent: AgentStatus) -> Micros | None:
    """Return when a server's own agent last looked at its sources with success, as the server tells it.

    None while it does so all the time, and where there is nothing to look at.
    """
    good = [source.last_ok_at for source in agent.sources if source.last_ok_at is not None]
    if agent.beat_at:
        return last_look(agent)
    if not good or any(source.state == "ok" for source in agent.sources):
        return None
    return max(good)
