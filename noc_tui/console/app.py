"""The Textual application: widgets, painting, and the wires between keys, workers and the session."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.timer import Timer

from noc_tui.console import bars, detail, pages, row_text, sheets
from noc_tui.console.arguments import ArgumentError
from noc_tui.console.board_source import BoardSource, mark_of
from noc_tui.console.completing import completions
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.departing import terminal_is_gone
from noc_tui.console.fetching import Fetcher
from noc_tui.console.hands import Asked, Hands, Page
from noc_tui.console.keyboard import Keyboard
from noc_tui.console.session import Session
from noc_tui.console.supervision import Supervisor
from noc_tui.console.watching import Chunk, Finding, Heard, Loaded, Trouble, Watcher
from noc_tui.console.writing import Answered, Failed, Progress, Verdict, Writer
from noc_tui.incidents.commands import Command
from noc_tui.incidents.text import clean
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.errors import StoreError
from widgets.board import Board
from widgets.ink import Palette
from widgets.line import Line
from widgets.lines import Lines
from widgets.prompt import Prompt
from widgets.roles import RowState
from widgets.signs import Signs

_PANE_RIGHT: Final = 160
_PANE_BELOW: Final = 120
_TALL: Final = 30
_BELOW_ROWS: Final = 11
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
    CSS = """
    Screen { layers: base over; layout: vertical; overflow: hidden; }
    #top, #news, #say, #ask, #status { height: 1; }
    #body { height: 1fr; }
    #left { width: 1fr; }
    #pane { width: 56; height: 1fr; }
    #sheet { height: 1fr; }
    #which { layer: over; dock: bottom; margin-bottom: 2; }
    .off { display: none; }
    """

    def __init__(
        self, config: ConsoleConfig, session: Session, palette: Palette, signs: Signs, supervisor: Supervisor | None
    ) -> None:
        super().__init__(ansi_color=palette.ansi)
        self.config, self.session, self.palette, self.signs = config, session, palette, signs
        self.zone: tzinfo = session.zone
        self.shown_zone: tzinfo = session.zone
        self.hands = Hands(session, self)
        self.keyboard = Keyboard()
        self._page = self._page_now()
        self._source = BoardSource(session, lambda: self._page)
        self._shifted_at = 0
        self._supervisor = supervisor
        self._watcher = Watcher(config.store, self._from_thread)
        self._writer = Writer(config.store, self._from_thread, self._watcher.poke)
        self._fetcher = Fetcher(config.store)
        self._asked: Asked | None = None
        self._scroll = 0
        self._which: Timer | None = None
        self._rest: Timer | None = None
        self._rang = 0.0
        self._zoomed = True
        self._histories: dict[str, list[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    # Composition

    def compose(self) -> ComposeResult:
        """Lay the widgets out from top to bottom."""
        raised = RowState.RAISED
        yield Lines(self.palette, raised, id="top")
        yield Lines(self.palette, id="news")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Lines(self.palette, id="heads", height=1)
                yield Board(self._source, self.palette, self.signs, row_state=mark_of(self.session), id="board")
                yield Lines(self.palette, id="below", height=_BELOW_ROWS + 1)
            yield Lines(self.palette, id="pane")
        yield Lines(self.palette, id="sheet")
        yield Lines(self.palette, raised, id="which", height=1)
        with Container(id="ask", classes="off"):
            yield Prompt(self.palette, id="prompt")
        yield Lines(self.palette, id="say")
        yield Lines(self.palette, raised, id="status")

    def on_mount(self) -> None:
        """Begin: the widgets at hand, the theme, then the workers once the first frame stands."""
        self._loop = asyncio.get_running_loop()
        self.register_theme(self.palette.textual_theme())
        self.theme = self.palette.name
        self.top, self.news, self.heads = (self.query_one(f"#{name}", Lines) for name in ("top", "news", "heads"))
        self.pane, self.below, self.sheet = (self.query_one(f"#{name}", Lines) for name in ("pane", "below", "sheet"))
        self.which, self.say, self.status = (self.query_one(f"#{name}", Lines) for name in ("which", "say", "status"))
        self.board = self.query_one("#board", Board)
        self.prompt = self.query_one("#prompt", Prompt)
        self.which.set_class(True, "off")
        self.sheet.set_class(True, "off")
        self._arrange()
        self.board.focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._watcher.start()
        self._writer.start()
        self.set_interval(1.0, self._tick)
        if self._supervisor is not None:
            self.run_worker(self._supervisor.run(), exclusive=False)

    def on_resize(self, event: events.Resize) -> None:
        """Fit panes and columns to another size."""
        if hasattr(self, "board"):
            self._arrange()

    def _arrange(self) -> None:
        width, height = self.size
        on_board = self.hands.page == "board"
        right = width >= _PANE_RIGHT and self._zoomed
        below = not right and width >= _PANE_BELOW and height >= _TALL and self._zoomed
        self.query_one("#body").set_class(not on_board, "off")
        self.sheet.set_class(on_board, "off")
        self.pane.set_class(not right, "off")
        self.below.set_class(not below, "off")
        self.heads.styles.height = 2 if height >= _TALL else 1
        self.session.board.airy = height >= _TALL
        self.session.board.relay()
        self.board.rows_changed()
        self.paint()

    # Painting

    def _page_now(self) -> row_text.Page:
        session = self.session
        return row_text.Page(session.now, session.me, session.policy, self.signs, session.stale)

    def paint(self) -> None:
        """Give every widget the lines it should show now; what is the same costs nothing on the wire."""
        self._page = page = self._page_now()
        width = self.size.width
        row = self.session.row(self.cursor)
        self.top.show([bars.top_bar(self.session, page, width, self.shown_zone)])
        self.news.show([bars.news(self.session, page, width)])
        about = self.hands.triage.progress_words() if self.hands.page == "triage" and self.hands.triage else ""
        self.status.show([bars.status_line(self.session, page, self._mode(), width, about)])
        self.say.show([self._say_line(page, width)])
        if self.hands.page == "board":
            self.heads.show([row_text.heads(self.board.size.width or width, self.session.board.sort), []])
            self._paint_pane(page)
        else:
            self._paint_sheet(page, row is None)

    def _say_line(self, page: row_text.Page, width: int) -> Line:
        confirm = self.hands.confirm
        if confirm is not None:
            left = [(f" {confirm.block} ", "mark"), (f"  {confirm.words}", "text")]
            right = bars.key_runs([("Enter", "do it"), ("Esc", "leave it")], width)
            return bars.spread(left, right, width, self.signs.cut)  # type: ignore[arg-type]  # literals in a list
        row = self.session.row(self.cursor)
        if self.hands.page == "board":
            return bars.say_line(self.session, page, width, bars.hints(row, self.session, width))
        return bars.say_line(self.session, page, width, bars.page_hints(self.hands.page, row, self.session, width))

    def _paint_pane(self, page: row_text.Page) -> None:
        row = self.session.row(self.board.cursor)
        if not self.pane.has_class("off"):
            height = self.pane.size.height
            lines = detail.pane(row, self.session.known, page, 50, height) if row else []
            rule = (self.signs.rule_beside, "rule")
            self.pane.show([[rule, ("  ", "muted"), *(lines[y] if y < len(lines) else [])] for y in range(height)])  # type: ignore[list-item]  # literals in a list
        elif not self.below.has_class("off"):
            width = self.below.size.width
            lines = detail.below(row, self.session.known, page, width, _BELOW_ROWS) if row else []
            self.below.show([[(self.signs.rule_below * width, "rule")], *lines])

    def _paint_sheet(self, page: row_text.Page, empty: bool) -> None:
        width, height = self.sheet.size.width or self.size.width, self.sheet.size.height
        lines = self._sheet_lines(page, width, height)
        self._scroll = max(0, min(self._scroll, len(lines) - height))
        states = pages.alerts_states(self.hands.alert_at - self._scroll) if self.hands.page == "alerts" else {}
        self.sheet.show(lines[self._scroll : self._scroll + height], states)

    def _sheet_lines(self, page: row_text.Page, width: int, height: int) -> list[Line]:
        name, known = self.hands.page, self.session.known
        if name == "help":
            return pages.help_page(width, page)
        if name == "triage":
            return self.hands.triage.lines(known, page, width, height) if self.hands.triage else []
        row = self.session.row(self.cursor)
        if row is None:
            return pages.indented([[("This incident has left the board.", "text")]])
        make = {"detail": pages.detail_page, "timeline": pages.timeline_page, "alerts": pages.alerts_page}
        return make[name](row, known, page, width, height)

    def _mode(self) -> str:
        if self.hands.confirm is not None:
            return "CONFIRM"
        if self._asked is not None:
            return {"filter": "FILTER", "command": "CMD"}.get(self._asked.kind, "PROMPT")
        if self.hands.page == "board":
            return "RANGE" if self.session.range_from is not None else "NORMAL"
        return self.hands.page.upper()

    # What the hands ask of the screen

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
        return self._source.painted.get(number) if number is not None else None

    @property
    def shifted(self) -> bool:
        """Whether the cursor's row was replaced under the finger a moment ago (OPERATOR.md 2.1 rule 4)."""
        return self.session.now - self._shifted_at < _SHIFT

    def move(self, what: str, count: int) -> None:
        """Move the cursor on the board, or the lines of a page."""
        if self.hands.page == "alerts":
            self._move_alert(what, count)
        elif self.hands.page != "board":
            self._move_sheet(what, count)
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
        elif what in ("to_top", "to_middle", "to_bottom"):
            board.to_screen_row({"to_top": "H", "to_middle": "M", "to_bottom": "L"}[what])  # type: ignore[arg-type]  # letters of a literal
        else:
            self.session.remember(board.cursor)
            board.home() if what == "first" else board.end()

    def _move_sheet(self, what: str, count: int) -> None:
        page = max(1, self.sheet.size.height - 2)
        steps = {
            "down": 1,
            "up": -1,
            "half_down": page // 2,
            "half_up": -page // 2,
            "page_down": page,
            "page_up": -page,
        }
        self._scroll = max(0, self._scroll + steps.get(what, 0) * count)
        if what in ("first", "last"):
            self._scroll = 0 if what == "first" else 1 << 20

    def _move_alert(self, what: str, count: int) -> None:
        known = self.session.known
        last = len(known.alerts) - 1 if known is not None else 0
        step = {"down": count, "up": -count, "first": -last, "last": last}.get(what, 0)
        self.hands.alert_at = max(0, min(last, self.hands.alert_at + step))

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
        self.prompt.open(asked.label, asked.text, history, completions(asked.kind, self.session))
        self.query_one("#ask").set_class(False, "off")
        self.say.set_class(True, "off")
        self.prompt.focus()

    def write(self, commands: Sequence[Command]) -> None:
        """Hand a gesture to the writer."""
        self._writer.write(commands)
        self.board.refresh_keys([number for number in self.board.visible_keys if self.session.marks(number).pending])

    def show_page(self, page: Page) -> None:
        """Fill the body with a page, or show the board again."""
        self.hands.page = page
        self._scroll = 0
        self.hands.alert_at = 0
        self._arrange()
        self._fetch_soon(0)

    def do(self, what: str) -> None:
        """Do what only a screen can."""
        if what == "quit":
            self.exit(0)
        elif what == "zoom":
            self._zoomed = not self._zoomed
            self._arrange()
        elif what == "redraw":
            self.session.settle_now()
            self.board.rows_changed()
            self.refresh(layout=True)
            self.screen.refresh()
        elif what == "zone":
            utc = self.shown_zone is not self.zone
            self.shown_zone = self.zone if utc else datetime.now().astimezone().tzinfo or self.zone
            self.session.say("Local time stands beside UTC in the top bar, from 120 columns on.")
        elif what == "palette":
            self.hands.command()

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Take keys here at once; everything else goes Textual's way."""
        if isinstance(event, events.Key) and self._asked is None and hasattr(self, "board"):
            self._key(event.key, event.character)
            return
        await super().on_event(event)

    def _key(self, key: str, character: str | None) -> None:
        self.session.touched()
        if self._which is not None:
            self._which.stop()
            self._which = None
        if not self.which.has_class("off"):
            self.which.set_class(True, "off")
        if key == "ctrl+z":
            self.action_suspend_process()
        elif self.hands.confirm is not None:
            self._answer(key)
        elif key in ("escape", "ctrl+c") and self.keyboard.forget():
            pass
        else:
            self._press(key, character)
        self._after_key()

    def _answer(self, key: str) -> None:
        confirm, self.hands.confirm = self.hands.confirm, None
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
        targets = self.hands.targets()
        row = self.session.row(targets[0]) if len(targets) == 1 else None
        about = (row.resource or row.title) if row else f"{len(targets)} incidents" if targets else ""
        lines = sheets.which_key(prefix, about, self.size.width)
        airy = self.size.height >= _TALL
        lines = [[], *lines, []] if airy else lines
        self.which.styles.height = len(lines)
        self.which.set_class(False, "off")
        self.call_after_refresh(self.which.show, lines)

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
            self.prompt.show_error(problem or "")
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
            self.prompt.show_error(str(error))
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
        self.query_one("#ask").set_class(True, "off")
        self.say.set_class(False, "off")
        self.board.focus()

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
        self.session.restore_gestures(events)

    def _ring(self) -> None:
        if self.session.rings and self._loop is not None:
            self.session.rings = False
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

    def title_text(self) -> str:
        """The terminal's title: unacknowledged P1s and the desk."""
        unacked = self.session.board.counts.unacked[1]
        return clean(f"({unacked}!) {self.session.desk}" if unacked else self.session.desk)
