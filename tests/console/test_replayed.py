"""What the console writes, shown by a terminal emulator, is what Textual believes to be on the screen: cell by cell,
whatever is pressed, dragged, told in a toast or laid on top."""

from __future__ import annotations

import os
import random
from typing import Final

import pytest
from rich.color import ColorSystem
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tests.console.emulated import Emulator, Plain, meant
from tests.console.night import Night, breaks_out, ordinary
from tests.console.test_random_keys import Monkey
from tests.console.watching import Console, console_on
from widgets.ink import ThemeName

STEPS: Final = 30
SOAK: Final = 10
"""Seeds of a soak, unless NOC_TUI_SOAK_SEEDS says how many."""
SIZES: Final = ((80, 24), (120, 40), (160, 48), (40, 10), (96, 30), (200, 60))
_TRIES: Final = 100
_TERMINALS: Final[dict[str, type[Emulator]]] = {"erasing": Emulator, "plain": Plain}


class Question(ModalScreen[None]):
    """A screen on top of the board, through which it is seen."""

    def compose(self) -> ComposeResult:
        """A sentence."""
        yield Static("something else entirely \u6f22\u5b57 e\u0301t\u00e9")


def differences(console: Console) -> list[str]:
    """Where the terminal shows something else than Textual has; its cursor too."""
    terminal = console.app._driver
    assert isinstance(terminal, Emulator)
    found = []
    for y, strip in enumerate(console.strips()):
        shown, wanted = terminal.row(y), meant(strip)
        x = next((x for x, pair in enumerate(zip(shown, wanted, strict=False)) if pair[0] != pair[1]), None)
        if x is not None:
            found.append(f"line {y}, column {x}: {shown[x]} instead of {wanted[x]}")
        if len(shown) != len(wanted):
            found.append(f"line {y}: {len(shown)} cells instead of {len(wanted)}")
    place = console.app.screen.outer_size.clamp_offset(console.app.cursor_position)
    covered = not console.app.canvas.which.has_class("off")  # where it is low, the strip lies upon the cursor's row
    if terminal.place() != tuple(place) and not covered:
        found.append(f"the cursor is at {terminal.place()} instead of {place}")
    return found


async def same(console: Console, after: str) -> None:
    """Wait until all is painted; fail the test if the terminal then shows anything else."""
    found: list[str] = []
    for _ in range(_TRIES):
        await console.pilot.pause(0.005)
        found = differences(console)
        if not found:
            return
    terminal = console.app._driver
    assert isinstance(terminal, Emulator)
    pytest.fail(f"after {after}: {found[:5]}, {len(found)} in all; last written {terminal.last!r}\n{console.text()}")


async def lay_on_top(console: Console, chance: random.Random) -> None:
    """A modal screen comes and goes, perhaps while the board changes beneath it or the window is dragged."""
    await console.app.push_screen(Question())
    await same(console, "a screen on top")
    if chance.random() < 0.5:
        await console.pilot.resize_terminal(*chance.choice(SIZES))
        await same(console, "a resize under a screen on top")
    if chance.random() < 0.5:
        console.passes(2)
    console.app.pop_screen()
    await same(console, "the screen on top has gone")


async def drag(console: Console, chance: random.Random) -> None:
    """The window is dragged, through several sizes at once."""
    for size in chance.choices(SIZES, k=chance.randint(1, 3)):
        await console.pilot.resize_terminal(*size)


async def replayed(night: Night, seed: int, steps: int, theme: ThemeName, terminal: str) -> None:
    """Random keys, resizes, toasts and screens on top, alerts arriving all the while; compared after each."""
    ordinary(night)
    breaks_out(night)
    chance = random.Random(seed)
    erasing = terminal == "erasing"
    driver = _TERMINALS[terminal]
    async with console_on(night.path, night.now, (120, 40), theme=theme, driver=driver, erase=erasing) as console:
        console.app.console._color_system = ColorSystem.EIGHT_BIT
        await same(console, "the start")
        monkey = Monkey(console, night, seed)
        for step in range(steps):
            await monkey.presses(step)
            await same(console, f"{step} steps, {monkey.log[-10:]}")
            fate = chance.random()
            if fate < 0.06:
                await drag(console, chance)
            elif fate < 0.12:
                console.app.notify("fan \u6f22\u5b57 [bold]two", title="A toast", timeout=chance.choice((0.05, 0.5)))
            elif fate < 0.18:
                await lay_on_top(console, chance)
            else:
                continue
            await same(console, f"what came beside the keys, {step} steps")


@pytest.mark.parametrize(
    ("theme", "terminal"), [("dark", "erasing"), ("light", "plain"), ("mono", "plain"), ("ansi16", "erasing")]
)
async def test_the_terminal_shows_what_is_meant(night: Night, theme: ThemeName, terminal: str) -> None:
    await replayed(night, 3, STEPS, theme, terminal)


async def test_what_a_strip_covered_is_shown_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, driver=Emulator) as console:
        await console.press("?")
        await console.press("g")
        canvas = console.app.canvas
        await console.until(lambda: not canvas.which.has_class("off"), "what may follow is shown")
        await same(console, "a strip")
        canvas.which.display = False
        console.app.screen._compositor._full_map_invalidated = True  # as a line of a widget that is hidden makes it
        assert canvas.board.region is not None, "its place is asked for before the layout"
        await same(console, "the strip has gone")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 100 + int(os.environ.get("NOC_TUI_SOAK_SEEDS", SOAK))))
async def test_the_terminal_shows_what_is_meant_for_long(night: Night, seed: int) -> None:
    theme: ThemeName = ("dark", "light", "mono", "ansi16")[seed % 4]
    await replayed(night, seed, 20 * STEPS, theme, ("erasing", "plain")[seed // 4 % 2])
