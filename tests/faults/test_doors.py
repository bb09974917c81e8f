"""kill -9 of a server while monitoring systems bring alerts: whatever was answered is in the store, once."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.contract.desk import rows
from tests.contract.server.house import bearer, token
from tests.faults.budget import Budget
from tests.faults.running import let_pass, until
from tests.faults.test_kills import ROUNDS, noc_tui, whole
from tests.unit.sources.test_webhook import group, pushed

SENDERS: Final = 4
SERVING: Final = re.compile(r" at http://127\.0\.0\.1:(\d+)\.")


@contextmanager
def server_on(store: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server of its own while the block lasts, and its port."""
    said = store.with_name("said")
    with said.open("wb") as errors:
        process = subprocess.Popen([*noc_tui(store, "serve"), "--listen", "127.0.0.1:0"], stderr=errors)
    try:
        port = until(lambda: SERVING.search(said.read_text(encoding="utf-8")), "the server listens")[1]
        yield process, int(port)
    finally:
        process.kill()
        process.wait()


class Sender:
    """Brings alerts one after another, by each of the doors in turn, and keeps the keys of what was answered."""

    def __init__(self, name: str, key: str) -> None:
        self.acknowledged: list[str] = []
        self._name = name
        self._key = key

    def run(self, port: int, round: int) -> None:
        """Send until the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for number in range(1_000_000):
                self._send(connection, f"{self._name}-{round}-{number}", number)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, alert: str, number: int) -> None:
        path, body = self._event(alert, number % 3)
        connection.request("POST", path, body, bearer(self._key))
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 202)
        self.acknowledged.append(alert)

    def _event(self, alert: str, door: int) -> tuple[str, bytes]:
        if door == 0:
            return "/v1/alerts", json.dumps({"key": alert, "resource": alert}).encode()
        if door == 1:
            return "/v1/alerts/alertmanager", group(pushed(fingerprint=alert, labels={"alertname": alert}))
        payload: dict[str, Any] = {"summary": alert, "source": alert, "severity": "critical"}
        event = {"routing_key": self._key, "event_action": "trigger", "dedup_key": alert, "payload": payload}
        return "/v2/enqueue", json.dumps(event).encode()


@ROUNDS
def test_what_a_door_answered_outlives_a_kill(tmp_path: Path, budget: Budget, rounds: int) -> None:
    store, random, done = tmp_path / "noc.db", budget.chance("doors"), 0
    names = [f"mon{number}" for number in range(SENDERS)]
    senders = [Sender(name, token(store, name, "source", name)) for name in names]
    for round in budget.turns(rounds):
        done += 1
        with server_on(store) as (server, port):
            threads = [threading.Thread(target=sender.run, args=(port, round)) for sender in senders]
            for thread in threads:
                thread.start()
            let_pass(0.3 + random.random() * 0.5)
            server.kill()
            for thread in threads:
                thread.join()

    answered = [f"{name}:{alert}" for name, sender in zip(names, senders, strict=True) for alert in sender.acknowledged]
    kept = [ref for (ref,) in rows(store, "SELECT ref FROM alerts")]
    raised = rows(store, "SELECT alert, count(*) FROM journal WHERE kind = 'alert.raised' GROUP BY alert")
    assert len(answered) > 50 * done
    assert set(answered) <= set(kept)
    assert dict(raised) == dict.fromkeys(kept, 1)
    assert whole(store)
