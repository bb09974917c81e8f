"""Real agents and a real loopback monitoring system for the tests, and a way to wait for what they do."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, TypeVar

import psutil
import pytest

from noc_tui.journal.beside import AgentStatus, SourceStatus
from noc_tui.store.live import Live, live_path

T = TypeVar("T")

_TRIES: Final = 1_200
_BETWEEN: Final = 0.025
_NEVER: Final = threading.Event()


def until(condition: Callable[[], T | None], what: str) -> T:
    """Wait until a condition holds and return what it found; fail the test when it never does."""
    for _ in range(_TRIES):
        found = condition()
        if found:
            return found
        _NEVER.wait(_BETWEEN)
    pytest.fail(f"waited in vain: {what}")


def let_pass(seconds: float) -> None:
    """Let time pass up to the moment of a fault; nothing is waited for."""
    _NEVER.wait(seconds)


def gone(pid: int) -> bool:
    """Whether a process that may be nobody's child has ended."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


class Agent:
    """A supervised agent on a store, as a console starts it."""

    def __init__(self, store: Path, *words: str) -> None:
        self.store = store
        self._said = store.with_name("said")
        with self._said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "noc_tui", "agent", "--supervised", "--store", str(store), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )

    def stage(self) -> str:
        """The next stage that it tells, "" when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def said(self) -> str:
        """What the agents of this store have said on standard error."""
        return self._said.read_text(encoding="utf-8")

    def hang_up(self) -> int:
        """Close its standard input and return its exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(30)

    def kill(self) -> None:
        """End it as a crash would, and take it away."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def agent_on(store: Path, *words: str) -> Iterator[Agent]:
    """An agent while the block lasts."""
    agent = Agent(store, *words)
    try:
        yield agent
    finally:
        agent.kill()


def status_of(store: Path) -> AgentStatus | None:
    """The last heartbeat on a store."""
    with closing(Live(live_path(store))) as live:
        return live.agent()


def source_of(store: Path, name: str) -> SourceStatus | None:
    """How the last heartbeat says that a source is doing."""
    status = status_of(store)
    sources = status.sources if status is not None else ()
    return next((source for source in sources if source.name == name), None)


class Monitor:
    """A monitoring system with the interface of an Alertmanager, whose alerts a test sets."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self.broken = False
        self.asked = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread = threading.Thread()
        self._port = 0

    @property
    def url(self) -> str:
        """Its address, the same each time it comes up."""
        return f"http://127.0.0.1:{self._port}"

    def come_up(self) -> None:
        """Answer from now on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def go_down(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def fire(self, *names: str) -> None:
        """Have these alerts, and no others."""
        self.alerts = [
            {
                "fingerprint": name,
                "labels": {"alertname": name, "instance": f"{name}:9100", "severity": "critical"},
                "annotations": {"summary": f"{name} is down"},
                "startsAt": "2026-01-01T00:00:00Z",
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
            }
            for name in names
        ]

    def answer(self, path: str) -> bytes:
        """The body for a path."""
        self.asked += 1
        if self.broken:
            return b"<html>proxy</html>"
        if path.endswith("/status"):
            return json.dumps({"uptime": "2020-01-01T00:00:00Z", "versionInfo": {"version": "0.27.0"}}).encode()
        return json.dumps(self.alerts).encode()


def _handler(monitor: Monitor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request, and the connection closes."""

        def do_GET(self) -> None:
            body = monitor.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
