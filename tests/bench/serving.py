"""The real server on the lab's store, as people and consoles meet it: tokens, logins and consoles of its own command.

Its address is the lab's for the whole run, so that a replica that one measurement filled is there for the next.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.lab import Lab, is_loaded
from tests.bench.program import Program
from tests.bench.screen import Screen

FILLED_WITHIN: Final = 120.0
"""Seconds to wait at most for a whole board to come over the link."""
_ENDED_WITHIN: Final = 30.0


class Server(msgspec.Struct, frozen=True):
    """A server at work. `port` is where it listens itself, the lab's unless something stands between."""

    lab: Lab
    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where consoles find it."""
        return f"http://127.0.0.1:{self.lab.port}"

    def token(self, name: str) -> str:
        """Return the token of a person, an operator; it is made when it is first asked for."""
        kept = self.lab.home / "tokens" / name
        if not kept.exists():
            words = ["token", "create", name, "--role", "operator", "--store", str(self.lab.store)]
            made = subprocess.run(
                [_command(), *words], env=self.lab.environment(), capture_output=True, text=True, check=True
            )
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(made.stdout.strip(), encoding="ascii")
        return kept.read_text(encoding="ascii")

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a person on a machine of their own, logged in."""
        home = self.lab.home / "people" / name
        env = self.lab.environment() | {"HOME": str(home), "NOC_TUI_HOME": str(home)}
        if not home.exists():
            home.mkdir(parents=True)
            words = [_command(), "login", self.url, "--as", name]
            subprocess.run(words, env=env, input=self.token(name) + "\n", capture_output=True, text=True, check=True)
        return env

    def console(self, name: str) -> Program:
        """Start a person's console on the link."""
        command = [_command(), "--store", self.url]
        return Program(command, self.environment(name), restless=frozenset((0,)))

    @contextmanager
    def ready_console(self, name: str) -> Iterator[Program]:
        """Start a person's console and wait until it has the whole board and the link is live."""
        with self.console(name) as console:
            console.await_screen(f"the console of {name} was live", is_live, patience=FILLED_WITHIN)
            console.rest(1.0)
            console.look()
            yield console

    @contextmanager
    def agent(self, name: str) -> Iterator[int]:
        """Run a person's agent without a console; yield its process."""
        command = [_command(), "agent", "--store", self.url]
        with _running(command, self.environment(name)) as process:
            yield process.pid

    def replica(self, name: str) -> Path | None:
        """Return the file of a person's replica, None if there is none yet."""
        return next((self.lab.home / "people" / name).rglob("replica.db"), None)


def is_live(screen: Screen) -> bool:
    """Return whether the whole board is here and the link is live."""
    return is_loaded(screen) and " live " in screen.text[0]


@contextmanager
def served(lab: Lab, *, port: int | None = None) -> Iterator[Server]:
    """Serve the lab's store while the block lasts; at `port` (0 is any) if something stands at the lab's address."""
    where = f"127.0.0.1:{lab.port if port is None else port}"
    command = [_command(), "serve", "--store", str(lab.store), "--listen", where]
    with _running(command, lab.environment(), stderr=subprocess.PIPE) as process:
        assert process.stderr is not None  # it was asked for
        told = process.stderr.readline()
        if not told.startswith("Serving "):
            raise RuntimeError(f"the server did not begin: {told}{process.stderr.read()}")
        yield Server(lab, process.pid, int(told.rstrip(".\n").rpartition(":")[2]))


@contextmanager
def _running(
    command: Sequence[str], env: dict[str, str], stderr: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    """Run a command of ours, and end it as an operator would."""
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _command() -> str:
    return str(Path(sys.executable).with_name("noc-tui"))
