"""What the workers find and the panes need: taken in, in the one thread that owns the session."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from textual.app import App
from textual.timer import Timer

from noc_tui.console.config import ConsoleConfig
from noc_tui.console.fetching import Fetcher
from noc_tui.console.gestures import gestures_of
from noc_tui.console.hands import Hands
from noc_tui.console.session import Session
from noc_tui.console.watching import Finding, Heard, Loaded, Trouble, Watcher
from noc_tui.console.writing import Answered, Failed, Progress, Verdict, Writer
from noc_tui.incidents.commands import Command
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.errors import StoreError
from widgets.board import Board

REST: Final = 0.15
"""Seconds the cursor rests before the pane reads what hangs on the row: no row is read for a passing cursor."""
_BELL_EVERY: Final = 10.0
_SHIFT: Final = 150_000
"""Microseconds after the machine moved the cursor to another row in which no verb is taken."""


class Inbox:
    """The workers of one console: it starts them, takes their findings in, and ends them."""

    def __init__(
        self, app: App[int], config: ConsoleConfig, hands: Hands, board: Board, paint: Callable[[], None]
    ) -> None:
        self.session: Session = hands.session
        self._app, self._hands, self._paint = app, hands, paint
        self._board = board
        self._watcher = Watcher(config.store, self._from_thread, self.session.policy, lambda: self.session.now)
        self._writer = Writer(config.store, self._from_thread, self._watcher.poke, lambda: self.session.now)
        self._fetcher = Fetcher(config.store)
        self._rest: Timer | None = None
        self._rang = 0.0
        self._shifted_at = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = contextvars.Context()

    def start(self) -> None:
        """Start the threads; the first frame stands."""
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._watcher.start()
        self._writer.start()

    def write(self, commands: Sequence[Command]) -> None:
        """Hand a gesture to the writer."""
        self._writer.write(commands)

    @property
    def shifted(self) -> bool:
        """Whether the machine replaced the cursor's row under the finger a moment ago (OPERATOR.md 2.1 rule 4)."""
        return self.session.now - self._shifted_at < _SHIFT

    def _from_thread(self, found: Finding | Verdict) -> None:
        """Hand a finding over; a thread's own context knows no app, and a timer begun there would never fire."""
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop has ended: nobody is left to be told, and the thread goes on
            self._loop.call_soon_threadsafe(self._received, found, context=self._context)

    def _received(self, found: Finding | Verdict) -> None:
        """Take in what a worker found, in the one thread that owns the session."""
        if isinstance(found, ChangeSet):
            self._changed(found)
        elif isinstance(found, Answered):
            self._verdict(self.session.answered(found.commands, found.outcomes), found)
            if found.notice:
                said = self.session.said
                self.session.say(f"{said.text} {found.notice}", undo=said.undo, trouble=said.trouble)
        elif isinstance(found, Failed):
            self.session.failed(found.commands, found.outcomes, found.why)
            self._board.rows_changed()
        elif isinstance(found, Loaded):
            self._loaded(found)
        elif isinstance(found, Heard):
            self.session.heard(found.status)
            return  # told with the next tick: a heartbeat alone writes nothing to the terminal
        elif isinstance(found, Trouble):
            self.session.trouble = found.sentence
        elif isinstance(found, Progress):
            self.session.say(f"{found.done} of {found.total} done.")
        self._paint()

    def _changed(self, changes: ChangeSet) -> None:
        before = self._board.cursor
        changed = self.session.apply(changes)
        if self.session.held:
            self._board.refresh_keys(changed)
        else:
            self._board.rows_changed()
        if before is not None and self._board.cursor != before:
            self._shifted_at = self.session.now
        if self.session.known is not None and self.session.known.number in changed:
            self.fetch_soon(REST)
        if self._hands.triage is not None and self._hands.page == "triage":
            self._hands.triage.catch_up()
            self.fetch_soon(0)
        self._ring()

    def _verdict(self, numbers: set[int], found: Answered) -> None:
        if self._hands.triage is not None and self._hands.page == "triage":
            for outcome in found.outcomes:
                if outcome.ok:
                    self._hands.triage.settled(outcome.number, found.commands[0].verb)
            self.fetch_soon(0)
        self._board.refresh_keys(numbers)

    def _loaded(self, found: Loaded) -> None:
        self.session.all_loaded(found.stock, found.seq, another=found.another)
        self._board.rows_changed()
        gc.freeze()  # the rows stay: no collection need look at them again
        self._writer.warm()
        self.fetch_soon(REST)
        self._app.run_worker(self._take_up(), group="take up")

    async def _take_up(self) -> None:
        """Make what this terminal did before a restart undoable again."""
        try:
            events = await self._fetcher.my_deeds(self.session.me, self.session.origin)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        self.session.gestures.take_up(gestures_of(events))

    def _ring(self) -> None:
        if self.session.arrivals.rings and self._loop is not None:
            self.session.arrivals.rings = False
            now = self._loop.time()
            if self.session.muted_until <= self.session.now and now - self._rang >= _BELL_EVERY:
                self._rang = now
                self._app.bell()

    def fetch_soon(self, after: float) -> None:
        """Read what hangs on the cursor's incident after so many seconds, if the cursor is still there."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self._app.set_timer(max(after, 0.001), self._fetch)

    def _fetch(self) -> None:
        row = self.session.row(self._hands.screen.cursor)
        if row is not None and self.session.loaded:
            self._app.run_worker(self._fetch_known(row.number), exclusive=True, group="fetch")

    async def _fetch_known(self, number: int) -> None:
        row = self.session.row(number)
        if row is None:
            return
        try:
            known = await self._fetcher.known(row)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        if self._hands.screen.cursor == number:
            self.session.known = known
            self._paint()

    def finish(self, patience: float) -> None:
        """Write what is queued, in at most `patience` seconds."""
        self._writer.stop(patience)

    async def wind_down(self, patience: float) -> None:
        """Write what was pressed, wait at most `patience` seconds for it, and close the files."""
        self._watcher.stop()
        await asyncio.to_thread(self.finish, patience)
        await self._fetcher.close()
