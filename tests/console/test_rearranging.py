"""Orders, groups, views and filters that come about in slices: the keys behind them mean what will be shown."""

from __future__ import annotations

import pytest

from noc_tui.console import groups, rearranging, slicing
from noc_tui.incidents.listing import SORTS
from tests.console.night import Night, ordinary
from tests.console.watching import Console, console_on


@pytest.fixture(autouse=True)
def _in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of rows are many, and are gone through two at a time."""
    monkeypatch.setattr(rearranging, "_MANY", 0)
    monkeypatch.setattr(slicing, "SLICE", 2)
    monkeypatch.setattr(groups, "SLICE", 2)


async def comes_about(console: Console) -> None:
    """Wait until what is wanted is shown."""
    await console.until(lambda: not console.session.board.unfinished, "what is wanted is shown")


async def test_what_is_wanted_comes_about_by_itself(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        board = console.session.board
        await console.press("z r")
        await comes_about(console)
        assert list(board.numbers()) == sorted(board.rows, key=lambda number: SORTS["resource"](board.rows[number]))
        await console.press("g 3")
        await comes_about(console)
        assert {board.rows[number].owner for number in board.numbers()} == {""}
        await console.press("/")
        await console.type("queue")
        await comes_about(console)
        assert list(board.numbers()) == [night.numbers["queue"]]
        assert "mail queue" in console.text()


async def test_keys_at_once_behind_an_order_mean_its_rows(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        console.send("z", "a", "g", "g", "t")
        await console.lands()
        rows = console.session.board.rows
        newest = min(rows, key=lambda number: SORTS["age"](rows[number]))
        assert console.app.cursor == newest
        assert rows[newest].owner == "me"
        console.send("z", "g", "o", "z", "M", "g", "g", "*")
        await console.lands()
        assert len(console.session.picks) > 0


async def test_what_changes_meanwhile_is_shown_in_its_place(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        board = console.session.board
        board.group_by("site")
        board.step()
        new = night.ago(0).fires("sw9", resource="sw9.ams1", summary="switch down", severity="critical", site="zzz9")
        await console.lands()
        await comes_about(console)
        console.passes(5)
        assert board.lines.members("zzz9") == [new]
        assert board.lines.figures("zzz9").unacked == 1
