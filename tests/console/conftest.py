"""What the tests of the console share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.night import Night


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A desk at night, its store empty."""
    night = Night(tmp_path)
    yield night
    night.close()
