"""The views that a desk shares: one path from the command to whoever reads the store, a replica among them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.saved_views import SavedView
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.board_rows import BoardRows
from noc_tui.store.opening import Store
from noc_tui.store.verify import verify
from tests.contract.desk import Desk

NIGHT = {"name": "night-p1", "query": "p:1 is:unacked", "sort": "sla", "group": "site"}


def shared(path: Path) -> tuple[SavedView, ...]:
    """The desk's views as a console reads them."""
    with closing(BoardReader(path)) as reader:
        return reader.desk_views().saved()


def done(desk: Desk, store: Store, verb: str, **args: Any) -> tuple[bytes, Outcome]:
    """Append a command of the desk; returns its id and what came of it."""
    command = desk.command(verb, **args)
    (outcome,) = store.append([command])
    return command.id, outcome


def test_a_view_is_shared_replaced_and_dropped(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        assert shared(desk.path) == ()
        assert done(desk, store, "view_save", **NIGHT)[1].ok
        assert shared(desk.path) == (SavedView("night-p1", "p:1 is:unacked", "sla", "site"),)
        assert done(desk, store, "view_save", name="night-p1", hidden=True)[1].ok
        assert shared(desk.path) == (SavedView("night-p1", hidden=True),)
        again = done(desk, store, "view_save", name="night-p1", hidden=True)[1]
        assert again.ok
        assert again.seqs == ()
        assert done(desk, store, "view_drop", name="night-p1")[1].ok
        assert shared(desk.path) == ()
    assert verify(desk.path).fault is None


def test_what_cannot_be_a_view_is_refused_in_words(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        refusals = [
            done(desk, store, verb, **args)[1].reason
            for verb, args in (
                ("view_save", {"name": "a b"}),
                ("view_save", {"name": "long", "query": "x" * 3_000}),
                ("view_save", {"name": "odd", "colour": "red"}),
                ("view_drop", {"name": "night"}),
            )
        ]
    assert [reason.split(";")[0].split(":")[0] for reason in refusals] == [
        "'a b' is no name for a view",
        "The query of view long is longer than 2000 characters.",
        "view_save does not know 'colour'",
        "The desk has no view night.",
    ]


def test_one_undoes_ones_own_unless_somebody_has_changed_it_since(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        first, _ = done(desk, store, "view_save", **NIGHT)
        second, _ = done(desk, store, "view_save", name="night-p1", query="p:2")
        assert "was changed since" in done(desk, store, "undo", command=first.hex())[1].reason
        assert "one undoes one's own" in done(desk, store, "undo", command=second.hex(), actor="bo")[1].reason
        undo, outcome = done(desk, store, "undo", command=second.hex())
        assert outcome.ok
        assert [view.query for view in shared(desk.path)] == ["p:1 is:unacked"]
        assert done(desk, store, "redo", command=undo.hex())[1].ok
        assert [view.query for view in shared(desk.path)] == ["p:2"]


def test_a_snapshot_tells_the_views(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        done(desk, store, "view_save", **NIGHT)
        with closing(BoardRows(desk.path)) as rows:
            start = rows.start(desk.now)
    assert start.views == {"seq": 1, "views": {"night-p1": {**NIGHT, "hidden": False}}}
