"""A day at a store, for the recording: `python -m tests.faults.power.deeds FOLDER SYNCHRONOUS ROUNDS`.

It prints each answer after it has it: `command ID`, `refusal ID`, `alert KEY STATE`, `press ID`, `copy NAME`.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from random import Random

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Report
from noc_tui.journal.ids import make_id
from noc_tui.store import checkpoint, engines
from noc_tui.store.backup import backup
from noc_tui.store.opening import Store, open_store, wall_clock
from noc_tui.store.outbox import Outbox

LOG_DUE = 96 << 10
"""Bytes of log from which it is copied back here, so that a short day has several checkpoints."""
LIVES = 3
"""Rounds from an alert's raise to its end."""


class Day:
    """The deeds: rounds of a person's commands, a batch of alerts, some presses for the outbox."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self._folder = folder
        self._rounds = rounds
        self._random = Random(rounds)
        self._incident = b""

    def live(self) -> None:
        """Do them all, and say each once it is answered."""
        with closing(Outbox(self._folder / "outbox.db", wall_clock)) as outbox:
            with closing(open_store(self._folder / "noc.db")) as store:
                for turn in range(self._rounds):
                    self._commands(store, turn)
                    self._alerts(store, turn)
                    self._presses(outbox)
                    store.checkpoint_if_due()
            backup(self._folder / "noc.db", self._folder / "copy.db")
            print("copy copy.db", flush=True)

    def _commands(self, store: Store, turn: int) -> None:
        if turn % 6 == 0:
            self._incident = self._new_id()
            self._append(store, "log", title="Link down")
        for verb in ("ack", "unack", "ack", "take", "release", "unack")[: 1 + turn % 6]:
            self._append(store, verb)
        self._append(store, "note", text="é" * self._random.randrange(1, 900))

    def _append(self, store: Store, verb: str, **args: object) -> None:
        command = self._command(verb, **args)
        (outcome,) = store.append([command])
        print("command" if outcome.ok else "refusal", command.id.hex(), flush=True)

    def _alerts(self, store: Store, turn: int) -> None:
        raised = [self._report(turn, n) for n in range(12)]
        over = [self._report(turn - LIVES, n, firing=False) for n in range(12)] if turn >= LIVES else []
        store.ingest([*raised, *over])
        for report in (*raised, *over):
            print("alert", report.ref, "firing" if report.firing else "cleared", flush=True)
        if turn % 8 == 7:
            store.write_counters()

    def _presses(self, outbox: Outbox) -> None:
        commands = [self._command("note", text="later") for _ in range(self._random.randrange(1, 3))]
        outbox.press(commands)
        for command in commands:
            print("press", command.id.hex(), flush=True)

    def _command(self, verb: str, **args: object) -> Command:
        return Command(
            id=self._new_id(), verb=verb, incident=self._incident, args=args, actor="ana", origin="t", at=wall_clock()
        )

    def _report(self, turn: int, n: int, *, firing: bool = True) -> Report:
        key = f"{turn}-{n}"
        return Report(
            source="sim", key=key, severity="major", resource=f"r{key}", summary="down", firing=firing, at=wall_clock()
        )

    def _new_id(self) -> bytes:
        return make_id(wall_clock(), self._random.randbytes(10))


def weaken(level: str) -> None:
    """Let a store that is written sync as `level` says, whatever it asks for."""
    pragmas = tuple(pragma.replace("synchronous=FULL", f"synchronous={level}") for pragma in engines._WRITER_PRAGMAS)
    assert pragmas != engines._WRITER_PRAGMAS
    engines._WRITER_PRAGMAS = pragmas  # type: ignore[misc, assignment]  # the tests' control


if __name__ == "__main__":
    checkpoint.DUE = LOG_DUE  # type: ignore[misc]  # a day here is short
    checkpoint.AGAIN = LOG_DUE // 4  # type: ignore[misc]  # as above
    if sys.argv[2] != "FULL":
        weaken(sys.argv[2])
    Day(Path(sys.argv[1]), int(sys.argv[3])).live()
