"""Room for connections."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from noc_tui.server.limits import Limits
from noc_tui.server.listening import make_room


@pytest.fixture(autouse=True)
def room() -> Iterator[int]:
    """Give the test process back what it had; yield what the system allows at most."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_server_that_was_started_with_little_room_makes_room_for_its_connections(room: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, room))
    make_room(Limits(connections=600))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (856, room)


def test_it_takes_no_more_than_the_system_allows_and_gives_nothing_up(room: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, room))
    make_room(Limits(connections=10))
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 512
    if room == resource.RLIM_INFINITY:
        pytest.skip("this system sets no bound")
    make_room(Limits(connections=room))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (room, room)
