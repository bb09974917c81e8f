"""The thread that writes gestures to the store: in the order pressed, each answered once it is durable."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.incidents.verbs import VERBS
from noc_tui.store.errors import StoreError
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
    """So many items of a large gesture, told by its batch, are durable."""

    done: int
    total: int
    batch: bytes = b""


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
        self._waiting: deque[tuple[Command, ...] | None] = deque()
        """What was taken from the queue while a large gesture is being written."""
        self.tried = threading.Event()
        """Set once the store was opened, or could not be: who else wants the processor waits for that."""
        self._store: Store | None = None
        self._notices: list[str] = []
        self._left: set[bytes] = set()

    def write(self, commands: Sequence[Command]) -> None:
        """Queue a gesture."""
        self._queue.put(tuple(commands))

    def leave(self, batch: bytes) -> None:
        """Leave the rest of a large gesture undone: what is durable of it stays."""
        self._left.add(batch)

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
        while (commands := self._waiting.popleft() if self._waiting else self._queue.get()) is not None:
            self._gesture(commands)
            self.tried.set()
        self._close()

    def _gesture(self, commands: tuple[Command, ...]) -> None:
        outcomes: list[Outcome] = []
        try:
            self._write_parts(commands, outcomes)
        except StoreError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 (the edge of a worker: a defect is told, and the next gesture written)
            why = f"an unexpected failure ({type(error).__name__}: {error})."
            self._close()
        else:
            why = ""
        if not commands:
            return  # the store was to be opened early: what keeps it shut is told of the first gesture
        if why:
            self._post(Failed(commands, tuple(outcomes), why))
            return
        self._post(Answered(commands, tuple(outcomes), " ".join(self._notices)))
        self._notices.clear()

    def _write_parts(self, commands: tuple[Command, ...], outcomes: list[Outcome]) -> None:
        """Write a gesture part by part. After the first its parts are bulk: others, here and elsewhere, go between."""
        self._opened()
        for start in range(0, len(commands), AT_ONCE):
            if commands[0].batch in self._left:
                outcomes += [_left(command) for command in commands[start:]]
                break
            outcomes += self._opened().append(commands[start : start + AT_ONCE], bulk=start > 0)
            self._after()
            if len(commands) > AT_ONCE:
                self._post(Progress(len(outcomes), len(commands), commands[0].batch))
                self._let_pass(commands[start + AT_ONCE :])

    def _let_pass(self, rest: Sequence[Command]) -> None:
        """Write what was pressed meanwhile, in its order, as far as it may go before the rest of a large gesture."""
        while not self._queue.empty():
            self._waiting.append(self._queue.get())
        while rest and self._waiting and (first := self._waiting[0]) is not None and _may_pass(first, rest):
            self._waiting.popleft()
            self._gesture(first)

    def _opened(self) -> Store:
        from noc_tui.store.opening import open_store

        if self._store is None:
            self._store = open_store(self._path, create=False, clock=self._clock, told=self._notices.append)
        return self._store

    def _close(self) -> None:
        """Close the store; it is opened anew for the next gesture."""
        store, self._store = self._store, None
        with suppress(StoreError):  # all that was acknowledged is durable; a store that has gone cannot be closed well
            if store is not None:
                store.close()


def _left(command: Command) -> Outcome:
    return Outcome(command=command.id, ok=False, reason="The rest was left as it is.", code="left")


def _may_pass(commands: Sequence[Command], rest: Sequence[Command]) -> bool:
    """Whether a gesture may be written before the rest of one that was pressed earlier: if neither touches the other.

    A verb that names another incident (`link`, `merge`) waits its turn.
    """
    if len(commands) > AT_ONCE or any(arg.kind == "incident" for c in commands for arg in VERBS[c.verb].args):
        return False
    return {command.incident for command in rest}.isdisjoint(command.incident for command in commands)
