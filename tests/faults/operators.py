"""Operators at real consoles of one served store, each behind a link of their own that can fail."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from noc_tui.store.rows import ON_BOARD
from noc_tui.store.verify import verify
from tests.contract.desk import rows
from tests.contract.remote.running import Account, Server, head_of
from tests.faults.proxy import Proxy
from tests.faults.running import gone, until
from tests.journeys.terminal import Terminal

Rows = list[tuple[Any, ...]]


class Operator:
    """Somebody with an account, a terminal with the board on it, and a link that can fail (`proxy`)."""

    def __init__(self, name: str, account: Account, proxy: Proxy, size: tuple[int, int], theme: str = "dark") -> None:
        self._theme = theme
        self.name = name
        self.account = account
        self.proxy = proxy
        self.terminal = Terminal(size, **account.env)

    def open(self) -> None:
        """Open the board."""
        self.terminal.start("--theme", self._theme)

    def agent(self) -> psutil.Process | None:
        """The agent that keeps the copy in step, if it lives."""
        return next((process for process in self.terminal.family()[1:] if _is_agent(process)), None)

    def kill(self) -> None:
        """End the console as a crash would, and see its agent out: it ends when its standard input closes."""
        family = self.terminal.family()
        self.terminal.send_signal(signal.SIGKILL)
        self.terminal.process.wait()
        until(lambda: all(gone(process.pid) for process in family), "the agent to end with its console")

    def waiting(self) -> int:
        """How many commands are not known to be in the journal, nor refused."""
        return len(self.account.waiting())

    def refused(self) -> set[bytes]:
        """The commands that the server refused, which stand in front of the operator."""
        return {id for id, state in self.account.states().items() if state == "refused"}


@contextmanager
def sitting(
    server: Server, place: Path, *names: str, size: tuple[int, int] = (100, 30), theme: str = "dark"
) -> Iterator[list[Operator]]:
    """Operators at their consoles while the block lasts, each with the board open and in step."""
    with ExitStack() as stack:
        operators = [stack.enter_context(_operator(server, place, name, size, theme)) for name in names]
        for operator in operators:
            operator.open()
        read_until(operators, lambda: all(map(_is_live, operators)), "all boards to be live")
        yield operators


@contextmanager
def _operator(server: Server, place: Path, name: str, size: tuple[int, int], theme: str) -> Iterator[Operator]:
    with Proxy(server.port) as proxy:
        account = Account(place / name, proxy.url)
        account.log_in(server.token(name), name)
        operator = Operator(name, account, proxy, size, theme)
        try:
            yield operator
        finally:
            operator.terminal.close()


def _is_agent(process: psutil.Process) -> bool:
    """Whether a process is an agent that has come so far as to be one."""
    try:
        return "--supervised" in process.cmdline() and not gone(process.pid)
    except psutil.NoSuchProcess:
        return False


def _is_live(operator: Operator) -> bool:
    return re.search(r"live \d", operator.terminal.text()) is not None


def read_until(operators: Sequence[Operator], condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while all consoles can write: one whose terminal nobody reads would stand still."""

    def there() -> bool:
        for operator in operators:
            operator.terminal.reads_on()
        return condition()

    until(there, what)


def settle(server: Server, operators: Sequence[Operator]) -> None:
    """Wait until every link has come to rest: nothing waits, and every copy is as far as the journal."""

    def rests() -> bool:
        if any(operator.waiting() for operator in operators):
            return False
        head = head_of(server.store)
        return all(head_of(operator.account.remote.replica) == head for operator in operators)

    read_until(operators, rests, "all links to come to rest")


def board_fold(path: Path) -> tuple[Rows, Rows]:
    """What a store holds of the board: its incidents and their alerts, every field of them."""
    board = f"SELECT number FROM incidents WHERE {ON_BOARD}"
    return (
        rows(path, f"SELECT * FROM incidents WHERE number IN ({board}) ORDER BY number"),
        rows(path, f"SELECT * FROM alerts WHERE incident IN ({board}) ORDER BY ref"),
    )


def assert_same(server: Server, operators: Sequence[Operator]) -> None:
    """The server's store is whole, and every copy holds the same board."""
    found = verify(server.store)
    assert found.ok, found.fault
    there = board_fold(server.store)
    for operator in operators:
        assert board_fold(operator.account.remote.replica) == there, operator.name


def assert_each_once(server: Server, operators: Sequence[Operator], *, restored: int = 0) -> None:
    """Every command that was ever durable in an outbox is in the journal once, or in front of who pressed it.

    Where the server was `restored` more than once, the history before the last one may have refused what a backup of
    an earlier one has as done: then a command may be both.
    """
    events: dict[bytes, list[str]] = {}
    for id, kind in rows(server.store, "SELECT command_id, kind FROM journal WHERE command_id IS NOT NULL"):
        events.setdefault(id, []).append(kind)
    answered = {id for (id,) in rows(server.store, "SELECT command_id FROM receipts")}
    for operator in operators:
        for id, (state, verb) in kept_in(operator).items():
            kinds = events.get(id, [])
            assert len(kinds) == len(set(kinds)), f"{operator.name}: {verb} was done more than once: {kinds}"
            assert state in ("seen", "refused"), f"{operator.name}: {verb} is {state}"
            if state == "refused":  # perhaps by a history that is gone: it is in front of the operator all the same
                assert not kinds or restored > 1, f"{operator.name}: {verb} was done, and is told to be refused"
            else:
                assert kinds or id in answered, f"{operator.name}: {verb} is seen, and the server knows nothing of it"


def kept_in(operator: Operator) -> dict[bytes, tuple[str, str]]:
    """All commands that an outbox keeps, seen ones too: how each stands, and its verb."""
    if not operator.account.remote.outbox.exists():
        return {}
    with closing(operator.account.outbox()) as outbox:
        changes = outbox.since(0)
    return {entry.command.id: (entry.state, entry.command.verb) for entry in changes.entries}
