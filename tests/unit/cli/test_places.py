"""Where things lie, and which file a location names."""

from pathlib import Path

import pytest

from noc_tui.cli.places import places, store_file


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    found = places({"NOC_TUI_HOME": str(tmp_path / "x")})
    assert found.config_file == tmp_path / "x" / "config.toml"
    assert found.store == tmp_path / "x" / "noc.db"
    assert found.demo == tmp_path / "x" / "demo.db"
    assert found.state == tmp_path / "x"


def test_without_it_they_are_where_the_platform_has_them() -> None:
    found = places({})
    assert found.store.name == "noc.db"
    assert {found.config.name, found.data.name, found.state.name} == {"noc-tui"}


def test_a_location_is_a_path_or_an_url_of_a_file(home: Path) -> None:
    assert store_file("/a/b.db") == Path("/a/b.db")
    assert store_file("b.db") == home / "b.db"
    assert store_file("~/b.db") == home / "b.db"
    assert store_file("sqlite:////a/b.db") == Path("/a/b.db")
    assert store_file("sqlite:///b.db") == home / "b.db"


@pytest.mark.parametrize("location", ["", "sqlite:///", "postgresql://host/noc", "https://host", "http://127.0.0.1:1"])
def test_anything_else_names_no_file(location: str) -> None:
    with pytest.raises(ValueError, match="give a path"):
        store_file(location)
