"""The thread beside the journal: it hears how the agent and the link do and who else is there, and tells where one is.

Last value wins and nothing here is history, so it has a thread of its own: neither a key nor a changed row waits for
it, and a live file that is busy holds up nobody.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

import msgspec

from noc_tui.console.config import ConsoleConfig
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.beside import AgentStatus, LinkStatus, Presence
from noc_tui.store.errors import StoreError
from noc_tui.store.live import Live, live_path

LOOK_EVERY: Final = 0.5
TELL_EVERY: Final = 3.0
"""Seconds after which a console says again where its operator is."""
GONE_AFTER: Final = 10 * SECOND
"""Who has said nothing for so long is gone (three times `TELL_EVERY`: OPERATOR.md 2.10)."""
_AGAIN: Final = 1.0


class Heard(msgspec.Struct, frozen=True):
    """What was last said beside the journal: by the agent and the link, None where nothing was; and who is there.

    `elsewhere` are those of whom a remote store's server tells: they are there until it tells otherwise.
    """

    agent: AgentStatus | None
    link: LinkStatus | None = None
    present: tuple[Presence, ...] = ()
    elsewhere: tuple[Presence, ...] = ()


class Wished(msgspec.Struct, frozen=True):
    """A wish to the agent could not be kept (a sentence)."""

    sentence: str


Word = Heard | Wished


class BesideWatch(threading.Thread):
    """Reads and writes the live file of one store for one console."""

    def __init__(self, config: ConsoleConfig, post: Callable[[Word], None], clock: Callable[[], Micros]) -> None:
        super().__init__(name="beside", daemon=True)
        self._path = live_path(config.store)
        self._actor, self._origin = config.me, config.origin
        self._remote = bool(config.remote)
        self._post = post
        self._clock = clock
        self._wake = threading.Event()
        self._ends = threading.Event()
        self._here = (0, "")
        self._told: tuple[int, str] | None = None
        self._told_at = 0.0
        self._wishes: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()

    def at(self, incident: int, doing: str) -> None:
        """Say where the operator is (0: on the board), and what they do there; as often as anybody likes."""
        if (incident, doing) != self._here:
            self._here = (incident, doing)
            self._wake.set()

    def wish(self, kind: str, body: dict[str, Any]) -> None:
        """Ask the agent for something."""
        self._wishes.put((kind, body))
        self._wake.set()

    def stop(self) -> None:
        """Say that the operator has left, and end."""
        self._ends.set()
        self._wake.set()

    def run(self) -> None:
        """Hear and tell until stopped; what goes wrong is tried again."""
        while not self._ends.is_set():
            try:
                with closing(Live(self._path)) as live:
                    self._follow(live)
            except (StoreError, OSError):  # the board itself tells of a store that has gone
                self._ends.wait(_AGAIN)

    def _follow(self, live: Live) -> None:
        while not self._ends.is_set():
            self._tell(live)
            self._post(self._heard(live))
            self._wake.wait(LOOK_EVERY)
            self._wake.clear()
        live.leave(self._actor, self._origin)

    def _heard(self, live: Live) -> Heard:
        since, agent = self._clock() - GONE_AFTER, live.agent()
        if not self._remote:
            return Heard(agent, None, tuple(live.present(since)))
        mine = {(one.actor, one.origin) for one in live.here(0)}
        elsewhere = tuple(one for one in live.present(0) if (one.actor, one.origin) not in mine)
        return Heard(agent, live.link(), tuple(live.here(since)), elsewhere)

    def _tell(self, live: Live) -> None:
        here, now = self._here, time.monotonic()
        if here != self._told or now - self._told_at >= TELL_EVERY:
            self._told, self._told_at = here, now
            incident, doing = here
            at = self._clock()
            live.appear(Presence(actor=self._actor, origin=self._origin, incident=incident, doing=doing, at=at))
        while not self._wishes.empty():
            kind, body = self._wishes.get()
            try:
                live.wish(kind, body, self._clock())
            except StoreError as error:
                self._post(Wished(f"The agent could not be asked: {error}"))
