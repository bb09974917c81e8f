"""The page of views, by its keys: what it opens, moves, renames, shares and drops, and that verbs do nothing there."""

from __future__ import annotations

from tests.console.night import Night, ordinary
from tests.console.watching import Console, console_on


async def save(console: Console, words: str) -> None:
    """Save how the board is looked at as a view."""
    await console.press(":")
    await console.type(f"view save {words}")
    await console.press("enter")
    await console.lands()


def names(console: Console) -> list[str]:
    """All views in the order of the tabs."""
    return [view.name for view in console.session.look.views]


async def test_a_view_is_opened_moved_and_renamed(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await save(console, "night-p1")
        await console.press(": v i e w s enter")
        assert console.app.hands.views.current.name == "night-p1"
        await console.press("9 9 <")
        assert names(console)[0] == "night-p1"
        await console.press("2 >")
        assert names(console).index("night-p1") == 2
        await console.press("r ctrl+u")
        await console.type("mine")
        await console.press("enter")
        assert "take another name" in console.text()
        await console.press("ctrl+u")
        await console.type("night-p2")
        await console.press("enter")
        assert names(console).index("night-p2") == 2
        assert console.session.look.view.name == "night-p2"
        await console.press("k k enter")
        assert console.app.hands.page == "board"
        assert console.session.look.view.name == names(console)[0] == "default"
        await console.press("] ]")
        assert console.session.look.view.name == "night-p2", "tabs are turned over in their new order"


async def test_a_view_is_shared_with_the_desk_and_dropped(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        look = console.session.look
        await save(console, "bgp")
        await console.press("V s")
        await console.lands()
        await console.until(lambda: "bgp" in look.views.shared, "the desk has it")
        await console.press("x escape")
        assert "bgp" in look.views.own
        await console.press("x enter")
        assert "bgp" not in look.views.own
        assert "desk" in next(line for line in console.lines() if "bgp" in line)
        await console.press("r ctrl+u")
        await console.type("core")
        await console.press("enter")
        await console.until(lambda: list(look.views.shared) == ["core"], "the desk's is renamed")
        await console.press("x enter")
        await console.until(lambda: not look.views.shared, "the desk's is dropped")


async def test_what_comes_with_the_console_stays_and_no_row_is_touched(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        before = dict(console.session.board.rows)
        await console.press("V")
        for key in ("r", "s", "x"):
            await console.press(key)
            assert "comes with the console" in console.lines()[-2]
        await console.press("a")
        assert "no incident under the cursor" in console.text()
        assert console.session.board.rows == before
        await console.press("q")
        assert console.app.hands.page == "board"
