"""`noc-tui agent`: it runs alone, or under a console; it ends when told, or when its console is gone."""

import signal
import subprocess
from pathlib import Path

import pytest

from noc_tui.agent.telling import ON_DUTY
from tests.contract.cli.running import PROGRAM, Run


def start(*words: str) -> "subprocess.Popen[bytes]":
    command = [*PROGRAM, "agent", "--supervised", *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def on_duty(running: "subprocess.Popen[bytes]") -> None:
    assert running.stdout is not None
    assert running.stdout.readline().decode().strip() == ON_DUTY


def test_it_ends_with_its_console(noc: Run, home: Path) -> None:
    assert noc("log", "first").status == 0
    with start() as running:
        on_duty(running)
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(timeout=30) == 0
    assert (home / "noc-tui" / "noc.db").exists()
    assert noc("verify").status == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told(noc: Run, number: signal.Signals) -> None:
    assert noc("log", "first").status == 0
    with start() as running:
        on_duty(running)
        running.send_signal(number)
        assert running.wait(timeout=30) == 0
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()


def test_a_simulated_noc_has_a_store_marked_demo(noc: Run, tmp_path: Path) -> None:
    store = str(tmp_path / "demo.db")
    assert noc("simulate", "--store", store, "--open", "3", "--closed", "3").status == 0
    with start("--store", store, "--simulate", "50") as running:
        on_duty(running)
        with subprocess.Popen(
            [*PROGRAM, "journal", "--follow", "--json", "--store", store], stdout=subprocess.PIPE
        ) as following:
            assert following.stdout is not None
            assert b'"seq": 1' in following.stdout.readline()
            following.terminate()
        running.terminate()
        assert running.wait(timeout=30) == 0
    assert "a demo" in noc("doctor", "--store", store).out
    assert noc("verify", "--store", store).status == 0


def test_a_console_s_agent_makes_no_store(tmp_path: Path) -> None:
    missing = tmp_path / "gone.db"
    with start("--store", str(missing)) as running:
        assert running.wait(timeout=30) == 1
        assert running.stderr is not None
        assert str(missing) in running.stderr.read().decode()
    assert not missing.exists()
