"""A console's machine: disks that outlive every crash, and the link running on them until the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol, cast

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.beside import LinkStatus, Presence
from noc_tui.journal.exchange import Push, Pushed
from noc_tui.store.live import Live
from noc_tui.sync import effects, inputs
from noc_tui.sync.disk import Disk
from noc_tui.sync.effects import Effect, Ticket
from noc_tui.sync.inputs import Input, Moment
from noc_tui.sync.machine import Link
from tests.simulation.authority import Authority
from tests.simulation.chance import Chance
from tests.simulation.clockwork import Clockwork
from tests.simulation.network import Exchange, Network
from tests.simulation.outbox import MemoryOutbox
from tests.simulation.plan import Plan
from tests.simulation.replica import MemoryReplica
from tests.simulation.server import MORNING, Server
from tests.simulation.violations import Crash

_DURABLE: Final = frozenset(
    (
        effects.BeginFill,
        effects.FillRows,
        effects.FinishFill,
        effects.ApplyPage,
        effects.KeepHistory,
        effects.CountTries,
        effects.KeepAnswers,
        effects.Settle,
        effects.StartOver,
        effects.Prune,
    )
)
"""Effects after which a process may die, what they wrote being on disk."""
DISK_FULL: Final = "the disk is full"
"""What a disk without room says."""


class Watch(Protocol):
    """Who looks on while it runs: the checks that hold at every step, and the trace."""

    def fed(self, console: Console, input: Input) -> None:
        """An input is about to be taken."""

    def done(self, console: Console, effect: Effect) -> None:
        """An effect was done."""

    def crashed(self, console: Console, *, power: bool) -> None:
        """Its process died."""


class Parts:
    """What a world is made of; a mutant puts another thing in the place of some."""

    link: type[Link] = Link
    replica: type[MemoryReplica] = MemoryReplica
    outbox: type[MemoryOutbox] = MemoryOutbox
    authority: type[Authority] = Authority


class _MemoryLive:
    """What the link last told of itself and of others."""

    def __init__(self) -> None:
        self.status: LinkStatus | None = None

    def put_link(self, status: LinkStatus) -> None:
        self.status = status

    def replace_present(self, rows: tuple[Presence, ...]) -> None:
        """Nobody reads it here."""


class _Script:
    """A process beside the console, on the same disks and the same line."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @property
    def cut_off(self) -> bool:
        return self._console.cut_off

    def moment(self) -> Moment:
        return self._console.moment()

    def deliver(self, life: int, input: Input) -> None:
        if isinstance(input, inputs.PushedCame):
            self._console.script_answered(input.pushed)


class Console:
    """One operator's machine. `person` is who sits there; `skew` is how wrong its clock is, in seconds."""

    def __init__(
        self,
        person: str,
        clockwork: Clockwork,
        network: Network,
        server: Server,
        chance: Chance,
        *,
        plan: Plan,
        parts: type[Parts],
        watch: Watch,
    ) -> None:
        self.person = person
        self.replica = parts.replica()
        self.outbox = parts.outbox()
        self.link: Link | None = None
        self.cut_off = False
        self.disk_full = False
        self.was_full = False
        self.crash_chance = plan.crash
        self.skew = chance.between(-plan.skew, plan.skew)
        self.live = _MemoryLive()
        self.life = 0
        self.replica.between = self._maybe_die
        self._parts = parts
        self._power = plan.power
        self._slowness = plan.disk
        self._page_lag, self._push_lag = plan.page_lag, plan.push_lag
        self._clockwork = clockwork
        self._network = network
        self._server = server
        self._chance = chance
        self._watch = watch
        self._disk = Disk(self.replica, self.outbox, cast(Live, self.live), self.moment)
        self._disk_free = 0.0
        self._wake = 0
        self._ways: dict[type[Effect], Callable[[Any], None]] = {
            effects.Poll: lambda effect: self._ask(effect, self._server.poll, lag=self._page_lag),
            effects.SendCommands: lambda effect: self._ask(effect, self._push, lag=self._push_lag),
            effects.AskPrior: lambda effect: self._ask(effect, self._server.prior),
            effects.FetchHistory: lambda effect: self._ask(effect, self._server.story),
            effects.FetchSnapshot: lambda effect: self._ask(effect, self._server.snapshot, doubles=False),
            effects.Cancel: lambda effect: self._cancel(effect.ticket),
            effects.WakeAt: lambda effect: self._wake_at(effect.tick),
        }
        self._exchanges: dict[int, Exchange] = {}

    # Its clocks

    def now(self) -> Micros:
        """Return what its wall clock says."""
        return MORNING + round((self._clockwork.now + self.skew) * SECOND)

    def moment(self) -> Moment:
        """Return what its clocks say, and a new chance."""
        return Moment(self._clockwork.now, self.now(), self._chance.draw())

    def follows(self) -> bool:
        """Whether its link says that it follows the store."""
        return self.live.status is not None and self.live.status.state == "following"

    def waits_for(self, ticket: Ticket) -> bool:
        """Whether its link waits for the answer to a request."""
        return self.link is not None and self.link.sides.requests.find(ticket) is not None

    # Its life

    def start(self) -> None:
        """The process that follows the store starts."""
        if self.link is None:
            self.life += 1
            self.link = self._parts.link("https://noc.example")
            self._feed(inputs.Started(when=self.moment()))

    def heal(self) -> None:
        """From now on all is well."""
        self.cut_off = self.disk_full = False
        self.crash_chance = 0.0
        self._slowness = min(self._slowness, 0.005)
        self._page_lag = self._push_lag = 0.0

    def crash(self) -> None:
        """It dies; now and then the whole machine with it. It starts again a while later."""
        power = self._chance.happens(self._power)
        self.link = None
        self.life += 1
        self._exchanges.clear()
        if power:
            self.replica.lose_power(self._chance.upto(4))
        else:
            self.replica.die()
        self._watch.crashed(self, power=power)
        self._clockwork.after(self._chance.between(0.1, 3.0), self.start)

    def fill_disk(self) -> None:
        """There is no room any more on its disk."""
        self.disk_full = self.was_full = True

    def press(self, commands: list[Command]) -> bool:
        """The operator presses a key: it is on disk before the screen says so, whatever else lives.

        False where the disk is full: it is refused in words, and nothing was promised.
        """
        if self.disk_full:
            return False
        self.outbox.press(commands)
        self.deliver(self.life, inputs.OutboxMoved(when=self.moment()))
        return True

    def run_script(self, commands: list[Command]) -> bool:
        """A script of the same account presses, and pushes by itself unless earlier commands wait on an incident."""
        waiting = {entry.command.incident for entry in self.outbox.unfinished()}
        if not self.press(commands):
            return False
        if waiting & {command.incident for command in commands}:
            return True
        self.outbox.tried([command.id for command in commands])
        push = Push(sent_at=self.now(), commands=tuple(commands), cursor=self.replica.cursor())
        send = effects.SendCommands(ticket=Ticket(0, 0), push=push, deadline=10.0)
        exchange = Exchange(self._network, _Script(self), 0, send.ticket, self._push_lag)
        self._network.ask(exchange, send.deadline, lambda it: self._push(send, it))
        return True

    def script_answered(self, pushed: Pushed) -> None:
        """The script keeps its answers, of whose history it knows nothing."""
        if not self.disk_full:
            self.outbox.answered(pushed.outcomes, 0, self.now())
            self.deliver(self.life, inputs.OutboxMoved(when=self.moment()))

    def wish(self, number: int) -> None:
        """The operator wishes to see all of an incident."""
        self.deliver(self.life, inputs.HistoryWished(when=self.moment(), number=number))

    def deliver(self, life: int, input: Input) -> None:
        """Something comes for the process of this life."""
        if life == self.life and self.link is not None:
            self._feed(input)

    def _feed(self, input: Input) -> None:
        assert self.link is not None
        self._watch.fed(self, input)
        for effect in self.link.step(input):
            if self.disk_full and type(effect) in _DURABLE:
                self._fail(effect)
                return
            try:
                self._do(effect)
            except Crash:
                self.crash()
                return

    def _fail(self, effect: Effect) -> None:
        """The disk is full. The lines of a snapshot wait for each other, so that no other comes before it is told."""
        failed = inputs.DiskFailed(when=self.moment(), sentence=DISK_FULL)
        if isinstance(effect, effects.BeginFill | effects.FillRows | effects.FinishFill):
            self.deliver(self.life, failed)
        else:
            self._answer(failed)

    def _answer(self, answer: Input) -> None:
        """The disk answers in a while, and in order."""
        self._disk_free = max(self._disk_free, self._clockwork.now) + self._slowness * self._chance.draw()
        self._clockwork.at(self._disk_free, partial(self.deliver, self.life, answer))

    def _do(self, effect: Effect) -> None:
        """Do an effect; after each that is durable the process may die."""
        way = self._ways.get(type(effect))
        if way is not None:
            way(effect)
            self._watch.done(self, effect)
            return
        answers, _ = self._disk.do((effect,))
        self._watch.done(self, effect)
        for answer in answers:
            self._answer(answer)
        if type(effect) in _DURABLE:
            self._maybe_die()

    def _maybe_die(self) -> None:
        if self._chance.happens(self.crash_chance):
            raise Crash

    # Its requests

    def _ask(
        self, request: Any, handle: Callable[[Any, Exchange], None], *, doubles: bool = True, lag: float = 0.0
    ) -> None:
        exchange = Exchange(self._network, self, self.life, request.ticket, lag)
        self._exchanges[request.ticket.number] = exchange
        self._network.ask(exchange, request.deadline, lambda it: handle(request, it), doubles=doubles)

    def _push(self, send: effects.SendCommands, exchange: Exchange) -> None:
        self._server.push(send, self.person, exchange)

    def _cancel(self, ticket: Ticket) -> None:
        """Nobody waits any more; what is on its way may come all the same."""
        exchange = self._exchanges.pop(ticket.number, None)
        if exchange is not None:
            exchange.open = False

    def _wake_at(self, tick: float | None) -> None:
        self._wake += 1
        wake, life = self._wake, self.life
        if tick is not None:
            self._clockwork.after(max(0.0, tick - self._clockwork.now), lambda: self._woken(wake, life))

    def _woken(self, wake: int, life: int) -> None:
        if wake == self._wake:
            self.deliver(life, inputs.Woke(when=self.moment()))
