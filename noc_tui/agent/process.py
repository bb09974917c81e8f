"""The agent's process: waits for the lease, does the duties or follows a remote store, and ends when it is asked to, or
when its console is gone.

Exit status: 0 when it was asked to end, 1 when it could not go on.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Final

from noc_tui.agent.config import AgentConfig
from noc_tui.agent.duty import Duty
from noc_tui.agent.ending import Ending
from noc_tui.agent.lease import Lease
from noc_tui.agent.remote import Following
from noc_tui.agent.telling import ON_DUTY, WAITING, tell, tell_stage
from noc_tui.store.errors import StoreError, VanishedStore
from noc_tui.store.guarding import identity
from noc_tui.store.opening import open_store, wall_clock

__all__ = ["AgentConfig", "run_agent"]

LOOK: Final = 0.25
"""Seconds between two looks of one who waits for the lease."""
_THREADS: Final = 4
_THREADS_PER_SOURCE: Final = 3
"""A name look-up holds a thread, also after its deadline; one source's must not keep another's from one."""


def run_agent(config: AgentConfig) -> int:
    """Do the standing duties of a store, or follow a remote one, until the end is asked for; return the exit status.

    For the main thread of a process of its own: it takes the signals. What goes wrong is said on standard error.
    """
    with (
        closing(Ending()) as ending,
        ThreadPoolExecutor(1, "store") as writer,
        ThreadPoolExecutor(1, "heartbeat") as pulse,
    ):
        try:
            asyncio.run(_agent(config, ending, writer, pulse))
        except StoreError as error:
            tell(str(error))
            return 1
        return ending.code


async def _agent(config: AgentConfig, ending: Ending, writer: ThreadPoolExecutor, pulse: ThreadPoolExecutor) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS + _THREADS_PER_SOURCE * len(config.sources), "agent"))
    ending.watch(supervised=config.supervised)
    with closing(Lease(config.store)) as lease:
        if not await _leased(config, lease, ending):
            return
        if config.link is not None:
            _say_on_duty(config)
            await Following(config.link, lease, ending, writer, pulse).run()
            return
        store = await loop.run_in_executor(writer, partial(open_store, config.store, create=False, told=tell))
        _say_on_duty(config)
        await Duty(config, store, lease, ending, writer, pulse).run()


def _say_on_duty(config: AgentConfig) -> None:
    if config.supervised:
        tell_stage(ON_DUTY)


async def _leased(config: AgentConfig, lease: Lease, ending: Ending) -> bool:
    """Wait until the lease is ours; False if the end was asked for first."""
    store = identity(config.store)
    told = ""
    while not lease.take(wall_clock()):
        does = f"does the duties of {config.store}" if config.link is None else f"follows {config.link.remote.url}"
        words = f"another agent ({lease.holder or 'it does not say which'}) {does}: waiting."
        if words != told:
            told = words
            tell(words)
            if config.supervised:
                tell_stage(WAITING)
        if await ending.within(LOOK):
            return False
        if identity(config.store) != store:
            raise VanishedStore(config.store)
    return not ending.asked
