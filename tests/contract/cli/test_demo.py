"""The board without a terminal, and a demo's store, which is never a live one."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.contract.cli.running import PROGRAM, Run, refused


def test_without_a_terminal_the_board_is_printed_once(noc: Run) -> None:
    ran = noc()
    assert (ran.status, ran.out) == (0, "0 open, 0 need attention\n")
    assert ran.err == "There is no terminal here: this is the board once, as text.\n"
    noc("log", "One")
    assert "Needs action  1" in noc().out


def test_the_demo_has_a_store_of_its_own_made_anew(noc: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noc("log", "Real")
    monkeypatch.setenv("NOC_TUI_STORE", str(home / "noc-tui" / "noc.db"))
    ran = noc("demo", "--incidents", "12", "--seed", "3")
    assert ran.status == 0
    assert ran.out.startswith("12 open")
    assert ran.err == "There is no terminal here: this is the DEMO board once, as text.\n"
    demo = str(home / "noc-tui" / "demo.db")
    assert len(noc("list", "--json", "--store", demo).json()) >= 12
    assert noc("verify", "--store", demo).status == 0
    noc("log", "Mine", "--store", demo)
    noc("demo", "--incidents", "5")
    titles = [incident["title"] for incident in noc("list", "--json", "--store", demo).json()]
    assert "Mine" not in titles
    assert [incident["title"] for incident in noc("list", "--json").json()] == ["Real"]


def test_the_same_seed_is_the_same_noc(noc: Run, tmp_path: Path) -> None:
    def resources(name: str, seed: str) -> list[str]:
        store = str(tmp_path / name)
        assert noc("simulate", "--store", store, "--open", "9", "--closed", "20", "--seed", seed).status == 0
        return sorted(incident["resource"] for incident in noc("list", "--json", "--all", "--store", store).json())

    assert resources("a.db", "5") == resources("b.db", "5") != resources("c.db", "6")


def test_a_demos_store_that_is_named_is_kept(noc: Run, tmp_path: Path) -> None:
    store = str(tmp_path / "mine.db")
    noc("demo", "--incidents", "4", "--store", store)
    noc("log", "Mine", "--store", store)
    noc("demo", "--store", store)
    assert "Mine" in noc("list", "--store", store).out


def test_simulated_alerts_never_reach_a_live_store(noc: Run, tmp_path: Path) -> None:
    store = str(tmp_path / "live.db")
    noc("--store", store, "log", "One")
    for words in (["demo"], ["agent", "--simulate", "1"], ["simulate"]):
        refused(noc(*words, "--store", store), 1, store, "live store")
    filled = str(tmp_path / "filled.db")
    noc("simulate", "--store", filled, "--open", "1", "--closed", "1")
    refused(noc("simulate", "--store", filled), 1, filled, "not empty")


def test_two_demos_do_not_share_a_store(noc: Run, home: Path) -> None:
    noc("demo", "--incidents", "2")
    demo = str(home / "noc-tui" / "demo.db")
    command = [*PROGRAM, "agent", "--supervised", "--store", demo]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        refused(noc("demo"), 1, "A demo is running on ", "--store")
        running.terminate()


def test_an_interrupted_filling_leaves_nothing(tmp_path: Path) -> None:
    store = tmp_path / "big.db"
    command = [*PROGRAM, "simulate", "--store", str(store), "--open", "100", "--closed", "200000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        while running.poll() is None and not list(tmp_path.glob(".big.db*")):
            pass
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        assert running.stderr.read().strip() == b""
        assert running.wait(timeout=60) == 130
    assert list(tmp_path.iterdir()) == []
