"""The hands: what each key and each command-line word does. Knows the session and a screen, nothing of Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.command_line import CommandLine
from noc_tui.console.doing import Asked, Confirm, Doer, Page, Screen
from noc_tui.console.keyboard import Pressed
from noc_tui.console.keys import Binding
from noc_tui.console.moving import MOVES
from noc_tui.console.outbox_page import OutboxPage
from noc_tui.console.outliers import name_of
from noc_tui.console.session import Session
from noc_tui.console.triage import Triage
from noc_tui.console.views import BY_KEY, DEFAULT, VIEWS
from noc_tui.incidents.listing import SORTS
from noc_tui.incidents.model import MINUTE, number_text

_NOTHING = "Nothing shown needs attention."


class Hands:
    """Turns bindings into what the session and the screen do."""

    def __init__(self, session: Session, screen: Screen) -> None:
        self.session = session
        self.screen = screen
        self.doer = Doer(session, screen)
        self.outbox = OutboxPage(session, screen, self.doer)
        self._marks: dict[str, int] = {}
        self._round: dict[int, None] = {}
        """Where `Tab` has been in this round, in order."""
        self._leaving = False

    @property
    def page(self) -> Page:
        """Which page fills the body."""
        return self.doer.page

    @property
    def triage(self) -> Triage | None:
        """The pass through what needs attention, once one was begun."""
        return self.doer.triage

    @property
    def confirm(self) -> Confirm | None:
        """The question that Enter answers with yes, if one is open."""
        return self.doer.confirm

    # Dispatch

    def pressed(self, pressed: Pressed) -> None:
        """Do what a finished sequence of keys means."""
        binding = pressed.binding
        if binding is None:
            if pressed.unknown:
                self.session.say(f"{pressed.unknown} does nothing here.  ? shows all keys.", trouble=True, here=True)
            return
        if binding.action != "back":
            self._leaving = False
        if binding.verb and pressed.counted:
            self.session.say(f"{binding.short or binding.title} takes no number before it.", trouble=True)
        elif binding.verb:
            self.doer.verb(binding)
        elif pressed.letter:
            self._mark(binding.action, pressed.letter)
        elif self.page == "triage" and self._triage_key(binding):
            return
        else:
            self.action(binding.action, pressed.count)

    def action(self, action: str, count: int = 1) -> None:
        """Do an action of the console by its name."""
        if action in MOVES:
            self.screen.move(action, count)
        elif action == "repeat":
            for _ in range(count):
                self.doer.repeat()
                if count > 1:
                    self.screen.move("down", 1)
        elif action.startswith("view_"):
            self.show_view(action.removeprefix("view_"))
        elif action.startswith("sort_"):
            self.sort(action.removeprefix("sort_"))
        elif action in _ACTIONS:
            _ACTIONS[action](self)
        else:
            self.screen.do(action)

    # Picks

    def pick(self) -> None:
        """Pick the row under the cursor, and go down."""
        cursor = self.screen.cursor
        if cursor is not None:
            self.session.picks.toggle(cursor)
            self.screen.rows_changed()
            self.screen.move("down", 1)

    def range(self) -> None:
        """Begin a range at the cursor, or end it."""
        cursor = self.screen.cursor
        if cursor is None:
            return
        if self.session.picks.range_from is None:
            self.session.picks.range_from = cursor
            self.session.picks.extend(cursor)
        else:
            self.session.picks.extend(cursor)
            self.session.picks.range_from = None
        self.screen.rows_changed()

    def pick_all(self) -> None:
        """Pick all that is shown."""
        self.session.picks.all_shown()
        self.screen.rows_changed()

    def invert(self) -> None:
        """Pick what is not picked."""
        self.session.picks.invert()
        self.screen.rows_changed()

    def unpick(self) -> None:
        """Pick nothing."""
        self.session.picks.clear()
        self.screen.rows_changed()

    def this_row(self) -> None:
        """Let the next verb act on the cursor's row alone."""
        self.session.picks.this_row_only = True
        self.session.say("The next verb is for this row only.")

    def renumber(self, renamed: Mapping[int, int]) -> None:
        """Rows go by other numbers now (0: by none): what is in view, and the marks, follow them."""
        self._marks = {letter: renamed.get(number, number) for letter, number in self._marks.items()}
        if self.doer.about is not None:
            self.doer.about = renamed.get(self.doer.about, self.doer.about) or None
        if self.triage is not None:
            self.triage.renumber(renamed)

    # Finding

    def next_unacked(self) -> None:
        """Go to the most urgent one that needs attention and was not gone to in this round; then begin a new round."""
        here, attention = self.screen.cursor, self.session.board.attention
        found = next((number for number in attention if number != here and number not in self._round), None)
        if found is None:
            self._round.clear()
            found = next((number for number in attention if number != here), None)
        if found is None:
            self.session.say("Nothing else shown needs attention." if here in attention else _NOTHING)
            return
        if here is not None:
            self._round[here] = None
        self._round[found] = None
        self.session.visited.remember(here)
        self.screen.go_to(found)

    def previous_unacked(self) -> None:
        """Go back to the one before in this round."""
        here = self.screen.cursor
        gone_to = list(self._round)
        before = gone_to[gone_to.index(here) - 1] if here in gone_to[1:] else None
        if before is None or not self.screen.go_to(before):
            self.session.say("That was the first of this round.  Tab goes on.")
            return
        del self._round[gone_to[-1]]

    def jump(self, step: int) -> None:
        """Go back to where one was, or forward again."""
        place = self.session.visited.step(step, self.screen.cursor)
        if place is None or not self.screen.go_to(place):
            self.session.say("There is no place to go back to." if step < 0 else "That was the last place.")

    def _mark(self, action: str, letter: str) -> None:
        cursor = self.screen.cursor
        if action == "mark":
            if cursor is not None:
                self._marks[letter] = cursor
                self.session.say(f"Mark {letter} is set on {name_of(self.session, cursor)}.")
            return
        if letter == "'":
            self.jump(-1)
            return
        number = self._marks.get(letter)
        if number is None or not self.screen.go_to(number):
            self.session.say(f"Mark {letter} is not set, or its incident is not shown.", trouble=True)

    def show_view(self, name: str) -> None:
        """Look at the board through a view, named by its key or by a word."""
        key = {"snoozed": "z", "shelved": "s", "suppressed": "x"}.get(name, name)
        self.session.look.through(BY_KEY[key])
        self.screen.show_page("board")
        self.screen.rows_changed()

    def _turn_view(self, step: int) -> None:
        at = VIEWS.index(self.session.look.view)
        self.show_view(VIEWS[(at + step) % len(VIEWS)].key)

    def sort(self, sort: str) -> None:
        """Sort by a word, or by the bands again."""
        if sort != "default" and sort not in SORTS:
            self.session.say(f"Sort by one of {', '.join(SORTS)}, or default.", trouble=True)
            return
        self.session.board.sort_by("" if sort == "default" else sort)
        self.screen.rows_changed()

    def filter(self) -> None:
        """Ask for a filter; it is applied while it is being typed."""
        self.screen.ask(Asked("/", self.keep_filter, self.session.look.text, "filter"))

    def keep_filter(self, text: str) -> None:
        """Show only what a query finds; ArgumentError says what is wrong with it."""
        problem = self.session.look.only(text, self.session.now)
        if problem is not None:
            raise ArgumentError(problem)
        self.screen.rows_changed()

    # Pages

    def open_page(self, page: Page) -> None:
        """Show a page about the incident under the cursor."""
        if self.screen.cursor is None and page != "triage":
            self.session.say("There is no incident under the cursor.", trouble=True)
            return
        self.session.visited.remember(self.screen.cursor)
        self.screen.show_page(page)

    def begin_triage(self) -> None:
        """Go through what needs attention, one by one."""
        self.doer.triage = Triage(self.session)
        self.screen.show_page("triage")

    def _triage_key(self, binding: Binding) -> bool:
        triage = self.triage
        if triage is None:
            return False
        if binding.action == "later":
            triage.later()
        elif binding.action == "before":
            triage.back()
        elif binding.action in ("next_unacked", "pick", "pick_all", "invert", "range", "filter", "freeze"):
            self.session.say("Not while triaging.  q leaves.", trouble=True)
        else:
            return False
        return True

    def to_board(self) -> None:
        """Show the board in its default view; with a P1 that nobody has hidden by the filter, go to it."""
        self.screen.show_page("board")
        hidden = self.session.p1_outside()
        if hidden is not None:
            self.session.look.only("", self.session.now)
        self.session.look.through(DEFAULT)
        self.session.settle_now()
        self.screen.rows_changed()
        if hidden is not None:
            self.session.visited.remember(self.screen.cursor)
            self.screen.go_to(hidden.number)

    def back(self, *, out: bool = True) -> None:
        """Leave the innermost thing: a page, picks, a filter, a view; on the bare board ask before going `out`."""
        session = self.session
        if self.page != "board":
            self.screen.show_page("detail" if self.page in ("timeline", "alerts") else "board")
        elif session.picks.range_from is not None or session.picks:
            self.unpick()
        elif session.look.text:
            session.look.only("", self.session.now)
            self.screen.rows_changed()
        elif session.look.view is not DEFAULT:
            self.show_view(DEFAULT.key)
        elif not out:
            return
        elif self._leaving:
            self.screen.do("quit")
        else:
            self._leaving = True
            session.say("q again leaves.  Nothing is lost by it.", here=True)

    # Small things

    def freeze(self) -> None:
        """Keep every row where it is, or let them move again."""
        self.session.frozen = not self.session.frozen
        self.session.say("The list is frozen.  f lets it move." if self.session.frozen else "The list moves again.")

    def mute(self) -> None:
        """Keep the bell quiet for half an hour, or let it ring again."""
        session = self.session
        muted = session.muted_until > session.now
        session.muted_until = 0 if muted else session.now + 30 * MINUTE
        session.say("The bell rings again." if muted else "The bell is off for 30 min.")

    def say_row(self) -> None:
        """Say in one sentence where the cursor is."""
        row = self.session.row(self.screen.cursor)
        if row is None:
            self.session.say("No incident is under the cursor.")
            return
        owner = row.owner or "nobody"
        self.session.say(
            f"{number_text(row.number)}, P{row.priority}, {row.state}, {row.resource}, {row.title}, owner {owner}."
        )


_ACTIONS: dict[str, Callable[[Hands], None]] = {
    "undo": lambda hands: hands.doer.undo(),
    "redo": lambda hands: hands.doer.redo(),
    "pick": Hands.pick,
    "range": Hands.range,
    "pick_all": Hands.pick_all,
    "invert": Hands.invert,
    "unpick": Hands.unpick,
    "this_row": Hands.this_row,
    "next_unacked": Hands.next_unacked,
    "previous_unacked": Hands.previous_unacked,
    "jump_back": lambda hands: hands.jump(-1),
    "jump_on": lambda hands: hands.jump(1),
    "filter": Hands.filter,
    "next_view": lambda hands: hands._turn_view(1),
    "previous_view": lambda hands: hands._turn_view(-1),
    "command": lambda hands: CommandLine(hands).ask(),
    "palette": lambda hands: CommandLine(hands).ask_by_name(),
    "detail": lambda hands: hands.open_page("detail"),
    "timeline": lambda hands: hands.open_page("timeline"),
    "alerts": lambda hands: hands.open_page("alerts"),
    "outbox": lambda hands: hands.screen.show_page("outbox"),
    "open_entry": lambda hands: hands.outbox.open_entry(),
    "press_again": lambda hands: hands.outbox.press_again(),
    "let_go": lambda hands: hands.outbox.let_go(),
    "let_all_go": lambda hands: hands.outbox.let_all_go(),
    "try_now": lambda hands: hands.outbox.try_now(),
    "board": Hands.to_board,
    "triage": Hands.begin_triage,
    "help": lambda hands: hands.back() if hands.page == "help" else hands.screen.show_page("help"),
    "back": Hands.back,
    "cancel": lambda hands: hands.back(out=False),
    "freeze": Hands.freeze,
    "mute": Hands.mute,
    "say": Hands.say_row,
}
"""What each action of the table of keys does, where it is the hands' business; the rest is the screen's."""
