"""The thread that writes gestures to the store: in the order pressed, each answered once it is durable."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.store.limits import AT_ONCE

if TYPE_CHECKING:
    from noc_tui.store.opening import Store


class Answered(msgspec.Struct, frozen=True):
    """The verdicts on a whole gesture; `notice` is what held it up (a sentence), if anything did."""

    commands: tuple[Command, ...]
    outcomes: tuple[Outcome, ...]
    notice: str = ""


class Failed(msgspec.Struct, frozen=True):
    """The store could not take a gesture, or the rest of one; `outcomes` are those of the parts before."""

    commands: tuple[Command, ...]
    outcomes: tuple[Outcome, ...]
    why: str


class Progress(msgspec.Struct, frozen=True):
    """So many items of a large gesture are durable."""

    done: int
    total: int


Verdict = Answered | Failed | Progress


class Writer(threading.Thread):
    """Writes to one store and posts the verdicts; `after` is called when something was written."""

    def __init__(
        self, path: Path, post: Callable[[Verdict], None], after: Callable[[], None], clock: Callable[[], Micros]
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._path = path
        self._clock = clock
        self._post = post
        self._after = after
        self._queue: queue.SimpleQueue[tuple[Command, ...] | None] = queue.SimpleQueue()
        self._store: Store | None = None
        self._notices: list[str] = []

    def write(self, commands: Sequence[Command]) -> None:
        """Queue a gesture."""
        self._queue.put(tuple(commands))

    def stop(self, patience: float) -> None:
        """Write what is queued and end; wait at most `patience` seconds for it."""
        self._queue.put(None)
        if self.is_alive():
            self.join(patience)

    def warm(self) -> None:
        """Open the store now, so that the first gesture need not wait for the imports."""
        self._queue.put(())

    def run(self) -> None:
        """Write until stopped."""
        while (commands := self._queue.get()) is not None:
            self._gesture(commands)
        if self._store is not None:
            self._store.close()

    def _gesture(self, commands: tuple[Command, ...]) -> None:
        # Start-up cost: SQLAlchemy is imported after the first paint, in this thread (DESIGN.md 8.16).
        from noc_tui.store.errors import StoreError

        outcomes: list[Outcome] = []
        try:
            store = self._opened()
            for start in range(0, len(commands), AT_ONCE):
                outcomes += store.append(commands[start : start + AT_ONCE])
                self._after()
                if len(commands) > AT_ONCE:
                    self._post(Progress(len(outcomes), len(commands)))
        except StoreError as error:
            self._post(Failed(commands, tuple(outcomes), str(error)))
            return
        if commands:
            self._post(Answered(commands, tuple(outcomes), " ".join(self._notices)))
            self._notices.clear()

    def _opened(self) -> Store:
        from noc_tui.store.opening import open_store

        if self._store is None:
            self._store = open_store(self._path, create=False, clock=self._clock, told=self._notices.append)
        return self._store
