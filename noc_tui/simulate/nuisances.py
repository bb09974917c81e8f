"""Scenarios of the everyday: a flapping port, a filling disk, an ageing certificate, minor noise.

Each returns its reports in time order, recovery included.
"""

from __future__ import annotations

from random import Random
from typing import Final

from noc_tui.incidents.model import HOUR, MINUTE, SECOND, Micros
from noc_tui.simulate.faults import FAULTS
from noc_tui.simulate.reporting import Timed, cleared, raised_again, report_condition, report_fault, worsened
from noc_tui.simulate.world import Resource, World

_SERVERS: Final = ("mx", "dns", "cdn", "syslog", "portal", "radius")
_TLS: Final = ("vpn", "portal", "sbc", "mx")


def toggles(router: Resource, port: str, rng: Random, start: Micros, *, count: int, within: Micros) -> list[Timed]:
    """Return `count` changes of one port, raised first and then in turn, spread over `within` from `start`."""
    step = within / max(1, count)
    times = [start] + [start + int((place + rng.random() * 0.8) * step) for place in range(1, count)]
    raised = report_condition(
        router,
        "interface down",
        f"{port} down, {rng.choice(('remote fault', 'local fault', 'signal degrade'))}",
        start,
        severity="minor",
        source="zabbix",
        instance=port,
        runbook="rb/flapping-port",
    )
    changes: list[Timed] = []
    for place, at in enumerate(times):
        down = raised_again(raised, times[place - place % 2])
        changes.append((at, cleared(down, at) if place % 2 else down))
    return changes


def flapping_interface(world: World, rng: Random, start: Micros) -> list[Timed]:
    """A port with a bad optic goes down and up, and in the end stays up."""
    router = rng.choice(world.of_role["pe"])
    port = f"ge-0/0/{rng.randint(0, 23)}"
    count = 2 * rng.randint(4, 14)
    return toggles(router, port, rng, start, count=count, within=count * 9 * SECOND)


def disk_filling(world: World, rng: Random, start: Micros, *, lasting: Micros = 15 * MINUTE) -> list[Timed]:
    """A disk fills: the same alert goes from warning to major, then somebody cleans up."""
    host = rng.choice(world.of_role[rng.choice(_SERVERS)])
    disk = rng.choice(("/var", "/var/log", "/srv", "/cache"))
    percent = rng.randint(82, 88)
    text = f"{disk} {percent} % full, grows {rng.randint(1, 6)} % in 1 h"
    raised = report_condition(host, "disk", text, start, severity="warning", source="prometheus", instance=disk)
    reports: list[Timed] = [(start, raised)]
    for place, (severity, more) in enumerate((("minor", 7), ("major", 10)), 1):
        if rng.random() < 0.6 / place:
            at = start + place * lasting // 3
            text = f"{disk} {percent + more} % full, {rng.randint(5, 50)} min left"
            reports.append((at, worsened(raised, at, severity, text)))
    end = start + lasting + int(rng.random() * 5 * MINUTE)
    return [*reports, (end, cleared(raised, end))]


def certificate_expiry(world: World, rng: Random, start: Micros) -> list[Timed]:
    """A certificate nears its end, and is renewed within hours."""
    host = rng.choice(world.of_role[rng.choice(_TLS)])
    days = rng.choice((13, 13, 7, 3))
    raised = report_condition(
        host,
        "certificate",
        f"certificate expires in {days} d, renewal failed {rng.randint(1, 5)} times",
        start,
        severity="minor" if days <= 3 else "warning",
        source="icinga",
        instance="https",
    )
    end = start + int((0.2 + rng.random()) * HOUR)
    return [(start, raised), (end, cleared(raised, end))]


def minor_trouble(world: World, rng: Random, start: Micros) -> list[Timed]:
    """One resource has one small fault for a while: the noise of every hour."""
    resource = rng.choice(world.resources)
    severity = rng.choices(("warning", "minor", "major"), (70, 26, 4))[0]
    raised = report_fault(resource, rng.choice(FAULTS[resource.role][severity]), rng.random, start)
    end = start + int(20 * SECOND + rng.expovariate(1.0) * 6 * MINUTE)
    return [(start, raised), (end, cleared(raised, end))]
