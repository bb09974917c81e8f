"""Two tokens that nobody else has, looked for wherever something is told or kept while they are used and refused."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from noc_tui.store.backup import backup
from tests.contract.remote.running import Server, serving
from tests.faults.operators import Operator, sitting

pytestmark = pytest.mark.pty


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server over an empty store."""
    (tmp_path / "srv").mkdir()
    with serving(tmp_path / "srv" / "noc.db") as found:
        yield found


def test_a_token_stands_in_its_owners_file_and_nowhere_else(server: Server, tmp_path: Path) -> None:
    source = server.token("pd", "source", "pd")
    secrets = {source.partition(".")[2].encode()}
    with sitting(server, tmp_path / "people", "ana") as (ana,):
        login = ana.account.remote.login_file
        secrets.add(json.loads(login.read_text(encoding="utf-8"))["token"].partition(".")[2].encode())
        told = [*come_by_every_door(server, source), *look_around(ana), *processes(ana)]
        server.revoke("pd")
        told += come_by_every_door(server, source)
        server.revoke("ana")
        ana.terminal.sees("does not know our token")
        told += look_around(ana)
        told.append(ana.account.run("doctor", "--json").err.encode())
        told += [text.encode() for words in (["journal"], ["list", "--debug"]) for text in said(ana, *words)]
        ana.kill()
        told.append(bytes(ana.terminal.raw))
    backup(server.store, tmp_path / "copy.db", lambda _done, _total: None)
    assert all(len(secret) > 30 for secret in secrets)
    assert not [text for text in told for secret in secrets if secret in text]
    holders = [
        file for file in tmp_path.rglob("*") if file.is_file() and any(one in file.read_bytes() for one in secrets)
    ]
    assert holders == [login]


def come_by_every_door(server: Server, token: str) -> list[bytes]:
    """Alerts by each door, good and bad, with the token where it belongs and where it does not; what was answered."""
    event: dict[str, Any] = {"event_action": "trigger", "dedup_key": "k"}
    payload = {"summary": "down", "source": "r", "severity": "error", "custom_details": {"note": "x"}}
    bearer = {"Authorization": f"Bearer {token}"}
    group = {"version": "4", "status": "firing", "alerts": [{"labels": {"alertname": "A"}, "status": "firing"}]}
    asked: list[tuple[str, Any, dict[str, str]]] = [
        ("/v2/enqueue", {**event, "routing_key": token, "payload": payload}, {}),
        ("/v2/enqueue", {**event, "routing_key": token}, {}),
        ("/v1/alerts", {"source": "pd", "key": "k", "resource": "r", "severity": "minor"}, bearer),
        ("/v1/alerts", "nonsense", bearer),
        ("/v1/alerts/alertmanager", group, bearer),
        (f"/v1/alerts?token={token}", {}, {}),
        (f"/v1/{token}", {}, bearer),
        ("/v1/commands", {"sent_at": "never", "token": token}, bearer),
    ]
    answers = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for path, body, headers in asked:
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answers.append(str(answer.headers).encode() + answer.read())
    connection.request("GET", "/metrics", headers=bearer)
    answers.append(connection.getresponse().read())
    connection.close()
    return [*answers, server.said().encode()]


def look_around(operator: Operator) -> list[bytes]:
    """What the terminal was ever sent, with the help and the outbox opened."""
    for keys, page in (("?", "HELP"), ("q", "NORMAL"), ("go", "OUTBOX"), ("q", "NORMAL")):
        operator.terminal.write(keys)
        operator.terminal.sees(f" {page} ")
    return [bytes(operator.terminal.raw)]


def processes(operator: Operator) -> list[bytes]:
    """The command line and the environment of the console, its agent, and all else that runs of ours."""
    me = psutil.Process()
    found = []
    for process in {*operator.terminal.family(), *me.children(recursive=True)}:
        for name in ("cmdline", "environ"):
            found.append(Path(f"/proc/{process.pid}/{name}").read_bytes())
    assert len(found) >= 6, "a console, its agent, a server"
    return found


def said(operator: Operator, *words: str) -> tuple[str, str]:
    """What a command prints."""
    ran = operator.account.run(*words)
    return ran.out, ran.err
