"""Another process on the same store, for the tests: `python child.py DEED PATH COUNT`.

It says what it has done, a line each, and only once it is durable.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Report
from noc_tui.journal.ids import make_id
from noc_tui.store.engines import write_engine
from noc_tui.store.gate import Gate
from noc_tui.store.opening import Store, open_store, wall_clock


def say(word: str) -> None:
    """Print a line at once."""
    print(word, flush=True)


def write(path: Path, count: int) -> None:
    """Log an incident and add notes to it, ingesting now and then, and say each command that was answered."""
    store = open_store(path)
    incident = make_id(wall_clock(), os.urandom(10))
    append(store, Command(id=incident, verb="log", incident=incident, args={"title": "Link down"}, actor="ana"))
    for turn in range(count):
        id = make_id(wall_clock(), os.urandom(10))
        append(store, Command(id=id, verb="note", incident=incident, args={"text": str(turn)}, actor="ana"))
        if turn % 5 == 0:
            pid = os.getpid()
            store.ingest([Report(source=f"p{pid}", key=f"{turn}-{n}", resource=f"r{n % 4}") for n in range(20)])
            store.checkpoint_if_due()
    store.close()


def append(store: Store, command: Command) -> None:
    """Append one command and say its id."""
    (outcome,) = store.append([command])
    assert outcome.ok, outcome
    say(command.id.hex())


def crash(path: Path, count: int) -> None:
    """Append two commands, then die while the next transaction is being written, after `count` draws of chance."""
    draws = 0

    def randomness(wanted: int) -> bytes:
        nonlocal draws
        draws += 1
        if draws > count:
            os._exit(9)
        return os.urandom(wanted)

    store = open_store(path, randomness=randomness)
    incident = make_id(wall_clock(), os.urandom(10))
    append(store, Command(id=incident, verb="log", incident=incident, args={"title": "Link down"}, actor="ana"))
    for turn in range(1_000):
        ids = [make_id(wall_clock(), os.urandom(10)) for _ in range(100)]
        commands = [Command(id=id, verb="note", incident=incident, args={"text": str(turn)}, actor="ana") for id in ids]
        store.append(commands)
        for command in commands:
            say(command.id.hex())


def hold_gate(path: Path, _count: int) -> None:
    """Hold the writers' lock until standard input ends."""
    with Gate(path, say).held():
        say("held")
        sys.stdin.read()


def hold_store(path: Path, _count: int) -> None:
    """Hold SQLite's own lock until standard input ends."""
    with write_engine(path).begin():
        say("held")
        sys.stdin.read()


DEEDS: dict[str, Callable[[Path, int], None]] = {
    "write": write,
    "crash": crash,
    "hold_gate": hold_gate,
    "hold_store": hold_store,
}

if __name__ == "__main__":
    DEEDS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
