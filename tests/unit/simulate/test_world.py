"""The simulated network: same seed, same network; large enough; its fibres and feeds lead somewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.simulate.places import ROLES
from noc_tui.simulate.world import feed_name, make_world


@given(seed=st.integers(0, 2**32), size=st.integers(1, 3_000))
def test_a_world_is_the_same_for_the_same_seed_and_never_too_small(seed: int, size: int) -> None:
    world = make_world(seed, size)
    assert world == make_world(seed, size)
    assert len(world.resources) >= size


@pytest.mark.parametrize("size", [1, 600, 30_000, 120_000])
def test_names_are_unique_at_any_size(size: int) -> None:
    world = make_world(3, size)
    names = [resource.name for resource in world.resources] + [link.name for link in world.links]
    assert len(set(names)) == len(names)


def test_another_seed_makes_another_network() -> None:
    assert make_world(1).resources != make_world(2).resources


def test_every_network_has_the_fibre_that_the_manual_speaks_of() -> None:
    for seed in range(20):
        link = next(link for link in make_world(seed).links if link.name == "PAR-LYO-7")
        assert link.ends == ("par3", "lyo1")


def test_indexes_hold_every_resource_once() -> None:
    world = make_world(5)
    assert sum(world.at_site.values(), ()) == world.resources
    assert sorted(sum(world.of_role.values(), ()), key=lambda one: one.name) == sorted(
        world.resources, key=lambda one: one.name
    )
    assert all(world.of_role[role.id] for role in ROLES)


def test_both_ends_hang_on_a_fibre() -> None:
    world = make_world(5)
    for link in world.links:
        assert {resource.site for resource in world.on_fibre(link)} == set(link.ends)


def test_a_feed_supplies_its_own_site_alone() -> None:
    world = make_world(5)
    for site in world.sites:
        for side in "ab":
            supplied = world.on_feed(feed_name(site.code, side))
            assert supplied
            assert {resource.site for resource in supplied} == {site.code}


def test_who_serves_customers_names_them_and_has_the_best_of_their_tiers() -> None:
    for resource in make_world(5).resources:
        assert bool(resource.customers) == bool(resource.named) == bool(resource.tier)
        assert len(resource.named.split(", ")) <= max(1, min(3, resource.customers))
