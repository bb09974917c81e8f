"""Every screen as text: equal to its golden at three sizes, in every theme, and in ASCII but for the signs."""

from __future__ import annotations

from dataclasses import astuple
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest

from noc_tui.console.keeper import KeeperState
from noc_tui.console.watching import Watcher
from tests.console.night import Night, ordinary
from tests.console.tours import TOURS, take
from tests.console.watching import Size, console_on
from widgets.ink import ThemeName
from widgets.signs import ASCII, UNICODE, Signs

GOLDENS: Final = Path(__file__).parent / "goldens"
SIZES: Final[tuple[Size, ...]] = ((80, 24), (120, 40), (200, 60))


def named(size: Size) -> str:
    """A size as the goldens' directories have it."""
    return f"{size[0]}x{size[1]}"


class Goldens:
    """The screens as they should be; with `--update-goldens` as they are."""

    def __init__(self, size: Size, update: bool, signs: Signs = UNICODE) -> None:
        self._place = GOLDENS / named(size)
        self._update = update
        self._signs = str.maketrans(dict(_pairs(signs)))
        self.differ: list[str] = []

    def compare(self, name: str, text: str) -> None:
        """Compare a screen with its golden; what differs is kept for the end, so that a tour shows all."""
        path = self._place / f"{name}.txt"
        if self._update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        golden = path.read_text(encoding="utf-8").translate(self._signs) if path.exists() else ""
        if golden != text:
            words = unified_diff(golden.splitlines(), text.splitlines(), f"golden {name}", "the screen", "", "", 0, "")
            self.differ += words

    def hold(self) -> None:
        """Fail with all differences, if there are any."""
        if self.differ:
            pytest.fail(
                "\n".join(["a screen is not as its golden (tests/console/goldens)", *self.differ]), pytrace=False
            )


def _pairs(signs: Signs) -> list[tuple[str, str]]:
    """Each sign of the goldens with the one that stands for it."""
    both = zip(astuple(UNICODE), astuple(signs), strict=True)
    return [(mine, other) for one, two in both if isinstance(one, str) for mine, other in zip(one, two, strict=True)]


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens"))


async def walk(tour: str, night: Night, goldens: Goldens, size: Size, theme: ThemeName, signs: Signs) -> None:
    """Go a way through the screens and compare each with its golden."""
    way = TOURS[tour]
    way.before(night)
    async with console_on(night.path, night.now, size, theme=theme, signs=signs) as console:
        if way.meanwhile is not None:
            way.meanwhile(night)
            await console.lands()
        for step in way.steps:
            await take(step, console)
            if step.name:
                goldens.compare(step.name, console.text())
    goldens.hold()


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("tour", TOURS)
async def test_screens_are_as_their_goldens(tour: str, size: Size, night: Night, update: bool) -> None:
    await walk(tour, night, Goldens(size, update), size, "dark", UNICODE)


@pytest.mark.parametrize("theme", ["light", "mono", "ansi16"])
@pytest.mark.parametrize("tour", ["ordinary", "storm"])
async def test_every_theme_says_the_same(tour: str, theme: ThemeName, night: Night) -> None:
    await walk(tour, night, Goldens((80, 24), update=False), (80, 24), theme, UNICODE)


@pytest.mark.parametrize("size", SIZES[:2], ids=named)
@pytest.mark.parametrize("tour", ["ordinary", "storm"])
async def test_ascii_differs_in_the_signs_alone(tour: str, size: Size, night: Night) -> None:
    await walk(tour, night, Goldens(size, update=False, signs=ASCII), size, "mono", ASCII)


class Lost:
    """A keeper whose agent has ended, and that starts none."""

    state: KeeperState = "starting"
    reason = ""

    async def run(self) -> None:
        """Be without an agent from the start."""
        self.state, self.reason = "lost", "The agent was ended by signal 9."

    async def stop(self) -> None:
        """There is nothing to end."""


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_the_loss_of_the_agent_is_told(size: Size, night: Night, update: bool) -> None:
    ordinary(night)
    goldens = Goldens(size, update)
    async with console_on(night.path, night.now, size, keeper=Lost()) as console:
        await console.until(lambda: console.session.agent_word == "lost", "the loss is noticed")
        goldens.compare("agent-lost", console.text())
    goldens.hold()


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_the_first_page_stands_while_the_rest_is_read(
    size: Size, night: Night, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary(night)
    goldens = Goldens(size, update)
    monkeypatch.setattr(Watcher, "run", lambda _: None)  # it never comes to an end
    async with console_on(night.path, night.now, size, wait=False) as console:
        await console.until(lambda: "Reading the board" in console.text(), "it is said that it is being read")
        goldens.compare("loading", console.text())
    goldens.hold()
