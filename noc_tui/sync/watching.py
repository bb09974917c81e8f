"""What comes to the link by itself: commands pressed, wishes and presence of this host's consoles, a new token."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

from noc_tui.incidents.model import SECOND
from noc_tui.journal.beside import Presence
from noc_tui.store.errors import StoreError
from noc_tui.store.live import Live, Wish
from noc_tui.store.outbox import Outbox
from noc_tui.sync import inputs
from noc_tui.sync.inputs import Input, Moment

LOOK: Final = 0.05
"""Seconds between two looks at the outbox and the token: a `stat` each."""
LOOK_BESIDE: Final = 0.1
"""Seconds between two looks at the consoles' wishes and at what they have before them."""
HERE: Final = 10 * SECOND
"""How long a console that says nothing more is taken for being there, in microseconds; it speaks every 3 s."""

Feed = Callable[[Input], Awaitable[None]]


class Watch:
    """Looks at the files that consoles on this host write, and feeds what is new in them.

    `outbox` and `live` are its own connections; `executor` is where `live` is read. `role` is asked for that of the
    token when another one was kept.
    """

    def __init__(
        self,
        outbox: Outbox,
        live: Live,
        login_file: Path,
        executor: Executor,
        feed: Feed,
        clock: Callable[[], Moment],
        role: Callable[[], str],
    ) -> None:
        self._outbox = outbox
        self._live = live
        self._login_file = login_file
        self._executor = executor
        self._feed = feed
        self._clock = clock
        self._role = role
        self._login = _stamp(login_file)
        self._here: tuple[Presence, ...] = ()

    async def files(self) -> None:
        """Watch outbox and token for ever."""
        while True:
            if self._outbox_moved():
                await self._feed(inputs.OutboxMoved(when=self._clock()))
            login = _stamp(self._login_file)
            if login != self._login:
                self._login = login
                await self._feed(inputs.RetryWished(when=self._clock(), role=self._role()))
            await asyncio.sleep(LOOK)

    async def consoles(self) -> None:
        """Watch what consoles say beside the journal for ever."""
        loop = asyncio.get_running_loop()
        while True:
            wishes, here = await loop.run_in_executor(self._executor, self._look)
            for wish in wishes:
                await self._grant(wish)
            await self._tell_here(here)
            await asyncio.sleep(LOOK_BESIDE)

    def _outbox_moved(self) -> bool:
        try:
            return self._outbox.moved()
        except StoreError:
            return True  # whoever reads it next says what is wrong with it

    def _look(self) -> tuple[list[Wish], tuple[Presence, ...]]:
        return self._live.wishes(), tuple(self._live.here(self._clock().now - HERE))

    async def _grant(self, wish: Wish) -> None:
        input = _input_of(wish, self._clock())
        if input is not None:
            await self._feed(input)
        await asyncio.get_running_loop().run_in_executor(self._executor, self._live.granted, wish.id)

    async def _tell_here(self, here: tuple[Presence, ...]) -> None:
        if _said_by(here) != _said_by(self._here):
            self._here = here
            await self._feed(inputs.HereChanged(when=self._clock(), here=here))


def _input_of(wish: Wish, when: Moment) -> Input | None:
    """Return what a wish means to the link, None if it means nothing to this version."""
    if wish.kind == "retry_now":
        return inputs.RetryWished(when=when)
    number = wish.body.get("number")
    if wish.kind == "history" and isinstance(number, int):
        return inputs.HistoryWished(when=when, number=number)
    return None


def _said_by(here: tuple[Presence, ...]) -> list[tuple[str, int, str]]:
    """Who has what before them, without when they last said so."""
    return [(one.origin, one.incident, one.doing) for one in here]


def _stamp(path: Path) -> Any:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
