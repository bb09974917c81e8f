"""A shift at a desk: reports and commands as they come, for tests that need a journal with everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import MINUTE, SEVERITIES
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Event
from noc_tui.journal.replay import State
from noc_tui.store.decoding import columns_sql, events_of
from noc_tui.store.opening import Store
from noc_tui.store.rows import EVENT_COLUMNS, clean_alert, clean_incident
from tests.contract.desk import Desk, report, rows

_DEEDS = (
    *("ack", "take", "note", "label", "hold", "resume", "snooze", "shelve", "resolve", "resolve", "close", "close"),
    *("reopen", "link", "merge", "unmerge", "undo", "undo", "redo"),
)


class Shift:
    """Goes on with a store, a step at a time, by repeatable chance."""

    def __init__(self, desk: Desk, store: Store, chance: Random) -> None:
        self.desk = desk
        self.store = store
        self.chance = chance
        self.done: list[Command] = []

    def step(self) -> None:
        """Let some alerts come, and somebody do something."""
        desk, chance = self.desk, self.chance
        desk.now += chance.randrange(1, 10) * MINUTE
        keys = [chance.randrange(12) for _ in range(chance.randrange(1, 5))]
        self.store.ingest(
            [
                report(
                    f"k{key}",
                    firing=chance.random() < 0.6,
                    severity=chance.choice(SEVERITIES),
                    summary=f"\x1b[1mk{key}\x1b[0m is down",
                    resource=f"r{key % 5}",
                    starts_at=desk.now,
                    at=desk.now,
                )
                for key in keys
            ]
        )
        known = rows(desk.path, "SELECT id, number FROM incidents ORDER BY number")
        for _ in range(2 if known else 0):
            self._act(chance.choice(known)[0], chance.choice(known)[1])
        if chance.random() < 0.1:
            self.store.set_policy(Policy(), "ana", "tty1")

    def steps(self, count: int) -> Iterator[int]:
        """Take so many steps, and yield the seq after each."""
        for _ in range(count):
            self.step()
            yield self.store.head().seq

    def _act(self, incident: bytes, other: int) -> None:
        """Do something that may be refused."""
        verb, later = self.chance.choice(_DEEDS), self.desk.now + 30 * MINUTE
        if verb in ("undo", "redo"):
            if not self.done:
                return
            args: dict[str, Any] = {"command": self.chance.choice(self.done[-3:]).id.hex()}
            incident = b""
        else:
            known: dict[str, dict[str, Any]] = {
                "note": {"text": "looked at it"},
                "label": {"label": f"l{other}"},
                "hold": {"reason": "customer", "until": later},
                "snooze": {"until": later},
                "shelve": {"until": later, "reason": "known"},
                "resolve": {"code": "fixed", "cause": "a cable"},
                "reopen": {"reason": "not over"},
                "link": {"parent": other},
                "merge": {"parent": other},
            }
            args = known.get(verb, {})
        command = self.desk.command(verb, incident, **args)
        (outcome,) = self.store.append([command])
        if outcome.ok and verb != "redo":
            self.done.append(command)


def events_in(path: Path) -> list[Event]:
    """The whole journal of a store."""
    return events_of(rows(path, f"SELECT {columns_sql(EVENT_COLUMNS)} FROM journal ORDER BY seq"))


def shown(state: State) -> State:
    """A fold as its rows hold it: its text cleaned."""
    incidents = {id: clean_incident(one) for id, one in state.incidents.items()}
    return State(state.seq, incidents, {ref: clean_alert(one) for ref, one in state.alerts.items()})
