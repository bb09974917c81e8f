"""How many alerts a second one writer takes in, and how long a person's command waits for it meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from random import Random

from noc_tui.incidents.commands import Command
from noc_tui.journal.ids import make_id
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.opening import Store, open_store, wall_clock
from tests.bench.figures import Figure, Target, percentile, spread
from tests.bench.lab import OPERATOR, Lab
from tests.bench.offering import offering

_MIXES = {"tide": "raised and cleared", "cuts": "storm"}


def taking_in(lab: Lab) -> list[Figure]:
    """Flat out, one mix of alerts after the other, with a person at work beside it."""
    seconds = lab.times(10, 2)
    return [figure for mix in _MIXES for figure in _flat_out(lab, mix, seconds)]


def _flat_out(lab: Lab, mix: str, seconds: float) -> Iterator[Figure]:
    with (
        offering(lab.store, mix, rate=0, seconds=seconds) as writer,
        closing(open_store(lab.store, create=False)) as store,
    ):
        incidents = _some_incidents(lab)
        _note(store, incidents[0])
        writer.go()
        waits = list(_person(store, incidents, seconds - 0.5))
        told = writer.told()
    taken, took = next((int(words[1]), float(words[2])) for words in told if words[0] == "taken")
    rate = taken / took
    words = _MIXES[mix]
    yield Figure(f"alerts taken in, {words}", f"{rate:,.0f} /s", "", Target(12_000, 20_000, "/s", least=True), rate)
    yield Figure(
        f"a person's command meanwhile, {words}, p50 / p95 / p99",
        spread(waits, "ms", 50, 95, 99),
        "",
        Target(30, 15, "ms"),
        percentile(waits, 99),
    )


def _some_incidents(lab: Lab) -> list[bytes]:
    with closing(BoardReader(lab.store)) as reader:
        return [incident.id for incident in reader.first_page(50)]


def _person(store: Store, incidents: list[bytes], seconds: float) -> Iterator[float]:
    """Yield how long each command took, in ms; a quick person does several a second."""
    chance = Random(len(incidents))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.02, 0.08))
        began = time.perf_counter()
        _note(store, chance.choice(incidents))
        yield (time.perf_counter() - began) * 1000


def _note(store: Store, incident: bytes) -> None:
    id = make_id(wall_clock(), os.urandom(10))
    command = Command(id=id, verb="note", incident=incident, args={"text": "seen"}, actor=OPERATOR, at=wall_clock())
    (outcome,) = store.append([command])
    assert outcome.ok, outcome.reason
