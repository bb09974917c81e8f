"""Draws docs/board.svg: the board itself, ten minutes of a simulated NOC's day, the same at each run.

`python -m tests.architecture.picture` (`make picture`).
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Final

from textual.pilot import Pilot

from noc_tui.console.app import NocApp
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.session import Seat, Session
from noc_tui.incidents.model import MINUTE, SECOND, Micros, Report
from noc_tui.incidents.times import parse_rfc3339
from noc_tui.journal.beside import AgentStatus, SourceStatus
from noc_tui.journal.ids import make_id
from noc_tui.simulate.filling import fill
from noc_tui.simulate.stream import stream
from noc_tui.simulate.world import DEMO_SIZE, make_world
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.live import Live
from noc_tui.store.opening import Store, open_store
from tests.architecture.drawing import drawn
from tests.architecture.tree import ROOT
from widgets.ink import Palette
from widgets.signs import UNICODE

PICTURE: Final = ROOT / "docs" / "board.svg"

_SIZE: Final = (160, 42)
_START: Final = parse_rfc3339("2026-11-24T03:02:44Z")
_MINUTES: Final = 10
_SEED: Final = 5
_OPEN: Final = 34
_CLOSED: Final = 340
_RATE: Final = 0.03
"""Alerts a second: an ordinary hour."""
_LOOKS: Final = 500
"""Looks at the screen before it is given up."""


class _Clock:
    """The time in the picture."""

    def __init__(self) -> None:
        self.now = _START

    def __call__(self) -> Micros:
        return self.now


def seated(store: Path, clock: Callable[[], Micros]) -> Session:
    """A session on a store, with the first rows that its console starts with."""
    with closing(BoardReader(store)) as reader:
        rows, policy = reader.first_page(_SIZE[1]), reader.policy()
    ids = Random(_SEED)
    seat = Seat(me="ana", origin="picture", zone=UTC, desk=store.stem, demo=False)
    session = Session(seat, policy, clock, lambda: make_id(clock(), ids.randbytes(10)))
    session.first_page(rows)
    return session


def beat(live: Live, now: Micros) -> None:
    """Say that agent and source are well."""
    source = SourceStatus(name="prometheus", state="ok", last_ok_at=now - SECOND, alerts=41)
    live.beat(AgentStatus(pid=1, host="noc1", started_at=_START, beat_at=now - SECOND, sources=(source,)))


def minutes() -> list[list[Report]]:
    """What comes in, minute by minute."""
    days = stream(make_world(_SEED, DEMO_SIZE), Random(_SEED), _START, _RATE)
    found: list[list[Report]] = [[] for _ in range(_MINUTES)]
    for at, report in days:
        minute = (at - _START) // MINUTE
        if minute >= _MINUTES:
            break
        found[minute].append(report)
    return found


async def until(pilot: Pilot[int], seen: Callable[[], bool]) -> None:
    """Wait until something can be seen; TimeoutError if it never can."""
    for _ in range(_LOOKS):
        if seen():
            return
        await pilot.pause(0.01)
    raise TimeoutError("the board never came to rest")


async def screenshot(store: Store, clock: _Clock) -> str:
    """The board after some minutes, the cursor on its first row, as Textual draws it."""
    session = seated(store.path, clock)
    config = ConsoleConfig(store=store.path, me=session.me, origin=session.origin)
    app = NocApp(config, session, Palette("dark"), UNICODE, None)
    async with app.run_test(size=_SIZE) as pilot:
        await until(pilot, lambda: session.loaded)
        for reports in minutes():
            clock.now += MINUTE
            store.ingest(reports)
            await until(pilot, lambda: session.seq == store.head().seq)
        beat(store.live(), clock.now)
        await pilot.press("j", "g", "g")
        await until(pilot, lambda: session.known is not None and session.known.number == app.cursor)
        await until(pilot, lambda: session.agent is not None and not session.stale)
        await pilot.pause(1.2)
        return app.export_screenshot()


def main() -> int:
    """Write the picture."""
    clock = _Clock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ams1.db"
        fill(path, open_count=_OPEN, closed_count=_CLOSED, seed=_SEED, now=_START, demo=False)
        with closing(open_store(path, clock=clock, randomness=Random(_SEED).randbytes)) as store:
            PICTURE.write_text(drawn(asyncio.run(screenshot(store, clock))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
