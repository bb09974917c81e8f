"""A process that writes to a store for a while, for the tests: `python -m tests.faults.writers DEED PATH SECONDS NAME`.

At its end it leaves beside the store, in the file NAME, what was answered to it, as one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from noc_tui.duties.timers import Timers
from noc_tui.incidents.commands import Accepted, Command
from noc_tui.incidents.model import Report
from noc_tui.journal.beside import AgentStatus
from noc_tui.journal.ids import make_id
from noc_tui.store.opening import Store, open_store, wall_clock

NEW: Final = 20
"""Alerts of each batch that are raised, and as many that end."""
REPEATED: Final = 160
"""Alerts of each batch that are said again."""
LIVES: Final = 50
"""Batches from an alert's raise to its end."""
LOOK: Final = 0.02
"""Seconds between two intakes of one who polls."""
_NEVER: Final = threading.Event()


def new_id() -> bytes:
    """A fresh UUIDv7."""
    return make_id(wall_clock(), os.urandom(10))


def batches(name: str) -> Iterator[list[Report]]:
    """Reports without end: every alert is raised once, said again now and then, and ends once."""
    batch = 0
    while True:
        born = [(batch, n) for n in range(NEW)]
        dying = [(batch - LIVES, n) for n in range(NEW)] if batch >= LIVES else []
        alive = [(older, n) for older in range(max(0, batch - LIVES + 1), batch) for n in range(NEW)][-REPEATED:]
        yield [
            *(_report(name, *one) for one in born),
            *(_report(name, *one, firing=False) for one in dying),
            *(_report(name, *one) for one in alive),
        ]
        batch += 1


def _report(name: str, batch: int, n: int, *, firing: bool = True) -> Report:
    resource = f"{name}-r{(batch * NEW + n) // 8}"
    return Report(source=name, key=f"{batch}-{n}", severity="major", resource=resource, summary="down", firing=firing)


class Tally:
    """How often each outcome was answered."""

    def __init__(self) -> None:
        self.raised = self.cleared = self.repeated = 0

    def take(self, accepted: list[Accepted]) -> None:
        """Count the answers to a batch."""
        for one in accepted:
            if one.outcome in ("opened", "attached"):
                self.raised += 1
            elif one.outcome == "cleared":
                self.cleared += 1
            elif one.outcome == "repeated":
                self.repeated += 1
            else:
                raise ValueError(one)


def bulk(store: Store, until: float, name: str) -> dict[str, Any]:
    """Take alerts in as fast as the store lets."""
    tally = Tally()
    for reports in batches(name):
        tally.take(store.ingest(reports))
        if time.monotonic() >= until:
            break
    return vars(tally)


def agent(store: Store, until: float, name: str) -> dict[str, Any]:
    """Do as an agent does: take alerts in every few moments, end what is due, beat, write counters, checkpoint."""
    tally, timers, rounds = Tally(), Timers(store, wall_clock, new_id), 0.0
    began = wall_clock()
    for reports in batches(name):
        tally.take(store.ingest(reports))
        store.checkpoint_if_due()
        if time.monotonic() >= rounds + 1.0:
            rounds = time.monotonic()
            timers.run()
            store.write_counters()
            store.live().beat(AgentStatus(pid=os.getpid(), host="here", started_at=began, beat_at=wall_clock()))
        if time.monotonic() >= until:
            break
        _NEVER.wait(LOOK)
    timers.close()
    return vars(tally)


def script(store: Store, until: float, name: str) -> dict[str, Any]:
    """Log incidents; acknowledge them, take it back, and add notes, a few commands at a time."""
    ids: list[str] = []
    while time.monotonic() < until:
        incident = new_id()
        _append(store, ids, name, incident, ("log", {"title": "Link down"}))
        for turn in range(20):
            verb = "unack" if turn % 2 else "ack"
            _append(store, ids, name, incident, (verb, {}), *[("note", {"text": str(n)}) for n in range(turn % 4)])
    return {"ids": ids}


def _append(store: Store, ids: list[str], name: str, incident: bytes, *verbs: tuple[str, dict[str, Any]]) -> None:
    commands = [
        Command(id=new_id(), verb=verb, incident=incident, args=args, actor=name, at=wall_clock())
        for verb, args in verbs
    ]
    for outcome in store.append(commands):
        if not outcome.ok:
            raise ValueError(outcome)
        ids.append(outcome.command.hex())


DEEDS: Final[dict[str, Callable[[Store, float, str], dict[str, Any]]]] = {
    "bulk": bulk,
    "agent": agent,
    "script": script,
}

if __name__ == "__main__":
    with closing(open_store(Path(sys.argv[2]), told=lambda sentence: print(sentence, file=sys.stderr))) as opened:
        print("ready", flush=True)
        sys.stdin.readline()
        found = DEEDS[sys.argv[1]](opened, time.monotonic() + float(sys.argv[3]), sys.argv[4])
    Path(sys.argv[2]).with_name(sys.argv[4]).write_text(json.dumps(found), encoding="utf-8")
