"""One thread appends what people command: what waits is one commit, whoever sent it (group commit).

A commit costs the disk the same for one command and for five hundred, so commands that arrive while another commit is
under way share the next.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.server.refusing import Overloaded
from noc_tui.store.errors import StoreError
from noc_tui.store.limits import AT_ONCE

WAITING: Final = 5_000
"""Commands that wait at most; more are refused."""
RETRY_AFTER: Final = 2
"""Seconds after which one that was refused may try again."""

Answer = asyncio.Future[list[Outcome]]


class Appends(Protocol):
    """The part of a store that the appender needs."""

    def append(self, commands: Sequence[Command]) -> list[Outcome]:
        """Decide commands in one transaction and answer each once all are durable."""


class _Push:
    """Some commands of one client, and where its answer goes."""

    __slots__ = ("answer", "commands")

    def __init__(self, commands: Sequence[Command], answer: Answer) -> None:
        self.commands = commands
        self.answer = answer


class Appender:
    """The thread that appends. `committed` is called in the event loop after each commit."""

    def __init__(self, store: Appends, committed: Callable[[], None]) -> None:
        self._store = store
        self._committed = committed
        self._queue: SimpleQueue[_Push | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="appender", daemon=True)
        self.waiting = 0
        """Commands that have come and are not answered yet."""

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    async def append(self, commands: Sequence[Command]) -> list[Outcome]:
        """Return the outcome of each command once all are durable; StoreError or Overloaded, then none was done.

        At most `AT_ONCE` of them.
        """
        if self.waiting + len(commands) > WAITING:
            raise Overloaded(RETRY_AFTER)
        answer: Answer = self._loop.create_future()
        self.waiting += len(commands)
        self._queue.put(_Push(commands, answer))
        return await answer

    async def close(self) -> None:
        """Answer what has come, then end the thread."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        held: _Push | None = None
        while True:
            first = held or self._queue.get()
            if first is None:
                return
            pushes, held, ended = self._gathered(first)
            self._append(pushes)
            if ended:
                return

    def _gathered(self, first: _Push) -> tuple[list[_Push], _Push | None, bool]:
        """Return what is appended at once, one push that does not fit in any more, and whether that was all."""
        pushes, count = [first], len(first.commands)
        while count < AT_ONCE:
            try:
                push = self._queue.get_nowait()
            except Empty:
                break
            if push is None:
                return pushes, None, True
            if count + len(push.commands) > AT_ONCE:
                return pushes, push, False
            pushes.append(push)
            count += len(push.commands)
        return pushes, None, False

    def _append(self, pushes: list[_Push]) -> None:
        try:
            outcomes = self._store.append([command for push in pushes for command in push.commands])
        except StoreError as error:
            self._tell(pushes, error)
        except Exception as error:  # noqa: BLE001 (a command that breaks the rules' code must not take others with it)
            if len(pushes) == 1:
                self._tell(pushes, error)
            else:
                for push in pushes:
                    self._append([push])
        else:
            self._tell(pushes, outcomes)

    def _tell(self, pushes: list[_Push], result: list[Outcome] | Exception) -> None:
        self._loop.call_soon_threadsafe(self._answer, pushes, result)

    def _answer(self, pushes: list[_Push], result: list[Outcome] | Exception) -> None:
        start = 0
        for push in pushes:
            end = start + len(push.commands)
            self.waiting -= len(push.commands)
            if push.answer.done():  # its client has gone
                pass
            elif isinstance(result, Exception):
                push.answer.set_exception(result)
            else:
                push.answer.set_result(result[start:end])
            start = end
        if not isinstance(result, Exception):
            self._committed()
