"""The heartbeat: what the agent says of itself, once a second, beside the journal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

from noc_tui import __version__
from noc_tui.agent.status import IntakeRate, SourceWatch
from noc_tui.agent.telling import tell
from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import AgentStatus
from noc_tui.store.live import Live

EVERY: Final = 1.0
"""Seconds between two heartbeats."""


class Heartbeat:
    """Beats into the live file, in a thread of its own: a locked journal must not silence it.

    `trouble` is what keeps the agent from its duties, a sentence, or empty.
    """

    def __init__(
        self,
        live: Live,
        executor: Executor,
        sources: Sequence[SourceWatch],
        rate: IntakeRate,
        clock: Callable[[], Micros],
    ) -> None:
        self.trouble = ""
        self._live = live
        self._executor = executor
        self._sources = sources
        self._rate = rate
        self._clock = clock
        self._started = clock()

    def fail(self, sentence: str) -> None:
        """Say what keeps the agent from its duties."""
        if sentence != self.trouble:
            tell(sentence)
        self.trouble = sentence

    def recover(self) -> None:
        """Say that nothing does any more."""
        if self.trouble:
            tell("The duties are done again.")
        self.trouble = ""

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._live.beat, self.status())
            await asyncio.sleep(EVERY)

    def status(self) -> AgentStatus:
        """Return what there is to say now."""
        return AgentStatus(
            pid=os.getpid(),
            host=os.uname().nodename,
            started_at=self._started,
            beat_at=self._clock(),
            version=__version__,
            intake_rate=round(self._rate.rate(), 1),
            sources=tuple(source.status() for source in self._sources),
            trouble=self.trouble,
        )
