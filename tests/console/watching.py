"""A console under a test's eyes: the real app on a real store, its keys pressed, its screen read as text."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from textual import events
from textual.driver import Driver
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from noc_tui.console.app import NocApp
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.keeper import Keeper
from noc_tui.console.kept import Stroke
from noc_tui.console.link import Link
from noc_tui.console.session import Seat, Session
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.ids import make_id
from noc_tui.store.board_reader import BoardReader
from tests.console.far import TICK, URL, Far
from widgets.ink import Palette, ThemeName
from widgets.signs import UNICODE, Signs

Size = tuple[int, int]
_TRIES: Final = 2_000
_BETWEEN: Final = 0.005
_TYPES: Final = {"enter": "\r", "tab": "\t", "space": " ", "escape": "\x1b"}
"""What the keys with a name of their own type."""


class Clock:
    """The console's time, which moves when told."""

    def __init__(self, now: Micros) -> None:
        self.now = now

    def __call__(self) -> Micros:
        return self.now


class Ticks:
    """The host's monotonic clock, which moves when told."""

    def __init__(self) -> None:
        self.now = TICK

    def __call__(self) -> float:
        return self.now


class Console:
    """One console: its app, the pilot that presses its keys, and its screen as text."""

    def __init__(self, app: NocApp, pilot: Pilot[int], clock: Clock, host: Ticks) -> None:
        self.app, self.pilot, self.clock, self.host = app, pilot, clock, host
        self.session = app.session
        self._path = app.config.store

    async def press(self, words: str) -> None:
        """Press keys by their names, blanks between them, as fast as a pasted text arrives."""
        self.send(*words.split())
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Write text as a person types it."""
        self.send(*text)
        await self.pilot.pause()

    def send(self, *keys: str) -> None:
        """Send keys without waiting for what they do."""
        for stroke in map(self.stroke, keys):
            self.app.post_message(events.Key(stroke.key, stroke.character))

    @staticmethod
    def stroke(key: str) -> Stroke:
        """A key as the terminal tells it."""
        named = key if len(key) > 1 else _character_to_key(key)
        return Stroke(named, _TYPES.get(named, key if len(key) == 1 else None))

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds; fail the test when it never does."""
        for _ in range(_TRIES):
            if condition():
                await self.pilot.pause()
                return
            await self.pilot.pause(_BETWEEN)
        pytest.fail(f"waited in vain: {what}\n{self.text()}")

    async def settles(self) -> None:
        """Wait until what hangs on the incident in view has been read and painted."""
        await self.until(lambda: not self.reading, "panes are read")

    async def lands(self) -> None:
        """Wait until what was pressed is durable and all that is in the journal has reached the board."""
        with closing(BoardReader(self._path)) as reader:
            await self.until(
                lambda: not self._under_way() and self.session.seq == reader.head_seq(), "the board is up to date"
            )

    def heard(self, what: str) -> bool:
        """Whether the agent, or the link, was heard of."""
        link = self.session.link
        return self.session.agent is not None if what == "agent" else link is not None and link.status is not None

    def passes(self, seconds: float) -> None:
        """Let time go by, and the console notice."""
        self.clock.now += int(seconds * SECOND)
        self.host.now += seconds
        self.ticks()

    def ticks(self) -> None:
        """Let the second pass that the clock has reached."""
        self.app._tick()

    @property
    def reading(self) -> bool:
        """Whether the panes are being filled."""
        return not self._is_read() or not self._is_painted()

    def _under_way(self) -> bool:
        return any(self.session.marks(number).pending for number in self.session.board.rows)

    def _is_read(self) -> bool:
        session, number = self.session, self.app.cursor
        row = session.row(number)
        known = session.known
        return row is None or (known is not None and known.number == number)

    def _is_painted(self) -> bool:
        return not any(not worker.is_finished for worker in self.app.workers if worker.group == "fetch")

    def strips(self) -> list[Strip]:
        """The screen's lines as they were painted last."""
        return self.app.screen._compositor.render_strips()

    def lines(self) -> list[str]:
        """The screen's lines as text, without blanks at their ends."""
        return [strip.text.rstrip() for strip in self.strips()]

    def text(self) -> str:
        """The whole screen as text."""
        return "\n".join(self.lines()) + "\n"


@asynccontextmanager
async def console_on(
    path: Path,
    now: Micros,
    size: Size = (80, 24),
    *,
    theme: ThemeName = "dark",
    signs: Signs = UNICODE,
    keeper: Keeper | None = None,
    wait: bool = True,
    far: Far | None = None,
    me: str = "me",
    driver: type[Driver] | None = None,
    erase: bool = False,
) -> AsyncIterator[Console]:
    """A console of `me` on a store, its whole board and the agent's word read, while the block lasts.

    With `far` it is on the replica of that remote store; with a `driver`, on a terminal, which may have `erase`d cells
    in the current background.
    """
    clock, chance, ticks = Clock(now), random.Random(f"{me}{size[0]}"), Ticks()
    path = far.replica_path if far is not None else path
    reader = BoardReader(path)
    rows, policy = reader.first_page(size[1]), reader.policy()
    reader.close()
    link = Link(URL, clock, ticks) if far is not None else None
    seat = Seat(me=me, origin=f"{me}@tty1", zone=UTC, desk="ams1" if link is None else link.host, link=link)
    session = Session(seat, policy, clock, lambda: make_id(clock.now, chance.randbytes(10)))
    session.first_page(rows)
    config = ConsoleConfig(store=path, me=me, origin=f"{me}@tty1")
    if far is not None:
        config = replace(config, remote=URL, outbox=far.outbox_path)
    app = NocApp(config, session, Palette(theme, erase=erase), signs, keeper)
    app.driver_class = driver or app.driver_class
    async with app.run_test(headless=driver is None, size=size) as pilot:
        console = Console(app, pilot, clock, ticks)
        if wait:
            heard = "agent" if link is None else "link"
            await console.until(lambda: session.loaded and console.heard(heard), "the board is read")
            await console.settles()
        yield console
