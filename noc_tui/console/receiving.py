"""What the workers find: taken in, in the one thread that owns the session."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from textual.app import App

from noc_tui.console.beside import BesideWatch, Heard, Wished, Word
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.fetching import Fetcher
from noc_tui.console.hands import Hands
from noc_tui.console.outgoing import News, Shown
from noc_tui.console.overlay import Ground, decided
from noc_tui.console.own_views import OwnViews
from noc_tui.console.panes import REST, Panes
from noc_tui.console.pressing import Amiss, Kept, Presser, Queued
from noc_tui.console.session import Session
from noc_tui.console.transit import Transit
from noc_tui.console.view_keeping import ViewKeeping
from noc_tui.console.watching import Finding, Loaded, Shared, Trouble, Watcher
from noc_tui.console.writing import Answered, Failed, Progress, Verdict, Writer
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.journal.changes import ChangeSet
from widgets.board import Board

_BELL_EVERY: Final = 10.0
_SHOWN_AT_ONCE: Final = 50
"""Commands of a gesture whose rows are shown as decided before what changed has been read."""
_SHIFT: Final = 150_000
"""Microseconds after the machine moved the cursor to another row in which no verb is taken."""

Found = Finding | Verdict | Kept | Word


class Inbox:
    """The workers of one console: it starts them, takes their findings in, and ends them."""

    def __init__(
        self, app: App[int], config: ConsoleConfig, hands: Hands, board: Board, paint: Callable[[], None]
    ) -> None:
        self.session: Session = hands.session
        self._app, self._hands, self._paint = app, hands, paint
        self._board = board
        self._transit = Transit(self.session)

        def clock() -> int:
            return self.session.now

        post = self._from_thread
        self._watcher = Watcher(config.store, post, self.session.policy, clock, config.outbox)
        self._writer: Writer | Presser = (
            Writer(config.store, post, self._watcher.poke, clock)
            if config.outbox is None
            else Presser(config.outbox, post, self._watcher.poke, clock)
        )
        self._beside = BesideWatch(config, post, clock)
        first = self._writer.tried if isinstance(self._writer, Writer) else None
        fetcher = Fetcher(config.store, replica=bool(config.remote), after=first)
        self.panes = Panes(app, fetcher, hands, self._beside, paint)
        own = OwnViews(config.kept.parent, config.remote or str(config.store)) if config.kept is not None else None
        self.views = ViewKeeping(app, self.session, own, paint)
        self._rang = 0.0
        self._shifted_at = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = contextvars.Context()

    def start(self) -> None:
        """Start the threads; the first frame stands."""
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self.views.begin()
        self._watcher.start()
        self._writer.start()
        self._beside.start()

    def write(self, commands: Sequence[Command]) -> None:
        """Hand a gesture to the writer, as soon as the key is done: two threads at once would hold each other up."""
        if self._loop is not None:
            self._loop.call_soon(self._writer.write, commands)
        else:
            self._writer.write(commands)

    def let_go(self, commands: Sequence[bytes]) -> None:
        """Put commands away that were refused, or that wait and were never sent."""
        if isinstance(self._writer, Presser):
            self._writer.let_go(commands)

    def leave_rest(self) -> None:
        """Leave the rest of the large gesture that is being written undone."""
        if self.session.pending.bulk is not None and isinstance(self._writer, Writer):
            self._writer.leave(self.session.pending.bulk)

    def wish(self, kind: str) -> None:
        """Ask the agent for something."""
        self._beside.wish(kind, {})

    def at(self, incident: int, doing: str) -> None:
        """Tell the others where the operator is, and what they do there."""
        self._beside.at(incident, doing)

    @property
    def shifted(self) -> bool:
        """Whether the machine replaced the cursor's row under the finger a moment ago (OPERATOR.md 2.1 rule 4)."""
        return self.session.now - self._shifted_at < _SHIFT

    def _from_thread(self, found: Found) -> None:
        """Hand a finding over; a thread's own context knows no app, and a timer begun there would never fire."""
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop has ended: nobody is left to be told, and the thread goes on
            self._loop.call_soon_threadsafe(self._received, found, context=self._context)

    def _received(self, found: Found) -> None:
        """Take in what a worker found, in the one thread that owns the session."""
        _TAKEN_IN[type(found)](self, found)
        if not isinstance(found, Heard):  # told with the next tick: a heartbeat alone writes nothing to the terminal
            self._paint()

    # The board

    def _changed(self, changes: ChangeSet) -> None:
        before = self._board.cursor
        changed = self.session.apply(changes)
        same = (before, self.session.renamed.get(before) if before is not None else None)
        self._shown_otherwise(changed)
        if before is not None and self._board.cursor not in same:
            self._shifted_at = self.session.now
        self._look_after(changed)
        self._ring()

    def _rows_changed(self) -> None:
        """Rows moved or left; what was known by a number that stood for one to come goes on by that."""
        renamed, cursor = self.session.renamed, self._board.cursor
        self._board.rows_changed()
        if not renamed:
            return
        if cursor is not None and (number := renamed.get(cursor)):
            self._board.go_to(number)
        self._hands.renumber(renamed)
        self.session.picks.renumber(renamed)
        renamed.clear()

    def _look_after(self, changed: set[int]) -> None:
        """What is shown beside the board, and known of what was refused, follows the rows that changed."""
        self.panes.changed(changed)
        self.panes.look_for_rivals(changed)
        if self._hands.triage is not None and self._hands.page == "triage":
            self._hands.triage.catch_up()
            self.panes.fetch_soon(0)

    def _loaded(self, found: Loaded) -> None:
        self.session.all_loaded(found.stock, found.seq, another=found.another)
        self._rows_changed()
        self.views.count()
        gc.freeze()  # the rows stay: no collection need look at them again
        self._writer.warm()
        self.panes.fetch_soon(REST)
        self.panes.take_up()

    # What was pressed

    def _answered(self, found: Answered) -> None:
        if len(found.commands) <= _SHOWN_AT_ONCE:
            ground = Ground(self.session.policy, self.session.board.rows)
            self.session.show(Shown(decided(found.commands, found.outcomes, ground)))
            if not self.session.held:
                self._board.rows_changed()
        self._verdict(self.session.answered(found.commands, found.outcomes), found.commands, found.outcomes)
        self._hands.notes.answered(found.commands, found.outcomes)
        self._board.refresh_keys({outcome.number for outcome in found.outcomes})
        if found.notice:
            said = self.session.said
            self.session.say(f"{said.text} {found.notice}", undo=said.undo, trouble=said.trouble)

    def _verdict(self, numbers: set[int], commands: Sequence[Command], outcomes: Sequence[Outcome]) -> None:
        if self._hands.triage is not None and self._hands.page == "triage":
            for outcome in outcomes:
                if outcome.ok:
                    self._hands.triage.settled(outcome.number, commands[0].verb)
            self.panes.fetch_soon(0)
        for command, outcome in zip(commands, outcomes, strict=True):
            if outcome.code == "conflict":
                self.panes.look_for_rival(command, outcome.number)
        self._board.refresh_keys(numbers)

    def _failed(self, found: Failed) -> None:
        self.session.failed(found.commands, found.outcomes, found.why)
        self._board.rows_changed()

    def _progress(self, found: Progress) -> None:
        self.session.pending.bulk = found.batch
        self.session.say(f"{found.done} of {found.total} done.  Esc leaves the rest as it is.")

    def _queued(self, found: Queued) -> None:
        changed = self._transit.queued(found)
        self._shown_otherwise(changed)
        if self._hands.triage is not None and self._hands.page == "triage":
            for command in found.commands:
                number = self.session.outgoing.number_of(command.incident)
                if number:
                    self._hands.triage.settled(number, command.verb)
        self._look_after(changed)

    def _news(self, found: News) -> None:
        changed = self._transit.heard(found)
        self._shown_otherwise(changed)
        self._look_after(changed | {entry.number for entry in found.entries if entry.state == "refused"})

    def _shown_otherwise(self, changed: set[int]) -> None:
        if self.session.held and not self.session.renamed:
            self._board.refresh_keys(changed)
        else:
            self._rows_changed()

    def _amiss(self, found: Amiss) -> None:
        self.session.say(found.sentence, trouble=True)

    def _shared(self, found: Shared) -> None:
        self.views.shared(found.views.saved())

    def _trouble(self, found: Trouble) -> None:
        self.session.trouble = found.sentence

    # Beside the journal

    def _wished(self, found: Wished) -> None:
        self.session.say(found.sentence, trouble=True)

    def _heard(self, found: Heard) -> None:
        link = self.session.link
        before = link.word if link is not None else ""
        self._board.refresh_keys(self.session.heard(found))
        if self._hands.triage is not None and self._hands.page == "triage" and self._hands.triage.gives_way():
            self.panes.fetch_soon(0)
            self._paint()
        if link is not None and link.word != before:
            self._paint()
            self._board.refresh_keys(self._board.visible_keys)

    def _ring(self) -> None:
        if self.session.arrivals.rings and self._loop is not None:
            self.session.arrivals.rings = False
            now = self._loop.time()
            if self.session.muted_until <= self.session.now and now - self._rang >= _BELL_EVERY:
                self._rang = now
                self._app.bell()

    # The end

    def finish(self, patience: float) -> None:
        """Write what is queued, in at most `patience` seconds."""
        self._writer.stop(patience)
        self.views.leave()

    async def wind_down(self, patience: float) -> None:
        """Write what was pressed, wait at most `patience` seconds for it, and close the files."""
        self._watcher.stop()
        self._beside.stop()
        await asyncio.to_thread(self.finish, patience)
        await asyncio.to_thread(self._beside.join, 1.0)
        await self.panes.close()


_TAKEN_IN: Final[dict[type[Found], Callable[[Inbox, Any], None]]] = {
    ChangeSet: Inbox._changed,
    Loaded: Inbox._loaded,
    Trouble: Inbox._trouble,
    Shared: Inbox._shared,
    Answered: Inbox._answered,
    Failed: Inbox._failed,
    Progress: Inbox._progress,
    Queued: Inbox._queued,
    News: Inbox._news,
    Amiss: Inbox._amiss,
    Heard: Inbox._heard,
    Wished: Inbox._wished,
}
"""What is done with each thing that a worker finds."""
