"""What the tests of the console share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from noc_tui.console import taking
from tests.console.far import Far
from tests.console.night import Night


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what may follow a prefix almost at once."""
    monkeypatch.setattr(taking, "_WHICH_AFTER", 0.01)


@pytest.fixture
def far(night: Night, tmp_path: Path) -> Iterator[Far]:
    """The link to that desk's store from another host, its replica empty."""
    directory = tmp_path / "far"
    directory.mkdir()
    far = Far(night, directory)
    yield far
    far.close()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A desk at night, its store empty."""
    night = Night(tmp_path)
    yield night
    night.close()
