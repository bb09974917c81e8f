"""Real servers, each on a free loopback port with a directory of its own."""

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

START_TRIES: Final = 400
"""Each waits 50 ms for the server to end instead."""

CONFIG: Final = """
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
- source_matchers: ['severity="critical"']
  target_matchers: ['severity="warning"']
  equal: [instance]
"""


class AlertmanagerProcess:
    """An Alertmanager that tests can talk to, kill and start again on the same port."""

    def __init__(self, program: Path, place: Path, config: str = CONFIG) -> None:
        self._program = program
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.url = f"http://{self.address}/alerts"
        (place / "alertmanager.yml").write_text(config, encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it is ready; a path prefix is part of its address."""
        with (self._place / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._program,
                    f"--config.file={self._place / 'alertmanager.yml'}",
                    f"--storage.path={self._place / 'data'}",
                    f"--web.listen-address={self.address}",
                    f"--web.external-url={self.url}",
                    "--cluster.listen-address=",
                ],
                stdout=log,
                stderr=log,
            )
        for _ in range(START_TRIES):
            if self._is_ready():
                return
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        pytest.fail("Alertmanager did not start:\n" + self.log())

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def fire(self, *alerts: dict[str, Any]) -> None:
        """Send alerts as Prometheus does; one with `endsAt` in the past ends."""
        self._ask("POST", "alerts", alerts)

    def log(self) -> str:
        """What it has told so far."""
        return (self._place / "log").read_text(encoding="utf-8")

    def silence(self, **labels: str) -> str:
        """Silence what has these labels, and return the silence's id."""
        matchers = [{"name": name, "value": value, "isRegex": False} for name, value in labels.items()]
        times = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
        made = self._ask("POST", "silences", {"matchers": matchers, "createdBy": "ana", "comment": "c", **times})
        return str(json.loads(made)["silenceID"])

    def unsilence(self, silence: str) -> None:
        """End a silence."""
        self._ask("DELETE", f"silence/{silence}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            return False

    def _ask(self, method: str, path: str, content: object = None) -> bytes:
        request = urllib.request.Request(
            f"{self.url}/api/v2/{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"content-type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            body: bytes = response.read()
        return body


@pytest.fixture
def real_alertmanager(require_server: Callable[..., Path], tmp_path: Path) -> Iterator[AlertmanagerProcess]:
    """A running Alertmanager that knows no alerts."""
    server = AlertmanagerProcess(require_server("prometheus-alertmanager", "alertmanager"), tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.kill()
