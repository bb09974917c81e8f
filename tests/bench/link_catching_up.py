"""How fast a console that was away takes in what happened meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import sleep

import msgspec

from tests.bench.figures import Figure, Target
from tests.bench.lab import Lab
from tests.bench.offering import offering
from tests.bench.program import Silent, now
from tests.bench.serving import FILLED_WITHIN, Server, served

_LOOK = 0.005
"""Seconds between two looks at how far a replica is."""
_AWAY = 12
"""Seconds of alerts that are missed, as fast as they can be taken in."""


def link_catching_up(lab: Lab) -> list[Figure]:
    """Fill a replica, let its agent be away while much happens, and start the agent again."""
    with served(lab) as server:
        with server.agent("ana"):
            _follow(server, _seq(lab.store))
        with offering(lab.store, "day", rate=0, seconds=lab.times(_AWAY, 1)) as alerts:
            alerts.go()
            alerts.told()
        began = now()
        with server.agent("ana"):
            course = _follow(server, _seq(lab.store))
    rate = (course.last - course.first) / (course.ended - course.began) * 1e9
    whole = (course.ended - began) / 1e9
    return [
        Figure(
            "events caught up a second, after the first page",
            f"{rate:,.0f} /s; {course.last - course.before:,} events in {whole:.1f} s from the agent's start",
            "",
            Target(20_000, None, "/s", least=True),
            rate,
        )
    ]


class _Course(msgspec.Struct):
    """How a replica came up to a head: its seq before, after the first step and at the end, and when, in ns."""

    before: int
    first: int
    began: int
    last: int
    ended: int


def _follow(server: Server, head: int) -> _Course:
    """Watch a replica until it has come to a head."""
    before = _replica_seq(server)
    end = now() + int(FILLED_WITHIN * 1e9)
    first: tuple[int, int] | None = None
    while (at := now()) < end:
        seq = _replica_seq(server)
        if seq != before and first is None:
            first = seq, at
        if seq >= head:
            return _Course(before, *(first or (before, at)), seq, at)
        sleep(_LOOK)
    raise Silent(f"the replica was to come to {head:,}; it came to {_replica_seq(server):,}")


def _replica_seq(server: Server) -> int:
    replica = server.replica("ana")
    return _seq(replica) if replica is not None else 0


def _seq(store: Path) -> int:
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as db:
        try:
            return int(db.execute("SELECT seq FROM journal_head").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # it is being made
