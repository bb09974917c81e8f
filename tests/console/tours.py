"""The ways through the screens: what is pressed, in which order, and the name of what is then seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from tests.console.night import Night, breaks_out, calm, deserted, ordinary, silent
from tests.console.watching import Console


class Step(msgspec.Struct, frozen=True):
    """Press `keys`, then write `types`; what is seen then is the golden `name`, if it has one."""

    name: str
    keys: str = ""
    types: str = ""


class Tour(msgspec.Struct, frozen=True):
    """A way through the screens: what is in the store before, what happens while one looks on, the steps."""

    before: Callable[[Night], None]
    steps: tuple[Step, ...]
    meanwhile: Callable[[Night], object] | None = None


_PREFIXES: Final = {
    "g": "go",
    "p": "priority",
    "s": "snooze",
    "r": "resolve",
    "R": "resolve-cause",
    "w": "hold",
    "W": "hold-until",
    "z": "sort",
    "m": "mark",
    "'": "to-mark",
    "y": "copy",
    "Q": "record",
    "@": "play",
}
"""Every prefix, and what it is for in the name of its golden."""


def _prefixes() -> Iterator[Step]:
    for key, name in _PREFIXES.items():
        yield Step(f"which-{name}", key)
        yield Step("", "escape")


TOURS: Final[dict[str, Tour]] = {
    "ordinary": Tour(
        ordinary,
        (
            Step("board"),
            Step("sorted", "z r"),
            Step("view", "z z g 3"),
            Step("", "g 1 g g j j"),
            Step("detail", "enter"),
            Step("timeline", "g t"),
            Step("alerts", "q l"),
            Step("near", "]"),
            Step("seen", "q q j g l"),
            Step("raw", "g J"),
            Step("help", "q q ?"),
            Step("", "/", "snoo"),
            Step("help-sought", "enter"),
            Step("", "q q"),
            Step("prompt", "n", "seen it, the same as on tuesday"),
            Step("prompt-choice", "escape P"),
            Step("", "", "huge"),
            Step("prompt-refused", "enter"),
            Step("command", "escape :", "ta"),
            Step("filter", "escape /", "p:1..2 bgp"),
            Step("filter-error", "", " p:"),
            Step("", "ctrl+u", "par3"),
            Step("filtered", "enter"),
            Step("", "/ ctrl+u", "nosuchthing"),
            Step("nothing-found", "enter"),
            Step("triage", "q i"),
            Step("triage-decided", "enter"),
            Step("triage-done", "a"),
        ),
    ),
    "groups": Tour(
        ordinary,
        (
            Step("grouped", "z g s"),
            Step("group-picked", "k *"),
            Step("groups-folded", "U z M"),
            Step("groups-sorted", "z R z a z a"),
            Step("which-group", "z g"),
        ),
    ),
    "views": Tour(
        ordinary,
        (
            Step("", "/", "p:1..2 bgp"),
            Step("", "enter z a :", "view save night-p1"),
            Step("views", "enter V"),
            Step("views-moved", "< < r"),
            Step("", "ctrl+u", "core-bgp"),
            Step("views-renamed", "enter"),
            Step("view-dropped", "x"),
        ),
    ),
    "which": Tour(ordinary, tuple(_prefixes())),
    "storm": Tour(
        ordinary,
        (
            Step("storm", "g g"),  # where the rows came in decides what stands above the screen
            Step("storm-detail", "tab enter"),
            Step("storm-timeline", "g t"),
            Step("storm-people", "f"),
            Step("storm-alerts", "g t l"),
            Step("storm-triage", "q q i"),
            Step("storm-form", "C"),
            Step("", "escape"),
            Step("picked", "q / l i n k enter j space space"),
            Step("confirm", "* r f"),
        ),
        breaks_out,
    ),
    "search": Tour(
        ordinary,
        (
            Step("search-asked", "g /", "card"),
            Step("found", "enter"),
            Step("found-closed", "j enter"),
            Step("", "q /"),
            Step("", "ctrl+u", "transmission bgp"),
            Step("found-note", "enter"),
            Step("", "/ ctrl+u", "nosuchthing"),
            Step("found-nothing", "enter"),
        ),
    ),
    "calm": Tour(calm, (Step("nothing-to-do"), Step("nothing-to-triage", "i"))),
    "empty": Tour(deserted, (Step("empty"),)),
    "silent": Tour(silent, (Step("stale"),)),
}


async def take(step: Step, console: Console) -> None:
    """Go one step, and wait until what it leads to stands on the screen."""
    await console.press(step.keys)
    await console.type(step.types)
    app = console.app
    if app.taking.keyboard.prefix:
        await console.until(lambda: not app.canvas.which.has_class("off"), "which-key is shown")
    await console.lands()
    await console.settles()
    await console.until(lambda: app.hands.page != "found" or not app.hands.search.looking, "all is found")
    console.ticks()
    await console.pilot.pause()
