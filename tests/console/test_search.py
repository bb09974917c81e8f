"""Searching all that was logged, on the screen: what is found, opened and gone back from."""

from __future__ import annotations

from tests.console.night import Night, ordinary
from tests.console.watching import Console, console_on


async def found(console: Console) -> list[str]:
    """The lines of what was found, once all is."""
    await console.until(
        lambda: console.app.hands.page == "found" and not console.app.hands.search.looking, "it is found"
    )
    console.ticks()
    await console.pilot.pause()
    return [line for line in console.lines() if "INC-" in line]


async def test_what_is_closed_is_found_and_opened_and_left_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press(":")
        await console.type("find reseated")
        await console.press("enter")
        (line,) = await found(console)
        assert "closed" in line
        assert "card reseated" in line
        await console.press("enter")
        await console.settles()
        assert "DETAIL" in console.lines()[-1]
        assert "card reseated" in console.text()
        await console.press("q")
        assert len(await found(console)) == 1
        await console.press("q")
        assert "Needs action" in console.text()


async def test_a_verb_on_what_was_found_is_meant_for_it(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("g /")
        await console.type("queue")
        await console.press("enter")
        assert len(await found(console)) == 1
        await console.press("t")
        await console.lands()
        assert console.session.board.rows[night.numbers["queue"]].owner == "me"


async def test_nothing_to_look_for_is_asked_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("g / enter")
        assert "say what to look for" in console.text()
        await console.press("escape")
        assert console.app.hands.page == "board"


async def test_a_filter_groups_too_and_says_what_this_board_is(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("/")
        await console.type("group:site at:-1h")
        assert "the board is that of now" in console.text()
        await console.press("ctrl+u")
        await console.type("group:site pe07")
        await console.press("enter")
        assert "par3" in console.text()
        assert console.session.board.arrangement.group == "site"
        await console.press("/ ctrl+u")
        await console.type("has:children")
        await console.press("enter")
        assert len(console.session.board) == 0
