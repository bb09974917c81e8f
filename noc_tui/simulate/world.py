"""The simulated network: sites, resources, fibres, power feeds and customers, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from sys import intern
from types import MappingProxyType
from typing import Final

import msgspec

from noc_tui.incidents.model import Labels
from noc_tui.simulate.places import (
    CITIES,
    CUSTOMER_FIRST_WORDS,
    CUSTOMER_LAST_WORDS,
    FIRST_CUSTOMERS,
    ROLES,
    City,
    Role,
)
from noc_tui.simulate.wording import NAMES

DEMO_SIZE: Final = 600
"""Resources in a network of a size for looking at."""

_PER_SITE: Final = sum(role.count for role in ROLES) + 1  # a UPS has two sides
_MOST_SITES: Final = 480
_FIRST_FIBRE: Final = {"PAR-LYO": 7}  # every network has PAR-LYO-7: manuals and drills speak of it
_TIERS: Final = ("gold", "silver", "silver", "silver") + ("bronze",) * 8
_ON_FIBRE: Final = frozenset(("cr", "pe", "br", "rr", "olt", "bng", "fw", "sbc", "cust"))


class Site(msgspec.Struct, frozen=True):
    """One building with equipment, such as par3."""

    code: str
    city: City


class Resource(msgspec.Struct, frozen=True, gc=False):
    """Something that can be in trouble: a device, a cooling unit, a customer's line.

    `customers` counts those who depend on it, `named` names up to three of them, `tier` is the best of their
    contracts (gold, silver, bronze). `feed` is the power feed that it hangs on, empty for customers.
    """

    name: str
    role: str
    site: str
    service: str
    feed: str = ""
    customers: int = 0
    named: str = ""
    tier: str = ""

    def customer_labels(self) -> Labels:
        """Return who is hit: `customer` (names, up to three) and `customers` (how many)."""
        if not self.customers:
            return ()
        return (("customer", self.named), ("customers", str(self.customers)))

    def place_labels(self) -> Labels:
        """Return what it carries and where: `service`, `site` and, where customers depend on it, `tier`."""
        where = (("service", self.service), ("site", self.site))
        return (*where, ("tier", self.tier)) if self.tier else where


class Link(msgspec.Struct, frozen=True):
    """A fibre between two sites; its `name` (PAR-LYO-7) is the circuit name, `carrier` who looks after it."""

    name: str
    ends: tuple[str, str]
    carrier: str
    km: int


class World(msgspec.Struct, frozen=True):
    """A whole network. `at_site` and `of_role` index `resources`, in their order."""

    seed: int
    sites: tuple[Site, ...]
    resources: tuple[Resource, ...]
    links: tuple[Link, ...]
    at_site: Mapping[str, tuple[Resource, ...]]
    of_role: Mapping[str, tuple[Resource, ...]]

    def on_fibre(self, link: Link) -> tuple[Resource, ...]:
        """Return what loses its way when the fibre is cut: routers, access and customers at both ends."""
        return tuple(resource for end in link.ends for resource in self.at_site[end] if resource.role in _ON_FIBRE)

    def on_feed(self, feed: str) -> tuple[Resource, ...]:
        """Return what a power feed (par3-feed-a) supplies."""
        site = feed.partition("-")[0]
        return tuple(resource for resource in self.at_site[site] if resource.feed == feed)


def make_world(seed: int, size: int = DEMO_SIZE) -> World:
    """Build the network of this seed with about `size` resources, never fewer."""
    rng = Random(seed)
    sites = tuple(_open_sites(max(6, min(_MOST_SITES, -(-size // _PER_SITE)))))
    blocks = -(-size // (_PER_SITE * len(sites)))
    numbers = _customer_numbers(rng)
    at_site = {site.code: tuple(_equip(site, blocks, numbers, rng)) for site in sites}
    resources = tuple(resource for group in at_site.values() for resource in group)
    of_role: dict[str, list[Resource]] = {role.id: [] for role in ROLES}
    for resource in resources:
        of_role[resource.role].append(resource)
    return World(
        seed=seed,
        sites=sites,
        resources=resources,
        links=tuple(_lay_fibres(sites, rng)),
        at_site=MappingProxyType(at_site),
        of_role=MappingProxyType({role: tuple(group) for role, group in of_role.items()}),
    )


def feed_name(site: str, side: str) -> str:
    """Return the name of a power feed of a site; `side` is a or b."""
    return intern(f"{site}-feed-{side}")


def _open_sites(count: int) -> Iterator[Site]:
    for index in range(count):
        city = CITIES[index % len(CITIES)]
        yield Site(intern(f"{city.code}{city.first + index // len(CITIES)}"), city)


def _customer_numbers(rng: Random) -> Iterator[int]:
    number = 1000
    while True:
        number += rng.randint(1, 29)
        yield number


def _equip(site: Site, blocks: int, numbers: Iterator[int], rng: Random) -> Iterator[Resource]:
    here: list[Resource] = []
    for role in ROLES:
        count = role.count * blocks
        if role.id == "cust":
            here = [_customer(role, site, next(numbers), rng) for _ in range(count)]
            yield from here
        elif role.id == "ups":
            yield from (_device(role, site, f"{side}{n or ''}", here, rng) for n in range(count) for side in "ab")
        else:
            chosen = sorted(rng.sample(range(1, 2 * count + 3), count))
            yield from (_device(role, site, number, here, rng) for number in chosen)


def _customer(role: Role, site: Site, number: int, rng: Random) -> Resource:
    if rng.random() < 0.1:
        name = rng.choice(FIRST_CUSTOMERS)
    else:
        name = rng.choice(CUSTOMER_FIRST_WORDS) + rng.choice(CUSTOMER_LAST_WORDS)
    return Resource(
        name=role.name.format(n=number),
        role=role.id,
        site=site.code,
        service=intern(role.service.format(city=site.city.name)),
        customers=1,
        named=intern(name),
        tier=rng.choice(_TIERS),
    )


def _device(role: Role, site: Site, number: int | str, customers: list[Resource], rng: Random) -> Resource:
    words = {"n": number, "site": site.code, "city": site.city.name, "code": site.city.code}
    reached = rng.randint(0, role.reach) if role.reach and rng.random() < 0.6 else 0
    named = rng.sample(customers, min(reached, 3, len(customers)))
    tiers = {customer.tier for customer in named}
    return Resource(
        name=role.name.format_map(words),
        role=role.id,
        site=site.code,
        service=intern(role.service.format_map(words)),
        feed=feed_name(site.code, rng.choice("ab")),
        customers=reached,
        named=", ".join(customer.named for customer in named),
        tier=next((tier for tier in ("gold", "silver", "bronze") if tier in tiers), ""),
    )


def _lay_fibres(sites: tuple[Site, ...], rng: Random) -> Iterator[Link]:
    """Lay a ring through all sites, and a chord from every second one."""
    taken: set[str] = set()
    count = len(sites)
    for index, near in enumerate(sites):
        hops = [1] if index % 2 else [1, rng.randint(2, count - 2)]
        for far in (sites[(index + hop) % count] for hop in hops):
            stem = f"{near.city.code}-{far.city.code}".upper()
            number = _FIRST_FIBRE.get(stem) or rng.randint(1, 9)
            while (name := f"{stem}-{number}") in taken:
                number += 1
            taken.add(name)
            yield Link(name, (near.code, far.code), rng.choice(NAMES["carrier"]), rng.randint(18, 640))
