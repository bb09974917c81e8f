"""The server in front of the authority: requests come, are held while nothing is new, are dropped when it dies."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.exchange import Fork, Gone, Page, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.sync import inputs
from noc_tui.sync.effects import AskPrior, FetchHistory, FetchSnapshot, Poll, SendCommands, Ticket
from noc_tui.sync.inputs import Input, Moment
from tests.simulation.authority import Authority
from tests.simulation.clockwork import Clockwork
from tests.simulation.network import Exchange
from tests.simulation.plan import Plan
from tests.simulation.violations import Crash

MORNING: Micros = 1_763_348_400 * SECOND
"""A Monday, 03:00 UTC: where every run begins, by a right clock."""
PART = 2
"""Incidents in one line of a snapshot."""
BEAT_EVERY = 1.0


class _Held(msgspec.Struct, frozen=True):
    poll: Poll
    exchange: Exchange
    number: int


class Server:
    """Answers requests out of the authority. `skew` is how wrong its clock is, in seconds."""

    def __init__(self, clockwork: Clockwork, authority: Authority, plan: Plan, skew: float) -> None:
        self.authority = authority
        self.down = False
        self.skew = skew
        self.poison: set[bytes] = set()
        """Commands that it stumbles over."""
        self._clockwork = clockwork
        self._plan = plan
        self._life = 0
        self._held: dict[int, _Held] = {}
        self._numbers = 0
        self._halted = False
        self._left: list[tuple[Exchange, Callable[[], None]]] = []
        """What has come while it stood still."""

    def now(self) -> Micros:
        """Return what its clock says."""
        return MORNING + round((self._clockwork.now + self.skew) * SECOND)

    # Life

    def die(self) -> None:
        """The process dies: whoever waits is not answered."""
        self.down = True
        self._life += 1
        for held in self._held.values():
            held.exchange.refuse()
        for exchange, _ in self._left:
            exchange.refuse()
        self._held.clear()
        self._left.clear()
        self._halted = False

    def rise(self) -> None:
        """It is there again."""
        self.down = False

    def halt(self, seconds: float) -> None:
        """It stands still for so long, and its clock goes on."""
        if not (self.down or self._halted):
            self._halted = True
            self._clockwork.after(seconds, self._in_this_life(self.go_on))

    def go_on(self) -> None:
        """It stands still no longer, and takes what has come."""
        self._halted = False
        left, self._left = self._left, []
        for _, take in left:
            take()
        self.moved()

    def _leaves(self, exchange: Exchange, take: Callable[[], None]) -> bool:
        """Whether it stands still: then this is left until it goes on."""
        if self._halted:
            self._left.append((exchange, take))
        return self._halted

    def moved(self) -> None:
        """Something is new: whoever is held is answered."""
        if self._halted:
            return
        for held in list(self._held.values()):
            self._end(held)

    # Requests

    def poll(self, poll: Poll, exchange: Exchange) -> None:
        """Answer a poll, now or when something is new."""
        if self._leaves(exchange, lambda: self.poll(poll, exchange)):
            return
        if self.down:
            exchange.refuse()
            return
        found = self._look(poll)
        if poll.wait and isinstance(found, Page) and not found.events:
            self._numbers += 1
            held = _Held(poll, exchange, self._numbers)
            self._held[held.number] = held
            self._clockwork.after(poll.wait, self._in_this_life(lambda: self._end(held)))
            if self._plan.beating:
                self._beat(held)
            return
        self._answer_poll(poll.ticket, found, exchange)

    def push(self, send: SendCommands, person: str, exchange: Exchange) -> None:
        """Answer a push after the commit."""
        if self._leaves(exchange, lambda: self.push(send, person, exchange)):
            return
        if self.down:
            exchange.refuse()
            return
        ticket = send.ticket
        if any(command.id in self.poison for command in send.push.commands):
            exchange.answer(lambda when: _stumbled(when, ticket))
            return
        try:
            result = self.authority.push(send.push, person, self.now())
        except Crash:
            self.die()
            self._clockwork.after(1.0, self.rise)
            return
        if isinstance(result, Fork):
            exchange.answer(lambda when: inputs.Forked(when=when, ticket=ticket, fork=result))
        else:
            exchange.answer(lambda when: inputs.PushedCame(when=when, ticket=ticket, pushed=result))
        self.moved()

    def prior(self, ask: AskPrior, exchange: Exchange) -> None:
        """Answer how something was."""
        if self._leaves(exchange, lambda: self.prior(ask, exchange)):
            return
        if self.down:
            exchange.refuse()
        else:
            prior = self.authority.prior(ask.asked)
            exchange.answer(lambda when: inputs.PriorCame(when=when, ticket=ask.ticket, prior=prior))

    def story(self, fetch: FetchHistory, exchange: Exchange) -> None:
        """Answer all of an incident."""
        if self._leaves(exchange, lambda: self.story(fetch, exchange)):
            return
        story = None if self.down else self.authority.story(fetch.number)
        if self.down:
            exchange.refuse()
        elif story is not None:
            exchange.answer(lambda when: inputs.HistoryCame(when=when, ticket=fetch.ticket, history=story))
        else:
            exchange.answer(
                lambda when: inputs.Failed(
                    when=when, ticket=fetch.ticket, trouble="status", status=404, sentence="no such incident"
                )
            )

    def snapshot(self, fetch: FetchSnapshot, exchange: Exchange) -> None:
        """Stream a snapshot: each line is read when the one before is out; it ends where the server dies."""
        if self._leaves(exchange, lambda: self.snapshot(fetch, exchange)):
            return
        if self.down:
            exchange.refuse()
            return
        _line(fetch, exchange, self.authority.start(self.now()))
        numbers = [one.number for one in self.authority.board()]
        ranges = [numbers[place : place + PART] for place in range(0, len(numbers), PART)]
        parts: list[SnapshotRows] = []
        life = self._life

        def next_line() -> None:
            if self._life != life:
                exchange.refuse()
            elif len(parts) == len(ranges):
                _line(fetch, exchange, self.authority.end(parts))
            else:
                parts.append(self.authority.rows(ranges[len(parts)]))
                if _line(fetch, exchange, parts[-1]):
                    self._clockwork.after(0.05, next_line)

        self._clockwork.after(0.01, next_line)

    def _look(self, poll: Poll) -> Page | Fork | Gone:
        if poll.ahead is not None and not self.authority.on_history(poll.ahead):
            return self.authority.fork()
        return self.authority.page(poll.cursor, min(poll.limit, self._plan.limit), self.now())

    def _end(self, held: _Held) -> None:
        if self._leaves(held.exchange, lambda: self._end(held)):
            return
        if self._held.pop(held.number, None) is not None:
            self._answer_poll(held.poll.ticket, self._look(held.poll), held.exchange)

    def _answer_poll(self, ticket: Ticket, found: Page | Fork | Gone, exchange: Exchange) -> None:
        if isinstance(found, Page):
            exchange.answer(lambda when: inputs.PageCame(when=when, ticket=ticket, page=found))
        elif isinstance(found, Fork):
            exchange.answer(lambda when: inputs.Forked(when=when, ticket=ticket, fork=found))
        else:
            exchange.answer(lambda when: inputs.GoneBelow(when=when, ticket=ticket, gone=found))

    def _beat(self, held: _Held) -> None:
        def beat() -> None:
            if held.number in self._held:
                if not self._halted:
                    held.exchange.beat(lambda when: inputs.Beat(when=when, ticket=held.poll.ticket))
                self._clockwork.after(BEAT_EVERY, self._in_this_life(beat))

        self._clockwork.after(BEAT_EVERY, self._in_this_life(beat))

    def _in_this_life(self, deed: Callable[[], None]) -> Callable[[], None]:
        life = self._life

        def alive() -> None:
            if self._life == life:
                deed()

        return alive


def _line(fetch: FetchSnapshot, exchange: Exchange, line: SnapshotStart | SnapshotRows | SnapshotEnd) -> bool:
    """Send a line of a snapshot; return whether anybody listens still."""
    last = isinstance(line, SnapshotEnd)
    return exchange.stream(lambda when: inputs.LineCame(when=when, ticket=fetch.ticket, line=line), last=last)


def _stumbled(when: Moment, ticket: Ticket) -> Input:
    return inputs.Failed(when=when, ticket=ticket, trouble="status", status=500, sentence="the server stumbled")
