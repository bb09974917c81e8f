"""The hands: what each key and each command-line word does. Knows the session and a screen, nothing of Textual."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from noc_tui.console.about import AboutPages
from noc_tui.console.arguments import ArgumentError
from noc_tui.console.coaching import Coach
from noc_tui.console.command_line import CommandLine
from noc_tui.console.doing import ABOUT_ONE, Asked, Confirm, Doer, Page, Screen
from noc_tui.console.kept import Kept
from noc_tui.console.keyboard import SAME, Pressed
from noc_tui.console.keys import Binding
from noc_tui.console.long_notes import LongNotes
from noc_tui.console.macros import Macros
from noc_tui.console.marking import Marks
from noc_tui.console.moving import MOVES
from noc_tui.console.outbox_page import OutboxPage
from noc_tui.console.picking import Picking
from noc_tui.console.search_page import SearchPage
from noc_tui.console.session import Session
from noc_tui.console.sheets import says_key
from noc_tui.console.triage import Triage
from noc_tui.console.triage_answers import Answer
from noc_tui.console.viewing import Viewing
from noc_tui.console.views import DEFAULT
from noc_tui.console.views_page import ViewsPage
from noc_tui.incidents.model import MINUTE, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.verbs import VERBS

_NOTHING = "Nothing shown needs attention."


class Hands:
    """Turns bindings into what the session and the screen do."""

    def __init__(self, session: Session, screen: Screen, kept: Kept | None = None) -> None:
        self.session = session
        self.screen = screen
        self.doer = Doer(session, screen)
        self.viewing: Viewing = Viewing(session, screen, self.doer.desk)
        self.views = ViewsPage(session, screen, self.doer, self.viewing)
        self.about = AboutPages(session, screen, self.doer)
        self.outbox = OutboxPage(session, screen, self.doer)
        self.search: SearchPage = SearchPage(session, screen, self.doer)
        self.kept = kept or Kept(None)
        self.picking = Picking(session, screen)
        self.marks = Marks(session, screen.go_to)
        self.macros = Macros(session, self.kept)
        self.coach = Coach(session, self.kept)
        self.notes = LongNotes(session, screen, self.doer, os.environ)
        self._round: dict[int, None] = {}
        """Where `Tab` has been in this round, in order."""
        self.typed = ""
        """What waits for more keys: a count, a prefix."""
        self._leaving = False
        self.sought_key = ""
        """What the keys that help shows say; empty: it shows all."""

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
        self.coach.pressed(binding)
        if binding.verb and pressed.counted:
            self.session.say(f"{binding.short or binding.title} takes no number before it.", trouble=True)
        elif binding.verb and self.viewing.head is not None and not self.doer.targets() and not _makes(binding):
            self.session.say(self.viewing.no_target(), trouble=True)
        elif binding.verb:
            self.doer.verb(binding)
        elif pressed.letter:
            _LETTERED[binding.action](self, pressed.letter, pressed.count)
        elif self.page == "triage" and self._triage_key(binding):
            return
        elif binding.action == "last" and pressed.counted and self.page == "board":
            CommandLine(self).run(str(pressed.figure))
        else:
            self.action(binding.action, pressed.count)

    def action(self, action: str, count: int = 1) -> None:
        """Do an action of the console by its name."""
        if action in MOVES:
            self.screen.move(action, count)
        elif action in _COUNTED:
            _COUNTED[action](self, count)
        elif action.startswith("yank_"):
            self._yank(action.removeprefix("yank_"))
        elif action.startswith("view_"):
            self.viewing.show(action.removeprefix("view_"))
        elif action.startswith("sort_"):
            self.viewing.sort(action.removeprefix("sort_"))
        elif action.startswith("group_"):
            self.viewing.group(action.removeprefix("group_"))
        elif action in _ACTIONS:
            _ACTIONS[action](self)
        elif not self.about.action(action):
            self.screen.do(action)

    def _yank(self, what: str) -> None:
        # Start-up cost: needed when somebody copies.
        from noc_tui.console.yanking import Yanking

        Yanking(self.session, self.screen.outside.copy).yank(what, self.doer.targets())

    def repeat(self, count: int = 1) -> None:
        """Do the last verb again, with a count to so many rows from here down."""
        for _ in range(count):
            self.doer.repeat()
            if count > 1:
                self.screen.move("down", 1)

    def renumber(self, renamed: Mapping[int, int]) -> None:
        """Rows go by other numbers now (0: by none): what is in view, and the marks, follow them."""
        self.marks.renumber(renamed)
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

    def _to_mark(self, letter: str) -> None:
        if letter == SAME:
            self.jump(-1)
        else:
            self.marks.go(letter)

    def at_once(self, prefix: tuple[str, ...]) -> Binding | None:
        """Return what keys do without the letter or the choice that could follow."""
        row = self.session.keys.bindings.get(prefix)
        if row is not None and row.action == "record" and self.macros.recording:
            return replace(row, action="end_macro")
        return self.doer.at_once(prefix)

    def lettered(self, prefix: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the letters that mean something after these keys, and what."""
        row = self.session.keys.bindings.get(prefix)
        if row is None or not row.letter:
            return []
        return self.macros.shown() if row.action in ("record", "play") else self.marks.shown()

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
        """Show a page about the incident under the cursor; on a group's head open or fold the group."""
        if page == "alerts" and self.viewing.open_head():
            return
        if page == "detail" and self.viewing.turn_fold():
            return
        if self.screen.cursor is None and page != "triage":
            self.session.say(self.viewing.no_target(), trouble=True)
            return
        self.session.visited.remember(self.screen.cursor)
        self.screen.show_page(page)

    def help(self) -> None:
        """Show all keys, or go back to where one was."""
        self.sought_key = ""
        if self.page == "help":
            self.back()
        else:
            self.screen.show_page("help")

    def seek_key(self, text: str) -> None:
        """Show the keys that say a text, all without one; ArgumentError if none does."""
        text = clean(text).strip()
        if text and not says_key(self.session.keys, text):
            raise ArgumentError(f"No key says {text}.")
        self.sought_key = text
        self.screen.show_page("help")

    def open_outbox(self) -> None:
        """Show what waits for the authority, and what it refused."""
        self.outbox.begin()
        self.screen.show_page("outbox")

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
        elif binding.action == "usual":
            self._answer(triage.usual(), "There is no card in hand.")
        elif binding.action == "link_suggested":
            self._answer(triage.suggested(), "No parent is suggested.  & links it under one that you name.")
        elif binding.action in ("next_unacked", "pick", "pick_all", "invert", "range", "filter", "freeze"):
            self.session.say("Not while triaging.  q leaves.", trouble=True)
        else:
            return False
        return True

    def _answer(self, answer: Answer | None, otherwise: str) -> None:
        """Do what the card in hand suggests."""
        numbers = self.doer.targets()
        if answer is not None and not answer.verb and self.triage is not None:
            self.triage.later()
        elif answer is None or not numbers:
            self.session.say(otherwise, trouble=True)
        else:
            painted = self.screen.painted(numbers)
            self.doer.carry_out(VERBS[answer.verb], answer.args, numbers, painted)

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
        if self.page == "help" and self.sought_key:
            self.seek_key("")
        elif self.page != "board":
            self.screen.show_page("detail" if self.page in ABOUT_ONE - {"detail"} else self.doer.came_from)
        elif session.picks.range_from is not None or session.picks:
            self.picking.nothing()
        elif session.look.text:
            session.look.only("", self.session.now)
            self.screen.rows_changed()
        elif session.look.view is not DEFAULT:
            self.viewing.through(DEFAULT)
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


def _makes(binding: Binding) -> bool:
    """Whether a verb makes a new incident, and needs none."""
    return VERBS[binding.verb].makes


_COUNTED: dict[str, Callable[[Hands, int], None]] = {
    "repeat": Hands.repeat,
    "later_view": lambda hands, count: hands.views.shift(1, count),
    "earlier_view": lambda hands, count: hands.views.shift(-1, count),
    "pick": lambda hands, count: hands.picking.row(count),
}
"""Actions of the hands that a number before the key repeats."""

_LETTERED: dict[str, Callable[[Hands, str, int], None]] = {
    "mark": lambda hands, letter, _: hands.marks.set(letter, hands.screen.cursor),
    "to_mark": lambda hands, letter, _: hands._to_mark(letter),
    "record": lambda hands, letter, _: hands.macros.record(letter),
    "play": lambda hands, letter, count: hands.macros.play(letter, count),
}
"""Actions that a letter follows."""

_ACTIONS: dict[str, Callable[[Hands], None]] = {
    "undo": lambda hands: hands.doer.undo(),
    "redo": lambda hands: hands.doer.redo(),
    "long_note": lambda hands: hands.notes.begin(),
    "end_macro": lambda hands: hands.macros.end(),
    "repick": lambda hands: hands.picking.again(),
    "range": lambda hands: hands.picking.range(),
    "pick_all": lambda hands: None if hands.viewing.pick_group() else hands.picking.all_shown(),
    "invert": lambda hands: hands.picking.invert(),
    "unpick": lambda hands: hands.picking.nothing(),
    "this_row": lambda hands: hands.picking.this_row(),
    "next_unacked": Hands.next_unacked,
    "previous_unacked": Hands.previous_unacked,
    "jump_back": lambda hands: hands.jump(-1),
    "jump_on": lambda hands: hands.jump(1),
    "filter": Hands.filter,
    "next_view": lambda hands: hands.viewing.turn(1),
    "previous_view": lambda hands: hands.viewing.turn(-1),
    "command": lambda hands: CommandLine(hands).ask(),
    "palette": lambda hands: CommandLine(hands).ask_by_name(),
    "detail": lambda hands: hands.open_page("detail"),
    "timeline": lambda hands: hands.open_page("timeline"),
    "alerts": lambda hands: hands.open_page("alerts"),
    "near": lambda hands: hands.open_page("near"),
    "seen": lambda hands: hands.open_page("seen"),
    "raw": lambda hands: hands.open_page("raw"),
    "outbox": Hands.open_outbox,
    "views": lambda hands: hands.views.begin(),
    "open_view": lambda hands: hands.views.open_it(),
    "rename_view": lambda hands: hands.views.rename(),
    "share_view": lambda hands: hands.views.share(),
    "drop_view": lambda hands: hands.views.drop(),
    "open_entry": lambda hands: hands.outbox.open_entry(),
    "press_again": lambda hands: hands.outbox.press_again(),
    "let_go": lambda hands: hands.outbox.let_go(),
    "let_all_go": lambda hands: hands.outbox.let_all_go(),
    "try_now": lambda hands: hands.outbox.try_now(),
    "find": lambda hands: hands.search.ask(),
    "open_found": lambda hands: hands.search.open_it(),
    "board": Hands.to_board,
    "triage": Hands.begin_triage,
    "help": Hands.help,
    "seek_key": lambda hands: hands.screen.ask(Asked("/", hands.seek_key, kind="seek")),
    "back": Hands.back,
    "cancel": lambda hands: hands.back(out=False),
    "fold": lambda hands: hands.viewing.fold(folded=True),
    "fold_all": lambda hands: hands.viewing.fold_all(folded=True),
    "open_all": lambda hands: hands.viewing.fold_all(folded=False),
    "freeze": Hands.freeze,
    "mute": Hands.mute,
    "say": Hands.say_row,
}
"""What each action of the table of keys does, where it is the hands' business; the rest is the screen's."""
