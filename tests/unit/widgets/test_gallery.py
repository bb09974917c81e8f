"""The gallery shows every widget, in every theme, and says the same in each."""

import pytest

from widgets.board import Board
from widgets.gallery import Gallery
from widgets.ink import THEMES, ThemeName
from widgets.lines import Lines
from widgets.prompt import Prompt
from widgets.surface import Surface


def text_of(app: Gallery) -> list[str]:
    """All that stands on the screen."""
    surfaces = [widget for widget in app.screen.children if isinstance(widget, Surface)]
    return [surface.strip_at(y).text.rstrip() for surface in surfaces for y in range(surface.outer_size.height)]


async def shown_in(name: ThemeName, *, unicode: bool) -> list[str]:
    """The gallery's text in a theme, two rows picked."""
    app = Gallery(name, unicode=unicode)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("j", "space", "space")
        await pilot.pause()
        return text_of(app)


@pytest.mark.parametrize("name", THEMES)
async def test_no_fact_is_told_by_colour_alone(name: ThemeName) -> None:
    assert await shown_in(name, unicode=True) == await shown_in("dark", unicode=True)


async def test_ascii_is_ascii() -> None:
    assert "".join(await shown_in("mono", unicode=False)).isascii()


async def test_every_key() -> None:
    app = Gallery()
    async with app.run_test(size=(100, 30)) as pilot:
        board = app.query_one(Board)
        await pilot.press("j", "down", "k", "up", "pagedown", "pageup", "ctrl+d", "ctrl+u", "end", "home")
        await pilot.press("H", "M", "L", "home", "enter", "j")
        assert board.cursor == 2

        await pilot.press("slash", "!", "enter")
        await pilot.pause()
        assert app.query_one(Prompt).text == "text with a caret!"
        assert board.has_focus

        await pilot.press(*"cccc")
        await pilot.pause()
        assert app.theme == "dark"
        assert {lines.palette.name for lines in app.query(Lines)} == {"dark"}

        await pilot.press("q")
    assert app.return_code == 0
