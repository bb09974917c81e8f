"""Processes write one store while a person works on it: no error, nothing lost, nothing twice, a short log.

And a writer that is stopped in the middle: the person goes on, and is told by whom they were kept waiting.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from noc_tui.incidents.commands import Command
from noc_tui.store.engines import write_engine
from noc_tui.store.gate import FileLock, Gate
from noc_tui.store.live import live_path
from noc_tui.store.opening import Store, wall_clock
from noc_tui.store.tail import TailReader
from tests.contract.desk import Desk, rows, sound
from tests.contract.test_writers import stopped
from tests.faults.budget import Budget
from tests.faults.running import Agent, Monitor, agent_on, let_pass, until
from tests.faults.terminal import console_on
from tests.faults.writers import new_id

ROOT: Final = Path(__file__).parents[2]
EVERY: Final = 0.05
"""Seconds between two commands of the person."""
LONGEST_LOG: Final = 48 << 20
"""Bytes of log that may never be passed (LAB.md: 36 MB were measured in a storm)."""
WRITERS: Final = (("bulk", "p1"), ("bulk", "p2"), ("agent", "p3"), ("script", "p4"))
MORE: Final = (("script", "p5"), ("script", "p6"), ("bulk", "p7"))
"""The long form's: with the person there are eight writers."""


def start(deed: str, store: Path, seconds: float, name: str) -> subprocess.Popen[str]:
    """Start a process that will write to the store."""
    command = [sys.executable, "-m", "tests.faults.writers", deed, str(store), str(seconds), name]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


class Person:
    """Somebody who adds a note every few moments, and how long each took to be durable, in seconds."""

    def __init__(self, store: Store, incident: bytes) -> None:
        self.waits: list[float] = []
        self.ids: list[str] = []
        self._store, self._incident = store, incident

    def act(self) -> None:
        """Append one command."""
        command = Command(
            id=new_id(), verb="note", incident=self._incident, args={"text": "seen"}, actor="ana", at=wall_clock()
        )
        began = time.perf_counter()
        (outcome,) = self._store.append([command])
        self.waits.append(time.perf_counter() - began)
        assert outcome.ok, outcome
        self.ids.append(command.id.hex())

    def wait(self, percent: int) -> float:
        """The wait that so many percent of the commands kept below, in milliseconds."""
        return sorted(self.waits)[max(0, len(self.waits) * percent // 100 - 1)] * 1000


@pytest.mark.parametrize("seconds", [4, pytest.param(600, marks=pytest.mark.slow)])
def test_processes_and_a_person_write_one_history(desk: Desk, budget: Budget, seconds: int) -> None:
    writers = WRITERS if seconds < 60 else WRITERS + MORE
    seconds = budget.seconds(seconds)
    with closing(desk.open()) as store:
        person = Person(store, desk.log(store))
        children = [start(deed, desk.path, seconds, name) for deed, name in writers]
        for child in children:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        longest_log, cursor = 0, 0
        reader = TailReader(desk.path)
        while any(child.poll() is None for child in children):
            person.act()
            longest_log = max(longest_log, desk.path.with_name("noc.db-wal").stat().st_size)
            for event in reader.newer(cursor, 5_000):
                assert event.seq == cursor + 1
                cursor = event.seq
            let_pass(EVERY)
        reader.close()
        ends = [child.communicate() for child in children]
    words = [line for _, said in ends for line in said.splitlines()]
    assert [child.returncode for child in children] == [0] * len(writers), words
    assert all("writing goes on without it" in line for line in words), words  # no error; a slow machine may say this
    answers = {name: json.loads(desk.path.with_name(name).read_text(encoding="utf-8")) for _, name in writers}
    for deed, name in writers:
        if deed == "script":
            assert_once(desk.path, name, answers[name]["ids"])
        else:
            assert kept(desk.path, name) == answers[name]
    assert_once(desk.path, "ana", person.ids)
    assert longest_log < LONGEST_LOG
    assert seen_once(desk.path, cursor)
    assert whole(desk.path)
    report_figures(desk.path, person, longest_log, answers)


def seen_once(store: Path, seq: int) -> bool:
    """Whether one who reads on from a cursor gets every seq once, in order, to the end."""
    with closing(TailReader(store)) as reader:
        while events := reader.newer(seq, 1_000):
            assert [event.seq for event in events] == list(range(seq + 1, seq + 1 + len(events)))
            seq += len(events)
        return seq == reader.head().seq


def kept(store: Path, name: str) -> dict[str, int]:
    """What the store holds of one who took alerts in: by events, and by counters for what was said again."""
    query = "SELECT kind, count(*), count(DISTINCT alert) FROM journal WHERE origin = ? AND alert <> '' GROUP BY kind"
    found = {kind: (events, alerts) for kind, events, alerts in rows(store, query, (name,))}
    assert all(events == alerts for events, alerts in found.values()), found
    ((repeated,),) = rows(live_path(store), "SELECT sum(repeats) FROM counters WHERE ref LIKE ?", (f"{name}:%",))
    raised, cleared = (found.get(kind, (0, 0))[0] for kind in ("alert.raised", "alert.cleared"))
    return {"raised": raised, "cleared": cleared, "repeated": repeated or 0}


def assert_once(store: Path, actor: str, ids: list[str]) -> None:
    """Every command that was answered has one receipt and one event, and the actor has no others but `log`s."""
    events = rows(store, "SELECT command_id FROM journal WHERE actor = ?", (actor,))
    told = [id.hex() for (id,) in events]
    assert len(set(told)) == len(told)
    assert set(ids) <= set(told)
    assert len(told) - len(ids) == (1 if actor == "ana" else 0)  # the incident that the person logged at first
    receipts = {id.hex() for (id,) in rows(store, "SELECT command_id FROM receipts WHERE ok")}
    assert set(told) <= receipts


def whole(store: Path) -> bool:
    """Whether the journal has no gap and folds to the projections."""
    ((last, kept_),) = rows(store, "SELECT max(seq), count(*) FROM journal")
    assert last == kept_
    return sound(store)


def report_figures(store: Path, person: Person, longest_log: int, answers: dict[str, dict[str, Any]]) -> None:
    """Print what was measured; nothing depends on it."""
    reports = sum(sum(found.values()) for found in answers.values() if "ids" not in found)
    commands = sum(len(found.get("ids", ())) for found in answers.values())
    ((events,),) = rows(store, "SELECT count(*) FROM journal")
    print(
        f"person's wait of {len(person.ids)}: "
        + ", ".join(f"p{percent} {person.wait(percent):.1f} ms" for percent in (50, 95, 99, 100))
        + f"; {reports} reports and {commands} commands by script, {events} events;"
        + f" longest log {longest_log / (1 << 20):.1f} MB"
    )


# A writer that is stopped


@contextmanager
def stopped_at_the_gate(desk: Desk, monitor: Monitor) -> Iterator[Agent]:
    """An agent stopped while it holds the writers' lock and waits for SQLite's, which was then let go."""
    lock = FileLock(desk.path.with_name("noc.db-writer.lock"))
    monitor.fire("a")
    with agent_on(desk.path, "--alertmanager", f"am={monitor.url}", "--interval", "0.1") as agent:
        until(lambda: firing(desk.path) == ["a"], "the first alert")
        gate = Gate(desk.path, desk.told.append)
        with closing(gate), write_engine(desk.path).connect() as connection:
            transaction = gate.begin(connection)
            monitor.fire("a", "b")
            until(lambda: not is_free(lock), "the agent to hold the lock")
            agent.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, agent.process.pid, os.WSTOPPED)
            transaction.rollback()
        assert not is_free(lock)
        yield agent
        agent.process.send_signal(signal.SIGCONT)
        until(lambda: firing(desk.path) == ["a", "b"], "the agent to go on")
    lock.close()


def is_free(lock: FileLock) -> bool:
    """Whether nobody has the lock just now."""
    free = lock.take()
    if free:
        lock.free()
    return free


def firing(store: Path) -> list[str]:
    """The keys of the alerts that fire."""
    return sorted(key for (key,) in rows(store, "SELECT key FROM alerts WHERE firing"))


def test_a_command_passes_an_agent_that_is_stopped_at_the_gate_and_says_so(desk: Desk, monitor: Monitor) -> None:
    with closing(desk.open()) as store:
        incident = desk.log(store)
        with stopped_at_the_gate(desk, monitor) as agent:
            began = time.perf_counter()
            assert desk.do(store, "ack", incident).ok
            print(f"through in {(time.perf_counter() - began) * 1000:.0f} ms")
            assert [f"Process {agent.process.pid} (" in told and "stopped" in told for told in desk.told] == [True]
            assert desk.do(store, "note", incident, text="still here").ok
            assert len(desk.told) == 1
    assert whole(desk.path)


@pytest.mark.pty
def test_the_console_passes_an_agent_that_is_stopped_at_the_gate_and_says_so(desk: Desk, monitor: Monitor) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    with stopped_at_the_gate(desk, monitor) as agent, console_on(desk.path) as console:
        console.await_row("Link ")
        console.press("\ta")
        assert f"acknowledged. Process {agent.process.pid} (" in console.await_row(" acknowledged.")
        assert console.leave() == 0
    assert whole(desk.path)


@pytest.mark.pty
def test_the_console_names_who_holds_the_store_and_goes_on(desk: Desk) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    with console_on(desk.path) as console:
        console.await_row("Link ")
        with stopped("hold_store", desk.path) as pid:
            console.press("\ta")
            console.await_row(f"Not done: The store {desk.path} is held by process {pid} (")
            assert console.row("Link ")
        console.press("a")
        console.await_row(" acknowledged.")
        assert console.leave() == 0
    assert whole(desk.path)
