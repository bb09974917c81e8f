"""Runs the link: feeds it what happens, one input after the other, and does what it wants done.

Disk work runs in a thread of its own, one step's after the other; requests are tasks, and several are under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from typing import Any, Protocol

from noc_tui.sync import inputs
from noc_tui.sync.api import Api
from noc_tui.sync.disk import Disk
from noc_tui.sync.effects import Cancel, Effect, WakeAt
from noc_tui.sync.inputs import Input, Moment
from noc_tui.sync.network import Network


class Core(Protocol):
    """What decides: no I/O, no clock (`sync.machine.Link`)."""

    def step(self, input: Input) -> list[Effect]:
        """Take what happened and return what is to be done, in order."""
        ...


class LinkLoop:
    """One link to one server; `executor` is one thread, and the disk's own. `clock` is asked for each moment."""

    def __init__(self, core: Core, api: Api, disk: Disk, executor: Executor, clock: Callable[[], Moment]) -> None:
        self._core = core
        self._disk = disk
        self._executor = executor
        self._clock = clock
        self._network = Network(api, self.feed, clock, self._begin)
        self._fed: asyncio.Queue[tuple[Input, asyncio.Future[None] | None]] = asyncio.Queue()
        self._tasks: asyncio.TaskGroup | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def feed(self, input: Input) -> None:
        """Feed what happened, and return when the effects of its step are done."""
        done = asyncio.get_running_loop().create_future()
        self._fed.put_nowait((input, done))
        await done

    async def run(self) -> None:
        """Follow the server for ever; raises VanishedStore when a file is gone."""
        self._fed.put_nowait((inputs.Started(when=self._clock()), None))
        try:
            async with asyncio.TaskGroup() as self._tasks:
                while True:
                    input, done = await self._fed.get()
                    await self._do(self._core.step(input))
                    if done is not None and not done.done():
                        done.set_result(None)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None  # one that failed ends all: the first is the reason
        finally:
            self._ring_at(None)

    async def _do(self, wanted: Sequence[Effect]) -> None:
        """Do the effects of a step; those on disk that follow each other go to their thread together."""
        at = 0
        while at < len(wanted):
            end = at
            while end < len(wanted) and self._disk.takes(wanted[end]):
                end += 1
            if end == at:
                self._now(wanted[at])
                at += 1
                continue
            run = asyncio.get_running_loop().run_in_executor(self._executor, self._disk.do, wanted[at:end])
            answers, whole = await run
            for answer in answers:
                self._fed.put_nowait((answer, None))
            if not whole:
                return
            at = end

    def _now(self, effect: Effect) -> None:
        """Do an effect that takes no time."""
        if isinstance(effect, WakeAt):
            self._ring_at(effect.tick)
        elif isinstance(effect, Cancel):
            self._network.give_up(effect.ticket)
        else:
            self._network.set_off(effect)

    def _ring_at(self, tick: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if tick is not None:
            wait = max(0.0, tick - self._clock().tick)
            self._alarm = asyncio.get_running_loop().call_later(wait, self._ring, tick)

    def _ring(self, tick: float) -> None:
        when = self._clock()
        if when.tick < tick:  # a timer may be a little early, and the link waits for the tick itself
            self._ring_at(tick)
            return
        self._alarm = None
        self._fed.put_nowait((inputs.Woke(when=when), None))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._tasks is not None  # effects are done while it runs
        return self._tasks.create_task(work)
