"""What the journeys share: a desk with a store on today's clock, and terminals to sit at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noc_tui.store.opening import wall_clock
from tests.console.night import Night
from tests.journeys.terminal import Terminal

Sit = Callable[..., Terminal]
"""Opens a terminal, of a size and with variables of its environment by name."""


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A desk whose moment is now, since processes live by the real clock; its store is empty."""
    night = Night(tmp_path, wall_clock())
    yield night
    night.close()


@pytest.fixture
def sit() -> Iterator[Sit]:
    """Opens terminals, which are closed again at the end, whatever runs on them."""
    opened: list[Terminal] = []

    def open_one(size: tuple[int, int] = (80, 24), **environment: str) -> Terminal:
        terminal = Terminal(size, NOC_TUI_ME="me", **environment)
        opened.append(terminal)
        return terminal

    yield open_one
    for terminal in opened:
        terminal.close()
