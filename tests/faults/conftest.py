"""A desk with a store on today's clock, for processes that live by it; a monitoring system beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from noc_tui.incidents.model import HOUR
from noc_tui.store.opening import wall_clock
from tests.contract.desk import Desk
from tests.faults.budget import Budget
from tests.faults.running import Monitor


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose clock stands at an hour ago, with an empty store."""
    desk = Desk(tmp_path)
    desk.now = wall_clock() - HOUR
    desk.open().close()
    return desk


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    """A monitoring system that is up."""
    monitor = Monitor()
    monitor.come_up()
    yield monitor
    monitor.go_down()


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> Budget:
    """The seed and the time of this run."""
    return Budget(request.config.getoption("--seed"), request.config.getoption("--minutes"))
