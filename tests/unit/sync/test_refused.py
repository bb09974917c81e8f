"""A server that lets us do nothing, or not this: all of the link stops, or only what is pushed."""

from __future__ import annotations

from typing import TypeVar

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor
from noc_tui.journal.ports import Entry
from noc_tui.sync.effects import Cancel, Effect, Poll, SendCommands, TellStatus
from noc_tui.sync.inputs import Failed, Input, Loaded, Moment, RetryWished, SeenFound, Started, Woke
from noc_tui.sync.machine import Link

NOW: Micros = 1_790_000_000_000_000
CURSOR = Cursor(b"\x01" * 16, 5, b"\xab" * 32)
PRESSED = Entry(place=1, command=Command(id=b"c" * 16, verb="log"), state="pending")

E = TypeVar("E", bound=Effect)


class Following:
    """A link that holds a poll, and has just sent the one command that waits."""

    def __init__(self) -> None:
        self.link = Link("https://noc.example")
        self.tick = 100.0
        self.effects: list[Effect] = []
        self.feed(Started(when=self.now))
        self.feed(Loaded(when=self.now, cursor=CURSOR, ahead=None, entries=(PRESSED,)))
        self.poll = self.one(Poll)
        self.feed(SeenFound(when=self.now, lineage=self.poll.ticket.lineage, commands=frozenset()))
        self.push = self.one(SendCommands)

    @property
    def now(self) -> Moment:
        """This moment."""
        return Moment(self.tick, NOW)

    def feed(self, input: Input) -> None:
        """Feed what happens, a while after what was before."""
        self.tick += 1
        self.effects = self.link.step(input)

    def refuse_push(self, status: int) -> None:
        """The push is answered with a refusal."""
        said = Failed(
            when=self.now, ticket=self.push.ticket, trouble="not_allowed", sentence="You may not.", status=status
        )
        self.feed(said)

    def one(self, kind: type[E]) -> E:
        """The one effect of a kind that the last step wants."""
        (found,) = [effect for effect in self.effects if isinstance(effect, kind)]
        return found


def test_a_push_whose_token_is_not_known_stops_all_at_once_though_a_poll_is_held() -> None:
    following = Following()
    following.refuse_push(401)
    assert following.one(Cancel).ticket == following.poll.ticket
    status = following.one(TellStatus).status
    assert (status.state, status.sentence) == ("refused", "You may not.")
    following.tick += 3_600
    following.feed(Woke(when=following.now))
    assert not [effect for effect in following.effects if isinstance(effect, Poll | SendCommands)]


def test_a_new_token_starts_it_again() -> None:
    following = Following()
    following.refuse_push(401)
    following.feed(RetryWished(when=following.now))
    assert following.one(Poll).cursor == CURSOR
    assert following.one(SendCommands).push.commands == (PRESSED.command,)


def test_who_may_read_alone_goes_on_reading_and_is_told() -> None:
    following = Following()
    following.refuse_push(403)
    assert not [effect for effect in following.effects if isinstance(effect, Cancel)]
    assert following.one(TellStatus).status.sentence == "You may not."
    following.tick += 3_600
    following.feed(Woke(when=following.now))
    assert not [effect for effect in following.effects if isinstance(effect, SendCommands)]
