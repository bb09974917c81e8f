"""An event loop in a thread of its own: what is awaited there costs the screen's loop nothing.

A pane's reading is some twenty steps of an asynchronous driver. In the loop that takes the keys they would stand in
front of a key that is pressed meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

_PATIENCE: Final = 1.0
"""Seconds that the thread has to end."""


class Elsewhere:
    """Runs coroutines in another thread; it is begun with the first one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` returns, awaited in the other thread; to cancel one cancels the other."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._begun()))

    def stop(self) -> None:
        """End the thread; what is still being awaited there is given up."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_PATIENCE)
            self._loop = self._thread = None

    def _begun(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(_give_up())
    finally:
        loop.close()


async def _give_up() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
