"""The screens of a remote store as text: each equal to its golden at three sizes, and in ASCII but for the signs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import pytest

from noc_tui.console.people import WRITING
from noc_tui.incidents.model import MINUTE, SECOND
from tests.console.far import Far, at
from tests.console.night import ordinary
from tests.console.test_screens import SIZES, Goldens, named
from tests.console.watching import Console, Size, console_on
from widgets.ink import ThemeName
from widgets.signs import ASCII, UNICODE, Signs


async def live(console: Console, far: Far) -> None:
    """All is well."""


async def late(console: Console, far: Far) -> None:
    """The server has not answered for a while."""
    console.passes(13)


async def stale(console: Console, far: Far) -> None:
    """The link is down, two verbs wait."""
    await pressed_offline(console, far)
    console.passes(63)


async def offline(console: Console, far: Far) -> None:
    """The link has been down for long."""
    far.tells(state="offline", sentence="noc.example:443 refused the connection; see whether it is running.")
    console.passes(12 * 60)
    await console.until(
        lambda: "refused the connection" in console.text() or console.app.size.width < 200, "it is told"
    )


async def filling(console: Console, far: Far) -> None:
    """The replica is being filled for the first time."""
    far.tells(state="filling", done=34_120, total=100_000)
    await console.until(lambda: "filling 34 %" in console.lines()[0], "it is told")


async def queued(console: Console, far: Far) -> None:
    """A verb was pressed with the link down a moment ago."""
    await pressed_offline(console, far)


async def outbox(console: Console, far: Far) -> None:
    """The page with what waits."""
    await pressed_offline(console, far)
    await console.press("e")
    await console.until(lambda: len(far.entries()) == 3, "a third waits")
    console.passes(63)
    await console.press("g o j")


async def conflict(console: Console, far: Far) -> None:
    """What was pressed offline was refused, for somebody was quicker."""
    await pressed_offline(console, far)
    far.night.ago(SECOND // 5).does("ana", "take", far.night.numbers["queue"])
    far.night.ago(-40 * SECOND)
    far.push()
    await far.pull()
    await console.until(lambda: "ana took it 0.2 s before you" in console.lines()[1], "it is told")
    await console.until(lambda: not console.session.outgoing.entries, "the other has landed")
    await console.lands()
    console.passes(40)
    far.tells(at=console.host.now)
    await console.until(lambda: "live" in console.lines()[0], "the link is back")


async def card(console: Console, far: Far) -> None:
    """The card of what was refused."""
    await conflict(console, far)
    await console.press("g o")
    await console.until(lambda: "0.2 s before you" in "".join(console.lines()[2:-2]), "there is a card")


async def presence(console: Console, far: Far) -> None:
    """Others are at rows, and at the one in view."""
    now, numbers = far.night.now, far.night.numbers
    far.present(at("ana", numbers["bgp-1"], now, WRITING), at("bo", numbers["queue"], now), at("cy", 0, now))
    await console.until(lambda: len(console.session.people.all()) == 3, "they are heard of")
    assert console.app.go_to(numbers["bgp-1"])


async def presence_detail(console: Console, far: Far) -> None:
    """The page of an incident on which somebody else writes."""
    await presence(console, far)
    await console.press("enter")
    await console.until(lambda: "ana is writing here" in console.text(), "it is told")


async def restored(console: Console, far: Far) -> None:
    """The server was restored from a backup."""
    far.tells(restored_to=far.night.now - 42 * MINUTE, sent_again=14)
    await console.until(lambda: "estored to" in console.lines()[1], "it is told")


async def history(console: Console, far: Far) -> None:
    """A timeline whose beginning was fetched."""
    core = far.night.numbers["bgp-1"]
    assert console.app.go_to(core)
    await console.press("n")
    await console.type("transmission has it")
    await console.press("enter enter g t")
    await console.until(far.live.wishes, "it is wished for")
    await far.history(core)
    far.push()
    await far.pull()
    console.passes(1)
    await console.until(lambda: "opened as P2" in console.text(), "it is shown")
    await console.until(lambda: "transmission has it" in console.text(), "with what came after")


async def pressed_offline(console: Console, far: Far) -> None:
    """Two verbs are pressed while the link is down."""
    far.tells(state="offline")
    await console.until(lambda: not console.session.link or not console.session.link.up, "the link is down")
    assert console.app.go_to(far.night.numbers["queue"])
    await console.press("t n")
    await console.type("asked the mail team")
    await console.press("enter")
    await console.until(lambda: "queued 2" in console.lines()[-1], "both wait")


SCREENS: Final[dict[str, Callable[[Console, Far], Awaitable[None]]]] = {
    "live": live,
    "late": late,
    "stale": stale,
    "offline": offline,
    "filling": filling,
    "queued": queued,
    "outbox": outbox,
    "conflict": conflict,
    "card": card,
    "presence": presence,
    "presence-detail": presence_detail,
    "restored": restored,
    "history": history,
}


@asynccontextmanager
async def seen(
    name: str, far: Far, size: Size, signs: Signs = UNICODE, theme: ThemeName = "dark"
) -> AsyncIterator[Console]:
    """A console on which one of the screens stands."""
    night = far.night
    ordinary(night)
    far.fill()
    if name == "filling":
        far.fill(rows=1)
    async with console_on(night.path, night.now, size, far=far, signs=signs, theme=theme) as console:
        await SCREENS[name](console, far)
        await console.settles()
        console.ticks()
        await console.pilot.pause()
        yield console


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("name", SCREENS)
async def test_screens_are_as_their_goldens(name: str, size: Size, far: Far, request: pytest.FixtureRequest) -> None:
    goldens = Goldens(size, bool(request.config.getoption("--update-goldens")))
    async with seen(name, far, size) as console:
        goldens.compare(f"far-{name}", console.text())
    goldens.hold()


@pytest.mark.parametrize("theme", ["light", "mono"])
@pytest.mark.parametrize("name", ["stale", "card", "presence"])
async def test_every_theme_says_the_same(name: str, theme: ThemeName, far: Far) -> None:
    goldens = Goldens((80, 24), update=False)
    async with seen(name, far, (80, 24), theme=theme) as console:
        goldens.compare(f"far-{name}", console.text())
    goldens.hold()


@pytest.mark.parametrize("name", ["stale", "card", "presence-detail"])
async def test_ascii_differs_in_the_signs_alone(name: str, far: Far) -> None:
    goldens = Goldens((80, 24), update=False, signs=ASCII)
    async with seen(name, far, (80, 24), ASCII) as console:
        goldens.compare(f"far-{name}", console.text())
    goldens.hold()
