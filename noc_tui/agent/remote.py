"""What the agent does for a remote store: while it has the lease it keeps a replica in step and empties the outbox."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from functools import partial
from typing import Final

from noc_tui.agent.config import LinkConfig
from noc_tui.agent.ending import Ending
from noc_tui.agent.heartbeat import Heartbeat
from noc_tui.agent.indexing import Indexing
from noc_tui.agent.lease import Lease
from noc_tui.agent.status import IntakeRate
from noc_tui.agent.tasks import until_end
from noc_tui.agent.telling import LinkVoice
from noc_tui.net.client import HttpClient
from noc_tui.store.clocks import ticks
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import wall_clock
from noc_tui.store.outbox import Outbox
from noc_tui.store.replica import ReplicaFile
from noc_tui.sync.api import Api
from noc_tui.sync.disk import Disk
from noc_tui.sync.inputs import Moment
from noc_tui.sync.loop import LinkLoop
from noc_tui.sync.machine import Link
from noc_tui.sync.remotes import kept_role
from noc_tui.sync.watching import Watch

LOOK: Final = 1.0
"""Seconds between two looks whether the lease is still ours."""


def _moment() -> Moment:
    return Moment(ticks(), wall_clock(), random.random())


class Following:
    """The link to one remote store.

    `writer` and `pulse` are executors of one thread each: the disk's, and the one of what lies beside the journal.
    """

    def __init__(self, config: LinkConfig, lease: Lease, ending: Ending, writer: Executor, pulse: Executor) -> None:
        self._config = config
        self._lease = lease
        self._ending = ending
        self._writer = writer
        self._pulse = pulse

    async def run(self) -> None:
        """Follow the remote store until the end is asked for; raises StoreError if the files cannot be opened."""
        config, remote = self._config, self._config.remote
        with ExitStack() as files:
            replica = files.enter_context(closing(ReplicaFile(remote.replica, remote.url, wall_clock)))
            outbox, watched = (files.enter_context(closing(Outbox(remote.outbox, wall_clock))) for _ in range(2))
            live, beside = (files.enter_context(closing(Live(live_path(remote.replica)))) for _ in range(2))
            async with HttpClient(login=remote.login, ca_file=config.ca_file, proxy=config.proxy) as client:
                voice = LinkVoice()
                disk = Disk(replica, outbox, live, _moment, voice.hear)
                before = live.link()
                core = Link(remote.url, before.ok_at if before is not None else 0, kept_role(remote))
                link = LinkLoop(core, Api(remote.url, client), disk, self._writer, _moment)
                role = partial(kept_role, remote)
                watch = Watch(watched, beside, remote.login_file, self._pulse, link.feed, _moment, role)
                rate = IntakeRate(time.monotonic)
                heartbeat = Heartbeat(beside, self._pulse, (), rate, wall_clock)
                indexing = Indexing(remote.replica, rate, time.monotonic, lambda: voice.is_behind)
                beats = [heartbeat.run(), indexing.run()]
                works = [link.run(), watch.files(), watch.consoles(), *beats, self._keep_lease()]
                await until_end(works, self._ending)

    async def _keep_lease(self) -> None:
        while self._lease.is_kept():  # noqa: ASYNC110 (a file tells nobody)
            await asyncio.sleep(LOOK)
        self._ending.ask(1, f"{self._lease.path} was deleted or replaced: another agent may follow the store now.")
