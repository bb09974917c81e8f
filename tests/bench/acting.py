"""How long an acknowledgement takes to be durable and to be painted, in quiet and in a storm; and keys in the storm."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from random import Random
from typing import Final

from tests.bench.figures import TIMES_H, Figure, Target, percentile, spread, timed
from tests.bench.lab import OPERATOR, Lab
from tests.bench.offering import offering
from tests.bench.program import Program, Silent, now
from tests.bench.screen import Screen

RATE: Final = 1_000
"""Alerts a second of the storm."""
_SAY_ROW: Final = -2
_SOON: Final = 0.0003
"""Seconds between two looks at the journal."""
_AFTER: Final = 0.3
"""Seconds that a storm is watched after a key: it is never quiet."""
_PATIENT: Final = 10
"""So many times that, at most, for what must come."""


class JournalWatch:
    """Sees from outside when a person's event is in the journal: what another connection can read is durable."""

    def __init__(self, lab: Lab) -> None:
        self._db = sqlite3.connect(f"{lab.store.as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._version = -1
        self._seq = 0

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def catch_up(self) -> None:
        """Leave everything that is there already out."""
        self._seq = self._db.execute("SELECT max(seq) FROM journal").fetchone()[0]

    def has_deed(self) -> bool:
        """Return whether the operator did something since."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return False
        self._version = version
        query = "SELECT seq, actor FROM journal WHERE seq > ? ORDER BY seq"
        for seq, actor in self._db.execute(query, (self._seq,)):
            self._seq = seq
            if actor == OPERATOR:
                return True
        return False


def acting(lab: Lab) -> list[Figure]:
    """Acknowledge, look, undo: in quiet, then while alerts arrive."""
    with lab.ready_console() as console, lab.ready_empty() as empty, closing(JournalWatch(lab)) as journal:
        times = lab.times(50, 6)
        quiet = list(_acknowledgements(console, journal, times))
        beside = [stroke.ms for stroke in (empty.stroke("x") for _ in range(2 * times)) if stroke is not None]
        seconds = lab.times(75, 20)
        with offering(lab.store, "day", rate=RATE, seconds=seconds) as storm:
            storm.go()
            console.rest(1.0)
            loud = list(_acknowledgements(console, journal, lab.times(30, 4)))
            keys = list(_cursor_keys(console, lab.times(50, 8)))
            if storm.over:
                lab.tell("the storm was over before the last key was measured")
            else:
                storm.stop()
    storming = f"at {RATE:,} alerts/s"
    return [
        *_figures("quiet", quiet, beside, Target(10, 6, "ms")),
        *_figures(storming, loud, beside, Target(20, 10, "ms")),
        timed(f"cursor key to paint {storming}, p50 / p95", keys, beside, Target(4, 2, TIMES_H)),
        Figure(
            f"cursor key to paint {storming}, p99",
            spread(keys, "ms", 99),
            spread(beside, "ms", 99),
            Target(50, None, "ms"),
            percentile(keys, 99),
        ),
    ]


def _figures(when: str, pairs: list[tuple[float, float]], beside: list[float], target: Target) -> Iterator[Figure]:
    for what, values in (("durable", [pair[0] for pair in pairs]), ("painted", [pair[1] for pair in pairs])):
        yield timed(f"acknowledge to {what}, {when}, p50 / p95", values, beside, target)


def _acknowledgements(console: Program, journal: JournalWatch, times: int) -> Iterator[tuple[float, float]]:
    """Yield, in ms, when an acknowledgement was durable and when the screen named it; each is undone."""
    chance = Random(times)
    for turn in range(times):
        console.press("home" if turn % 10 == 0 else "tab")
        console.rest(_AFTER + chance.uniform(0, 0.05))
        console.look()
        journal.catch_up()
        pressed = console.press("a")
        durable = _durable(console, journal)
        painted = _said(console)
        if durable is None or painted is None:
            raise Silent("an acknowledgement was not made: " + console.look().text[_SAY_ROW].strip())
        yield (durable - pressed) / 1e6, (painted - pressed) / 1e6
        console.press("u")
        console.await_screen("the undo was said", lambda screen: " undone." in screen.text[_SAY_ROW])


def _said(console: Program) -> int | None:
    """Return when the say line said that it is acknowledged; waits for it as long as a slow machine takes."""
    for _ in range(_PATIENT):
        console.rest(_AFTER)
        at = console.when(lambda screen: " acknowledged." in screen.text[_SAY_ROW])
        if at is not None:
            return at
    return None


def _durable(console: Program, journal: JournalWatch) -> int | None:
    end = now() + 3_000_000_000
    while (at := now()) < end:
        if journal.has_deed():
            return at
        console.read(_SOON)
    return None


def _cursor_keys(console: Program, times: int) -> Iterator[float]:
    """Yield how long it took the lit row to move, in ms."""
    chance = Random(times)
    console.press("home")
    console.rest(_AFTER)
    for turn in range(times):
        before = console.look().lit_row()

        def moved(screen: Screen, before: int | None = before) -> bool:
            return screen.lit_row() not in (before, None)

        pressed = console.press("j" if turn // 10 % 2 == 0 else "k")
        console.rest(0.15 + chance.uniform(0, 0.05))
        at = console.when(moved)
        if at is not None:
            yield (at - pressed) / 1e6
