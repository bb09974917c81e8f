"""A real Alertmanager and the command line: it is tested, and its alert becomes an incident that a script closes."""

import subprocess
from pathlib import Path

import pytest

from tests.contract.cli.running import PROGRAM, as_program
from tests.real.conftest import AlertmanagerProcess

pytestmark = pytest.mark.real


def test_a_source_is_tested(real_alertmanager: AlertmanagerProcess, home: Path) -> None:
    url = real_alertmanager.url
    ran = as_program("source", "test", url)
    assert ran.status == 0, ran.err
    assert f"{url} answers in " in ran.out
    assert "version" in ran.out
    (home / "noc-tui").mkdir()
    (home / "noc-tui" / "config.toml").write_text(f'[[source]]\nname = "prod"\ntype = "alertmanager"\nurl = "{url}"\n')
    assert as_program("source", "test", "prod").out.startswith(f"prod: {url} answers in ")
    wrong = as_program("source", "test", f"{url}/elsewhere")
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.count("\n") == 1


def test_from_firing_to_closed_by_script(real_alertmanager: AlertmanagerProcess) -> None:
    real_alertmanager.fire({"labels": {"alertname": "LinkDown", "instance": "core-sw1", "severity": "critical"}})
    assert as_program("log", "The store is there").status == 0
    agent = [*PROGRAM, "agent", "--alertmanager", real_alertmanager.url, "--interval", "0.2"]
    follow = [*PROGRAM, "journal", "--follow", "--after", "1", "--json"]
    with subprocess.Popen(agent) as taking, subprocess.Popen(follow, stdout=subprocess.PIPE) as following:
        assert following.stdout is not None
        assert b'"incident.created"' in following.stdout.readline()
        following.terminate()
        taking.terminate()
        assert taking.wait(timeout=30) == 0
    for words in (["take"], ["resolve", "--code", "f"], ["close"]):
        assert as_program("do", words[0], "2", *words[1:]).status == 0
    assert '"state": "closed"' in as_program("show", "2", "--json").out
    assert as_program("verify").status == 0
