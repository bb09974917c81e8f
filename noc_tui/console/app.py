"""The Textual application: the wires between keys, workers, the session and the display."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.screen import Screen

from noc_tui.console.config import ConsoleConfig
from noc_tui.console.departing import PATIENCE
from noc_tui.console.display import Display
from noc_tui.console.doing import ABOUT_ONE, Asked, Page
from noc_tui.console.hands import Hands
from noc_tui.console.keeper import Keeper
from noc_tui.console.kept import Kept, Stroke
from noc_tui.console.laying import is_head
from noc_tui.console.moving import move_board
from noc_tui.console.outside import Outside
from noc_tui.console.panes import REST
from noc_tui.console.placing import here
from noc_tui.console.prompting import Prompting
from noc_tui.console.rearranging import Rearranging
from noc_tui.console.receiving import Inbox
from noc_tui.console.session import Session
from noc_tui.console.taking import Taking
from noc_tui.incidents.commands import Command
from noc_tui.incidents.saved_views import SavedView
from widgets.board import Board
from widgets.ink import Palette
from widgets.painting import PLAIN_PEN, FramedScreen
from widgets.prompt import Prompt
from widgets.signs import Signs

_BACK: Final = 0.05
"""Seconds after a stop until the screen is drawn again."""


class NocApp(App[int]):
    """The console on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    CSS = Display.CSS

    def __init__(
        self, config: ConsoleConfig, session: Session, palette: Palette, signs: Signs, keeper: Keeper | None
    ) -> None:
        super().__init__(ansi_color=palette.ansi)
        self.config, self.session, self.palette = config, session, palette
        self.outside = Outside(self, session, self._after_key)
        self.hands = Hands(session, self, Kept(config.kept, partial(self.call_later, session.say, trouble=True)))
        self.canvas = Display(session, self.hands, palette, signs)
        self.board = self.canvas.board
        self._keeper = keeper
        self._inbox = Inbox(self, config, self.hands, self.board, self._found)
        self._rearranging = Rearranging(self, session.board, self.board.rows_changed, self.paint)
        self._prompting = Prompting(self, self._rearranging, self.hands, self.canvas, self._after_key)
        before = self._rearranging.finish
        self.taking = Taking(self, self.hands, self.canvas, self._prompting, before, self._after_key)
        self._begun = False
        self._stepped, self._typed = False, ""
        """The key being taken has moved the board's cursor, and nothing else."""

    def get_default_screen(self) -> Screen[object]:
        """Return the screen that all is painted on; `NOC_TUI_FRAME=stock` leaves the painting to Textual."""
        if self.config.frame == "stock":
            return super().get_default_screen()
        return FramedScreen(erase=self.palette.erase)

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield from self.canvas.compose()

    def on_mount(self) -> None:
        """Begin: the theme, the first frame, then the workers."""
        self.register_theme(self.palette.textual_theme())
        self.theme = self.palette.name
        self._begun = True
        self.canvas.arrange(self.size)
        self.board.focus()
        # What a shell wrote while the console was stopped is painted over, once the driver is back at work.
        self.app_resume_signal.subscribe(self, lambda _app: self.set_timer(_BACK, lambda: self.do("redraw")))
        self.app_suspend_signal.subscribe(self, lambda _app: self.canvas.put_down_pen(), immediate=True)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._inbox.start()
        self.hands.kept.begin()
        self.set_interval(1.0, self._tick)
        if self._keeper is not None:
            self.run_worker(self._keeper.run(), group="agent")

    def on_resize(self, event: events.Resize) -> None:
        """Fit everything to another size."""
        if self._begun:
            self.canvas.forget_frame()
            self.canvas.arrange(event.size)
            self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Show what is so now."""
        self.canvas.paint(self._prompting.asked)
        self._inbox.panes.read_on()
        self._rearranging.begin()

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
        if self.hands.page == "outbox":
            return self.hands.outbox.number
        if self.hands.page == "found":
            return self.hands.search.number
        if self.hands.page in ABOUT_ONE:
            return self.hands.doer.about
        if self.hands.page == "views":
            return None
        return None if is_head(self.board.cursor) else self.board.cursor

    @property
    def under_cursor(self) -> int | None:
        """The key of the board's row under the cursor: an incident's number, or that of a group's head."""
        return self.board.cursor if self.hands.page == "board" else None

    def painted(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the revisions at which these incidents were last painted, of those that were."""
        seen = self.canvas.source.painted
        return {number: seen[number] for number in numbers if number in seen}

    @property
    def shifted(self) -> bool:
        """Whether the cursor's row was replaced under the finger a moment ago (OPERATOR.md 2.1 rule 4)."""
        return self._inbox.shifted

    def move(self, what: str, count: int) -> None:
        """Move the cursor on the board, or the lines of a page."""
        if self.hands.about.move(what, count):
            return
        if self.hands.page == "outbox":
            self.hands.outbox.move(what, count)
        elif self.hands.page == "found":
            self.hands.search.move(what, count)
            self._inbox.panes.fetch_soon(REST)
        elif self.hands.page == "views":
            self.hands.views.move(what, count)
        elif self.hands.page != "board":
            self.canvas.move_sheet(what, count)
        else:
            if what in ("first", "last"):
                self.session.visited.remember(self.cursor)
            move_board(self.board, what, count)
            self._stepped = True

    def go_to(self, number: int) -> bool:
        """Put the cursor on an incident, whose group is opened if it was folded, or on a group's head."""
        self._rearranging.finish()
        if self.session.board.reveal(number):
            self.board.rows_changed()
        found = self.board.go_to(number)
        if found and self.hands.page not in ("board", "triage"):
            self.hands.doer.about = number
            self._inbox.panes.fetch_soon(0)
        return found

    def rows_changed(self) -> None:
        """Rows moved, or look different as a whole."""
        self.board.rows_changed()

    def ask(self, asked: Asked) -> None:
        """Open the line to write on."""
        self._prompting.ask(asked)

    def write(self, commands: Sequence[Command]) -> None:
        """Hand a gesture to the writer."""
        self._inbox.write(commands)
        self.board.refresh_keys([number for number in self.board.visible_keys if self.session.marks(number).pending])

    def show_page(self, page: Page) -> None:
        """Fill the body with a page, or show the board again."""
        if self.hands.page == "outbox":
            self.hands.outbox.left()
        self.hands.doer.turn_to(page, self.cursor)
        self.session.page_turned()
        self.canvas.turn_to(self.size)
        self.call_after_refresh(self.paint)
        self._inbox.panes.fetch_soon(0)

    def keep_views(self, views: Sequence[SavedView]) -> None:
        """Keep the operator's own views in a file."""
        self._inbox.views.keep(views)

    def let_go(self, commands: Sequence[bytes]) -> None:
        """Put commands away that were refused, or that wait and were never sent."""
        self._inbox.let_go(commands)

    def do(self, what: str) -> None:
        """Do what only a screen can."""
        if what == "quit":
            self.exit(0)
        elif what == "zoom":
            self.canvas.zoomed = not self.canvas.zoomed
            self.canvas.arrange(self.size)
        elif what in ("pane_smaller", "pane_larger"):
            self.canvas.resize_pane(1 if what == "pane_larger" else -1)
        elif what == "redraw":
            self.session.settle_now()
            self.board.rows_changed()
            self.canvas.forget_frame()
            self.refresh(layout=True)
        elif what == "leave_rest":
            self._inbox.leave_rest()
        elif what == "retry_now":
            self._inbox.wish(what)
        elif what == "zone":
            self.canvas.turn_zone()

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pasted text here at once, in their order; everything else goes Textual's way.

        What is typed for a prompt must never run as verbs, nor a verb be typed into a prompt that was just closed,
        however fast keys come: on a slow link they come in bursts, before focus and messages have found their way.
        """
        if not self._begun or not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
        elif isinstance(event, events.Paste):
            self.taking.player.typed(Stroke("paste", event.text))
        elif event.key in _ALWAYS:
            _ALWAYS[event.key](self)
        else:
            self.taking.player.typed(Stroke(event.key, event.character))

    def _after_key(self) -> None:
        stepped, self._stepped = self._stepped and self._typed == self.hands.typed, False
        self._typed = self.hands.typed
        if self.session.picks.range_from is not None and self.board.cursor is not None:
            self.session.picks.extend(self.board.cursor)
            self.board.refresh_keys(self.board.visible_keys)
        self.session.looked_at(self.board.cursor)
        if stepped and not self.session.picks:
            self.canvas.paint_cursor()
        else:
            self.paint()
        asked = self._prompting.asked
        self._inbox.at(*here(self.session, self.hands, self.cursor, asked))

    def on_board_cursor_moved(self, message: Board.CursorMoved) -> None:
        """Read what hangs on the row once the cursor rests."""
        self.session.looked_at(message.key)
        self._inbox.panes.fetch_soon(REST)

    def on_board_activated(self, message: Board.Activated) -> None:
        """A click on the row under the cursor opens it."""
        self.hands.open_page("detail")

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """What is being written is acted on at once."""
        self._prompting.changed(message.text)

    def _found(self) -> None:
        """Something was found, or decided: show it; a macro may have waited for it."""
        self.paint()
        self.taking.player.go_on()

    def _tick(self) -> None:
        if self.session.tick():
            self.board.rows_changed()
        if self._keeper is not None:
            self.session.agent_word, self.session.agent_reason = self._keeper.state, self._keeper.reason
        self._inbox.panes.tick()
        self._inbox.at(*here(self.session, self.hands, self.cursor, self._prompting.asked))
        self._found()
        self.board.refresh_keys(self.board.visible_keys)

    def finish(self, patience: float) -> None:
        """Make what was pressed durable, from any thread, in at most `patience` seconds."""
        self._inbox.finish(patience)

    async def on_unmount(self) -> None:
        """The last thing before the terminal is given back: what was pressed is written, the agent ended."""
        if self._driver is not None:
            self._driver.write(PLAIN_PEN)
        await self._inbox.wind_down(PATIENCE)
        await asyncio.to_thread(self.hands.kept.close)
        if self._keeper is not None:
            await self._keeper.stop()


_ALWAYS: Final[dict[str, Callable[[NocApp], object]]] = {
    "ctrl+z": lambda app: app.action_suspend_process(),
    "ctrl+q": lambda app: app.exit(0),
}
"""Keys that do the same wherever one is, in a question or a prompt too."""
