"""Scenarios in which a service gets worse: an attack, a bad release, customers who call.

Each returns its reports in time order, recovery included.
"""

from __future__ import annotations

from random import Random

from noc_tui.incidents.model import MINUTE, SECOND, Micros
from noc_tui.simulate.faults import FAULTS
from noc_tui.simulate.outages import in_order, recovery
from noc_tui.simulate.reporting import Timed, report_condition, report_fault, worsened
from noc_tui.simulate.world import World


def ddos(world: World, rng: Random, start: Micros, *, lasting: Micros = 8 * MINUTE) -> list[Timed]:
    """A customer is attacked: traffic to it grows, its firewall drops, then the scrubber takes over."""
    victim = rng.choice(world.of_role["cust"])
    address = f"192.0.2.{rng.randint(1, 254)}"
    kind = rng.choice(("DNS amplification", "NTP amplification", "SYN flood", "UDP fragments"))
    gigabits = rng.randint(12, 90)
    first = report_condition(
        victim,
        "ddos",
        f"{kind} at {gigabits} Gbit/s to {address}, {victim.named} hit",
        start,
        severity="major",
        source="flow",
        instance=address,
        category="security",
    )
    raises = [(start, first)]
    firewalls = [resource for resource in world.at_site[victim.site] if resource.role == "fw"]
    for place, firewall in enumerate(firewalls[:2]):
        at = start + (6 + place * 4) * SECOND
        text = f"session table {rng.randint(91, 99)} %, new sessions dropped"
        raises.append((at, report_condition(firewall, "session table", text, at, severity="minor", source="zabbix")))
    peak = start + lasting // 4
    text = f"{kind} at {gigabits * rng.randint(3, 6)} Gbit/s to {address}, port full"
    return in_order(
        [
            *raises,
            (peak, worsened(first, peak, "critical", text)),
            *recovery(raises, start + lasting, MINUTE, rng),
        ]
    )


def bad_release(world: World, rng: Random, start: Micros, *, lasting: Micros = 10 * MINUTE) -> list[Timed]:
    """A release makes an application fail, instance by instance, until it is rolled back."""
    application = rng.choice(world.of_role["portal"])
    release = f"{rng.randint(24, 26)}.{rng.randint(1, 52)}.{rng.randint(0, 4)}"
    reports: list[Timed] = []
    for place in range(rng.randint(2, 6)):
        at = start + place * 40 * SECOND + int(rng.random() * 10 * SECOND)
        host = f"node {place + 1}"
        text = f"5xx {rng.randint(2, 19)}.{rng.randint(0, 9)} % on {host}, release {release}"
        raised = report_condition(
            application, "5xx", text, at, severity="minor", source="prometheus", instance=host, release=release
        )
        reports.append((at, raised))
    first_at, first = reports[0]
    worse = first_at + lasting // 3
    text = f"5xx {rng.randint(31, 78)} % on node 1, logins fail since release {release}"
    return in_order(
        [
            *reports,
            (worse, worsened(first, worse, "major", text)),
            *recovery(reports, start + lasting, 30 * SECOND, rng),
        ]
    )


def complaints(world: World, rng: Random, start: Micros, *, lasting: Micros = 11 * MINUTE) -> list[Timed]:
    """One to three customers of a site notice something: calls at the service desk, or a probe at their door."""
    site = rng.choice(world.sites)
    customers = [resource for resource in world.at_site[site.code] if resource.role == "cust"]
    raises: list[Timed] = []
    for place, customer in enumerate(rng.sample(customers, min(len(customers), rng.randint(1, 3)))):
        severity = rng.choice(("indeterminate", "warning", "warning", "minor"))
        at = start + place * 50 * SECOND + int(rng.random() * 20 * SECOND)
        raises.append((at, report_fault(customer, rng.choice(FAULTS["cust"][severity]), rng.random, at)))
    return in_order(raises + recovery(raises, start + lasting, 4 * MINUTE, rng))
