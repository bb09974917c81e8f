"""A test sees a home of its own and leaves nothing in the checkout."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


def test_a_test_works_in_an_empty_home_outside_the_checkout(home: Path) -> None:
    assert Path.cwd() == Path.home() == home
    assert list(home.iterdir()) == []
    assert not home.is_relative_to(ROOT)
    assert Path(os.environ["NOC_TUI_HOME"]).is_relative_to(home)


def test_the_zone_is_the_same_everywhere() -> None:
    assert time.tzname == ("UTC", "UTC")


def test_a_missing_server_is_skipped_by_name(
    require_server: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOC_TUI_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs no-such-server or none-such on this host"):
        require_server("no-such-server", "none-such")


def test_a_missing_server_fails_where_all_are_required(
    require_server: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOC_TUI_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="needs no-such-server"):
        require_server("no-such-server")


def test_a_server_is_found_by_any_of_its_names(require_server: Callable[..., Path]) -> None:
    assert require_server("no-such-server", "sh").name == "sh"
