"""The network between consoles and authority: it loses, doubles, delays, reorders, and delivers after the deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from noc_tui.sync.effects import Ticket
from noc_tui.sync.inputs import Failed, Input, Moment, Trouble
from tests.simulation.chance import Chance
from tests.simulation.clockwork import Clockwork
from tests.simulation.plan import Plan

PATIENCE: Final = 4.0
"""Seconds after which whoever hears nothing gives up at the latest."""
Reply = Callable[[Moment], Input]
"""An answer on its way: the input that it is once it has come, at that moment."""


class Caller(Protocol):
    """Who asks: it tells the moment by its own clocks and takes what comes."""

    @property
    def cut_off(self) -> bool:
        """Whether nothing goes to it or from it."""

    def moment(self) -> Moment:
        """Return what its clocks say."""

    def deliver(self, life: int, input: Input) -> None:
        """Take an answer that was asked for in this life."""


class Network:
    """Carries requests to whoever handles them, and answers back."""

    def __init__(self, clockwork: Clockwork, chance: Chance, plan: Plan) -> None:
        self.loss, self.doubled, self.late, self.slow = plan.loss, plan.doubled, plan.late, plan.slow
        self.clockwork = clockwork
        self.chance = chance

    def heal(self) -> None:
        """From now on all is well."""
        self.loss = self.doubled = self.late = 0.0
        self.slow = 0.05

    def way(self) -> float:
        """Return how long a message is on its way."""
        return 0.001 + self.slow * self.chance.draw() ** 3

    def loses(self, caller: Caller) -> bool:
        """Return whether a message to or from somebody is lost."""
        return caller.cut_off or self.chance.happens(self.loss)

    def copies(self) -> range:
        """Return how often a message comes."""
        return range(2 if self.chance.happens(self.doubled) else 1)

    def ask(
        self, exchange: Exchange, deadline: float, handle: Callable[[Exchange], None], *, doubles: bool = True
    ) -> None:
        """Carry a request; `handle` is called when it arrives. In time exactly one input answers it."""
        if self.loses(exchange.caller):
            quick = self.chance.happens(0.5)
            patience = self.chance.between(0.01, 1.0) if quick else min(deadline, PATIENCE)
            self.clockwork.after(patience, lambda: exchange.fail("unreachable" if quick else "timed_out"))
            return
        for _ in self.copies() if doubles else range(1):
            self.clockwork.after(self.way(), lambda: handle(exchange))
        self.clockwork.after(deadline, lambda: exchange.fail("timed_out"))


class Exchange:
    """A request and what comes of it. Each method may be called more than once, by a request that came doubled."""

    def __init__(self, network: Network, caller: Caller, life: int, ticket: Ticket, lag: float = 0.0) -> None:
        self.caller = caller
        self.ticket = ticket
        self.open = True
        self._network = network
        self._life = life
        self._lag = lag
        self._in_order = 0.0
        self._broken = False

    def answer(self, reply: Reply) -> None:
        """Send the answer back; where the network is bad it may be lost, come twice, or come too late."""
        if self._network.loses(self.caller):
            self.hang_up()
            return
        for _ in self._network.copies():
            way = self._network.way() + self._lag * self._network.chance.draw()
            self._network.clockwork.after(way, lambda: self._arrive(reply))

    def beat(self, reply: Reply) -> None:
        """Send a sign of life ahead of the answer."""
        if not self._network.loses(self.caller):
            self._network.clockwork.after(self._network.way(), lambda: self._pass(reply))

    def stream(self, reply: Reply, *, last: bool) -> bool:
        """Send a part of an answer, in order; a lost one ends it. Return whether it is still listened to."""
        clockwork = self._network.clockwork
        if self._network.loses(self.caller):
            clockwork.after(self._network.way(), lambda: self.fail("garbled"))
            return False
        self._in_order = max(self._in_order, clockwork.now + self._network.way())
        clockwork.at(self._in_order, lambda: self._last(reply) if last else self._pass(reply))
        return self.open

    def hang_up(self) -> None:
        """Nothing more comes: whoever waits gives up in a while."""
        self._network.clockwork.after(PATIENCE, lambda: self.fail("timed_out"))

    def refuse(self) -> None:
        """Nobody listens there, or the connection is cut: whoever waits is told so."""
        self._network.clockwork.after(self._network.way(), lambda: self.fail("unreachable"))

    def fail(self, trouble: Trouble) -> None:
        """Give up, if nothing has come so far."""
        if self.open:
            self.open = False
            sentence = f"the server cannot be reached ({trouble})"
            when = self.caller.moment()
            self._give(Failed(when=when, ticket=self.ticket, trouble=trouble, sentence=sentence))

    def _arrive(self, reply: Reply) -> None:
        if self.caller.cut_off:
            self.hang_up()
        elif self.open or self._network.chance.happens(self._network.late):
            self.open = False
            self._give(reply(self.caller.moment()))

    def _last(self, reply: Reply) -> None:
        """The end of a stream is of use only if nothing of it was lost."""
        if not self._broken:
            self._arrive(reply)

    def _pass(self, reply: Reply) -> None:
        if self.caller.cut_off and not self._broken:
            self._broken = True
            self.hang_up()
        elif self.open and not self._broken:
            self._give(reply(self.caller.moment()))

    def _give(self, input: Input) -> None:
        self.caller.deliver(self._life, input)
