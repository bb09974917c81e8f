"""What a console on the link costs the wire: in an hour in which nothing happens, and for each change."""

from __future__ import annotations

import os
from contextlib import closing

from msgspec.structs import replace

from noc_tui.incidents.commands import Command
from noc_tui.journal.ids import make_id
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.opening import open_store, wall_clock
from tests.bench.figures import Figure, Target, amount
from tests.bench.lab import Lab, free_port
from tests.bench.program import Program
from tests.bench.relay import Relay, relayed
from tests.bench.serving import served

_SETTLES = 5.0
"""Seconds in which a console that has just come tells and is told who is there."""
_ROWS = 5
_APART = 1.5
"""Seconds between two changes: each comes alone."""


def link_bytes(lab: Lab) -> list[Figure]:
    """Count the bytes of one console, with nothing between it and the server but a counter."""
    idle, changes = lab.times(200, 25), lab.times(20, 4)
    calm = _calm(lab)
    with (
        served(calm, port=0) as server,
        relayed(calm.port, server.port) as relay,
        server.ready_console("ana") as console,
    ):
        console.rest(_SETTLES)
        asked, answered = _passed(relay, console, idle)
        before = relay.total
        _change(calm, changes, console)
        per_change = (relay.total - before - (asked + answered) * changes * _APART) / changes
    kilobytes = (asked + answered) * 3.6
    return [
        Figure(
            "bytes on the wire of an idle console, an hour",
            f"{amount(kilobytes)} KB: {amount(asked * 3.6)} asked, {amount(answered * 3.6)} answered",
            "",
            Target(200, 50, "KB"),
            kilobytes,
        ),
        Figure("bytes on the wire of a change", f"{amount(per_change)} B"),
    ]


def _calm(lab: Lab) -> Lab:
    """Return a lab of a small store in which nothing happens by itself: what an hour costs has nothing to do with size.

    In a large one some snooze is over at every moment.
    """
    home = lab.home / "calm"
    home.mkdir()
    with closing(open_store(home / "calm.db")) as store:
        ids = [make_id(wall_clock(), os.urandom(10)) for _ in range(_ROWS)]
        outcomes = store.append([_command("log", id, title="the door of a rack is open") for id in ids])
        assert all(outcome.ok for outcome in outcomes), outcomes
    return replace(lab, store=home / "calm.db", home=home, port=free_port())


def _passed(relay: Relay, console: Program, seconds: float) -> tuple[float, float]:
    """Return the bytes a second each way while nobody does anything."""
    up, down = relay.up, relay.down
    console.rest(seconds)
    return (relay.up - up) / seconds, (relay.down - down) / seconds


def _change(lab: Lab, times: int, console: Program) -> None:
    """Let somebody at the server's own console write notes, one after the other."""
    with closing(BoardReader(lab.store)) as reader:
        incidents = [incident.id for incident in reader.first_page(_ROWS)]
    with closing(open_store(lab.store, create=False)) as store:
        for turn in range(times):
            store.append([_command("note", incidents[turn % len(incidents)], text="the carrier calls back")])
            console.rest(_APART)


def _command(verb: str, incident: bytes, **said: str) -> Command:
    now = wall_clock()
    id = make_id(now, os.urandom(10))
    return Command(id=id, verb=verb, incident=incident, args=dict(said), actor="ben", at=now)
