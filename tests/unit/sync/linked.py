"""A link under test: what happens goes in by its name, what it wants done is asked for by its sort."""

from __future__ import annotations

from typing import Any, TypeVar

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import SECOND, Incident, Micros
from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.exchange import Cursor, Page, Pushed, SnapshotStart, Told
from noc_tui.journal.ports import Entry
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Effect, Poll, SendCommands, TellStatus, Ticket, WakeAt
from noc_tui.sync.inputs import Happened, Input, Moment, Trouble
from noc_tui.sync.machine import Link

E = TypeVar("E")

URL = "https://noc.example"
NOW: Micros = 1_790_000_000_000_000
EPOCH = b"e" * 16


def hash_of(seq: int, history: str = "a") -> bytes:
    """The hash of an event of some history."""
    return f"{history}{seq}".encode().ljust(32, b".")


def at(seq: int, history: str = "a", epoch: bytes = EPOCH) -> Cursor:
    """A cursor on some history."""
    return Cursor(epoch, seq, hash_of(seq, history))


def event(seq: int, command: bytes = b"", history: str = "a") -> Told:
    """An event as a page brings it."""
    return Told(
        seq=seq,
        id=b"i" * 16,
        kind="x",
        at=NOW,
        received_at=NOW,
        actor="ana",
        hash=hash_of(seq, history),
        command_id=command,
    )


def page(after: Cursor, *events: Told, head: int | None = None, **more: Any) -> Page:
    """A page after a cursor; its head is its last event unless told otherwise."""
    last = events[-1].seq if events else after.seq
    found = last if head is None else head
    return Page(after.epoch, after.seq, after.hash, found, more.pop("time", NOW), events, **more)


def start_at(cursor: Cursor, incidents: int = 0) -> SnapshotStart:
    """The head of a snapshot."""
    return SnapshotStart(cursor, b"s" * 16, NOW, 1, NOW, incidents)


def command(n: int, incident: int = 0, text: str = "x") -> Command:
    """The nth command, on an incident of its own unless told otherwise."""
    return Command(id=bytes([n]) * 16, verb="note", incident=bytes([incident or n]) * 16, args={"text": text})


def entry(n: int, incident: int = 0, **fields: Any) -> Entry:
    """The nth command's entry in the outbox, pending unless told otherwise."""
    return Entry(place=n, command=command(n, incident), **({"state": "pending"} | fields))


def done(n: int, *seqs: int, repeated: bool = False) -> Outcome:
    """The nth command was done, or had been."""
    return Outcome(command=command(n).id, ok=True, seqs=seqs, repeated=repeated)


def refused(n: int) -> Outcome:
    """The nth command was not done."""
    return Outcome(command=command(n).id, ok=False, reason="bo took it", code="conflict")


def incident(number: int) -> Incident:
    """An incident."""
    return Incident(id=bytes([number]) * 16, number=number)


class Linked:
    """Feeds a link and keeps what it wanted since the last look. `tick` is what its clocks say; `chance` its luck."""

    def __init__(self, *entries: Entry, cursor: Cursor | None = None, heard_at: Micros = 0) -> None:
        self.link = Link(URL, heard_at)
        self.tick = 100.0
        self.wrong = 0
        """Microseconds that the wall clock is ahead."""
        self.chance = 0.5
        self.wanted: list[Effect] = []
        self.history: list[Effect] = []
        """All that was ever wanted."""
        self.feed(inputs.Started)
        self.feed(inputs.Loaded, cursor=cursor, entries=entries)
        if entries and cursor is not None:
            self.found()

    def moment(self) -> Moment:
        """Now."""
        return Moment(self.tick, NOW + round(self.tick * SECOND) + self.wrong, self.chance)

    def feed(self, kind: type[Happened], **fields: Any) -> list[Effect]:
        """Let something happen; return what the link wants now."""
        input: Any = kind(when=self.moment(), **fields)
        return self.step(input)

    def step(self, input: Input) -> list[Effect]:
        """Let this happen."""
        self.wanted = self.link.step(input)
        self.history += self.wanted
        return self.wanted

    def later(self, seconds: float) -> list[Effect]:
        """Let time pass, and be woken."""
        self.tick += seconds
        return self.feed(inputs.Woke)

    def all_of(self, kind: type[E]) -> list[E]:
        """What is wanted of one sort."""
        return [one for one in self.wanted if isinstance(one, kind)]

    def one(self, kind: type[E]) -> E:
        """The one thing of a sort that is wanted."""
        (found,) = self.all_of(kind)
        return found

    def out(self, *sorts: Any) -> Ticket:
        """The ticket of what is under way."""
        request = self.link.sides.requests.out(*sorts)
        assert request is not None
        return request.ticket

    # Sentences for tests

    def found(self, *seen: int) -> list[Effect]:
        """The replica has seen these of the commands asked for."""
        ids = frozenset(command(n).id for n in seen)
        return self.feed(inputs.SeenFound, lineage=self.link.sides.requests.lineage, commands=ids)

    def moved(self, *entries: Entry) -> list[Effect]:
        """The outbox moved, and now has these unfinished."""
        self.feed(inputs.OutboxMoved)
        return self.read(*entries)

    def read(self, *entries: Entry) -> list[Effect]:
        """What was asked of the outbox is answered."""
        return self.feed(inputs.OutboxRead, turn=self.one(effects.ReadOutbox).turn, entries=entries)

    def comes(self, answer: Page) -> list[Effect]:
        """The poll under way is answered."""
        return self.feed(inputs.PageCame, ticket=self.out("poll"), page=answer)

    def applied(self, cursor: Cursor) -> list[Effect]:
        """The page that was to be applied is."""
        return self.feed(inputs.Applied, ticket=self.one(effects.ApplyPage).ticket, cursor=cursor)

    def answered(self, *outcomes: Outcome, head: int = 0) -> list[Effect]:
        """The push under way is answered."""
        return self.feed(inputs.PushedCame, ticket=self.out("push"), pushed=Pushed(outcomes, head, NOW))

    def failed(self, what: Any, trouble: Trouble, **more: Any) -> list[Effect]:
        """A request under way fails."""
        sentence = more.pop("sentence", "it does not go")
        return self.feed(inputs.Failed, ticket=self.out(what), trouble=trouble, sentence=sentence, **more)

    def poll(self) -> Poll:
        """The poll that is wanted now."""
        return self.one(Poll)

    def sent(self) -> list[int]:
        """The commands that are to be sent now, in order."""
        return [one.id[0] for send in self.all_of(SendCommands) for one in send.push.commands]

    def status(self) -> LinkStatus:
        """What is to be told now."""
        return self.one(TellStatus).status

    def waking(self) -> float | None:
        """When it wants to be woken, in seconds from now; of several wishes the last one."""
        tick = self.all_of(WakeAt)[-1].tick
        return None if tick is None else tick - self.tick


def following(*entries: Entry, seq: int = 10) -> Linked:
    """A link that follows and has caught up: its poll is held."""
    linked = Linked(*entries, cursor=at(seq))
    linked.comes(page(at(seq)))
    return linked
