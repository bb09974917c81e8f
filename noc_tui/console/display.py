"""The display: the widgets, what each shows now, and which of them a terminal of this size has room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Final

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Offset, Size

from noc_tui.console import bars, detail, pages, row_text, sheets, tabs
from noc_tui.console.board_source import BoardSource, mark_of
from noc_tui.console.detail import Known
from noc_tui.console.doing import Asked
from noc_tui.console.figures import is_calm
from noc_tui.console.hands import Hands
from noc_tui.console.news import news
from noc_tui.console.paging import Shown, indented
from noc_tui.console.session import Session
from noc_tui.incidents.model import Incident
from widgets.board import Board
from widgets.ink import Palette
from widgets.line import Line, overlay
from widgets.lines import Lines
from widgets.painting import FramedScreen
from widgets.prompt import Prompt
from widgets.roles import RowState, Run
from widgets.signs import Signs

_PANE_RIGHT: Final = 160
_PANE_BELOW: Final = 120
_TALL: Final = 30
_BELOW_ROWS: Final = 11
_BELOW_LEAST: Final = 5
_BELOW_STEP: Final = 2
_BOARD_LEAST: Final = 9
"""Lines that the pane below leaves to the board at least."""
_PANE: Final = 56
_PANE_LEAST: Final = 40
_PANE_STEP: Final = 4
_PANE_MARGIN: Final = 6
"""Cells of the pane that its text leaves free."""


class Display:
    """All that is painted, as a function of the session and the hands."""

    CSS = """
    Screen { layers: base over; layout: vertical; overflow: hidden; }
    #bar, #news, #say, #ask, #status { height: 1; }
    #body { height: 1fr; }
    #left { width: 1fr; }
    #pane { width: 56; height: 1fr; }
    #sheet { height: 1fr; }
    #which { layer: over; dock: bottom; margin-bottom: 2; }
    .off { display: none; }
    """

    def __init__(self, session: Session, hands: Hands, palette: Palette, signs: Signs) -> None:
        self.session, self.hands, self.signs = session, hands, signs
        self.shown_zone: tzinfo = session.zone
        self.zoomed = True
        self.problem = ""
        """What is wrong with what is being written; it stands in the place of the news."""
        self.page = self._page_now()
        self.source = BoardSource(session, lambda: self.page)
        raised = RowState.RAISED
        self.top = Lines(palette, raised, id="top")
        self.clock = Lines(palette, raised, id="clock")
        self.news = Lines(palette, id="news")
        self.heads = Lines(palette, id="heads", height=1)
        self.board = Board(self.source, palette, signs, row_state=mark_of(session), id="board")
        self.below = Lines(palette, id="below", height=_BELOW_ROWS + 1)
        self.pane = Lines(palette, id="pane")
        self.sheet = Lines(palette, id="sheet")
        self.which = Lines(palette, raised, id="which", height=1)
        self.prompt = Prompt(palette, signs, id="prompt")
        self.say = Lines(palette, id="say")
        self.status = Lines(palette, raised, id="status")
        self._body = Horizontal(id="body")
        self._ask = Container(id="ask", classes="off")
        self._size = Size(80, 24)
        self._scroll = 0
        self._pane, self._below = _PANE, _BELOW_ROWS
        self.which.set_class(True, "off")
        self.sheet.set_class(True, "off")

    def compose(self) -> ComposeResult:
        """Lay the widgets out from top to bottom."""
        with Horizontal(id="bar"):
            yield self.top
            yield self.clock
        yield self.news
        with self._body:
            with Vertical(id="left"):
                yield self.heads
                yield self.board
                yield self.below
            yield self.pane
        yield self.sheet
        yield self.which
        with self._ask:
            yield self.prompt
        yield self.say
        yield self.status

    # Layout

    def arrange(self, size: Size) -> None:
        """Fit panes and columns to a size, and body or page to what is shown."""
        self._size = size
        on_board, tall = self.hands.page == "board", size.height >= _TALL
        right = size.width >= _PANE_RIGHT and self.zoomed
        below = not right and size.width >= _PANE_BELOW and tall and self.zoomed
        self._body.set_class(not on_board, "off")
        self.sheet.set_class(on_board, "off")
        self.pane.set_class(not right, "off")
        self.below.set_class(not below, "off")
        self.clock.styles.width = bars.clock_width(size.width)
        self.heads.styles.height = 2 if tall else 1
        self.session.board.lines.airy = tall
        self.session.board.lines.forget()
        self.board.rows_changed()
        self.paint(None)

    def turn_to(self, size: Size) -> None:
        """Show another page from its top."""
        self._scroll = 0
        self.arrange(size)
        if self.hands.page == "board" and not self.session.prompting:
            self.board.focus()  # it had to give the focus up when it was hidden

    def open_prompt(
        self, asked: Asked, history: Sequence[str], complete: Callable[[str, int], list[str]] | None
    ) -> None:
        """Put the line to write on in the place of the say line."""
        self.prompt.open(asked.label, asked.text, history, complete)
        self._ask.set_class(False, "off")
        self.say.set_class(True, "off")
        self.prompt.focus()

    def close_prompt(self) -> None:
        """Put the say line back."""
        self._ask.set_class(True, "off")
        self.say.set_class(False, "off")
        self.board.focus()

    def show_which(self, prefix: tuple[str, ...], about: str, named: Sequence[tuple[str, str]]) -> list[Line]:
        """Make room for what may follow a prefix, over the detail; returns the lines for it."""
        keys, cut, width = self.session.keys.on(self.hands.page), self.signs.cut, self._size.width
        return self.show_strip(
            sheets.which_key(
                prefix, about, width, keys, cut, named, counts=lambda view: tabs.count_text(self.session, view)
            )
        )

    def show_strip(self, lines: list[Line]) -> list[Line]:
        """Make room for lines over the detail, with a blank above and below where it is tall; returns them."""
        if self._size.height >= _TALL:
            lines = [[], *lines, []]
        self.which.styles.height = len(lines)
        self.which.set_class(False, "off")
        return lines

    def hide_which(self) -> None:
        """Take the strip of continuations away."""
        if not self.which.has_class("off"):
            self.which.set_class(True, "off")

    def move_sheet(self, what: str, count: int) -> None:
        """Scroll the lines of a page."""
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

    def turn_zone(self) -> None:
        """Show UTC alone in the top bar, or local time beside it again."""
        local = self.shown_zone is UTC
        self.shown_zone = self.session.zone if local else UTC
        self.session.say("Local time stands beside UTC from 120 columns on." if local else "UTC alone.")

    def resize_pane(self, step: int) -> None:
        """Make the pane beside or below the board larger or smaller by a step, as far as the board has room."""
        if not self.pane.has_class("off"):
            most = max(_PANE, self._size.width - row_text.WIDE)
            self._pane = max(_PANE_LEAST, min(most, self._pane + step * _PANE_STEP))
            self.pane.styles.width = self._pane
        elif not self.below.has_class("off"):
            most = max(_BELOW_ROWS, self._size.height - _BOARD_LEAST - 6)
            self._below = max(_BELOW_LEAST, min(most, self._below + step * _BELOW_STEP))
            self.below.styles.height = self._below + 1
        else:
            self.session.say("There is no pane beside the board at this size.  Enter opens it.")

    # Painting

    def forget_frame(self) -> None:
        """The terminal may show anything: the next paint writes all of it."""
        if isinstance(self.board.screen, FramedScreen):
            self.board.screen.forget_frame()

    def put_down_pen(self) -> None:
        """Somebody else writes to the terminal next."""
        if isinstance(self.board.screen, FramedScreen):
            self.board.screen.put_down_pen()

    def _page_now(self) -> row_text.Page:
        session, calm = self.session, is_calm(self.session)
        return row_text.Page(session.now, session.me, session.policy, self.signs, session.stale, session.keys, calm)

    def paint_cursor(self) -> None:
        """Paint what a step of the cursor changes, and nothing else: the keys that fit its row, and the pane."""
        self.page = page = self._page_now()
        self.say.show([self._say_line(page, self._size.width)])
        self._paint_pane(page)

    def paint(self, asked: Asked | None) -> None:
        """Give every widget the lines it should show now; what is the same costs nothing on the wire."""
        was_stale = self.page.stale
        self.page = page = self._page_now()
        if page.stale != was_stale:  # the rows say so together with the top bar
            self.board.refresh_keys(self.board.visible_keys)
        width = self._size.width
        triage = self.hands.triage if self.hands.page == "triage" else None
        about = triage.progress_words() if triage else ""
        self.top.show([bars.top_bar(self.session, page, width)])
        self.clock.show([bars.clock_bar(self.session, page, width, self.shown_zone)])
        problem: Line = bars.spread([(self.problem, "bright")], [], width, self.signs.cut)
        known = ("link",) if self.hands.page == "outbox" else ()
        self.news.show([problem if self.problem else news(self.session, page, width, but=known)])
        self.status.show([bars.status_line(self.session, page, self._mode(asked), width, about)])
        self.say.show([self._say_line(page, width)])
        if self.hands.page == "board":
            arrangement = self.session.board.arrangement
            self.heads.show([row_text.heads(self.board.size.width or width, arrangement, self.signs), []])
            self._paint_pane(page)
        else:
            self._paint_sheet(page, writing=asked is not None)

    def _say_line(self, page: row_text.Page, width: int) -> Line:
        confirm = self.hands.confirm
        if confirm is not None:
            left: list[Run] = [(f" {confirm.block} ", "mark"), (f"  {confirm.words}", "text")]
            right = bars.key_runs([("Enter", "do it"), ("Esc", "leave it")], width)
            return bars.spread(left, right, width, self.signs.cut)
        row = self.session.row(self.hands.screen.cursor)
        if self.hands.page == "board":
            head = row is None and self.hands.viewing.head is not None
            hints = bars.head_hints(self.session, width) if head else bars.hints(row, self.session, width)
            return bars.say_line(self.session, page, width, hints)
        keys = bars.page_hints(self.hands.page, row, self.session, width)
        return bars.say_line(self.session, page, width, keys, board=False)

    def _known(self, row: Incident | None) -> Known | None:
        """What was read of an incident, before it what waits for the authority, and who else is there."""
        known = self.session.known
        if row is None:
            return known
        waiting = tuple(self.session.outgoing.events(row, known))
        here = self.session.people.words(row.number)
        if not waiting and not here:
            return known
        if known is None or known.number != row.number:
            return Known(number=row.number, events=waiting, here=here)
        return replace(known, events=waiting + known.events, here=here)

    def _paint_pane(self, page: row_text.Page) -> None:
        row = self.session.row(self.board.cursor)
        known = self._known(row)
        if not self.pane.has_class("off"):
            height = self.pane.size.height
            lines = detail.pane(row, known, page, self.pane.size.width - _PANE_MARGIN, height) if row else []
            rule: Run = (self.signs.rule_beside, "rule")
            self.pane.show(
                [[rule, ("  ", "muted"), *(lines[y] if y < len(lines) else [])] for y in range(height)],
            )
        elif not self.below.has_class("off"):
            width = self.below.size.width
            lines = detail.below(row, known, page, width, self._below) if row else []
            self.below.show([[(self.signs.rule_below * width, "rule")], *lines])

    def _paint_sheet(self, page: row_text.Page, *, writing: bool) -> None:
        shown = self.session.row(self.hands.screen.cursor)
        if shown is not None:
            self.source.painted[shown.number] = shown.revision
        width, height = self.sheet.size.width or self._size.width, self.sheet.size.height
        lines, states, cursor = self._shown(page, width, height)
        self._scroll = max(0, min(self._scroll, len(lines) - height))
        self.sheet.show(lines[self._scroll : self._scroll + height], states)
        if cursor is not None and not writing:  # what is being written keeps the terminal's cursor
            self.sheet.app.cursor_position = self.sheet.region.offset + Offset(0, cursor)

    def _shown(self, page: row_text.Page, width: int, height: int) -> Shown:
        name = self.hands.page
        if name == "help":
            return Shown(pages.help_page(width, page, self.hands.coach.unused(), self.hands.sought_key))
        if name == "outbox":
            return self._outbox(page, width, height)
        if name == "found":
            return self.hands.search.show(page, width, height)
        if name == "views":
            return self.hands.views.show(page, width, height)
        if name == "triage":
            triage = self.hands.triage
            return triage.show(self.session.known, page, width, height) if triage else Shown([])
        row = self.session.row(self.hands.screen.cursor)
        if row is None:
            return Shown(indented([[("This incident has left the board.", "text")]]))
        known = self._known(row)
        shown = self.hands.about.show(row, known, page, width, height)
        return shown or Shown(pages.detail_page(row, known, page, width, height), cursor=0)

    def _outbox(self, page: row_text.Page, width: int, height: int) -> Shown:
        lines = self.hands.outbox.lines(page, width, height)
        at = self.hands.outbox.cursor_line
        if at is None:
            return Shown(lines)
        lines[at] = overlay(lines[at], (self.signs.bar, "key"))
        return Shown(lines, self.hands.outbox.states(), at)

    def _mode(self, asked: Asked | None) -> str:
        """The mode, what is recorded or played, and what waits for more keys."""
        macros = self.hands.macros
        macro = f"  REC {macros.recording}" if macros.recording else ""
        macro += f"  PLAY {macros.playing}" if macros.playing else ""
        typed = f"  {self.hands.typed}" if self.hands.typed else ""
        return f"{self._plain_mode(asked)}{macro}{typed}"

    def _plain_mode(self, asked: Asked | None) -> str:
        if self.hands.confirm is not None:
            return "CONFIRM"
        if asked is not None:
            return {"filter": "FILTER", "command": "CMD"}.get(asked.kind, "PROMPT")
        if self.hands.page == "board":
            return "RANGE" if self.session.picks.range_from is not None else "NORMAL"
        return self.hands.page.upper()
