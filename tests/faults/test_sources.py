"""Sources that fail: said, tried again, alone; and nothing that they reported is lost."""

from __future__ import annotations

import resource
import sys

import pytest

from noc_tui.agent.telling import ON_DUTY
from noc_tui.journal.beside import SourceStatus
from tests.contract.desk import Desk, report, rows, sound
from tests.faults.running import Monitor, agent_on, source_of, until

NAME = "am"


def source(desk: Desk, state: str, name: str = NAME) -> SourceStatus:
    """The source once it is in this state; before its first answer it is none."""

    def found() -> SourceStatus | None:
        status = source_of(desk.path, name)
        heard = status is not None and (status.last_ok_at is not None or status.last_error != "")
        return status if heard and status is not None and status.state == state else None

    return until(found, f"{name} to be {state}")


def firing(desk: Desk) -> dict[str, bool]:
    """Every alert that the store knows, and whether it fires."""
    return {key: fires == 1 for key, fires in rows(desk.path, "SELECT key, firing FROM alerts")}


def given(monitor: Monitor, name: str = NAME) -> tuple[str, ...]:
    """The options that name a source, asked often."""
    return ("--alertmanager", f"{name}={monitor.url}", "--interval", "0.1")


def test_what_fires_is_opened_and_what_is_gone_is_cleared(desk: Desk, monitor: Monitor) -> None:
    monitor.fire("a", "b")
    with agent_on(desk.path, *given(monitor)):
        until(lambda: firing(desk) == {"a": True, "b": True}, "both alerts")
        monitor.fire("b")
        until(lambda: firing(desk) == {"a": False, "b": True}, "one to clear")
        until(lambda: getattr(source_of(desk.path, NAME), "alerts", 0) == 1, "the status to say so")
    assert sound(desk.path)


def test_what_ended_while_no_agent_looked_is_cleared(desk: Desk, monitor: Monitor) -> None:
    monitor.fire("a", "b")
    with agent_on(desk.path, *given(monitor)) as agent:
        until(lambda: len(firing(desk)) == 2, "both alerts")
        agent.kill()
    monitor.fire("b")
    with agent_on(desk.path, *given(monitor)):
        until(lambda: firing(desk) == {"a": False, "b": True}, "one to clear")
    assert rows(desk.path, "SELECT count(*) FROM journal WHERE kind = 'alert.raised'") == [(2,)]


def test_a_source_that_is_down_clears_nothing_and_comes_back(desk: Desk, monitor: Monitor) -> None:
    monitor.fire("a")
    with agent_on(desk.path, *given(monitor)) as agent:
        assert source(desk, "ok") and until(lambda: firing(desk), "the alert")
        monitor.go_down()
        failing = source(desk, "failing")
        assert "cannot be reached" in failing.last_error
        assert failing.last_ok_at is not None
        monitor.fire("b")
        monitor.come_up()
        until(lambda: firing(desk) == {"a": False, "b": True}, "what happened meanwhile")
        assert source(desk, "ok").last_error == ""
        assert agent.said().splitlines()[-1] == "noc-tui agent: am is well again."


def test_a_source_that_talks_nonsense_touches_no_other(desk: Desk, monitor: Monitor) -> None:
    other = Monitor()
    other.come_up()
    try:
        monitor.broken = True
        other.fire("a")
        with agent_on(desk.path, *given(monitor), *given(other, "other")):
            assert "is not a list of alerts" in source(desk, "failing").last_error
            assert source(desk, "ok", "other").alerts == 1
            asked = other.asked
            until(lambda: other.asked > asked + 3, "the other to be asked on")
    finally:
        other.go_down()


def test_an_odd_alert_is_set_aside_once(desk: Desk, monitor: Monitor) -> None:
    monitor.fire("a")
    monitor.alerts.append({"labels": {}})
    with agent_on(desk.path, *given(monitor)):
        until(lambda: firing(desk), "the alert")
        asked = monitor.asked
        until(lambda: monitor.asked > asked + 3, "three more polls")
        assert source(desk, "ok").alerts == 2
    assert rows(desk.path, "SELECT source, count(*) FROM quarantine GROUP BY source") == [(NAME, 1)]


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files, which Linux alone can do")
def test_a_store_that_cannot_grow_is_said_and_no_alert_is_lost(desk: Desk, monitor: Monitor) -> None:
    store = desk.open()  # kept open, so that the log stays as long as it is
    store.ingest([report(str(n)) for n in range(600)])
    log = desk.path.with_name("noc.db-wal")
    with agent_on(desk.path, *given(monitor)) as agent:
        assert agent.stage() == ON_DUTY
        source(desk, "ok")
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
        monitor.fire("a", "b")
        assert str(desk.path) in source(desk, "failing").last_error
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: firing(desk).get("a") and firing(desk).get("b"), "both alerts")
        source(desk, "ok")
    store.close()
    assert sound(desk.path)
