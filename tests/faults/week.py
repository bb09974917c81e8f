"""A week of a busy NOC in one store, as fast as it goes: `python -m tests.faults.week STORE ALERTS STEP`.

The reports of seven days with so many alerts in all, the standing duties every STEP simulated minutes, and twenty
operators who acknowledge, take, note and resolve what is on the board every fifth time. A line of JSON after each day
says how the program does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import psutil

from noc_tui.duties.timers import Timers
from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Incident, Micros, Report
from noc_tui.simulate.stream import stream
from noc_tui.simulate.world import make_world
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.facts import facts_of
from noc_tui.store.limits import AT_ONCE
from noc_tui.store.opening import Store
from noc_tui.store.verify import verify
from tests.contract.desk import Desk

DAYS: Final = 7
OPERATORS: Final = 20
ACTS: Final = 5
"""Steps from one deed of each operator to the next."""
BATCH: Final = 200


class Week:
    """One week on one desk."""

    def __init__(self, path: Path, alerts: int, step: int) -> None:
        self.desk = Desk(path.parent)
        self.desk.path = path
        self.alerts = alerts
        self.began = self.desk.now
        self.longest_log = self._steps = 0
        self.reports = self.commands = 0
        self._step = step * MINUTE
        self._chance = Random(7)

    def live(self) -> Iterator[dict[str, float]]:
        """Live through it, and say after each day how the program does."""
        with ExitStack() as stack:
            store = stack.enter_context(closing(self.desk.open()))
            timers = Timers(store, lambda: self.desk.now, self.desk.new_id)
            stack.callback(timers.close)
            reader = stack.enter_context(closing(BoardReader(self.desk.path)))
            reports = self._reports()
            upcoming = next(reports)
            for day in range(1, DAYS + 1):
                while self.desk.now < self.began + day * DAY:
                    self.desk.now += self._step
                    self._steps += 1
                    upcoming = self._take_in(store, upcoming, reports)
                    timers.run()
                    if self._steps % ACTS == 0:
                        self._act(store, reader)
                yield self._figures(day)

    def _reports(self) -> Iterator[tuple[Micros, Report]]:
        rate = self.alerts / (DAYS * DAY / SECOND)
        return stream(make_world(7, max(400, self.alerts // 500)), Random(7), self.began, rate)

    def _take_in(
        self, store: Store, upcoming: tuple[Micros, Report], reports: Iterator[tuple[Micros, Report]]
    ) -> tuple[Micros, Report]:
        batch: list[Report] = []
        while upcoming[0] <= self.desk.now:
            batch.append(upcoming[1])
            upcoming = next(reports)
        for start in range(0, len(batch), BATCH):
            store.ingest(batch[start : start + BATCH])
            self.longest_log = max(self.longest_log, facts_of(self.desk.path).log)
        self.reports += len(batch)
        return upcoming

    def _act(self, store: Store, reader: BoardReader) -> None:
        """Let every operator do something with what is on the board."""
        page = reader.first_page(200)
        wishes = [self._wish(incident, f"op{n}") for n, incident in enumerate(islice(page, OPERATORS))]
        old = [one for one in page if self.desk.now - one.opened_at > 2 * HOUR and not one.alerts_firing]
        wishes += [self.desk.command("resolve", one.id, actor="op1", code="fixed") for one in old]
        for start in range(0, len(wishes), AT_ONCE):
            store.append(wishes[start : start + AT_ONCE])
        self.commands += len(wishes)

    def _wish(self, incident: Incident, actor: str) -> Command:
        verb = "ack" if incident.state == "new" else self._chance.choice(("take", "note", "label"))
        words = {"note": {"text": "called the carrier"}, "label": {"label": "night"}}.get(verb, {})
        return self.desk.command(verb, incident.id, actor=actor, **words)

    def _figures(self, day: int) -> dict[str, float]:
        sizes = facts_of(self.desk.path)
        with closing(BoardReader(self.desk.path)) as reader:
            events = reader.head_seq()
            began = perf_counter()
            found = reader.open_count()
            first = len(reader.first_page(60))
            start = perf_counter() - began
        return {
            "day": day,
            "reports": self.reports,
            "commands": self.commands,
            "events": events,
            "open": found,
            "first": first,
            "start_ms": round(1000 * start, 1),
            "rss": psutil.Process().memory_info().rss,
            "log": self.longest_log,
            "size": sizes.size,
        }


def main() -> None:
    """Live a week and prove it."""
    path = Path(sys.argv[1])
    for figures in Week(path, int(sys.argv[2]), int(sys.argv[3])).live():
        print(json.dumps(figures), flush=True)
    began = perf_counter()
    report = verify(path)
    took = perf_counter() - began
    said = report.fault.sentence if report.fault is not None else ""
    print(json.dumps({"fault": said, "events": report.events, "verify_s": round(took, 2)}), flush=True)


if __name__ == "__main__":
    main()
