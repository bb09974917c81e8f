"""The thread that puts gestures into a remote store's outbox: durable there before the screen says so."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.console.writing import Failed
from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Micros
from noc_tui.store.errors import StoreError
from noc_tui.store.outbox import Outbox

SLICE: Final = 200
"""Commands handed over at once: each is decided and folded by the thread that keys wait for."""
PAUSE: Final = 0.05
"""Seconds between two slices, so that a large gesture leaves the screen its time."""


class Queued(msgspec.Struct, frozen=True):
    """So many commands of one gesture are durable in the outbox; `first` and `last` say whether it is all of them."""

    commands: tuple[Command, ...]
    last: bool = True


class Amiss(msgspec.Struct, frozen=True):
    """What was asked of the outbox beside a gesture could not be done, or was not as asked (a sentence)."""

    sentence: str


Kept = Queued | Failed | Amiss


class Presser(threading.Thread):
    """Writes to one outbox and posts what is durable; `after` is called when something was written."""

    def __init__(
        self, path: Path, post: Callable[[Kept], None], after: Callable[[], None], clock: Callable[[], Micros]
    ) -> None:
        super().__init__(name="presser", daemon=True)
        self._path = path
        self._post = post
        self._after = after
        self._clock = clock
        self._queue: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._ends = threading.Event()
        self._outbox: Outbox | None = None

    def write(self, commands: Sequence[Command]) -> None:
        """Queue a gesture."""
        gesture = tuple(commands)
        self._queue.put(lambda: self._gesture(gesture))

    def let_go(self, commands: Collection[bytes]) -> None:
        """Put refused commands away, and give up waiting ones that were never sent."""
        self._queue.put(lambda: self._let_go(commands))

    def warm(self) -> None:
        """Open the outbox now, so that the first gesture need not wait for it."""
        self._queue.put(lambda: self._attempt(self._opened, lambda _why: None))

    def stop(self, patience: float) -> None:
        """Write what is queued and end; wait at most `patience` seconds for it."""
        self._ends.set()
        self._queue.put(None)
        if self.is_alive():
            self.join(patience)

    def run(self) -> None:
        """Write until stopped."""
        while (work := self._queue.get()) is not None:
            work()
        self._close()

    def _gesture(self, commands: tuple[Command, ...]) -> None:
        pressed = self._attempt(
            lambda: self._opened().press(commands), lambda why: self._post(Failed(commands, (), why))
        )
        if not pressed:
            return
        self._after()
        for start in range(0, len(commands), SLICE):
            if start:
                self._ends.wait(PAUSE)
            self._post(Queued(commands[start : start + SLICE], last=start + SLICE >= len(commands)))

    def _let_go(self, commands: Collection[bytes]) -> None:
        def work() -> None:
            outbox = self._opened()
            gone = outbox.dismiss(commands) + outbox.discard(commands)
            if gone < len(commands):
                self._post(Amiss("It is on its way already; undo it once it was sent."))

        if self._attempt(work, lambda why: self._post(Amiss(f"Not done: {why}"))):
            self._after()

    def _attempt(self, work: Callable[[], object], failed: Callable[[str], None]) -> bool:
        """Do work on the outbox; says whether it was done, and tells why it was not."""
        try:
            work()
        except StoreError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 (the edge of a worker: a defect is told, and the next work done)
            why = f"an unexpected failure ({type(error).__name__}: {error})."
            self._close()
        else:
            return True
        failed(why)
        return False

    def _opened(self) -> Outbox:
        if self._outbox is None:
            self._outbox = Outbox(self._path, self._clock)
        return self._outbox

    def _close(self) -> None:
        """Close the outbox; it is opened anew for what comes next."""
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close()
