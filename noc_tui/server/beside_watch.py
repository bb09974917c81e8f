"""Once a second: who sits at this host's own consoles, how the agent does, and who is there from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.beside import AgentStatus, Presence
from noc_tui.server.presence import STAYS, Present
from noc_tui.server.watch import Watch
from noc_tui.store.live import Live

EVERY: Final = 1.0
"""Seconds between two looks, and so between two wakes for what is beside the journal."""
STAMPED_EVERY: Final = 5 * SECOND
"""Microseconds after which this host's consoles are told anew who is there elsewhere: what is old counts as gone."""


class BesideWatch:
    """Brings the live file and those who poll together."""

    def __init__(self, live: Live, present: Present, watch: Watch, clock: Callable[[], Micros]) -> None:
        self._live = live
        self._present = present
        self._watch = watch
        self._clock = clock
        self._written: tuple[Presence, ...] = ()
        self._written_at: Micros = 0

    async def run(self) -> None:
        """Look until the watch is stopped, then leave nobody behind in the live file."""
        while not self._watch.stopped.is_set():
            await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._watch.stopped.wait()
        if self._written:
            await asyncio.to_thread(self._live.replace_present, ())

    async def _look(self) -> None:
        now = self._clock()
        local, agent = await asyncio.to_thread(self._read, now)
        self._present.here(local, agent)
        if self._present.tick():
            self._watch.wake()
        remote = self._present.remote()
        if remote != self._written or (remote and now - self._written_at > STAMPED_EVERY):
            self._written, self._written_at = remote, now
            await asyncio.to_thread(self._live.replace_present, [replace(one, at=now) for one in remote])

    def _read(self, now: Micros) -> tuple[list[Presence], AgentStatus | None]:
        elsewhere = {(one.actor, one.origin) for one in self._written}
        present = self._live.present(now - int(STAYS * SECOND))
        return [one for one in present if (one.actor, one.origin) not in elsewhere], self._live.agent()
