"""`noc-tui view`: the views that a desk shares, from a script."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.contract.cli.running import Run, refused
from tests.contract.desk import Desk
from tests.contract.test_desk_views import NIGHT, done, shared


def test_views_travel_with_an_export(tmp_path: Path, noc: Run) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        done(desk, store, "view_save", **NIGHT)
    out, copy = str(tmp_path / "out.jsonl"), str(tmp_path / "copy.db")
    assert noc("export", out, "--store", str(desk.path)).status == 0
    assert noc("import", out, "--store", copy).status == 0
    assert shared(Path(copy)) == shared(desk.path)


def test_a_script_shares_lists_and_drops(tmp_path: Path, noc: Run) -> None:
    store = ("--store", str(tmp_path / "noc.db"))
    assert noc("view", "save", "night-p1", "p:1", "is:unacked", "--sort", "sla", *store).status == 0
    listed = noc("view", "list", "--json", *store).json()
    assert listed == [{"name": "night-p1", "query": "p:1 is:unacked", "sort": "sla", "group": "", "hidden": False}]
    assert "night-p1" in noc("view", "list", *store).out
    wrong = noc("view", "save", "bad", "p:", *store)
    assert wrong.status == 2
    assert noc("view", "drop", "night-p1", *store).status == 0
    refused(noc("view", "drop", "night-p1", *store), 1, "The desk has no view night-p1.")
