"""Where things lie, and which file a location names."""

from pathlib import Path

from noc_tui.cli.places import places


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
