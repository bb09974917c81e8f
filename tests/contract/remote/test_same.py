"""One script on a file and on a server: the same words print the same JSON, refusals too (DESIGN.md 6).

Ids, times, hashes and terminals differ from one store to another; they are put in order of their first appearance, so
that two that are the same on the file are the same on the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from noc_tui.store.opening import open_store
from tests.contract.cli.running import Ran, Run, in_process
from tests.contract.remote.running import Account, serving

SCRIPT: Final = (
    ["log", "Fibre cut", "--impact", "h", "--service", "ip", "--note", "by phone", "--json"],
    ["log", "Fan stopped", "--resource", "sw1", "--json"],
    ["log", "x" * 300, "--json"],
    ["log", "", "--json"],
    ["do", "ack", "1", "--json"],
    ["do", "ack", "1", "2", "--note", "seen", "--json"],
    ["do", "take", "1", "999", "--json"],
    ["do", "note", "2", "--text", "日本 \x1b[2J <b>", "--json"],
    ["do", "priority", "2", "--priority", "1", "--json"],
    ["do", "hold", "1", "--reason", "provider", "--until", "2h", "--json"],
    ["do", "resume", "1", "--json"],
    ["do", "assign", "2", "--to", "bo", "--json"],
    ["do", "snooze", "3", "--until", "1h", "--json"],
    ["do", "label", "1", "--label", "fibre", "--json"],
    ["do", "link", "2", "--parent", "1", "--json"],
    ["do", "resolve", "1", "--code", "fixed", "--children", "all", "--json"],
    ["do", "reopen", "2", "--reason", "still dark", "--json"],
    ["do", "close", "1", "--json"],
    ["do", "close", "3", "--json"],
    ["alert", "send", "--resource", "r1", "--key", "k1", "--severity", "major", "--summary", "down", "--json"],
    ["alert", "send", "--resource", "r1", "--key", "k1", "--severity", "critical", "--summary", "down", "--json"],
    ["alert", "send", "--resource", "r1", "--key", "k1", "--state", "cleared", "--json"],
    ["alert", "send", "--json", "alerts.ndjson"],
    ["list", "--json"],
    ["list", "--json", "--all", "--sort", "-age"],
    ["list", "--json", "is:mine"],
    ["list", "--json", "owner:bo", "p:1..2"],
    ["list", "--json", "nonsense:("],
    ["search", "phone", "--json"],
    ["search", "fib", "--json"],
    ["show", "1", "--json"],
    ["show", "INC-000002", "--json"],
    ["show", "4", "--json"],
    ["show", "999", "--json"],
    ["board", "--at", "now", "--json"],
    ["board", "--at", "yesterday", "--json"],
    ["policy", "show"],
    ["journal", "--json"],
    ["journal", "--after", "5", "--limit", "3", "--json"],
)
ALERTS: Final = (
    '{"source": "snmp", "key": "a", "resource": "r2", "severity": "minor", "labels": {"site": "ams1"}}\n'
    "nonsense\n"
    '{"source": "snmp", "key": "a", "resource": "r2", "severity": "minor", "labels": {"site": "ams1"}}\n'
    '{"resource": "r3", "starts_at": "2026-01-01T00:00:00Z"}\n'
)

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
_TIME: Final = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+Z")
_SPAN: Final = re.compile(r'(?<="resolution_left": )\d+')


def masked(ran: Ran, ids: dict[str, str]) -> tuple[int, str]:
    """What a command answered, without what no two stores have in common."""
    text = _UUID.sub(lambda found: ids.setdefault(found[0], f"id {len(ids) + 1}"), ran.out)
    return ran.status, _SPAN.sub('"a span"', _TIME.sub("a time", text))


@pytest.fixture
def linked(home: Path, tmp_path: Path) -> Iterator[Account]:
    """An account on a server over an empty store."""
    (tmp_path / "srv").mkdir()
    with serving(tmp_path / "srv" / "noc.db") as server:
        account = Account(home / "noc-tui", server.url)
        account.log_in(server.token())
        yield account


def test_a_script_cannot_tell_a_server_from_a_file(
    linked: Account, noc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("alerts.ndjson").write_text(ALERTS, encoding="utf-8")
    monkeypatch.setenv("NOC_TUI_ME", "ana")
    on_file, on_server = str(tmp_path / "noc.db"), linked.remote.url
    open_store(tmp_path / "noc.db").close()
    here: dict[str, str] = {}
    there: dict[str, str] = {}
    for words in SCRIPT:
        expected = noc(*words, "--store", on_file)
        found = noc(*words, "--store", on_server)
        assert masked(found, there) == masked(expected, here), f"{words}: {found.err}{expected.err}"
        assert bool(found.err) == bool(expected.err), f"{words}: {found.err}{expected.err}"


@pytest.fixture
def noc(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""
    return in_process(capsys)
