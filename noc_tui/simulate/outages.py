"""Scenarios with one cause and many alerts: a cut fibre, a lost power feed, a failed card, failed cooling.

Each returns its reports in time order, recovery included; `start` is when the cause strikes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, count, islice
from random import Random
from typing import Final

from noc_tui.incidents.model import MINUTE, SECOND, Micros, Report
from noc_tui.simulate.reporting import Timed, cleared, report_condition, worsened
from noc_tui.simulate.world import Link, Resource, World, feed_name

_Raise = Callable[[Resource, int, Link, Random, Micros], Report]

_ROUTERS: Final = frozenset(("cr", "pe", "br", "rr"))


def in_order(reports: Iterable[Timed]) -> list[Timed]:
    """Return the reports by time; those of the same instant keep their order."""
    return sorted(reports, key=lambda timed: timed[0])


def recovery(raises: Iterable[Timed], start: Micros, over: Micros, rng: Random) -> list[Timed]:
    """Return a clear for each raise, spread over `over` from `start`; none before its raise."""
    return in_order(
        (at, cleared(report, at))
        for raised, report in raises
        for at in (max(raised + SECOND, start + int(rng.random() * over)),)
    )


def _loss_of_light(resource: Resource, turn: int, link: Link, rng: Random, at: Micros) -> Report:
    port = f"et-0/{turn % 4}/{turn // 4}"
    text = f"loss of light on {port}, far end {link.ends[turn % 2]}"
    return report_condition(
        resource, "loss of light", text, at, severity="critical", source="optical", instance=port, circuit=link.name
    )


def _bgp_session(resource: Resource, turn: int, link: Link, rng: Random, at: Micros) -> Report:
    peer = f"10.{turn // 12 % 32}.{turn % 12}.{1 + turn * 7 % 250}"
    text = f"BGP to {peer} down, {rng.choice(('hold timer expired', 'BFD down', 'interface down'))}"
    return report_condition(
        resource, "bgp session", text, at, severity="major", source="zabbix", instance=peer, circuit=link.name
    )


def _interface_down(resource: Resource, turn: int, link: Link, rng: Random, at: Micros) -> Report:
    port = f"xe-{turn // 32 % 8}/{turn // 8 % 4}/{turn % 8}.{100 + turn}"
    text = f"{port} down, {rng.randint(1, 9)}.{rng.randint(0, 9)} Gbit/s moved to protection"
    return report_condition(
        resource, "interface down", text, at, severity="major", source="zabbix", instance=port, circuit=link.name
    )


def _isis_adjacency(resource: Resource, turn: int, link: Link, rng: Random, at: Micros) -> Report:
    level = f"L2 {link.ends[turn % 2]}-{turn + 1}"
    text = f"ISIS adjacency {level} lost, metric path {rng.randint(20, 90)}0"
    return report_condition(
        resource, "isis adjacency", text, at, severity="minor", source="syslog", instance=level, circuit=link.name
    )


def _service_probe(resource: Resource, turn: int, link: Link, rng: Random, at: Micros) -> Report:
    probe = f"probe {turn + 1}"
    who = resource.named if resource.role == "cust" else resource.service
    text = f"{who}: {rng.randint(31, 100)} % loss, {rng.randint(3, 5)} of 5 probes"
    return report_condition(
        resource, "service probe", text, at, severity="major", source="probe", instance=probe, circuit=link.name
    )


_FIBRE_PARTS: Final[tuple[tuple[_Raise, float, frozenset[str]], ...]] = (
    (_loss_of_light, 0.024, _ROUTERS),
    (_interface_down, 0.24, _ROUTERS),
    (_isis_adjacency, 0.192, _ROUTERS),
    (_bgp_session, 0.424, _ROUTERS | {"bng"}),
    (_service_probe, 0.12, frozenset(("cust", "olt", "bng", "fw", "sbc"))),
)
"""What a cut fibre raises: the condition, its share of the alerts, the roles that report it."""


def fibre_raises(world: World, link: Link, rng: Random, start: Micros, *, alerts: int, over: Micros) -> list[Timed]:
    """Return exactly `alerts` raises that a cut of this fibre causes, evenly spread over `over` from `start`.

    The fibre's own alarm comes first; loss of light, interfaces, ISIS, BGP and probes follow, mixed.
    """
    hanging = world.on_fibre(link)
    lines = [resource for resource in hanging if resource.role == "cust"]
    fibre = Resource(
        name=link.name,
        role="cr",
        site=link.ends[0],
        service="core-ip",
        customers=len(lines),
        named=", ".join(line.named for line in lines[:3]),
        tier="gold",
    )
    kinds = list(chain.from_iterable([part] * max(1, round(part[1] * alerts)) for part in _FIBRE_PARTS))
    rng.shuffle(kinds)
    kinds.sort(key=lambda part: part[0] is not _loss_of_light)
    step = over / max(1, alerts)
    reports = [
        (
            start,
            report_condition(
                fibre,
                "fibre cut",
                f"fibre cut, loss of light at both ends, {rng.randint(3, link.km - 3)} km from {link.ends[0]}",
                start,
                severity="critical",
                source="optical",
                circuit=link.name,
                carrier=link.carrier,
            ),
        )
    ]
    turns = {part[0]: count() for part in _FIBRE_PARTS}
    for place, (make, _, roles) in enumerate(islice(chain(kinds, kinds), alerts - 1), 1):
        able = [resource for resource in hanging if resource.role in roles]
        turn = next(turns[make])
        at = start + int((place - rng.random() * 0.9) * step)
        reports.append((at, make(able[turn % len(able)], turn, link, rng, at)))
    return in_order(reports)


def fibre_cut(
    world: World,
    rng: Random,
    start: Micros,
    *,
    alerts: int = 500,
    over: Micros = 2 * MINUTE,
    repair: Micros = 20 * MINUTE,
) -> list[Timed]:
    """A fibre is cut: everything that hangs on it reports within `over`, and recovers after `repair`."""
    raises = fibre_raises(world, rng.choice(world.links), rng, start, alerts=alerts, over=over)
    return raises + recovery(raises, start + over + repair, over // 4, rng)


def power_loss(world: World, rng: Random, start: Micros, *, lasting: Micros = 12 * MINUTE) -> list[Timed]:
    """A site loses a power feed: UPS on battery, lost redundancy, then what has one cord only goes down."""
    site, side = rng.choice(world.sites), rng.choice("ab")
    feed = feed_name(site.code, side)
    on_it = list(world.on_feed(feed))
    rng.shuffle(on_it)
    source = Resource(name=feed, role="ups", site=site.code, service="facility", feed=feed)
    first = report_condition(
        source,
        "feed lost",
        f"utility feed {side.upper()} lost, {rng.randint(18, 40)} min of battery",
        start,
        severity="critical",
        source="snmp",
        power=feed,
    )
    raises = [(start, first)]
    for place, resource in enumerate(on_it[: rng.randint(6, 24)]):
        at = start + int((2 + place * 1.5 + rng.random()) * SECOND)
        single = place % 5 == 4
        text = "down, single-corded" if single else f"PSU {side.upper()} without input, no redundancy"
        severity = "major" if single else "minor"
        name = "host down" if single else "psu input"
        raises.append((at, report_condition(resource, name, text, at, severity=severity, source="zabbix", power=feed)))
    low = start + lasting // 2
    worse = worsened(first, low, "critical", f"battery {rng.randint(31, 48)} %, generator did not start")
    return in_order([*raises, (low, worse), *recovery(raises, start + lasting, 20 * SECOND, rng)])


def card_failure(world: World, rng: Random, start: Micros, *, lasting: Micros = 9 * MINUTE) -> list[Timed]:
    """A line card of a router dies, and its ports and sessions with it."""
    router = rng.choice(world.of_role["pe"])
    slot = rng.randint(0, 5)
    card = report_condition(
        router,
        "line card",
        f"FPC {slot} offline, fabric errors on plane {rng.randint(0, 3)}",
        start,
        severity="major",
        source="syslog",
        instance=f"FPC {slot}",
    )
    raises = [(start, card)]
    for place in range(rng.randint(4, 14)):
        at = start + int((1 + place * 0.8 + rng.random()) * SECOND)
        port = f"xe-{slot}/{place // 8}/{place % 8}"
        raises.append(
            (
                at,
                report_condition(
                    router,
                    "interface down",
                    f"{port} down, FPC {slot} offline",
                    at,
                    severity="minor",
                    source="zabbix",
                    instance=port,
                ),
            )
        )
    return in_order(raises + recovery(raises, start + lasting, 15 * SECOND, rng))


def cooling_failure(world: World, rng: Random, start: Micros, *, lasting: Micros = 14 * MINUTE) -> list[Timed]:
    """A cooling unit stops: the hall warms, racks follow, the severity rises with the temperature."""
    unit = rng.choice(world.of_role["hvac"])
    celsius = rng.uniform(26.0, 28.0)
    reports: list[Timed] = []
    raised: Report | None = None
    for place, severity in enumerate(("warning", "minor", "major")):
        at = start + place * lasting // 5
        text = f"cold aisle {celsius + place * 2.6:.1f} C, rising {rng.randint(8, 19) / 10} C in 5 min"
        if raised is None:
            raised = report_condition(
                unit, "temperature", text, at, severity=severity, source="snmp", instance="cold aisle"
            )
            reports.append((at, raised))
        else:
            reports.append((at, worsened(raised, at, severity, text)))
    racks = [resource for resource in world.at_site[unit.site] if resource.role == "rack"][:3]
    for place, rack in enumerate(racks):
        at = start + lasting // 4 + place * 25 * SECOND
        text = f"temperature {rng.randint(30, 34)} C, {unit.name} off"
        reports.append((at, report_condition(rack, "temperature", text, at, severity="warning", source="snmp")))
    firsts = {report.key: (at, report) for at, report in reversed(reports)}
    return in_order(reports + recovery(firsts.values(), start + lasting, 3 * MINUTE, rng))
