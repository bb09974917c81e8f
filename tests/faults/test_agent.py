"""The agent's life: one does the duties, it ends when it must, and nothing that it answered is lost."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from noc_tui.agent.telling import ON_DUTY, WAITING
from noc_tui.incidents.model import MINUTE
from noc_tui.store.live import live_path
from noc_tui.store.opening import open_store
from tests.contract.desk import Desk, report, rows, sound
from tests.contract.test_writers import start
from tests.faults.running import agent_on, status_of, until


def count(store: Path, kind: str) -> int:
    """How many events of a kind there are."""
    found: int = rows(store, "SELECT count(*) FROM journal WHERE kind = ?", (kind,))[0][0]
    return found


def snoozed(desk: Desk) -> None:
    """An incident whose snooze is over by now."""
    store = desk.open()
    desk.do(store, "snooze", desk.log(store), until=desk.now + MINUTE)
    store.close()


def test_it_beats_and_ends_with_its_standard_input(desk: Desk) -> None:
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
        status = until(lambda: status_of(desk.path), "a heartbeat")
        assert (status.pid, status.trouble) == (agent.process.pid, "")
        assert agent.hang_up() == 0
        assert agent.said() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_when_it_is_told(desk: Desk, number: signal.Signals) -> None:
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
        agent.process.send_signal(number)
        assert agent.process.wait(30) == 0
        assert agent.said() == ""


def test_it_ends_what_is_due(desk: Desk) -> None:
    snoozed(desk)
    store = desk.open()
    store.ingest([report("a")])
    store.ingest([report("a", firing=False)])
    store.close()
    with agent_on(desk.path):
        until(lambda: count(desk.path, "incident.woken") and count(desk.path, "incident.resolved"), "both to end")
        until(lambda: status_of(desk.path), "a heartbeat")
    assert sound(desk.path)


def test_of_two_one_does_the_duties_and_the_other_takes_over_when_it_is_killed(desk: Desk) -> None:
    with agent_on(desk.path) as first:
        assert first.stage() == ON_DUTY
        with agent_on(desk.path) as second:
            assert second.stage() == WAITING
            until(lambda: status_of(desk.path), "a heartbeat")
            assert f"another agent (process {first.process.pid} on " in second.said()
            first.kill()
            assert second.stage() == ON_DUTY
            until(lambda: getattr(status_of(desk.path), "pid", 0) == second.process.pid, "the second's heartbeat")


def test_one_that_waits_ends_too(desk: Desk) -> None:
    with agent_on(desk.path) as first:
        assert first.stage() == ON_DUTY
        with agent_on(desk.path) as second:
            assert second.stage() == WAITING
            assert second.hang_up() == 0


def test_after_a_crash_the_lease_is_free_and_the_store_whole(desk: Desk) -> None:
    for _ in range(3):
        with agent_on(desk.path) as agent:
            assert agent.stage() == ON_DUTY
            agent.kill()
    assert sound(desk.path)


def test_it_ends_when_the_store_has_gone(desk: Desk) -> None:
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
        until(lambda: status_of(desk.path), "a heartbeat")
        desk.path.rename(desk.path.with_name("elsewhere.db"))
        assert agent.process.wait(30) == 1
        assert "was deleted or replaced" in agent.said()
    assert not desk.path.exists()


def test_it_ends_when_its_lease_was_deleted(desk: Desk) -> None:
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
        desk.path.with_name("noc.db-agent.lock").unlink()
        assert agent.process.wait(30) == 1
        assert "another agent may do the duties now" in agent.said()


def test_a_locked_store_does_not_hold_up_the_end(desk: Desk) -> None:
    snoozed(desk)
    with start("hold_store", desk.path) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with agent_on(desk.path) as agent:
            assert agent.stage() == ON_DUTY
            assert agent.hang_up() == 0
        holder.communicate()


@pytest.mark.slow
def test_a_locked_store_is_said_and_its_duties_are_done_in_the_end(desk: Desk) -> None:
    snoozed(desk)
    with start("hold_store", desk.path) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with agent_on(desk.path) as agent:
            trouble = until(lambda: getattr(status_of(desk.path), "trouble", ""), "the trouble to be told")
            assert f"is held by process {holder.pid}" in trouble
            holder.communicate()
            until(lambda: count(desk.path, "incident.woken"), "the snooze to end")
            until(lambda: getattr(status_of(desk.path), "trouble", None) == "", "the trouble to be over")
            assert agent.said().splitlines()[-1] == "noc-tui agent: The duties are done again."


def test_a_simulated_noc_comes_in_live(tmp_path: Path) -> None:
    store = tmp_path / "demo.db"
    open_store(store, demo=True).close()
    with agent_on(store, "--simulate", "200", "--seed", "7") as agent:
        assert agent.stage() == ON_DUTY
        until(lambda: count(store, "alert.raised") > 50, "fifty alerts")
        status = until(lambda: status_of(store), "a heartbeat")
        assert [source.name for source in status.sources] == ["simulation"]
        assert agent.hang_up() == 0
    assert live_path(store).exists()
    assert sound(store)
