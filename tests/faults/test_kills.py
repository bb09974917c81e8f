"""kill -9 at random moments: what was said is in the journal, once; the store is whole; a restart works.

A kill proves transactions and the order "durable, then said"; it is no proof against a power cut.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence, Sized
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from noc_tui.agent.telling import ON_DUTY
from noc_tui.incidents.model import number_text
from noc_tui.store.opening import open_store
from tests.contract.desk import Desk, rows, sound
from tests.faults.budget import Budget
from tests.faults.running import Monitor, agent_on, let_pass, until
from tests.faults.terminal import console_on

ROUNDS: Final = pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.slow)])
"""Each kind of process is killed so often: together five hundred times in the full form."""
SAID: Final = re.compile(r"INC-(\d{6}) \S.* (acknowledged|taken)\.|INC-(\d{6}) (acknowledged|taken)\.")
KINDS: Final = {"acknowledged": "incident.acked", "taken": "incident.taken"}
KEYS: Final = ("a", "t", "\t", "j", "k")


def noc_tui(store: Path, *words: str) -> list[str]:
    """The command line of a command on a store."""
    return [sys.executable, "-P", "-m", "noc_tui", *words, "--store", str(store)]


def run_for(command: Sequence[str], seconds: float, lines: str = "") -> list[str]:
    """Run a command, kill it when it takes longer; return the lines that it printed to their end."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            said, _ = process.communicate(lines, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    return [line for line in said.splitlines(keepends=True) if line.endswith("\n")]


def run_past_an_answer(command: Sequence[str], seconds: float, lines: str) -> list[str]:
    """Run a command and kill it so long after its first line; return the lines that it printed to their end."""
    with tempfile.TemporaryFile("w+") as given:
        given.write(lines)
        given.seek(0)
        with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            end = threading.Timer(seconds, process.kill)
            end.start()
            said = [first, *process.stdout]
            end.cancel()
    return [line for line in said if line.endswith("\n")]


def took(command: Sequence[str], lines: str = "") -> float:
    """How many seconds a command takes when nobody kills it."""
    began = time.monotonic()
    assert run_for(command, 60.0, lines)
    return time.monotonic() - began


def turns(budget: Budget, rounds: int, said: Sized) -> Iterator[int]:
    """Yield the rounds, and more of them while every kill came before anything was said: some machines are slow."""
    yield from budget.turns(rounds)
    for turn in range(rounds, 10 * rounds):
        if said:
            break
        yield turn


def events(store: Path, kind: str, number: int, text: str = "") -> int:
    """How many events of a kind an incident has, with this text in them."""
    query = "SELECT count(*) FROM journal WHERE kind = ? AND number = ? AND instr(CAST(body AS TEXT), ?)"
    found: int = rows(store, query, (kind, number, text))[0][0]
    return found


def whole(store: Path) -> bool:
    """Whether the journal has no gap and the store is proven."""
    ((first, last, kept),) = rows(store, "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0), count(*) FROM journal")
    assert (first, last) == (1, kept)
    return sound(store)


def said_in(shown: set[str]) -> set[tuple[int, str]]:
    """What a screen has told of as done: the incidents' numbers and the kinds of the events."""
    found: set[tuple[int, str]] = set()
    for row in shown:
        for one in SAID.finditer(row):
            found.add((int(one[1] or one[3]), KINDS[one[2] or one[4]]))
    return found


@pytest.mark.pty
@ROUNDS
def test_what_a_killed_console_said_is_there(desk: Desk, budget: Budget, rounds: int) -> None:
    chance, said = budget.chance("console"), set[tuple[int, str]]()
    for turn in turns(budget, rounds, said):
        with closing(desk.open()) as store:
            for n in range(12):
                desk.log(store, f"Link {turn}-{n} down")
        with console_on(desk.path) as console:
            console.await_row("Link ")
            end = time.monotonic() + chance.uniform(0.2, 2.5)
            while time.monotonic() < end:
                console.press(chance.choice(KEYS))
                console.read_for(chance.uniform(0.0, 0.1))
            console.kill()
            said |= said_in(console.shown)
        assert whole(desk.path)
        assert {told: events(desk.path, told[1], told[0]) for told in said} == dict.fromkeys(said, 1)
    assert said
    with console_on(desk.path) as console:
        console.await_row("Link ")
        console.press("\ta")
        console.await_row(" acknowledged.")
        assert console.leave() == 0


@ROUNDS
def test_a_killed_agent_loses_no_alert_and_takes_none_in_twice(
    desk: Desk, monitor: Monitor, budget: Budget, rounds: int
) -> None:
    chance, turn = budget.chance("agent"), count()
    names: list[str] = []
    options = ("--alertmanager", f"am={monitor.url}", "--interval", "0.1")
    for _ in budget.turns(rounds):
        with agent_on(desk.path, *options) as agent:
            if chance.random() < 0.8:
                assert agent.stage() == ON_DUTY
            for _ in range(chance.randrange(1, 20)):
                names = [*names[-30:], *(f"a{next(turn)}" for _ in range(chance.randrange(1, 40)))]
                monitor.fire(*names)
                let_pass(chance.uniform(0.0, 0.1))
        assert whole(desk.path)
    with agent_on(desk.path, *options):
        until(lambda: firing(desk.path) == sorted(names), "all that fires, and that alone, to be known as firing")
    assert whole(desk.path)
    twice = "SELECT alert, kind FROM journal WHERE alert <> '' GROUP BY alert, kind HAVING count(*) > 1"
    assert rows(desk.path, twice) == []
    assert rows(desk.path, "SELECT count(*) FROM alerts") == rows(
        desk.path, "SELECT count(*) FROM journal WHERE kind = 'alert.raised'"
    )


def firing(store: Path) -> list[str]:
    """The keys of the alerts that fire."""
    return sorted(key for (key,) in rows(store, "SELECT key FROM alerts WHERE firing"))


@ROUNDS
def test_a_killed_agent_of_a_simulated_noc_leaves_the_store_whole(tmp_path: Path, budget: Budget, rounds: int) -> None:
    chance = budget.chance("simulated")
    store = tmp_path / "demo.db"
    open_store(store, demo=True).close()
    for turn in budget.turns(rounds):
        before = head(store)
        with agent_on(store, "--simulate", "2000", "--seed", str(turn)):
            until(partial(is_longer, store, before), "alerts to come in")
            let_pass(chance.uniform(0.0, 0.4))
        assert whole(store)


def is_longer(store: Path, before: int) -> bool:
    """Whether the journal has grown."""
    return head(store) > before


def head(store: Path) -> int:
    """How long the journal is."""
    found: int = rows(store, "SELECT seq FROM journal_head")[0][0]
    return found


@ROUNDS
def test_every_alert_that_a_killed_script_saw_answered_is_there(desk: Desk, budget: Budget, rounds: int) -> None:
    chance = budget.chance("script")
    command = noc_tui(desk.path, "alert", "send", "--json", "-")
    longest = took(command, alerts_of(-1))
    answered: list[str] = []
    turn = 0
    for turn in turns(budget, rounds, answered):
        if turn % 2:
            said = run_past_an_answer(command, longest * chance.uniform(0.0, 0.3), alerts_of(turn))
        else:
            said = run_for(command, longest * chance.uniform(0.3, 1.0), alerts_of(turn))
        answered += [json.loads(line)["alert"] for line in said]
        assert whole(desk.path)
        known = dict(rows(desk.path, "SELECT key, raises FROM alerts"))
        assert {key: known.get(key) for key in answered} == dict.fromkeys(answered, 1)
    assert answered
    again = run_for(command, 60.0, alerts_of(turn))
    assert len(again) == SENT
    assert rows(desk.path, "SELECT count(*) FROM alerts WHERE raises <> 1") == [(0,)]
    assert whole(desk.path)


SENT: Final = 2_000


def alerts_of(turn: int) -> str:
    """Alerts for the standard input of a script, a line each."""
    one = {"severity": "major", "summary": "fan stopped"}
    return "".join(
        json.dumps({"key": f"{turn}-{n}", "resource": f"r{turn}-{n % 500}", **one}) + "\n" for n in range(SENT)
    )


@ROUNDS
def test_every_outcome_that_a_killed_command_printed_is_there_once(desk: Desk, budget: Budget, rounds: int) -> None:
    chance = budget.chance("command")
    with closing(desk.open()) as store:
        for n in range(40):
            desk.log(store, f"Link {n} down")
    numbers = [str(n) for n in range(1, 41)]
    log_took = took(noc_tui(desk.path, "log", "How long does it take"))
    note_took = took(noc_tui(desk.path, "do", "note", *numbers, "--text", "how long"))
    printed: list[str] = []
    for turn in turns(budget, rounds, printed):
        title, text = f"Logged in round {turn}.", f"Noted in round {turn}."
        logged = run_for(noc_tui(desk.path, "log", title), log_took * chance.uniform(0.6, 1.2))
        kept = rows(desk.path, "SELECT number FROM incidents WHERE title = ?", (title,))
        assert [number_text(number) + "\n" for (number,) in kept] == logged or (not logged and len(kept) == 1)
        noted = run_for(
            noc_tui(desk.path, "do", "note", *numbers, "--text", text), note_took * chance.uniform(0.6, 1.2)
        )
        found = [events(desk.path, "incident.noted", int(number), text) for number in numbers]
        assert found in ([1] * 40, [0] * 40)
        assert not noted or found == [1] * 40
        printed += logged + noted
        assert whole(desk.path)
    assert printed
