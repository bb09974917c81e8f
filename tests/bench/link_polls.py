"""What a poll costs the server, and how many consoles one server process carries."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Final

from tests.bench.figures import Figure, Target, amount, percentile, spread
from tests.bench.lab import Lab
from tests.bench.machine import cpu_seconds
from tests.bench.offering import offering
from tests.bench.polling import Plan, Polled, poll_server
from tests.bench.serving import Server, served

BOUND: Final = 100.0
"""Milliseconds that 99 of 100 polls may take."""
ALERTS: Final = 20
"""Alerts a second of a busy day."""
_LADDER: Final = (300, 600, 1_000, 1_500)
_QUICK: Final = (100, 300)
_PEOPLE: Final = 80
"""People whose tokens the consoles come with in turn: one token is answered 50 requests a second."""
_HELD: Final = 20.0
"""Seconds that a console lets the server hold a poll."""
_CONNECTING: Final = 15.0
"""Seconds that it takes all consoles to connect, at most."""


def link_polls(lab: Lab) -> list[Figure]:
    """Empty polls; more and more consoles that poll each second, in quiet and while alerts arrive; held polls."""
    with served(lab) as server:
        tokens = tuple(server.token(f"person-{number}") for number in range(lab.times(_PEOPLE, 40)))
        load = _Load(lab, server, tokens)
        return [*_empty(load), load.carried("quiet"), *_with_alerts(load)]


class _Load:
    """Consoles on a server, and what that costs it."""

    def __init__(self, lab: Lab, server: Server, tokens: tuple[str, ...]) -> None:
        self.lab = lab
        self.server = server
        self.seconds = lab.times(5, 2)
        self.ladder = _QUICK if lab.quick else _LADDER
        self._tokens = tokens

    def poll(self, consoles: int, wait: float = 0.0, seconds: float = 0.0) -> Polled:
        """Let so many consoles poll."""
        plan = Plan(self.server.port, self.server.pid, self._tokens, consoles, seconds or self.seconds, wait)
        polled = poll_server(plan)
        if polled.refused:
            self.lab.tell(f"{polled.refused} of {polled.polls} polls of {consoles} consoles were refused")
        return polled

    def carried(self, when: str) -> Figure:
        """Climb the ladder until the bound is broken, and return how many consoles were carried."""
        most, told = math.nan, list[str]()
        for consoles in self.ladder:
            polled = self.poll(consoles)
            told.append(f"{consoles:,}: {spread(polled.took, 'ms', 50, 99)}")
            self.lab.tell(f"{when}, {told[-1]}; the generator used {polled.cpu / polled.seconds * 100:.0f} % of a core")
            if polled.refused or percentile(polled.took, 99) > BOUND:
                break
            most = consoles
        name = f"consoles polling each second at p99 <= {BOUND:g} ms, {when}; p50 / p99 of each number"
        return Figure(name, "; ".join(told), "", Target(300, 1_000, least=True), most)


def _empty(load: _Load) -> Iterator[Figure]:
    """Yield what polls cost that find nothing new: those of a console a second, and those that the server holds."""
    idle = _processor(load)
    consoles = load.ladder[0]
    polled = load.poll(consoles)
    cost = (polled.server - idle * polled.seconds) / polled.polls * 1e6
    yield Figure(f"empty poll, {consoles:,} consoles a second: server's processor", f"{amount(cost)} us")
    sizes = f"{amount(polled.sent / polled.polls)} + {amount(polled.received / polled.polls)} B"
    yield Figure("empty poll: bytes asked + answered", sizes)
    held = load.poll(consoles, _HELD, 2 * load.seconds)
    share = (held.server / held.seconds - idle) * 100
    yield Figure(f"{consoles:,} consoles held, nothing new: server's processor", f"{amount(share)} %")


def _with_alerts(load: _Load) -> Iterator[Figure]:
    """Yield the same while alerts arrive."""
    seconds = (load.seconds + _CONNECTING) * (len(load.ladder) + 1)
    with offering(load.lab.store, "day", rate=ALERTS, seconds=seconds) as alerts:
        alerts.go()
        yield load.carried(f"{ALERTS} alerts/s arriving")
        for consoles in load.ladder[:1] if load.lab.quick else load.ladder[::2]:
            held = load.poll(consoles, _HELD)
            yield Figure(
                f"age of news at {consoles:,} consoles held, {ALERTS} alerts/s, p50 / p95 / p99",
                f"{spread(held.lags, 'ms', 50, 95, 99)}; processor {amount(held.server / held.seconds * 100)} %",
            )
        if alerts.over:
            load.lab.tell("the alerts were over before the last poll was measured")
        alerts.stop()


def _processor(load: _Load) -> float:
    """Return how much of a core the server uses while nobody asks."""
    used = cpu_seconds(load.server.pid)
    time.sleep(load.seconds / 2)
    return (cpu_seconds(load.server.pid) - used) / (load.seconds / 2)
