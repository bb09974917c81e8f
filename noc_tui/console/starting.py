"""From a configuration to a running console: the first rows before Textual, the rest while the first frame stands."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from noc_tui.console.config import ConsoleConfig
from noc_tui.console.departing import TerminalWatch
from noc_tui.console.keeper import Keeper
from noc_tui.journal.ids import make_id
from noc_tui.store.board_reader import BoardReader

if TYPE_CHECKING:
    from noc_tui.console.app import NocApp
    from noc_tui.console.session import Session

FIRST_ROWS = 120
"""Rows read before the first paint: more than any screen is high."""
_SWITCH = 0.0005
"""Seconds that a thread keeps the interpreter, so that a key is not kept waiting by one that decodes rows."""

_FRAMES = "1000"
"""Frames a second at most: the outcome of a key waits up to two of them for the frame after its `…`."""


def _now() -> int:
    return time.time_ns() // 1000


def _new_id() -> bytes:
    return make_id(_now(), os.urandom(10))


def run_console(config: ConsoleConfig, keeper: Keeper | None) -> int:
    """Open the board and stay until the operator leaves; returns the exit code. Raises StoreError before the start.

    `keeper` keeps the store's agent running meanwhile.
    """
    reader = BoardReader(config.store)
    rows = reader.first_page(FIRST_ROWS)
    demo, policy = reader.demo, reader.policy()
    reader.close()
    sys.setswitchinterval(_SWITCH)
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES)
    # Start-up cost: Textual is imported after the first rows are known (DESIGN.md 8.16).
    from noc_tui.console.link import Link
    from noc_tui.console.session import Seat, Session

    link = Link(config.remote, _now) if config.remote else None
    desk = link.host if link is not None else config.store.stem
    seat = Seat(
        me=config.me,
        origin=config.origin,
        zone=config.zone,
        desk=desk,
        demo=demo,
        link=link,
        keys=config.keys,
        notices=config.notices,
        templates=config.templates,
    )
    session = Session(seat, policy, _now, _new_id)
    session.first_page(rows)
    return _run(config, session, keeper)


def _run(config: ConsoleConfig, session: Session, keeper: Keeper | None) -> int:
    from noc_tui.console.app import NocApp
    from noc_tui.console.stopping import steady
    from noc_tui.console.terminal import dressed

    palette, signs = dressed(config.theme, config.ascii)
    config = msgspec.structs.replace(config, frame=os.environ.get("NOC_TUI_FRAME", config.frame))
    app = NocApp(config, session, palette, signs, keeper)
    app.driver_class = steady(app.driver_class)
    watch = TerminalWatch(app.finish)
    _leave_on_signals(app, watch)
    watch.start()
    try:
        code = app.run(mouse=True)
    finally:
        watch.stop()
    return code if code is not None else app.return_code or 0


def _leave_on_signals(app: NocApp, watch: TerminalWatch) -> None:
    """SIGTERM leaves as `q` does: what was pressed is written, the terminal given back. A hang-up has no terminal."""

    def leave(number: int, _frame: object) -> None:
        app.call_later(app.exit, 128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, lambda _number, _frame: watch.hung_up())
