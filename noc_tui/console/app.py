"""The Textual application: the wires between keys, workers, the session and the display."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.timer import Timer

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.completing import completions
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.departing import terminal_is_gone
from noc_tui.console.display import Display
from noc_tui.console.doing import Asked, Page
from noc_tui.console.fetching import Fetcher
from noc_tui.console.gestures import gestures_of
from noc_tui.console.hands import Hands
from noc_tui.console.keyboard import Keyboard
from noc_tui.console.session import Session
from noc_tui.console.supervision import Supervisor
from noc_tui.console.watching import Chunk, Finding, Heard, Loaded, Trouble, Watcher
from noc_tui.console.writing import Answered, Failed, Progress, Verdict, Writer
from noc_tui.incidents.commands import Command
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.errors import StoreError
from widgets.board import Board
from widgets.ink import Palette
from widgets.prompt import Prompt
from widgets.signs import Signs

_WHICH_AFTER: Final = 0.4
"""Seconds after a prefix until which-key shows what may follow; a fast typist never sees it."""
_REST: Final = 0.15
"""Seconds the cursor rests before the pane reads what hangs on the row: no row is read for a passing cursor."""
_BELL_EVERY: Final = 10.0
_SHIFT: Final = 150_000
"""Microseconds after the machine moved the cursor to another row in which no verb is taken."""


class NocApp(App[int]):
    """The console on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    CSS = Display.CSS

    def __init__(
        self, config: ConsoleConfig, session: Session, palette: Palette, signs: Signs, supervisor: Supervisor | None
    ) -> None:
        super().__init__(ansi_color=palette.ansi)
        self.config, self.session, self.palette = config, session, palette
        self.hands = Hands(session, self)
        self.keyboard = Keyboard()
        self.canvas = Display(session, self.hands, palette, signs)
        self.board = self.canvas.board
        self._supervisor = supervisor
        self._watcher = Watcher(config.store, self._from_thread)
        self._writer = Writer(config.store, self._from_thread, self._watcher.poke)
        self._fetcher = Fetcher(config.store)
        self._asked: Asked | None = None
        self._which: Timer | None = None
        self._rest: Timer | None = None
        self._rang = 0.0
        self._shifted_at = 0
        self._begun = False
        self._histories: dict[str, list[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield from self.canvas.compose()

    def on_mount(self) -> None:
        """Begin: the theme, the first frame, then the workers."""
        self._loop = asyncio.get_running_loop()
        self.register_theme(self.palette.textual_theme())
        self.theme = self.palette.name
        self._begun = True
        self.canvas.arrange(self.size)
        self.board.focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._watcher.start()
        self._writer.start()
        self.set_interval(1.0, self._tick)
        if self._supervisor is not None:
            self.run_worker(self._supervisor.run(), group="agent")

    def on_resize(self, event: events.Resize) -> None:
        """Fit everything to another size."""
        if self._begun:
            self.canvas.arrange(event.size)

    def paint(self) -> None:
        """Show what is so now."""
        self.canvas.paint(self._asked)

    # What the hands ask of the screen

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are typed."""
        return self.session.zone

    @property
    def cursor(self) -> int | None:
        """The incident that a verb means: the one under the cursor, which is bound to it, or the card's."""
        if self.hands.page == "triage":
            return self.hands.triage.current if self.hands.triage else None
        return self.board.cursor

    @property
    def painted_revision(self) -> int | None:
        """The revision of that incident as it was painted."""
        number = self.cursor
        return self.canvas.source.painted.get(number) if number is not None else None

    @property
    def shifted(self) -> bool:
        """Whether the cursor's row was replaced under the finger a moment ago (OPERATOR.md 2.1 rule 4)."""
        return self.session.now - self._shifted_at < _SHIFT

    def move(self, what: str, count: int) -> None:
        """Move the cursor on the board, or the lines of a page."""
        if self.hands.page == "alerts":
            self._move_alert(what, count)
        elif self.hands.page != "board":
            self.canvas.move_sheet(what, count)
        else:
            self._move_board(what, count)

    def _move_board(self, what: str, count: int) -> None:
        board = self.board
        if what in ("down", "up"):
            board.move(count if what == "down" else -count)
        elif what in ("half_down", "half_up"):
            board.half_page(count if what == "half_down" else -count)
        elif what in ("page_down", "page_up"):
            board.page(count if what == "page_down" else -count)
        elif what == "to_top":
            board.to_screen_row("H")
        elif what == "to_middle":
            board.to_screen_row("M")
        elif what == "to_bottom":
            board.to_screen_row("L")
        else:
            self.session.remember(board.cursor)
            (board.home if what == "first" else board.end)()

    def _move_alert(self, what: str, count: int) -> None:
        known = self.session.known
        last = len(known.alerts) - 1 if known is not None else 0
        step = {"down": count, "up": -count, "first": -last, "last": last}.get(what, 0)
        doer = self.hands.doer
        doer.alert_at = max(0, min(last, doer.alert_at + step))

    def go_to(self, number: int) -> bool:
        """Put the cursor on an incident."""
        found = self.board.go_to(number)
        if found and self.hands.page not in ("board", "triage"):
            self._fetch_soon(0)
        return found

    def rows_changed(self) -> None:
        """Rows moved, or look different as a whole."""
        self.board.rows_changed()

    def ask(self, asked: Asked) -> None:
        """Open the line to write on."""
        self._asked = asked
        self.session.prompting = True
        history = self._histories.setdefault(asked.kind, [])
        self.canvas.open_prompt(asked, history, completions(asked.kind, self.session))

    def write(self, commands: Sequence[Command]) -> None:
        """Hand a gesture to the writer."""
        self._writer.write(commands)
        self.board.refresh_keys([number for number in self.board.visible_keys if self.session.marks(number).pending])

    def show_page(self, page: Page) -> None:
        """Fill the body with a page, or show the board again."""
        self.hands.doer.page = page
        self.hands.doer.alert_at = 0
        self.canvas.turn_to(self.size)
        self._fetch_soon(0)

    def do(self, what: str) -> None:
        """Do what only a screen can."""
        if what == "quit":
            self.exit(0)
        elif what == "zoom":
            self.canvas.zoomed = not self.canvas.zoomed
            self.canvas.arrange(self.size)
        elif what == "redraw":
            self.session.settle_now()
            self.board.rows_changed()
            self.refresh(layout=True)
        elif what == "zone":
            self._turn_zone()
        elif what == "palette":
            self.hands.command()

    def _turn_zone(self) -> None:
        utc = self.canvas.shown_zone is self.session.zone
        local = datetime.now().astimezone().tzinfo or self.session.zone
        self.canvas.shown_zone = local if utc else self.session.zone
        self.session.say("Local time stands beside UTC from 120 columns on." if utc else "UTC alone.")

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Take keys here at once; everything else goes Textual's way."""
        if isinstance(event, events.Key) and self._asked is None and self._begun:
            self._key(event.key, event.character)
            return
        await super().on_event(event)

    def _key(self, key: str, character: str | None) -> None:
        self.session.touched()
        if self._which is not None:
            self._which.stop()
            self._which = None
        self.canvas.hide_which()
        if key == "ctrl+z":
            self.action_suspend_process()
        elif self.hands.confirm is not None:
            self._answer(key)
        elif not (key in ("escape", "ctrl+c") and self.keyboard.forget()):
            self._press(key, character)
        self._after_key()

    def _answer(self, key: str) -> None:
        confirm, self.hands.doer.confirm = self.hands.confirm, None
        if confirm is not None and key == "enter":
            confirm.yes()
        else:
            self.session.say("Left as it is.")

    def _press(self, key: str, character: str | None) -> None:
        pressed = self.keyboard.press(key, character)
        if pressed.waiting and self.keyboard.prefix:
            self._which = self.set_timer(_WHICH_AFTER, self._show_which)
            return
        try:
            self.hands.pressed(pressed)
        except ArgumentError as error:
            self.session.say(str(error), trouble=True)

    def _after_key(self) -> None:
        if self.session.range_from is not None and self.board.cursor is not None:
            self.session.extend_range(self.board.cursor)
            self.board.refresh_keys(self.board.visible_keys)
        self.session.looked_at(self.board.cursor)
        self.paint()

    def _show_which(self) -> None:
        prefix = self.keyboard.prefix
        if not prefix:
            return
        targets = self.hands.doer.targets()
        row = self.session.row(targets[0]) if len(targets) == 1 else None
        about = (row.resource or row.title) if row else f"{len(targets)} incidents" if targets else ""
        lines = self.canvas.show_which(prefix, about)
        self.call_after_refresh(self.canvas.which.show, lines)

    def on_board_cursor_moved(self, message: Board.CursorMoved) -> None:
        """Read what hangs on the row once the cursor rests."""
        self.session.looked_at(message.key)
        self._fetch_soon(_REST)

    def on_board_activated(self, message: Board.Activated) -> None:
        """A click on the row under the cursor opens it."""
        self.hands.open_page("detail")

    # The prompt

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Filter while it is being typed; an error leaves the list as it was and names the place."""
        if self._asked is not None and self._asked.kind == "filter":
            problem = self.session.show_filter(message.text)
            self.canvas.prompt.show_error(problem or "")
            if problem is None:
                self.board.rows_changed()
            self.paint()

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Take the answer; one that cannot be taken stays to be mended."""
        asked = self._asked
        if asked is None:
            return
        self._close_prompt()
        try:
            asked.answer(message.text)
        except ArgumentError as error:
            self.ask(Asked(asked.label, asked.answer, message.text, asked.kind))
            self.canvas.prompt.show_error(str(error))
            return
        if message.text.strip():
            self._histories[asked.kind].append(message.text)
        self._after_key()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Leave everything as it was before the question."""
        asked = self._asked
        self._close_prompt()
        if asked is not None and asked.kind == "filter":
            self.session.show_filter(asked.text)
            self.board.rows_changed()
        self._after_key()

    def _close_prompt(self) -> None:
        self._asked = None
        self.session.prompting = False
        self.session.touched()
        self.canvas.close_prompt()

    # Workers

    def _from_thread(self, found: Finding | Verdict) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._received, found)

    def _received(self, found: Finding | Verdict) -> None:
        """Take in what a worker found, in the one thread that owns the session."""
        if isinstance(found, ChangeSet):
            self._changed(found)
        elif isinstance(found, Answered):
            self._verdict(self.session.answered(found.commands, found.outcomes), found)
        elif isinstance(found, Failed):
            self.session.failed(found.commands, found.why)
            self.board.rows_changed()
        elif isinstance(found, Chunk):
            self.session.load(found.rows)
        elif isinstance(found, Loaded):
            self._loaded(found)
        elif isinstance(found, Heard):
            self.session.heard(found.status)
        elif isinstance(found, Trouble):
            self.session.trouble = found.sentence
        elif isinstance(found, Progress):
            self.session.say(f"{found.done} of {found.total} done.")
        self.paint()

    def _changed(self, changes: ChangeSet) -> None:
        before = self.board.cursor
        changed = self.session.apply(changes)
        if self.session.held:
            self.board.refresh_keys(changed)
        else:
            self.board.rows_changed()
        if before is not None and self.board.cursor != before:
            self._shifted_at = self.session.now
        if self.session.known is not None and self.session.known.number in changed:
            self._fetch_soon(_REST)
        self._ring()

    def _verdict(self, numbers: set[int], found: Answered) -> None:
        if self.hands.triage is not None and self.hands.page == "triage":
            for outcome in found.outcomes:
                if outcome.ok:
                    self.hands.triage.settled(outcome.number, found.commands[0].verb)
            self._fetch_soon(0)
        self.board.refresh_keys(numbers)

    def _loaded(self, found: Loaded) -> None:
        self.session.all_loaded(found.seq)
        self.board.rows_changed()
        gc.collect()
        gc.freeze()
        self._writer.warm()
        self._fetch_soon(_REST)
        self.run_worker(self._take_up(), group="take up")

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
                self.bell()

    def _tick(self) -> None:
        if terminal_is_gone():
            self.exit(129)
            return
        if self.session.tick():
            self.board.rows_changed()
        self.session.agent_word = self._supervisor.state if self._supervisor is not None else ""
        self.paint()
        self.board.refresh_keys(self.board.visible_keys)

    def _fetch_soon(self, after: float) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(max(after, 0.001), self._fetch)

    def _fetch(self) -> None:
        row = self.session.row(self.cursor)
        if row is not None and self.session.loaded:
            self.run_worker(self._fetch_known(row.number), exclusive=True, group="fetch")

    async def _fetch_known(self, number: int) -> None:
        row = self.session.row(number)
        if row is None:
            return
        try:
            known = await self._fetcher.known(row)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        if self.cursor == number:
            self.session.known = known
            self.paint()

    # The end

    async def wind_down(self, patience: float) -> None:
        """Write what was pressed, end the agent, close the files."""
        self._watcher.stop()
        await asyncio.to_thread(self._writer.stop, patience)
        if self._supervisor is not None:
            await self._supervisor.stop()
        await self._fetcher.close()

    async def on_unmount(self) -> None:
        """The last thing before the terminal is given back."""
        await self.wind_down(1.0)
