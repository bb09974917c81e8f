"""Copies of a store: export, import, backup, restore; and what is said about one."""

from pathlib import Path

from tests.contract.cli.running import Run, as_program, refused


def test_export_and_import(noc: Run, tmp_path: Path) -> None:
    noc("log", "Köln")
    noc("do", "ack", "1")
    file = tmp_path / "journal.ndjson"
    assert noc("export", str(file)).status == 0
    assert file.stat().st_mode & 0o777 == 0o600
    refused(noc("export", str(file)), 1, "exists", "--force")
    assert noc("export", str(file), "--force").status == 0
    copy = str(tmp_path / "copy.db")
    assert noc("--store", copy, "import", str(file)).status == 0
    assert noc("--store", copy, "list", "--json").json() == noc("list", "--json").json()
    assert noc("--store", copy, "verify").status == 0
    refused(noc("--store", copy, "import", str(tmp_path / "none")), 1, "No such file")
    file.write_text("nonsense\n")
    refused(noc("--store", str(tmp_path / "new.db"), "import", str(file)), 1, "line 1")


def test_export_to_a_pipe_and_import_from_one(noc: Run, tmp_path: Path) -> None:
    noc("log", "One")
    exported = as_program("export")
    assert exported.out.count("\n") >= 3
    ran = as_program("--store", str(tmp_path / "copy.db"), "import", "-", stdin=exported.out)
    assert ran.status == 0, ran.err


def test_backup_and_restore(noc: Run, home: Path, tmp_path: Path) -> None:
    noc("log", "One")
    copy = tmp_path / "copy.db"
    assert noc("backup", str(copy)).status == 0
    refused(noc("backup", str(copy)), 1, "exists")
    refused(noc("backup", str(tmp_path / "a" / "copy.db")), 1, "There is no directory")
    refused(noc("backup", str(tmp_path)), 1, "is a directory")
    noc("log", "Two")
    assert noc("restore", str(copy)).status == 0
    assert [incident["title"] for incident in noc("list", "--json").json()] == ["One"]
    assert len(list((home / "noc-tui").glob("noc.db.replaced-*"))) >= 1
    refused(noc("restore", str(tmp_path / "none")), 1, str(tmp_path / "none"))


def test_the_store_is_for_its_owner_alone(noc: Run, home: Path) -> None:
    noc("log", "One")
    assert (home / "noc-tui").stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in (home / "noc-tui").iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_doctor_tells_what_it_stands_on(noc: Run) -> None:
    facts = noc("doctor", "--json").json()["facts"]
    assert facts["state"] == "there is none yet"
    noc("log", "One")
    ran = noc("doctor", "--json")
    assert ran.status == 0
    assert ran.json()["troubles"] == []
    assert {"python", "sqlite", "textual", "sqlalchemy", "terminal", "store"} <= set(ran.json()["facts"])
    assert "1 incidents open" in noc("doctor").out
