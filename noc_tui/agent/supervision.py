"""The agent that a console or a server starts: watched, started again when it dies, ended with the one who started it.

The agent lives while it can read its standard input, which only this process holds open: it ends with the process
however that ends, kill -9 included. It has a session of its own, so what is typed at a console's terminal (Ctrl-C,
Ctrl-Z) and the terminal's hang-up never reach it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from noc_tui.incidents.text import clean

State = Literal["starting", "running", "lost"]

SHORTEST: Final = 0.5
LONGEST: Final = 10.0
"""Seconds from an agent's end to the next start: they double with each that did not last."""
LASTED: Final = 10.0
"""Seconds after which an agent has lasted."""
OFTEN: Final = 4
"""Ends of agents that did not last, one after the other, from which it is said how many there were."""
GRACE: Final = 2.0
"""Seconds that an agent has to end after its standard input did; then it is killed."""
TAIL: Final = 4_096
"""Bytes of its last words that are kept."""


def command_line(store: str, words: Sequence[str] = ()) -> list[str]:
    """Return how an agent of a store is started, with further words of its command line.

    `-P` keeps the working directory off its path.
    """
    return [sys.executable, "-P", "-m", "noc_tui", "agent", "--supervised", "--store", store, *words]


class Supervisor:
    """Keeps an agent running. `state` is `lost` from its end until the next one is at work; `reason` says why.

    `command` starts it. None is started while `store`, if given, is not there. `told` is called in the event loop with
    each change of state.
    """

    def __init__(
        self,
        command: Sequence[str],
        store: Path | None,
        told: Callable[[State], None] = lambda _state: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state: State = "starting"
        self.reason = ""
        self._command = command
        self._store = store
        self._told = told
        self._monotonic = monotonic
        self._process: Process | None = None
        self._end: asyncio.Task[str] | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The agent's process, None while there is none."""
        return self._process.pid if self._process is not None else None

    async def run(self) -> None:
        """Start the agent, and start it again whenever it ends, until `stop`."""
        pause, ends = SHORTEST, 0
        while not self._stopping.is_set():
            began = self._monotonic()
            reason = await self._live()
            pause, ends = (SHORTEST, 1) if self._monotonic() - began >= LASTED else (pause, ends + 1)
            again = f" It has ended {ends} times soon after its start; the next start is in {pause:.0f} s."
            self._lose(reason + again if ends >= OFTEN else reason)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(2 * pause, LONGEST)

    async def stop(self) -> None:
        """End the agent by closing its standard input, kill it if it does not end, and start none again."""
        self._stopping.set()
        process, end = self._process, self._end
        if process is None or end is None:
            return
        assert process.stdin is not None  # it was asked for
        process.stdin.close()
        try:
            async with asyncio.timeout(GRACE):
                await asyncio.shield(end)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await end

    async def _live(self) -> str:
        """Start an agent, see it to its end, and return why it ended."""
        if self._store is not None and not self._store.exists():
            return f"The store {self._store} is gone."  # an agent would begin an empty one in its place
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
        except OSError as error:
            return f"The agent cannot be started ({error.strerror})."
        self._process = process
        self._end = asyncio.create_task(self._see_out(process))
        if self._stopping.is_set():  # asked for while it was being started
            await self.stop()
        return await asyncio.shield(self._end)  # `stop` waits for it too, when this was cancelled

    async def _see_out(self, process: Process) -> str:
        _, tail = await asyncio.gather(self._hear(process), _last_words(process))
        return _reason(await process.wait(), tail)

    async def _hear(self, process: Process) -> None:
        """The agent's first stage says that it is at work, or waits for another agent that is."""
        assert process.stdout is not None  # it was asked for
        while await process.stdout.read(TAIL):
            self._enter("running")

    def _lose(self, reason: str) -> None:
        self._process = self._end = None
        if not self._stopping.is_set():
            self.reason = reason
            self._enter("lost")

    def _enter(self, state: State) -> None:
        if state == "running":
            self.reason = ""
        if state != self.state:
            self.state = state
            self._told(state)


async def _last_words(process: Process) -> bytes:
    assert process.stderr is not None  # it was asked for
    tail = b""
    while read := await process.stderr.read(TAIL):
        tail = (tail + read)[-TAIL:]
    return tail


def _reason(status: int, tail: bytes) -> str:
    """Say why an agent ended: by which signal, else in its own last words."""
    if status < 0:
        return f"The agent was ended by signal {-status}."
    words = [line for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    return clean(words[-1]) if words else f"The agent ended with status {status}."
