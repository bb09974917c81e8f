"""The command line and the palette: everything that keys do, by its name."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from noc_tui.console import arguments
from noc_tui.console.arguments import ArgumentError
from noc_tui.console.doing import Asked
from noc_tui.console.keyboard import Pressed
from noc_tui.console.palette import matches
from noc_tui.incidents.model import number_text
from noc_tui.incidents.verbs import VERBS

if TYPE_CHECKING:
    from noc_tui.console.hands import Hands


class CommandLine:
    """A line that was typed behind `:`, or a few letters in the palette, carried out by the hands."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def ask(self) -> None:
        """Ask for a command."""
        self._hands.screen.ask(Asked(":", self.run, "", "command"))

    def run(self, line: str) -> None:
        """Do what a line says: a verb with its arguments, a view, a sort, a number to go to; ArgumentError if none."""
        word, _, rest = line.strip().partition(" ")
        word = word.casefold()
        if not word:
            return
        self._hands.coach.spelled(_WORDS.get(word, word))
        if word in VERBS and not VERBS[word].rule_only and word not in ("undo", "redo"):
            self._hands.doer.verb_line(VERBS[word], rest)
        elif word in _TAKING and (rest.strip() or word not in _WORDS):
            _TAKING[word](self, rest.strip())
        elif word in _WORDS and rest.strip():
            raise ArgumentError(f"{word} takes nothing behind it")
        elif word in _WORDS:
            self._hands.action(_WORDS[word])
        else:
            self._go_to_number(line)

    def _go_to_number(self, line: str) -> None:
        waiting = self._hands.session.outgoing.numbered(line)
        try:
            number = arguments.incident_number(line) if waiting is None else waiting
        except ArgumentError:
            near = get_close_matches(line.split()[0].casefold(), COMMAND_WORDS, 1, 0.6)
            hint = f"is it {near[0]}? " if near else ""
            raise ArgumentError(f"there is no command {line.split()[0]!r}; {hint}Tab completes") from None
        session = self._hands.session
        session.visited.remember(self._hands.screen.cursor)
        if number in session.board.rows and number not in session.board.selection:  # it may wait to take its place
            session.settle_now()
            self._hands.screen.rows_changed()
        if not self._hands.screen.go_to(number):
            raise ArgumentError(f"{number_text(number)} is not on the board now")

    def _pick_found(self, query: str) -> None:
        found = self._hands.session.look.found(query, self._hands.session.now)
        if isinstance(found, str):
            raise ArgumentError(found)
        self._hands.session.picks.add(found)
        self._hands.session.say(f"{len(found)} picked by {query.strip()}.")
        self._hands.screen.rows_changed()

    def ask_by_name(self) -> None:
        """Ask for a few letters of what is wanted, by its name in help; Enter does the first that fits."""
        self._hands.screen.ask(Asked("palette", self._run_named, "", "palette"))

    def _run_named(self, text: str) -> None:
        fitting = matches(text, self._hands.session.keys)
        if not fitting:
            raise ArgumentError(f"nothing is called {text.strip()!r}; ? shows all there is")
        self._hands.coach.spelled(fitting[0].verb or fitting[0].action)
        self._hands.pressed(Pressed(binding=fitting[0]))


_WORDS: Final = {
    "help": "help",
    "triage": "triage",
    "timeline": "timeline",
    "alerts": "alerts",
    "near": "near",
    "seen": "seen",
    "raw": "raw",
    "detail": "detail",
    "board": "board",
    "outbox": "outbox",
    "views": "views",
    "undo": "undo",
    "redo": "redo",
    "pick": "pick",
    "unpick": "unpick",
    "freeze": "freeze",
    "quit": "quit",
    "q": "quit",
}
"""Command-line words that do what a key does."""

_TAKING: Final[dict[str, Callable[[CommandLine, str], None]]] = {
    "sort": lambda line, rest: line._hands.viewing.sort(rest),
    "group": lambda line, rest: line._hands.viewing.group(rest),
    "filter": lambda line, rest: line._hands.keep_filter(rest),
    "find": lambda line, rest: line._hands.search.find(rest),
    "pick": CommandLine._pick_found,
    "view": lambda line, rest: line._hands.viewing.line(rest),
}
"""Command-line words that take something behind them."""

COMMAND_WORDS = (*sorted({*VERBS} - {"settle"}), *sorted({*_WORDS, *_TAKING} - {*VERBS, "q"}))
"""All that the command line knows, for completion."""
