"""A run: three consoles and an authority disturbed as the seed's plan says, then healed, drained and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from tests.simulation import invariants
from tests.simulation.authority import Authority
from tests.simulation.chance import Chance
from tests.simulation.clockwork import Clockwork
from tests.simulation.console import Console, Parts
from tests.simulation.network import Network
from tests.simulation.operators import Operator, report
from tests.simulation.plan import CONSOLES, SECONDS, WEATHERS, Plan, plan_of
from tests.simulation.server import Server
from tests.simulation.violations import Crash, Violation
from tests.simulation.watching import Watching

PEOPLE: Final = ("ana", "bo", "cy")
DRAIN: Final = 240.0
"""Virtual seconds after healing in which everything must come to rest."""
SETTLED: Final = 8.0
"""Virtual seconds between two looks whether it has; a link that is cut is found out in less."""


TOLD: Final = 0.5
"""Virtual seconds in which a console is told of what its link has learned."""


class World:
    """All that there is in a run."""

    def __init__(
        self,
        seed: int,
        parts: type[Parts] = Parts,
        weather: str = "fair",
        *,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.seed = seed
        self.chance = Chance(f"{seed}")
        self.plan: Plan = plan_of(self.chance, WEATHERS[weather])
        self.clockwork = Clockwork()
        self.authority: Authority = parts.authority(self.chance)
        self.network = Network(self.clockwork, self.chance, self.plan)
        self.authority.between = self._maybe_crash
        skew = self.chance.between(-self.plan.skew, self.plan.skew)
        self.server = Server(self.clockwork, self.authority, self.plan, skew)
        self.watching = Watching(self.authority, self.server, self.clockwork, tell)
        self.consoles = [
            Console(
                name,
                self.clockwork,
                self.network,
                self.server,
                self.chance,
                plan=self.plan,
                parts=parts,
                watch=self.watching,
            )
            for name in PEOPLE[:CONSOLES]
        ]
        self.operators = [Operator(console, self.chance, self.plan.scripts) for console in self.consoles]

    def run(self) -> None:
        """Run it all; raise `Violation` where an invariant does not hold."""
        self._begin()
        self._disturb()
        self.clockwork.run(SECONDS)
        self._heal()
        end = self.clockwork.now + DRAIN
        self.clockwork.run(self.clockwork.now + SETTLED)
        while self.clockwork.now < end and not self.at_rest():
            self.clockwork.run(self.clockwork.now + SETTLED)
        self.clockwork.run(self.clockwork.now + TOLD)
        invariants.judge(self)

    def at_rest(self) -> bool:
        """Whether nothing is on its way any more."""
        head = self.authority.history.head
        return all(
            console.replica.cursor() == head and not console.outbox.unfinished() and console.follows()
            for console in self.consoles
        )

    def _begin(self) -> None:
        for _ in range(3):
            self.authority.report(report(self.chance), self.server.now())
        for console in self.consoles:
            self.clockwork.after(self.chance.between(0.0, 2.0), console.start)

    def _disturb(self) -> None:
        plan = self.plan
        self._often(plan.alerts, self._alert)
        self._often(plan.presses, self._press)
        self._often(plan.wishes, self._wish)
        self._often(plan.cuts, self._cut)
        self._often(plan.full, self._fill_disk)
        self._often(plan.outages, lambda: self._outage(self.chance.between(0.2, 4.0)))
        self._often(plan.stalls, lambda: self.server.halt(self.chance.between(0.5, 12.0)))
        self._often(plan.backups, self.authority.back_up)
        self._often(plan.restores, self._restore)
        if plan.archived:
            self._often(1, self._archive)

    def _often(self, count: int, deed: Callable[[], None]) -> None:
        for _ in range(count):
            self.clockwork.after(self.chance.between(0.5, SECONDS - 0.5), deed)

    def _alert(self) -> None:
        if not self.server.down:
            self.authority.report(report(self.chance), self.server.now())
            self.server.moved()

    def _press(self) -> None:
        operator = self.chance.one_of(self.operators)
        operator.press()
        if self.plan.poison and operator.pressed and self.chance.happens(0.1):
            self.server.poison.add(operator.pressed[-1].id)

    def _wish(self) -> None:
        self.chance.one_of(self.consoles).wish(1 + self.chance.upto(self.authority.history.next_number))

    def _cut(self) -> None:
        console = self.chance.one_of(self.consoles)
        console.cut_off = True
        self.clockwork.after(self.chance.between(0.5, 10.0), lambda: setattr(console, "cut_off", False))

    def _fill_disk(self) -> None:
        console = self.chance.one_of(self.consoles)
        console.fill_disk()
        self.clockwork.after(self.chance.between(0.5, 5.0), lambda: setattr(console, "disk_full", False))

    def _outage(self, length: float) -> None:
        if not self.server.down:
            self.server.die()
            self.clockwork.after(length, self.server.rise)

    def _restore(self, *, again: bool = False) -> None:
        """An administrator takes the store down, puts a backup in its place, and starts it again."""
        if self.server.down:
            return
        if not again and self.chance.happens(self.plan.again):
            self.clockwork.after(self.chance.between(1.0, 5.0), lambda: self._restore(again=True))
        self._outage(self.chance.between(0.1, 1.0))
        if self.plan.replaced and self.chance.happens(0.5):
            self.authority.replace()
        elif self.authority.backups:
            backups = self.authority.backups
            backup = backups[-1] if self.chance.happens(0.5) else self.chance.one_of(backups)
            self.authority.restore(backup, new_epoch=self.chance.happens(self.plan.bump))
        self.watching.note(f"restored: {self.authority.history.head}")

    def _maybe_crash(self) -> None:
        if self.chance.happens(self.plan.crash):
            raise Crash

    def _archive(self) -> None:
        self.authority.archive(self.chance.upto(self.authority.history.seq + 1))

    def _heal(self) -> None:
        self.network.heal()
        self.server.poison.clear()
        self.server.go_on()
        self.server.rise()
        for console in self.consoles:
            console.heal()
            console.start()


def first_fault(seeds: Iterable[int], weather: str, parts: type[Parts] = Parts) -> str:
    """Run seeds; return of the first that breaks an invariant what it is, and the command that replays it, else ""."""
    for seed in seeds:
        try:
            World(seed, parts, weather).run()
        except Violation as violation:
            return f"seed {seed}: {violation}\nreplay it: {replay(seed, weather)}"
        except Exception as error:
            error.add_note(f"replay it: {replay(seed, weather)}")
            raise
    return ""


def replay(seed: int, weather: str) -> str:
    """Return the command that replays a seed."""
    return f"python -m tests.simulation --seed {seed} --weather {weather}"
