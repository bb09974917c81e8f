"""The session: the one owner of what the screen knows. It can be built and tested without a screen.

Workers read and write the store and hand their findings in (`apply`, `answered`, `heard`); keys ask it for commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import Any, Final

import msgspec

from noc_tui.console import deeds_said
from noc_tui.console.arrivals import Arrivals
from noc_tui.console.board_model import BoardModel
from noc_tui.console.detail import Known
from noc_tui.console.gestures import Gesture, GestureStack, Item
from noc_tui.console.row_text import Marks
from noc_tui.console.views import DEFAULT, View
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import SECOND, Incident, Micros, number_text
from noc_tui.incidents.ordering import is_cleared
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.query import Compiled, QueryContext, QueryError, compile_query
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.live import AgentStatus

SAID_FOR: Final = 10 * SECOND
"""How long the say line keeps a sentence with its undo key (LOOK.md section 3)."""
IDLE: Final = 3 * SECOND // 2
"""So long after a key the list does not move under the finger (OPERATOR.md 2.1 rule 4)."""
MANY: Final = 10
"""From so many on, a gesture is confirmed first (OPERATOR.md 2.2)."""
ASK_AGAIN: Final = 10 * SECOND
"""How often a filter is asked anew whose answer changes with time alone."""
LIVE: Final = 3 * SECOND
LATE: Final = 15 * SECOND
_JUMPS: Final = 50


class Said(msgspec.Struct, frozen=True):
    """What the say line says, since when, and whether `u` takes it back."""

    text: str
    at: Micros
    undo: bool = False
    trouble: bool = False


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits where: the person, the terminal, the desk's name, and the zone that local times are told in."""

    me: str
    origin: str
    zone: tzinfo
    desk: str = ""
    demo: bool = False


class Session:
    """What this console knows: rows, picks, filter, gestures, the agent's state, what was said."""

    def __init__(self, seat: Seat, policy: Policy, clock: Callable[[], Micros], new_id: Callable[[], bytes]) -> None:
        self.me, self.origin, self.policy = seat.me, seat.origin, policy
        self.desk, self.demo, self.zone = seat.desk, seat.demo, seat.zone
        self._clock = clock
        self._new_id = new_id
        self.board = BoardModel(policy, clock())
        self.seq = 0
        self.loaded = False
        self.picks: set[int] = set()
        self.range_from: int | None = None
        self.view: View = DEFAULT
        self.filter_text = ""
        self._query: Compiled | None = None
        self.frozen = False
        self.prompting = False
        self.this_row_only = False
        self.said = Said("", 0)
        self.agent: AgentStatus | None = None
        self.agent_word = ""
        self.trouble = ""
        self.muted_until: Micros = 0
        self.known: Known | None = None
        self.last_verb: tuple[str, dict[str, Any]] | None = None
        self._pending: dict[bytes, int] = {}
        self.gestures = GestureStack()
        self.arrivals = Arrivals()
        self._unread: set[int] = set()
        self._cursor: int | None = None
        self._jumps: list[int] = []
        self._jump_at = 0
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
    def held(self) -> bool:
        """Whether rows stay where they are: a key was just pressed, rows are picked, a prompt is open, or frozen."""
        busy = self.frozen or self.prompting or bool(self.picks)
        return busy or self.now - self._last_key < IDLE

    # What workers hand in

    def first_page(self, rows: Sequence[Incident]) -> None:
        """Show the most urgent rows while the rest is being read."""
        self.board.load(rows)
        self.board.rebuild(self.now)

    def load(self, rows: Sequence[Incident]) -> None:
        """Take in a part of all rows."""
        self.board.load(rows)

    def all_loaded(self, seq: int) -> None:
        """All rows are there, as of `seq`: place and count them."""
        self.board.rebuild(self.now)
        self.seq = max(self.seq, seq)
        self.loaded = True

    def apply(self, changes: ChangeSet) -> set[int]:
        """Take changes in; returns the incidents that look different now."""
        now = self.now
        for incident in changes.incidents:
            self._notice(incident, now)
        changed = self.board.apply(changes.incidents, now, held=self.held)
        self.seq = max(self.seq, changes.seq)
        return changed

    def _notice(self, incident: Incident, now: Micros) -> None:
        """Mark what changed behind the operator's back, and count what is new for the rate and the flood."""
        before = self.board.rows.get(incident.number)
        if before is None:
            if self.loaded:
                self.arrivals.opened(incident, now)
            return
        if incident.alert_count > before.alert_count:
            self.arrivals.gathered(incident.alert_count - before.alert_count, now)
        if incident.number != self._cursor and incident.number not in self._pending.values() and not before.attention:
            self._unread.add(incident.number)

    def heard(self, status: AgentStatus | None) -> None:
        """Take in what the agent last said of itself."""
        self.agent = status

    def tick(self) -> set[int]:
        """Let time pass: returns the rows that moved or turned. Settles what waited if nobody is typing."""
        now = self.now
        turned = self.board.tick(now, held=self.held)
        if not self.held and (self.board.settle(now) or self._ask_again(now)):
            turned.add(0)
        self.arrivals.forget_old(now)
        return turned

    def settle_now(self) -> None:
        """Move at once what waits to be moved: the operator asks for it."""
        self.board.settle(self.now)

    # What is shown

    def show_view(self, view: View) -> None:
        """Look at the board through a view, and without a filter."""
        self.view, self.filter_text, self._query = view, "", None
        self._look(None)

    def show_filter(self, text: str) -> str | None:
        """Show only what a query finds; an empty one is no filter. Returns what is wrong with it, or None."""
        if not text.strip():
            self.filter_text, self._query = "", None
            self._look(None)
            return None
        context = QueryContext(me=self.me, now=self.now, zone=self.zone, policy=self.policy)
        try:
            compiled = compile_query(text, context)
        except QueryError as error:
            return str(error)
        before, self._query = self._query, compiled
        self.filter_text = text.strip()
        if before is not None and compiled.narrows(before):
            self.board.narrow(compiled.predicate)
        else:
            self._look(compiled.predicate)
        return None

    @property
    def filter_words(self) -> str:
        """The filter in words, as it was understood; empty without one."""
        return self._query.words if self._query is not None else ""

    def _look(self, wanted: Callable[[Incident], bool] | None) -> None:
        shows = self.view.shows
        if shows is None:
            self.board.look(None, wanted)
            return
        policy, me, clock = self.policy, self.me, self._clock
        self.board.look(lambda incident: shows(incident, policy, me, clock()), wanted)

    def _ask_again(self, now: Micros) -> bool:
        """Ask a query anew whose answer time alone can change; says whether it did."""
        query = self._query
        if query is None or not query.turns or now - query.now < ASK_AGAIN:
            return False
        self.show_filter(self.filter_text)
        return True

    # Rows

    def row(self, number: int | None) -> Incident | None:
        """Return the incident with this number, if it is on the board."""
        return self.board.rows.get(number) if number else None

    def marks(self, number: int) -> Marks:
        """Return what the console itself knows of a row."""
        return Marks(
            pending=number in self._pending.values(),
            unread=number in self._unread,
            swapped=self.arrivals.swapped(number, self.now),
        )

    def looked_at(self, number: int | None) -> None:
        """The cursor stands on this row: what changed there has been seen."""
        self._cursor = number
        if number is not None:
            self._unread.discard(number)

    # Where the operator was

    def remember(self, number: int | None) -> None:
        """Keep a place to come back to before a jump."""
        if number is None:
            return
        del self._jumps[self._jump_at :]
        self._jumps.append(number)
        del self._jumps[:-_JUMPS]
        self._jump_at = len(self._jumps)

    def jump(self, step: int, here: int | None) -> int | None:
        """Return the place before (-1) or after (1) in the list of jumps."""
        if step < 0 and self._jump_at == len(self._jumps) and here is not None:
            self._jumps.append(here)
        at = self._jump_at + step
        if not 0 <= at < len(self._jumps):
            return None
        self._jump_at = at
        return self._jumps[at]

    # Picks

    def toggle(self, number: int) -> None:
        """Pick a row, or unpick it."""
        self.picks ^= {number}

    def pick_all(self) -> None:
        """Pick every row that is shown."""
        self.picks = set(self.board.numbers())

    def invert(self) -> None:
        """Pick what is not picked, of what is shown."""
        self.picks = set(self.board.numbers()) - self.picks

    def unpick(self) -> None:
        """Pick nothing."""
        self.picks = set()
        self.range_from = None

    def extend_range(self, to: int) -> None:
        """Pick all rows between where the range began and `to`."""
        if self.range_from is None:
            return
        first, last = self.board.line_of(self.range_from), self.board.line_of(to)
        if first is None or last is None:
            return
        lines = range(min(first, last), max(first, last) + 1)
        self.picks |= {number for line in lines if (number := self.board.number_at(line)) is not None}

    def targets(self, cursor: int | None) -> list[int]:
        """Return what a verb acts on: the picked rows in board order, else the row under the cursor."""
        if self.picks and not self.this_row_only:
            shown = [number for number in self.board.numbers() if number in self.picks]
            return shown + sorted(self.picks - set(shown))
        return [cursor] if cursor is not None else []

    # Verbs

    def commands(
        self, verb: str, args: dict[str, Any], numbers: Iterable[int], painted: int | None = None
    ) -> list[Command]:
        """Return one command for each incident, of one gesture; `painted` is the revision seen of a single one."""
        batch, now = self._new_id(), self.now
        row = VERBS[verb]
        numbers = list(numbers)
        commands = []
        for number in numbers:
            incident = self.board.rows.get(number)
            if incident is None:
                continue
            seen = painted if painted is not None and len(numbers) == 1 else incident.revision
            commands.append(self._command(row.id, incident.id, args, expectation(row, seen), batch, now))
        return commands

    def log_command(self, args: dict[str, Any]) -> Command:
        """Return the command that logs a new incident."""
        return self._command("log", self._new_id(), args, {}, self._new_id(), self.now)

    def _command(
        self, verb: str, incident: bytes, args: dict[str, Any], expect: dict[str, int], batch: bytes, now: Micros
    ) -> Command:
        return Command(
            id=self._new_id(),
            verb=verb,
            incident=incident,
            args=args,
            expect=expect,
            actor=self.me,
            origin=self.origin,
            at=now,
            batch=batch,
        )

    def sent(self, commands: Sequence[Command], numbers: Sequence[int]) -> None:
        """Mark the rows of commands that are on their way to the journal."""
        for command, number in zip(commands, numbers, strict=False):
            self._pending[command.id] = number
            self._unread.discard(number)

    def answered(self, commands: Sequence[Command], outcomes: Sequence[Outcome]) -> set[int]:
        """Take the verdicts of one gesture in: say it, and remember it for undo. Returns the rows concerned."""
        numbers = {self._pending.pop(command.id, 0) for command in commands}
        if not commands:
            return numbers
        verb, args = commands[0].verb, commands[0].args
        good = tuple(
            Item(command.id, command.incident, outcome.number, outcome.seqs[-1])
            for command, outcome in zip(commands, outcomes, strict=True)
            if outcome.ok and outcome.seqs
        )
        text = deeds_said.sentence(verb, args, outcomes, self.board.rows)
        if good:
            self.gestures.add(Gesture(verb, good, text))
        self.say(text, undo=bool(good) and verb not in ("undo",), trouble=not good)
        numbers |= {outcome.number for outcome in outcomes}
        return numbers - {0}

    def failed(self, commands: Sequence[Command], why: str) -> set[int]:
        """The store could not take a gesture: nothing of it happened."""
        numbers = {self._pending.pop(command.id, 0) for command in commands}
        self.say(f"Not done: {why}", trouble=True)
        return numbers - {0}

    def say(self, text: str, *, undo: bool = False, trouble: bool = False) -> None:
        """Put a sentence on the say line."""
        self.said = Said(text, self.now, undo, trouble)

    # Undo

    def undo_commands(self) -> list[Command]:
        """Return the commands that undo the last gesture, and take it off the stack."""
        return self._reversing("undo", self.gestures.pop_undo())

    def redo_commands(self) -> list[Command]:
        """Return the commands that take the last undo back, and take it off its stack."""
        return self._reversing("redo", self.gestures.pop_redo())

    def _reversing(self, verb: str, gesture: Gesture) -> list[Command]:
        batch, now = self._new_id(), self.now
        return [
            self._command(verb, item.incident, {"command": item.command.hex()}, {}, batch, now)
            for item in gesture.items
        ]

    def unchanged(self, gesture: Gesture) -> int:
        """Return how many of a gesture's incidents nobody has changed since; the undo itself decides what it can."""
        rows = self.board.rows
        return sum(item.number not in rows or rows[item.number].changed_seq <= item.seq for item in gesture.items)

    # How fresh it all is

    def data_age(self) -> Micros | None:
        """Return how old the newest confirmed look at the sources is; None while no agent was heard of."""
        if self.agent is None:
            return None
        good = [s.last_ok_at for s in self.agent.sources if s.last_ok_at is not None]
        newest = min(self.agent.beat_at, max(good)) if good else self.agent.beat_at
        return max(0, self.now - newest)

    @property
    def stale(self) -> bool:
        """Whether what is shown may be old: no word from the sources for 15 s."""
        age = self.data_age()
        return age is not None and age > LATE

    def p1_outside(self) -> Incident | None:
        """Return an unacknowledged P1 that the view or filter does not show."""
        number = next((number for number in sorted(self.board.loud) if self.board.line_of(number) is None), None)
        return self.board.rows[number] if number is not None else None

    def name_of(self, number: int) -> str:
        """Return number and resource of an incident as sentences name it."""
        row = self.board.rows.get(number)
        return f"{number_text(number)} {row.resource}".strip() if row else number_text(number)

    def outliers(self, numbers: Sequence[int]) -> list[Incident]:
        """Return those of a set that differ most from the rest: not cleared among cleared, another site."""
        rows = [row for number in numbers if (row := self.board.rows.get(number)) is not None]
        firing = [row for row in rows if row.alert_count and not is_cleared(row)]
        if 0 < len(firing) <= len(rows) // 4:
            return firing
        sites: dict[str, list[Incident]] = {}
        for row in rows:
            sites.setdefault(row.site, []).append(row)
        common = max(sites.values(), key=len, default=[])
        odd = [row for row in rows if row not in common] if len(common) * 2 > len(rows) else []
        return odd[:3]
