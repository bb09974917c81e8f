"""Doing verbs: their arguments gathered, large sets confirmed, the commands made; undo, redo, repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final, Literal, Protocol

import msgspec
from msgspec.structs import replace

from noc_tui.console import arguments
from noc_tui.console.arguments import ArgumentError
from noc_tui.console.keys import Binding
from noc_tui.console.outliers import set_words
from noc_tui.console.session import MANY, Session
from noc_tui.console.triage import Triage
from noc_tui.incidents.children import following, question
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.lifecycle import TRANSITIONS, refuse_state
from noc_tui.incidents.model import number_text
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.verbs import VERBS, Arg, Verb

Page = Literal[
    "board", "detail", "timeline", "alerts", "near", "seen", "raw", "help", "triage", "outbox", "found", "views"
]
ABOUT_ONE: Final = frozenset(("detail", "timeline", "alerts", "near", "seen", "raw"))
"""Pages about one incident, which they stay with when its row leaves the board's view."""


RESUME: Final = "w w"
"""Where the table has what the key of `hold` does on a held row."""


_IN_WORDS: Final = frozenset(("note", "text", "cause", "reason"))
"""Arguments that are written in sentences."""


class Asked(msgspec.Struct, frozen=True):
    """A question on the say line: its label, what to do with the answer, and what it is about.

    `above` are lines that stand over it; `texts` are asked for texts to choose from, each with its name.
    """

    label: str
    answer: Callable[[str], None]
    text: str = ""
    kind: str = "argument"
    above: tuple[str, ...] = ()
    texts: Callable[[], Sequence[tuple[str, str]]] | None = None


class Confirm(msgspec.Struct, frozen=True):
    """A question that Enter answers with yes: what is about to happen to which set."""

    block: str
    words: str
    yes: Callable[[], None]


class Outside(Protocol):
    """What of the operator's own the hands use."""

    def edit(self, words: Sequence[str], then: Callable[[str], None]) -> None:
        """Run an editor in place of the board; `then` is told what went wrong with it, if anything did."""

    def copy(self, text: str, what: str) -> None:
        """Put a text into the terminal's clipboard, and say so."""


class Screen(Protocol):
    """What the hands ask of the screen."""

    @property
    def zone(self) -> tzinfo: ...
    @property
    def cursor(self) -> int | None:
        """The incident that a verb means: on the board the one painted under the cursor, on a card its own."""

    @property
    def under_cursor(self) -> int | None:
        """The key of the board's row under the cursor: an incident's number, or that of a group's head."""

    def painted(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the revisions at which these incidents were last painted, of those that were."""

    @property
    def shifted(self) -> bool:
        """Whether the row under the cursor was replaced a moment ago."""

    def move(self, what: str, count: int) -> None: ...
    def go_to(self, number: int) -> bool: ...
    def rows_changed(self) -> None: ...
    def ask(self, asked: Asked) -> None: ...
    def write(self, commands: Sequence[Command]) -> None: ...
    def show_page(self, page: Page) -> None: ...
    def do(self, what: str) -> None: ...
    @property
    def outside(self) -> Outside:
        """The operator's own editor and clipboard."""

    def keep_views(self, views: Sequence[SavedView]) -> None: ...
    def let_go(self, commands: Sequence[bytes]) -> None: ...


class Doer:
    """Turns a verb into commands, asking for what it needs; nothing happens before that is answered."""

    def __init__(self, session: Session, screen: Screen) -> None:
        self.session = session
        self.screen = screen
        self.page: Page = "board"
        self.triage: Triage | None = None
        self.confirm: Confirm | None = None
        self.alert_at = 0
        self.about: int | None = None
        """The incident that a page of `ABOUT_ONE` is about."""
        self.came_from: Page = "board"
        """The page from which that incident was opened: `q` goes back there."""

    def turn_to(self, page: Page, about: int | None) -> None:
        """Turn to another page, about the incident that was in view."""
        self.page, self.about, self.alert_at = page, about, 0
        if page not in ABOUT_ONE:
            self.came_from = "board"

    def verb(self, binding: Binding) -> None:
        """Gather a verb's arguments, by prompts where needed, then do it to its targets."""
        if self._only_looks():
            return
        verb = VERBS[binding.verb]
        args = dict(binding.args)
        if self.page == "alerts" and verb.id == "snooze":
            self._shelve(args, [*binding.asks, "reason"])
            return
        if verb.makes:
            self._prompt(verb, list(binding.asks), args, lambda: self.log(args))
            return
        numbers = self.targets()
        if not numbers:
            self.session.say("There is no incident under the cursor.", trouble=True)
            return
        why = self._refused(verb, numbers)
        if why is not None:
            self.session.say(why, trouble=True)
            return
        if self.screen.shifted and not self.session.picks:
            self.session.say("The row under the cursor changed just now; press again.", trouble=True)
            return
        painted = self.screen.painted(numbers)
        owner = self._owner_told(verb, numbers)
        if owner:
            self.take_over(numbers[0], owner, painted)
            return
        self._prompt(verb, list(binding.asks), args, lambda: self.carry_out(verb, args, numbers, painted), binding.must)

    def _only_looks(self) -> bool:
        """Say no at the key where the server takes nothing from this operator."""
        why = self.session.link.only_looks if self.session.link is not None else ""
        if why:
            self.session.say(why, trouble=True)
        return bool(why)

    def _refused(self, verb: Verb, numbers: Sequence[int]) -> str | None:
        """Say no before asking anything, where the state of every incident already says it."""
        if verb.id not in TRANSITIONS:
            return None
        if any(number in self.session.pending for number in numbers):
            return None  # what was pressed a moment ago is not on the row yet: keys may come faster than the disk
        rows = [row for number in numbers if (row := self.session.row(number)) is not None]
        reasons = [refuse_state(verb.id, row) for row in rows]
        return reasons[0] if reasons and all(reasons) else None

    def at_once(self, prefix: tuple[str, ...]) -> Binding | None:
        """Return what a prefix does without a second key: `w` on what is held resumes it (OPERATOR.md 1.5)."""
        resume = self.session.keys.at(RESUME)
        if not prefix or prefix != resume.sequence[:-1]:
            return None
        rows = [self.session.row(number) for number in self.targets()]
        return resume if rows and all(row is not None and row.state == "held" for row in rows) else None

    def targets(self) -> list[int]:
        """Return what a verb acts on."""
        if self.page == "triage":
            current = self.triage.current if self.triage else None
            return [current] if current is not None else []
        return self.session.picks.targets(self.screen.cursor)

    def _prompt(
        self,
        verb: Verb,
        asks: list[str],
        args: dict[str, Any],
        then: Callable[[], None],
        must: tuple[str, ...] = (),
    ) -> None:
        if not asks:
            then()
            return
        arg = next(arg for arg in verb.args if arg.name == asks[0])
        if arg.name in must or (verb.id == "reopen" and self._any_closed()):
            arg = replace(arg, required=True)

        def answered(text: str) -> None:
            value = arguments.parse(arg, text, self.session.now, self.screen.zone)
            if value is not None:
                args[arg.name] = value
            self._prompt(verb, asks[1:], args, then, must)

        texts = self._texts if arg.name in _IN_WORDS else None
        self.screen.ask(Asked(_question(verb, arg), answered, texts=texts))

    def _texts(self) -> Sequence[tuple[str, str]]:
        """The user's own texts, filled in for what the verb acts on first."""
        from noc_tui.console.templates import filled  # Start-up cost: needed when somebody asks for one

        session = self.session
        row = next((row for number in self.targets() if (row := session.row(number)) is not None), None)
        return filled(session.templates, row, session.me, session.now)

    def _any_closed(self) -> bool:
        rows = [self.session.row(number) for number in self.targets()]
        return any(row is not None and row.state == "closed" for row in rows)

    def carry_out(
        self,
        verb: Verb,
        args: dict[str, Any],
        numbers: Sequence[int],
        painted: Mapping[int, int],
        *,
        sure: bool = False,
        told: str = "",
    ) -> None:
        """Do a verb to incidents; a large set, and more than one with a P1, is named and confirmed first."""
        session = self.session
        if not sure and self._wants_a_yes(numbers):
            self.confirm = Confirm(
                f"{told or verb.short} {len(numbers)}",
                set_words(self.session, numbers),
                lambda: self.carry_out(verb, args, numbers, painted, sure=True),
            )
            return
        if verb.children and not sure and self._asks_about_children(verb, args, numbers, painted):
            return
        session.last_verb = (verb.id, {} if args.get("steal") else dict(args))  # a repeat takes nothing from anybody
        given = self._timed(args)
        present = [number for number in numbers if session.row(number) is not None]
        if not present:
            session.say("That incident has left the board.", trouble=True)
            return
        self._write(session.commands(verb.id, given, present, painted), present)
        self._put_away(verb, present)
        self._picks_done()

    def _put_away(self, verb: Verb, numbers: Sequence[int]) -> None:
        """What was refused of a verb on these incidents is answered by doing it anew."""
        ids = {row.id for number in numbers if (row := self.session.row(number)) is not None}
        refused = self.session.outgoing.refused.values()
        over = [one.command.id for one in refused if one.command.verb == verb.id and one.command.incident in ids]
        if over:
            self.screen.let_go(over)

    def _asks_about_children(
        self, verb: Verb, args: dict[str, Any], numbers: Sequence[int], painted: Mapping[int, int]
    ) -> bool:
        """Ask what becomes of the open children of a single parent, as far as the pane has read them."""
        known = self.session.known
        if len(numbers) != 1 or known is None or known.number != numbers[0]:
            return False
        children = [row for child in known.children if (row := self.session.row(child.number)) is not None]
        asked = question(children)
        if not asked:
            return False

        def answered(text: str) -> None:
            try:
                chosen = following(children, text.strip() or "n")
            except ValueError as error:
                raise ArgumentError(str(error)) from None
            self.carry_out(verb, args, [*numbers, *(child.number for child in chosen)], painted, sure=True)

        self.screen.ask(Asked(f"{verb.short} {number_text(numbers[0])} {asked}", answered))
        return True

    def _wants_a_yes(self, numbers: Sequence[int]) -> bool:
        """Ten or more, or several with a P1 among them, are confirmed (OPERATOR.md 2.2)."""
        rows = [self.session.row(number) for number in numbers[:MANY]]
        return len(numbers) >= MANY or (len(numbers) > 1 and any(row and row.priority == 1 for row in rows))

    def _timed(self, args: dict[str, Any]) -> dict[str, Any]:
        """A span `for` becomes an instant `until` when it is done, so that a repeat reckons it anew."""
        given = dict(args)
        if "for" in given:
            given["until"] = self.session.now + given.pop("for")
        return given

    def _owner_told(self, verb: Verb, numbers: Sequence[int]) -> str:
        """Return from whom `t` again takes an incident over: its owner, if the operator was just told of that one."""
        row = self.session.row(numbers[0]) if verb.id == "take" and len(numbers) == 1 else None
        return row.owner if row is not None and self.session.taken_by == (row.number, row.owner) else ""

    def take_over(self, number: int, owner: str, painted: Mapping[int, int]) -> None:
        """Ask why somebody's incident is taken over, and do that: one Enter, and a reason in writing (J5)."""
        verb, why = VERBS["take"], Arg("note", required=True, ask=f"take over from {owner}, reason")

        def answered(text: str) -> None:
            note = arguments.parse(why, text, self.session.now, self.screen.zone)
            self.carry_out(verb, {"steal": True, "note": note}, [number], painted, sure=True)

        self.screen.ask(Asked(why.ask, answered, texts=self._texts))

    def _picks_done(self) -> None:
        """What was picked has been acted on; a verb for one row only leaves the picks."""
        picks = self.session.picks
        if picks.this_row_only:
            picks.this_row_only = False
        elif picks:
            picks.clear()
            self.screen.rows_changed()

    def log(self, args: dict[str, Any]) -> None:
        """Log a new incident."""
        self._write(self.session.issuing.log(args), [0])

    def desk(self, verb: str, args: dict[str, Any]) -> None:
        """Do a verb of the desk, which is about no incident."""
        self._write(self.session.issuing.desk(verb, args), [0])

    def _write(self, commands: list[Command], numbers: Sequence[int]) -> None:
        if self._only_looks():
            return
        session = self.session
        refused: list[Outcome] = []
        if session.link is not None and not any(number in session.pending for number in numbers):
            refused = session.outgoing.foreseen(commands, numbers)
        if refused:
            session.answered(commands, refused)
        elif commands:
            session.sent(commands, numbers)
            self.screen.write(commands)

    def _shelve(self, args: dict[str, Any], asks: list[str]) -> None:
        """On an alert, snooze is a shelf: it needs a reason (ISA-18.2)."""
        known, number = self.session.known, self.screen.cursor
        if number is not None and (known is None or known.number != number):
            self.session.say("Its alerts are still being read; press again.", trouble=True)
            return
        if known is None or number is None or not known.alerts:
            self.session.say("There is no alert under the cursor.", trouble=True)
            return
        alert = known.alerts[min(self.alert_at, len(known.alerts) - 1)]
        args["alert"] = alert.ref
        if "for" not in args and not any(ask.startswith("until") for ask in asks):
            args["for"] = self.session.policy.shelf_max
        verb = VERBS["shelve"]
        self._prompt(verb, asks, args, lambda: self.carry_out(verb, args, [number], {}))

    def move_alert(self, what: str, count: int) -> None:
        """Move the cursor of the alerts page."""
        known = self.session.known
        last = len(known.alerts) - 1 if known is not None else 0
        step = {"down": count, "up": -count, "first": -last, "last": last}.get(what, 0)
        self.alert_at = max(0, min(last, self.alert_at + step))

    def answer(self, *, yes: bool) -> None:
        """Answer the open question: do what it named, or leave it."""
        confirm, self.confirm = self.confirm, None
        if confirm is not None and yes:
            confirm.yes()
        else:
            self.session.say("Left as it is.")

    def repeat(self) -> None:
        """Do the last verb again, with its choices, to what is picked or under the cursor now."""
        last = self.session.last_verb
        if last is None:
            self.session.say("There is no verb to repeat yet.", trouble=True)
            return
        numbers = self.targets()
        verb, args = VERBS[last[0]], dict(last[1])
        choice = next((args[arg.name] for arg in verb.args if arg.choices and arg.name in args), "")
        told = f"repeat {verb.short} {choice}".rstrip()
        self.carry_out(verb, args, numbers, self.screen.painted(numbers), told=told)

    # Undo

    def undo(self) -> None:
        """Undo the last gesture; a large one is named first, with how many of it nobody has changed since."""
        gesture = self.session.gestures.next_undo()
        if gesture is None:
            known = self.session.gestures.taken_up
            words = "Nothing of yours is left to undo." if known else "What you did is still being read; press u again."
            self.session.say(words, trouble=True)
            return
        total = len(gesture.items)
        if total >= MANY:
            unchanged = gesture.unchanged(self.session.board.rows)
            self.confirm = Confirm(
                f"undo {gesture.verb} {total}".replace("  ", " "),
                f"{unchanged} of {total} unchanged",
                self._undo_now,
            )
            return
        self._undo_now()

    def _undo_now(self) -> None:
        gesture = self.session.gestures.next_undo()
        if gesture is not None:
            self._write(self.session.reversing("undo", gesture), [item.number for item in gesture.items])

    def redo(self) -> None:
        """Take the last undo back."""
        gesture = self.session.gestures.next_redo()
        if gesture is None:
            self.session.say("There is no undo to take back.", trouble=True)
            return
        self._write(self.session.reversing("redo", gesture), [item.number for item in gesture.items])

    def verb_line(self, verb: Verb, rest: str) -> None:
        """Do a verb of the command line, to the incidents that it names first, with the arguments behind them."""
        if self._only_looks():
            return
        named, rest = ([], rest) if verb.makes else arguments.split_targets(verb, rest)
        for number in named:
            if self.session.row(number) is None:
                raise ArgumentError(f"{number_text(number)} is not on the board now")
        args = arguments.split_line(verb, rest, self.session.now, self.screen.zone)
        missing = [arg.name for arg in verb.args if arg.required and arg.name not in args]
        if verb.makes:
            self._prompt(verb, missing, args, lambda: self.log(args))
            return
        numbers = named or self.targets()
        painted = self.screen.painted(numbers)
        if not numbers:
            raise ArgumentError("there is no incident under the cursor")
        self._prompt(verb, missing, args, lambda: self.carry_out(verb, args, numbers, painted))


def _question(verb: Verb, arg: Arg) -> str:
    options = list(dict.fromkeys(arg.choices.values()))
    more = f" ({', '.join(options)})" if options else "" if arg.required else ", Enter for none"
    asked = arg.ask or arg.name
    lead = "" if asked.startswith(verb.short) else f"{verb.short}: "
    return f"{lead}{asked}{more}"
