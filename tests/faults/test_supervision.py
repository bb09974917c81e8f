"""A console's agent: started, seen to be lost and back, ended with the console however that ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from noc_tui.agent import supervision
from noc_tui.agent.supervision import State, Supervisor, command_line
from noc_tui.agent.telling import ON_DUTY, WAITING
from noc_tui.cli.source_options import agent_words, simulation_words
from tests.contract.desk import Desk, rows, sound
from tests.contract.server.house import token
from tests.contract.server.test_journal import command
from tests.contract.server.test_kills import client, process
from tests.faults.running import Monitor, agent_on, gone, let_pass, status_of, until
from tests.faults.terminal import console_on

CONSOLE = """
import asyncio, sys
from pathlib import Path
from noc_tui.agent.supervision import Supervisor, command_line

async def main():
    def told(state):
        print(state, supervisor.pid, flush=True)
    supervisor = Supervisor(command_line(sys.argv[1]), Path(sys.argv[1]), told)
    await supervisor.run()

asyncio.run(main())
"""
"""A console without a screen."""


class Watched:
    """A supervisor whose changes of state can be waited for."""

    def __init__(self, store: Path) -> None:
        self.supervisor = Supervisor(command_line(str(store)), store, self._told)
        self._news: asyncio.Queue[State] = asyncio.Queue()

    def _told(self, state: State) -> None:
        self._news.put_nowait(state)

    async def next(self) -> State:
        """The next change of state."""
        async with asyncio.timeout(30):
            return await self._news.get()


@asynccontextmanager
async def supervised(store: Path) -> AsyncIterator[Watched]:
    """A supervisor at work while the block lasts."""
    watched = Watched(store)
    task = asyncio.create_task(watched.supervisor.run())
    try:
        yield watched
    finally:
        await watched.supervisor.stop()
        await task


def names(directory: Path) -> list[str]:
    """What lies in a directory."""
    return [one.name for one in directory.iterdir()]


async def test_it_starts_an_agent_and_ends_it(desk: Desk) -> None:
    async with supervised(desk.path) as watched:
        assert watched.supervisor.state == "starting"
        assert await watched.next() == "running"
        pid = watched.supervisor.pid
        assert pid is not None and not gone(pid)
    assert gone(pid)
    assert watched.supervisor.pid is None


async def test_an_agent_that_dies_is_lost_and_back(desk: Desk) -> None:
    async with supervised(desk.path) as watched:
        assert await watched.next() == "running"
        first = watched.supervisor.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert await watched.next() == "lost"
        assert watched.supervisor.reason == "The agent was ended by signal 9."
        assert await watched.next() == "running"
        assert watched.supervisor.pid not in (None, first)
        assert watched.supervisor.reason == ""


async def test_an_agent_that_cannot_start_says_why(desk: Desk) -> None:
    desk.path.write_bytes(b"not a store at all" * 100)
    async with supervised(desk.path) as watched:
        assert await watched.next() == "lost"
        assert f"{desk.path} is not a noc-tui store" in watched.supervisor.reason


@pytest.mark.parametrize("words", ["", "on duty"])
async def test_agents_that_end_at_once_are_started_ever_less_often_and_that_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(supervision, "SHORTEST", 0.02)
    monkeypatch.setattr(supervision, "LONGEST", 0.16)
    moments: list[float] = []

    def monotonic() -> float:
        moments.append(time.monotonic())
        return moments[-1]

    code = f"import sys; print({words!r}, end='', flush=True); sys.exit('There is no tomorrow.')"
    supervisor = Supervisor([sys.executable, "-c", code], desk.path, monotonic=monotonic)
    task = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(60):
        while "It has ended 6 times" not in supervisor.reason:  # noqa: ASYNC110 (it tells who looks)
            await asyncio.sleep(0.01)
    assert supervisor.state == "lost"
    assert supervisor.reason.startswith("There is no tomorrow. It has ended 6 times soon after its start; the next")
    await supervisor.stop()
    await task
    pauses = [start - end for end, start in zip(moments[1:-1:2], moments[2::2], strict=True)]
    assert [pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.16, 0.16), strict=False)] == [True] * 5


def test_what_a_dead_agent_left_in_its_lock_keeps_nobody_out(desk: Desk) -> None:
    for name, left in (("agent", f"{2**22 + 1} 1790000000000000 here".encode()), ("writer", b"\xff" * 64)):
        desk.path.with_name(f"noc.db-{name}.lock").write_bytes(left.ljust(64))
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
    with closing(desk.open()) as store:
        desk.log(store)
    assert desk.told == []


STOPPED: Final = pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.slow)])
"""How long a process is stopped."""


@contextmanager
def stopped(process: subprocess.Popen[Any], seconds: float) -> Iterator[None]:
    """A process that is stopped for so long, and as long as the block lasts; then it goes on."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    let_pass(seconds)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@STOPPED
def test_an_agent_that_was_stopped_goes_on_and_nobody_took_its_place(
    desk: Desk, monitor: Monitor, seconds: float
) -> None:
    monitor.fire("a")
    options = ("--alertmanager", f"am={monitor.url}", "--interval", "0.1")
    with agent_on(desk.path, *options) as first:
        assert first.stage() == ON_DUTY
        until(lambda: firing(desk.path) == ["a"], "the first alert")
        with agent_on(desk.path, *options) as second, stopped(first.process, seconds):
            assert second.stage() == WAITING
            monitor.fire("a", "b")
            with closing(desk.open()) as store:
                desk.log(store)
            assert firing(desk.path) == ["a"]
        until(lambda: firing(desk.path) == ["a", "b"], "the agent to go on")
        status = until(lambda: status_of(desk.path), "a heartbeat")
        assert (status.pid, status.trouble) == (first.process.pid, "")
    assert rows(desk.path, "SELECT count(*) FROM journal WHERE kind = 'alert.raised'") == [(2,)]
    assert sound(desk.path)


@STOPPED
@pytest.mark.pty
def test_a_console_that_was_stopped_does_what_was_pressed_meanwhile(desk: Desk, seconds: float) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    with console_on(desk.path) as console:
        console.await_row("Link down")
        status = until(lambda: status_of(desk.path), "a heartbeat")
        with stopped(console.process, seconds):
            console.press("\ta")
            assert not gone(status.pid)
        console.await_row(" acknowledged.")
        assert console.leave() == 0
        assert console.cooked(), "the terminal is given back as it was"
        until(lambda: gone(status.pid), "the agent to end with its console")
    assert sound(desk.path)


@STOPPED
@pytest.mark.pty
def test_a_console_that_is_killed_while_its_agent_is_stopped_leaves_no_orphan(desk: Desk, seconds: float) -> None:
    with console_on(desk.path) as console:
        status = until(lambda: status_of(desk.path), "a heartbeat")
        os.kill(status.pid, signal.SIGSTOP)
        let_pass(seconds)
        console.process.kill()
        console.process.wait()
        os.kill(status.pid, signal.SIGCONT)
        until(lambda: gone(status.pid), "the agent to end once it goes on")


@STOPPED
def test_a_script_that_was_stopped_holds_nobody_up_and_sends_the_rest(desk: Desk, seconds: float) -> None:
    one = {"severity": "major", "summary": "fan stopped"}
    lines = "".join(json.dumps({"key": f"k{n}", "resource": f"r{n}", **one}) + "\n" for n in range(600))
    words = [sys.executable, "-P", "-m", "noc_tui", "alert", "send", "--json", "-", "--store", str(desk.path)]
    with (
        closing(desk.open()) as store,
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as script,
    ):
        assert script.stdin is not None and script.stdout is not None
        script.stdin.write(lines[: len(lines) // 2])
        script.stdin.flush()
        first = script.stdout.readline()
        with stopped(script, seconds):
            desk.log(store)
        script.stdin.write(lines[len(lines) // 2 :])
        script.stdin.close()
        answers = [json.loads(line) for line in (first, *script.stdout)]
        assert script.wait(60) == 0
    assert [answer["alert"] for answer in answers] == [f"k{n}" for n in range(600)]
    assert rows(desk.path, "SELECT count(*), min(raises), max(raises) FROM alerts") == [(600, 1, 1)]
    assert sound(desk.path)


@STOPPED
async def test_a_server_that_was_stopped_answers_what_was_sent_meanwhile_once(desk: Desk, seconds: float) -> None:
    mine, before, sent = token(desk.path), command(), [command() for _ in range(3)]
    with process(desk.path) as server:
        async with client(server, mine) as ana:
            assert (await ana.push(before)).outcomes[0].ok
            with closing(desk.open()) as store:
                with stopped(server.process, 0):
                    waiting = asyncio.create_task(ana.push(*sent))
                    desk.log(store)  # who works on the file itself is not held up
                    done, _ = await asyncio.wait({waiting}, timeout=min(seconds, 10))  # sooner than a client gives up
                    assert not done
                outcomes = (await waiting).outcomes
            again = (await ana.push(*sent)).outcomes
    assert [outcome.ok for outcome in outcomes] == [True] * 3
    assert [(outcome.ok, outcome.repeated) for outcome in again] == [(True, True)] * 3
    ids = [id for (id,) in rows(desk.path, "SELECT command_id FROM journal WHERE kind = 'incident.created'")]
    assert [ids.count(one.id) for one in (before, *sent)] == [1] * 4
    assert sound(desk.path)


def firing(store: Path) -> list[str]:
    """The keys of the alerts that fire."""
    return sorted(key for (key,) in rows(store, "SELECT key FROM alerts WHERE firing"))


async def test_no_agent_makes_a_store_in_place_of_one_that_has_gone(tmp_path: Path) -> None:
    async with supervised(tmp_path / "noc.db") as watched:
        assert await watched.next() == "lost"
        assert watched.supervisor.reason == f"The store {tmp_path / 'noc.db'} is gone."
    assert names(tmp_path) == []


async def test_one_that_waits_for_another_is_at_work_too(desk: Desk) -> None:
    with agent_on(desk.path) as other:
        other.stage()
        async with supervised(desk.path) as watched:
            assert await watched.next() == "running"


async def test_an_agent_that_does_not_end_is_killed(desk: Desk) -> None:
    async with supervised(desk.path) as watched:
        assert await watched.next() == "running"
        pid = watched.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
    assert gone(pid)


async def test_it_ends_its_agent_also_when_its_own_task_was_cancelled(desk: Desk) -> None:
    watched = Watched(desk.path)
    task = asyncio.create_task(watched.supervisor.run())
    assert await watched.next() == "running"
    pid = watched.supervisor.pid
    assert pid is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await watched.supervisor.stop()
    assert gone(pid)


def test_the_agent_ends_when_the_console_is_killed(desk: Desk) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CONSOLE, str(desk.path)], stdout=subprocess.PIPE, text=True
    ) as console:
        assert console.stdout is not None
        state, pid = console.stdout.readline().split()
        assert state == "running"
        assert os.getsid(int(pid)) == int(pid), "what is typed at the console's terminal must not reach it"
        console.kill()
        until(lambda: gone(int(pid)), "the agent to end")


@pytest.mark.parametrize("name", ["widgets.py", "noc_tui.py"])
def test_what_lies_in_the_working_directory_is_not_run(desk: Desk, home: Path, name: str) -> None:
    (home / name).write_text("raise SystemExit('run from the working directory')", encoding="utf-8")
    with subprocess.Popen(command_line(str(desk.path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == b"on duty\n"
        until(lambda: status_of(desk.path), "a heartbeat")
        assert agent.stdin is not None
        agent.stdin.close()
        assert agent.wait(30) == 0


def test_the_command_line_hands_everything_on(tmp_path: Path) -> None:
    sources = (("am", "http://127.0.0.1:9093"), ("dc2", "https://dc2.example/am"))
    words = command_line(str(tmp_path / "noc.db"), [*agent_words(sources, 2.5), *simulation_words(0.4, 7)])
    assert words[1:] == [
        *("-P", "-m", "noc_tui", "agent", "--supervised", "--store", str(tmp_path / "noc.db")),
        *("--alertmanager", "am=http://127.0.0.1:9093", "--alertmanager", "dc2=https://dc2.example/am"),
        *("--interval", "2.5", "--simulate", "0.4", "--seed", "7"),
    ]
