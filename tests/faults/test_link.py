"""Two consoles and a server: links that cut, stall, lose, halve and drip, and kill -9 of each in the middle of keys.

Whatever happens: what a screen has told of as done is in the journal once, or in front of who pressed it; each command
that an outbox ever held likewise; and when all is quiet every copy holds the same board as the server.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from noc_tui.incidents.model import MINUTE
from noc_tui.store.backup import backup, restore
from noc_tui.store.opening import wall_clock
from noc_tui.store.tail import TailReader
from tests.console.night import Night
from tests.contract.desk import rows
from tests.contract.remote.running import Server, serving
from tests.faults.operators import Operator, assert_each_once, assert_same, read_until, settle, sitting
from tests.faults.running import gone
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.pty

ROUNDS: Final = 40
"""Turns of the short form."""
LONG: Final = int(os.environ.get("NOC_TUI_LINK_ROUNDS") or 150)
SEED: Final = int(os.environ.get("NOC_TUI_LINK_SEED") or Random().randrange(1 << 30))
"""Turns and seed of the long form."""
BOARD: Final = ("NORMAL", "RANGE")
ASKING: Final = ("PROMPT", "CONFIRM")
VERBS: Final = ("t", "a", "p1", "p3", "s1", "s0", "rf", "o\r", "u", "wp", "ww", "\t", "&1\r", "-")
"""Keys that change something, or go to what nobody has looked at."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server over a dozen incidents, P3s that nobody has looked at."""
    night = Night(tmp_path, wall_clock())
    for index in range(12):
        night.ago((12 - index) * MINUTE).fires(
            f"k{index}",
            resource=f"ge{index}.pe0{index % 3}.par3",
            severity="minor",
            labels=(("alertname", f"A{index}"),),
        )
    night.close()
    with serving(night.path) as server:
        yield server


def _left(terminal: Terminal, page: str) -> bool:
    return mode_of(terminal) != page


class Shift:
    """Operators who work while things fail.

    `typed` are the texts of all notes, `told` of those that a screen has said are noted.
    """

    def __init__(self, server: Server, operators: list[Operator], chance: Random) -> None:
        self.server = server
        self.operators = operators
        self.chance = chance
        self.typed: list[str] = []
        self.told: list[str] = []
        self.copies: list[Path] = []
        self.restored = 0

    # Work

    def work(self, operator: Operator) -> None:
        """Press some keys, so fast that nobody has looked at what they did."""
        for _ in range(self.chance.randrange(1, 5)):
            operator.terminal.write("".join(self.chance.choice("jk") for _ in range(3)) + self.chance.choice(VERBS))
        operator.terminal.reads_on()

    def note(self, operator: Operator) -> None:
        """Write a note that is like no other, and wait until the screen says that it is noted."""
        terminal = operator.terminal
        text = f"{operator.name} notes {len(self.typed)}."
        self.typed.append(text)
        self.back_to_the_board(operator)
        terminal.write("ggn")
        while terminal.sees("PROMPT|press again")[0] != "PROMPT":  # the row under the cursor was replaced just now
            terminal.write("jk")
            terminal.until(lambda: "press again" not in terminal.text(), "the word of it to be gone")
            terminal.write("n")
        terminal.write(f"{text}\r")
        terminal.sees(r" noted(\.|, )")
        self.told.append(text)

    def back_to_the_board(self, operator: Operator) -> None:
        """Leave whatever the keys of before have opened, all of which have been taken when the help is shown."""
        terminal = operator.terminal
        while mode_of(terminal) != "HELP":
            terminal.write("j?")  # j ends a prefix that waits for its second key
            terminal.until(lambda: mode_of(terminal) in ("HELP", *ASKING), "the help, or a question")
            if mode_of(terminal) in ASKING:
                terminal.write("\x1b")
                terminal.until(lambda: mode_of(terminal) not in ASKING, "Esc to lead back")
        while (page := mode_of(terminal)) not in BOARD:
            terminal.write("jq")  # an Esc that is still on its way makes one key with what comes next
            terminal.until(partial(_left, terminal, page), "the page before")

    # Faults

    def spoil_a_link(self, operator: Operator) -> None:
        """Let a link fail in some way, or work again."""
        proxy = operator.proxy
        ways: list[Callable[[], None]] = [
            proxy.cut,
            proxy.stall,
            proxy.deafen,
            lambda: proxy.halve(self.chance.randrange(1, 2_000)),
            lambda: proxy.drip(self.chance.randrange(50, 500), 0.01),
            proxy.heal,
            proxy.heal,
        ]
        self.chance.choice(ways)()

    def kill_console(self, operator: Operator) -> None:
        """End a console as a crash would while keys are being pressed, and start it again."""
        self.work(operator)
        operator.kill()
        operator.open()
        operator.terminal.sees("NORMAL")

    def kill_agent(self, operator: Operator) -> None:
        """End an agent as a crash would; its console starts another."""
        agent = operator.agent()
        if agent is not None:
            self.work(operator)
            assert not gone(agent.pid), f"an agent ended by itself:\n{why_ended(operator)}"
            os.kill(agent.pid, signal.SIGKILL)
            read_until(self.operators, lambda: gone(agent.pid), "the agent to be gone")

    def kill_server(self, operator: Operator) -> None:
        """End the server as a crash would, with keys on their way, and start it again."""
        self.work(operator)
        self.server.kill()
        self.work(operator)
        self.server.start()

    def back_up(self, _operator: Operator) -> None:
        """Make a backup while all is under way."""
        copy = self.server.store.with_name(f"copy{len(self.copies)}.db")
        backup(self.server.store, copy, lambda _done, _total: None)
        self.copies.append(copy)

    def go_back(self, _operator: Operator) -> None:
        """Restore a backup under the server: by our own command, or by copying files as people do."""
        if self.copies:
            self.restored += 1
            self.server.stop()
            put_back(self.server, self.chance.choice(self.copies), new_epoch=self.chance.random() < 0.5)
            self.server.start()

    # The end

    def end(self) -> None:
        """Let all work again, wait until it is quiet, and see that nothing was lost or done twice."""
        for operator in self.operators:
            operator.proxy.heal()
            self.back_to_the_board(operator)
            operator.terminal.write("go")
            operator.terminal.sees("OUTBOX")
            operator.terminal.write("rq")
        settle(self.server, self.operators)
        assert_same(self.server, self.operators)
        assert_each_once(self.server, self.operators, restored=self.restored)
        noted = [body for (body,) in rows(self.server.store, "SELECT body FROM journal WHERE kind = 'incident.noted'")]
        times = {text: sum(text.encode() in body for body in noted) for text in self.typed}
        assert {text: times[text] for text in self.told} == dict.fromkeys(self.told, 1)
        assert max(times.values(), default=0) <= 1


def why_ended(operator: Operator) -> str:
    """What a console says of an agent that ended by itself: its last words, else the signal or status of its end."""
    operator.terminal.resize(300, 30)
    lost = "The agent is lost"
    read_until([operator], lambda: lost in operator.terminal.text(), "the console to say why its agent ended by itself")
    return operator.terminal.text()


def mode_of(terminal: Terminal) -> str:
    """What the status line says is open."""
    found = re.match(r" +([A-Z]+) ", terminal.text().rpartition("\n")[2])
    return found[1] if found else ""


def put_back(server: Server, copy: Path, *, new_epoch: bool) -> None:
    """Put a backup in the place of the store of a server that was stopped."""
    if new_epoch:
        restore(copy, server.store, lambda _done, _total: None, now=wall_clock())
        return
    for name in ("-wal", "-shm"):
        server.store.with_name(server.store.name + name).unlink(missing_ok=True)
    shutil.copyfile(copy, server.store)


def ended_at(store: Path) -> int:
    """When the last event of a store was taken."""
    with closing(TailReader(store)) as tail:
        return tail.head().received_at


def run_shift(server: Server, place: Path, seed: int, rounds: int, *, restores: bool) -> None:
    """So many rounds of work and faults, then the end."""
    with sitting(server, place, "ana", "bo") as operators:
        shift = Shift(server, operators, Random(seed))
        deeds: list[tuple[int, Callable[[Operator], None]]] = [
            (6, shift.work),
            (5, shift.note),
            (4, shift.spoil_a_link),
            (2, shift.kill_console),
            (2, shift.kill_agent),
            (1, shift.kill_server),
        ]
        if restores:
            deeds += [(1, shift.back_up), (1, shift.go_back)]
        for _ in range(rounds):
            (deed,) = shift.chance.choices([deed for _, deed in deeds], [weight for weight, _ in deeds])
            deed(shift.chance.choice(operators))
            for operator in operators:
                operator.terminal.reads_on()
        shift.end()


def test_whatever_fails_nothing_is_lost_or_done_twice(server: Server, tmp_path: Path) -> None:
    run_shift(server, tmp_path, seed=4, rounds=ROUNDS, restores=False)


@pytest.mark.slow
def test_whatever_fails_for_long_nothing_is_lost_or_done_twice(server: Server, tmp_path: Path) -> None:
    print(f"the same again: NOC_TUI_LINK_SEED={SEED} NOC_TUI_LINK_ROUNDS={LONG}")
    run_shift(server, tmp_path, seed=SEED, rounds=LONG, restores=True)


@pytest.mark.parametrize("new_epoch", [True, False], ids=["by-our-command", "by-hand"])
def test_yesterdays_backup_under_the_server(server: Server, tmp_path: Path, new_epoch: bool) -> None:
    with sitting(server, tmp_path, "ana", "bo") as (ana, bo):
        shift = Shift(server, [ana, bo], Random(1))
        shift.note(ana)
        settle(server, [ana, bo])
        shift.back_up(ana)
        shift.note(ana)
        shift.note(bo)
        settle(server, [ana, bo])
        bo.proxy.cut()
        shift.note(bo)
        server.stop()
        put_back(server, shift.copies[0], new_epoch=new_epoch)
        server.start()
        ana.terminal.sees(r"was restored to \d\d:\d\d:\d\dZ")
        shift.note(ana)
        shift.end()
        bo.terminal.sees(r"live \d")
        told = {status.restored_to for one in (ana, bo) if (status := one.account.link()) is not None}
        assert told == {ended_at(shift.copies[0])}, "who comes later is told the same time"


def test_a_second_console_of_one_account_goes_on_where_the_first_was_killed(server: Server, tmp_path: Path) -> None:
    with sitting(server, tmp_path, "ana") as (first,):
        second = Operator("ana", first.account, first.proxy, (100, 30))
        try:
            shift = Shift(server, [first, second], Random(1))
            first.proxy.cut()
            shift.note(first)
            second.open()
            second.terminal.sees(r"queued 1")
            first.kill()
            shift.note(second)
            second.proxy.heal()
            shift.operators = [second]
            shift.end()
        finally:
            second.terminal.close()
