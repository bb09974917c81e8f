"""The session: the one owner of what the screen knows. It can be built and tested without a screen.

Workers read and write the store and hand their findings in (`apply`, `answered`, `heard`); keys ask it for commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

import msgspec

from noc_tui.console import deeds_said
from noc_tui.console.arrivals import Arrivals
from noc_tui.console.beside import Heard
from noc_tui.console.board_model import BoardModel
from noc_tui.console.detail import Known
from noc_tui.console.gestures import Gesture, GestureStack, Item
from noc_tui.console.issuing import Issuing
from noc_tui.console.keymap import STANDARD, Keymap
from noc_tui.console.link import LATE, Link, data_age
from noc_tui.console.look import Look
from noc_tui.console.outgoing import Outgoing, Shown
from noc_tui.console.pending import Pending
from noc_tui.console.people import People
from noc_tui.console.picks import Picks
from noc_tui.console.rivals import Rival
from noc_tui.console.row_text import Marks
from noc_tui.console.sending import Sending
from noc_tui.console.stock import Stock, stock_of
from noc_tui.console.taken_over import TakenOver
from noc_tui.console.visited import Visited
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import SECOND, Incident, Micros, number_text
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.beside import AgentStatus
from noc_tui.journal.changes import ChangeSet

SAID_FOR: Final = 10 * SECOND
"""How long the say line keeps a sentence with its undo key (LOOK.md section 3)."""
IDLE: Final = 3 * SECOND // 2
"""So long after a key the list does not move under the finger (OPERATOR.md 2.1 rule 4)."""
MANY: Final = 10
"""From so many on, a gesture is confirmed first (OPERATOR.md 2.2)."""


class Said(msgspec.Struct, frozen=True):
    """What the say line says, since when, and whether `u` takes it back; `here` is of no use on another page."""

    text: str
    at: Micros
    undo: bool = False
    trouble: bool = False
    here: bool = False


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits where: the person, the terminal, the desk's name, the zone that local times are told in, the keys.

    `link` is there on the replica of a remote store; `notices` are told when the board opens.
    """

    me: str
    origin: str
    zone: tzinfo
    desk: str = ""
    demo: bool = False
    link: Link | None = None
    keys: Keymap = STANDARD
    notices: tuple[str, ...] = ()
    templates: Mapping[str, str] = {}


class Session:
    """What this console knows: rows, picks, filter, gestures, the agent's and the link's state, what was said."""

    def __init__(self, seat: Seat, policy: Policy, clock: Callable[[], Micros], new_id: Callable[[], bytes]) -> None:
        self.me, self.origin, self.policy = seat.me, seat.origin, policy
        self.desk, self.demo, self.zone = seat.desk, seat.demo, seat.zone
        self.link, self.keys = seat.link, seat.keys
        self.notices, self.templates = seat.notices, seat.templates
        self._clock = clock
        self.issuing = Issuing(seat.me, seat.origin, clock, new_id, lambda: self.seq)
        self._opened = clock()
        self.board = BoardModel(policy, self._opened)
        self.loaded, self.seq = False, 0
        self.picks, self.visited = Picks(self.board), Visited()
        self.look = Look(self.board, seat.me, seat.zone)
        self.frozen = self.prompting = False
        self.said = self.coached = Said("", 0)
        self.agent: AgentStatus | None = None
        self.agent_word = self.agent_reason = self.trouble = ""
        self.muted_until: Micros = 0
        self.known: Known | None = None
        self.guest: Incident | None = None
        """An incident that is open on a page and not on the board."""
        self.about: int | None = None
        """The incident that a page or a question is about, not the board."""
        self.last_verb: tuple[str, dict[str, Any]] | None = None
        """The last verb with its choices; a span under `for` is reckoned from when it is done."""
        self.pending = Pending()
        self.sending = Sending()
        self.outgoing = Outgoing(policy, self.board.rows)
        self.people = People(seat.me)
        self.taken_over = TakenOver(seat.me)
        self.renamed: dict[int, int] = {}
        """Numbers that stood for one to come, with that; whoever keeps them takes it up (0: there will be none)."""
        self.taken_by: tuple[int, str] | None = None
        """The incident and its owner, of whom the operator was just told that a take needs a steal."""
        self.rivals: dict[bytes, Rival] = {}
        """Who was quicker than a refused command, by its id, as far as that was looked up."""
        self.gestures = GestureStack()
        self.arrivals = Arrivals()
        self._unread: set[int] = set()
        self._mine: dict[int, int] = {}
        self._cursor: int | None = None
        self._last_key: Micros = 0

    # Time

    @property
    def now(self) -> Micros:
        """The present instant."""
        return self._clock()

    def touched(self) -> None:
        """Note that a key was pressed."""
        self._last_key = self.now

    @property
    def last_key(self) -> Micros:
        """When a key was pressed last."""
        return self._last_key

    @property
    def untouched(self) -> Micros:
        """For how long no key was pressed, at most since the board opened."""
        return self.now - max(self._opened, self._last_key)

    @property
    def held(self) -> bool:
        """Whether rows stay where they are: a key was just pressed, rows are picked, a prompt is open, or frozen."""
        busy = self.frozen or self.prompting or bool(self.picks)
        return busy or self.now - self._last_key < IDLE

    # What workers hand in

    def first_page(self, rows: Sequence[Incident]) -> None:
        """Show the most urgent rows while the rest is being read."""
        self.board.swap_in(stock_of([rows], self.policy, self.now), self.now)

    def all_loaded(self, stock: Stock, seq: int, *, another: bool = False) -> None:
        """All rows are there, as of `seq`: of those shown so far only newer ones stay, of `another` store none."""
        self.policy = stock.policy
        self.board.swap_in(stock, self.now, as_of=None if another else seq)
        self.show(self.outgoing.rebase(self.policy, self.board.rows, another=another))
        self.seq = seq if another else max(self.seq, seq)
        self.loaded = True
        self._forget_departed()

    def apply(self, changes: ChangeSet) -> set[int]:
        """Take changes in; returns the incidents that look different now."""
        now = self.now
        for incident in changes.incidents if changes.seq else ():  # of a replica that is being filled nothing is news
            self._notice(incident, now)
        changed = self.show(self.outgoing.shown(changes.incidents))
        self.seq = max(self.seq, changes.seq)
        self._forget_departed()
        return changed

    def show(self, shown: Shown) -> set[int]:
        """Show rows as they are with what waits for the authority; returns the incidents that look different now."""
        self.renamed.update(shown.gone)
        return self.board.apply(shown.rows, self.now, held=self.held, gone=shown.gone)

    def _forget_departed(self) -> None:
        """Keep nothing about what has left the board."""
        gone = self.board.departed()
        if gone:
            self.picks.forget(gone)
            self.arrivals.forget(gone)
            self._unread -= gone
            for number in gone:
                self._mine.pop(number, None)

    def _notice(self, incident: Incident, now: Micros) -> None:
        """Mark what changed behind the operator's back, and count what is new for the rate and the flood."""
        before = self.board.rows.get(incident.number)
        if self.link is not None:
            self.link.changed(before, incident, self.me)
        if before is None:
            if self.loaded:
                self.arrivals.opened(incident, now)
            return
        if incident.alert_count > before.alert_count:
            self.arrivals.gathered(incident.alert_count - before.alert_count, now)
        if self._is_mine(incident):
            return
        self.taken_over.notice(before, incident, now)
        if incident.number != self._cursor and not before.attention:
            self._unread.add(incident.number)

    def _is_mine(self, incident: Incident) -> bool:
        """Whether the operator's own deed made the row what it is now: under way, or durable up to this event."""
        number = incident.number
        under_way = number in self.pending or number in self.outgoing
        return under_way or incident.changed_seq <= self._mine.get(number, 0)

    def heard(self, found: Heard) -> set[int]:
        """Take in what is told beside the journal; returns the incidents at which others are now, or are no more."""
        self.agent = found.agent
        if self.link is not None:
            self.link.heard(found.link, self.seq)
            self.outgoing.skew = self.link.skew
            self.agent = (found.link.agent if found.link is not None else None) or found.agent
        told = found.elsewhere if self.link is not None and not self.link.stale else ()
        return self.people.heard((*found.present, *told))

    def tick(self) -> set[int]:
        """Let time pass: returns the rows that moved or turned. Settles what waited if nobody is typing."""
        now = self.now
        turned = self.board.tick(now, held=self.held)
        if not self.held and (self.board.settle(now) or self.look.ask_again(now)):
            turned.add(0)
        self.arrivals.forget_old(now)
        self._forget_departed()
        if self.link is not None:
            self.link.caught_up(self.seq)
        return turned

    def settle_now(self) -> None:
        """Move at once what waits to be moved: the operator asks for it."""
        self.board.settle(self.now)
        self._forget_departed()

    # Rows

    def row(self, number: int | None) -> Incident | None:
        """Return the incident with this number, if it is on the board."""
        row = self.board.rows.get(number) if number else None
        guest = self.guest
        return guest if row is None and guest is not None and guest.number == number else row

    def marks(self, number: int) -> Marks:
        """Return what the console itself knows of a row."""
        waits = number in self.outgoing
        return Marks(
            pending=waits or number in self.pending,
            unsent=waits and self.link is not None and not self.link.up,
            laid=self.outgoing.version(number),
            here=self.people.on_row(number),
            unread=number in self._unread,
            swapped=self.arrivals.swapped(number, self.now),
        )

    def looked_at(self, number: int | None) -> None:
        """The cursor stands on this row: what changed there has been seen."""
        self._cursor = number
        if number is not None:
            self._unread.discard(number)

    # Verbs

    def commands(
        self, verb: str, args: dict[str, Any], numbers: Iterable[int], painted: Mapping[int, int]
    ) -> list[Command]:
        """Return one command for each incident, of one gesture; `painted` are the revisions that were on the screen."""
        row = VERBS[verb]
        rows = [incident for number in numbers if (incident := self.row(number)) is not None]
        parts = ((at.id, args, expectation(row, painted.get(at.number, at.revision))) for at in rows)
        return self.issuing.gesture(row.id, parts)

    def sent(self, commands: Sequence[Command], numbers: Sequence[int]) -> None:
        """Note a gesture that is on its way to the journal: its rows are marked, and it can be undone already."""
        for command, number in zip(commands, numbers, strict=True):
            self.pending.send(command, number)
            self._unread.discard(number)
        items = (Item(c.id, c.incident, number) for c, number in zip(commands, numbers, strict=True))
        self.gestures.press(Gesture(commands[0].batch, commands[0].verb, tuple(items)))
        self.said = Said("", self.now)  # the verdict of a gesture before would read as this one's
        self.taken_by = None
        if self.link is not None:
            self.sending.press(commands, numbers)

    def answered(self, commands: Sequence[Command], outcomes: Sequence[Outcome]) -> set[int]:
        """Take the verdicts of one gesture in and say them. Returns the rows concerned."""
        of = self.gestures.reversed_by(commands[0].batch)
        numbers = self._settled(commands, outcomes)
        verb, args = commands[0].verb, commands[0].args
        good = any(outcome.ok for outcome in outcomes)
        self.pending.refusals += not all(outcome.ok for outcome in outcomes)
        alerts = self.known.alerts if self.known is not None else ()
        words = deeds_said.sentence(verb, args, outcomes, self.board.rows, of=of, policy=self.policy, alerts=alerts)
        if verb == "take" and len(outcomes) == 1 and outcomes[0].code == "conflict":
            row = self.board.rows.get(outcomes[0].number)
            self.taken_by = (row.number, row.owner) if row is not None and row.owner else None
            if row is not None and row.owner and row.state == "active":  # the next press takes it: say which key does
                key = self.keys.keys_of(verb="take")
                words = f"{row.owner} works on {number_text(row.number)}.  {key} takes it over."
        self.say(words, undo=good and verb != "undo", trouble=not good)
        return numbers

    def failed(self, commands: Sequence[Command], outcomes: Sequence[Outcome], why: str) -> set[int]:
        """The store could not take a gesture, or the rest of one after `outcomes`: say what happened and what not."""
        numbers = self._settled(commands, outcomes)
        self.sending.forget(commands)
        self.pending.refusals += 1
        if not outcomes:
            self.say(f"Not done: {why}", trouble=True)
            return numbers
        done = sum(outcome.ok for outcome in outcomes)
        what = deeds_said.done(commands[0].verb, commands[0].args)
        self.say(f"{done} of {len(commands)} {what}, then: {why}", undo=done > 0, trouble=True)
        return numbers

    def _settled(self, commands: Sequence[Command], outcomes: Sequence[Outcome]) -> set[int]:
        numbers = self.pending.settle(commands)
        good = [
            Item(command.id, command.incident, outcome.number, outcome.seqs[-1])
            for command, outcome in zip(commands, outcomes, strict=False)
            if outcome.ok and outcome.seqs
        ]
        self._mine.update((item.number, item.seq) for item in good)
        self.gestures.settle(commands[0].batch, good, failed=len(outcomes) < len(commands))
        return numbers | {outcome.number for outcome in outcomes if outcome.number}

    def say(self, text: str, *, undo: bool = False, trouble: bool = False, here: bool = False) -> None:
        """Put a sentence on the say line; one about `here` goes when the page is turned."""
        self.said = Said(text, self.now, undo, trouble, here)

    def page_turned(self) -> None:
        """Another page is shown: what was said about the one before is over."""
        if self.said.here:
            self.said = Said("", 0)

    # Undo

    def reversing(self, verb: str, gesture: Gesture) -> list[Command]:
        """Return the commands that undo a gesture, or take an undo back (`redo`), and take it off its stack."""
        commands = self.issuing.gesture(
            verb, [(item.incident, {"command": item.command.hex()}, {}) for item in gesture.items]
        )
        self.gestures.reverse(gesture, commands[0].batch)
        return commands

    # How fresh it all is

    @property
    def stale(self) -> bool:
        """Whether what is shown may be old: no word from the sources, or from the server, for 15 s."""
        if self.link is not None:
            return self.link.stale
        age = data_age(self.agent, self.now)
        return age is not None and age > LATE

    def p1_outside(self) -> Incident | None:
        """Return an unacknowledged P1 that the view or filter does not show."""
        return self.row(self.board.loud_outside.lowest)
