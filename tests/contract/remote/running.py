"""A store served by a process of its own, and an account on the same host that follows it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from noc_tui.incidents.commands import Command
from noc_tui.journal.beside import LinkStatus
from noc_tui.server.tokens import Role, tokens_of
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import open_store, wall_clock
from noc_tui.store.outbox import Outbox
from noc_tui.sync.remotes import Remote, keep_login, make_directory, remote_of
from tests.contract.cli.running import Ran, as_program
from tests.faults.running import until

PROGRAM = (sys.executable, "-P", "-m", "noc_tui")


class Server:
    """`noc-tui serve` on a store, which is made empty if there is none; the same address each time it starts."""

    def __init__(self, store: Path, *words: str, scheme: str = "http") -> None:
        self.store = store
        self.port = 0
        self._words = words
        self._scheme = scheme
        self._said = store.with_name("served")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve from now on."""
        self._said.write_bytes(b"")
        with self._said.open("ab") as said:
            listen = f"127.0.0.1:{self.port}"
            command = [*PROGRAM, "serve", "--store", str(self.store), "--listen", listen, *self._words]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        found = until(lambda: re.search(r"at https?://127\.0\.0\.1:(\d+)\.", self.said()), "a server that listens")
        self.port = int(found[1])

    def said(self) -> str:
        """What it said since it was started last."""
        return self._said.read_text(encoding="utf-8")

    def stop(self) -> int:
        """End it as an administrator would and return its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def token(self, name: str = "ana", role: Role = "operator", source: str = "") -> str:
        """Make a token."""
        return tokens_of(self.store).create(name, role, source, None, wall_clock())

    def revoke(self, name: str = "ana") -> None:
        """Forget a token."""
        tokens_of(self.store).revoke(name)

    def append(self, *commands: Command) -> None:
        """Append commands beside the server, as a script on its host does."""
        with closing(open_store(self.store)) as store:
            outcomes = store.append(list(commands))
        assert all(outcome.ok for outcome in outcomes), outcomes

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(30)


@contextmanager
def serving(store: Path, *words: str, scheme: str = "http") -> Iterator[Server]:
    """A server while the block lasts."""
    server = Server(store, *words, scheme=scheme)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Account:
    """A person's account with a home of its own: what it keeps of a remote store, and the commands that it runs."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.remote: Remote = remote_of(url, home, home)
        self._agent: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment of its commands."""
        return {"NOC_TUI_HOME": str(self.home), "NOC_TUI_STORE": self.remote.url}

    @property
    def pid(self) -> int | None:
        """Its agent's process."""
        return None if self._agent is None else self._agent.pid

    def log_in(self, token: str, name: str = "ana", role: str = "") -> None:
        """Keep a token, and its role if that is told."""
        keep_login(self.remote, name, token, role)

    def run(self, *words: str, stdin: str | bytes = "", env: Mapping[str, str] | None = None) -> Ran:
        """Run a command as a program."""
        return as_program(*words, stdin=stdin, env={**self.env, **(env or {})}, program=PROGRAM)

    @contextmanager
    def running(self, *words: str) -> Iterator[Iterator[str]]:
        """The lines that a command prints while the block lasts."""
        env = {**os.environ, **self.env}
        process = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, text=True, env=env)
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def start(self) -> None:
        """Start the agent that follows the store."""
        with (self.home / "agent-said").open("ab") as said:
            command = [*PROGRAM, "agent", "--store", self.remote.url]
            self._agent = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env={**os.environ, **self.env}
            )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the agent and return its exit status."""
        agent, self._agent = self._agent, None
        if agent is None:
            return 0
        agent.send_signal(number)
        return agent.wait(30)

    def outbox(self) -> Outbox:
        """Its outbox."""
        return Outbox(self.remote.outbox, wall_clock)

    def press(self, *commands: Command) -> None:
        """Put commands into the outbox, as the board does."""
        make_directory(self.remote)
        with closing(self.outbox()) as outbox:
            outbox.press(commands)

    def states(self) -> dict[bytes, str]:
        """The commands of the outbox that are not seen yet, and how each stands."""
        if not self.remote.outbox.exists():
            return {}
        with closing(self.outbox()) as outbox:
            return {entry.command.id: entry.state for entry in outbox.unfinished() + outbox.refused()}

    def link(self) -> LinkStatus | None:
        """How the agent says that the link is doing."""
        if not live_path(self.remote.replica).exists():
            return None
        with closing(Live(live_path(self.remote.replica))) as live:
            return live.link()

    def wait_for(self, state: str, *said: str) -> LinkStatus:
        """Wait until the link is in a state, and the sentence with it holds these words."""

        def there() -> LinkStatus | None:
            status = self.link()
            right = status is not None and status.state == state and all(one in status.sentence for one in said)
            return status if right else None

        return until(there, f"a link that is {state} ({said})")

    def board(self) -> Any:
        """What its copy of the board shows."""
        return board_of(self.remote.replica)

    def wait_until_same(self, server: Server) -> None:
        """Wait until the copy shows what the store shows, and all that was pressed was seen."""

        def same() -> bool:
            return not self.waiting() and head_of(self.remote.replica) == head_of(server.store)

        until(same, "a copy that is in step")
        assert self.board() == board_of(server.store)

    def waiting(self) -> list[bytes]:
        """The commands that are not done yet."""
        return [id for id, state in self.states().items() if state != "refused"]


@contextmanager
def following(account: Account) -> Iterator[Account]:
    """An account whose agent runs while the block lasts."""
    account.start()
    try:
        yield account
    finally:
        account.end(signal.SIGKILL)


def head_of(store: Path) -> int:
    """How far a store's journal has come."""
    if not store.exists():
        return -1
    with closing(BoardReader(store)) as reader:
        return reader.head_seq()


def board_of(store: Path, words: Sequence[str] = ("list", "--json")) -> Any:
    """What a command prints of a store's file as JSON."""
    ran = as_program(*words, "--store", str(store), program=PROGRAM)
    assert ran.status == 0, ran
    return json.loads(ran.out)
