"""What the people at the consoles press: verbs of the real table, on what their own replica shows them."""

from __future__ import annotations

from typing import Any, Final

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Incident, Micros, Report
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.ids import make_id
from tests.simulation.chance import Chance
from tests.simulation.console import Console

_VERBS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("ack", {}),
    ("take", {}),
    ("take", {"steal": True}),
    ("assign", {"to": "cy"}),
    ("release", {}),
    ("note", {"text": "seen"}),
    ("note", {"text": "called the provider"}),
    ("label", {"label": "fibre"}),
    ("unlabel", {"label": "fibre"}),
    ("title", {"title": "reworded"}),
    ("priority", {"priority": "1"}),
    ("impact", {"impact": "high"}),
    ("hold", {"reason": "p"}),
    ("resume", {}),
    ("resolve", {"code": "f"}),
    ("close", {}),
    ("reopen", {"reason": "still down"}),
)
KEYS: Final = ("mpls-1", "mpls-2", "dsl-7", "core-3", "voip-1", "ups-2", "ge-0/0/12", "bgp-65001")


class Operator:
    """Somebody at a console: what was `pressed`, and what was `refused` for want of room on the disk."""

    def __init__(self, console: Console, chance: Chance, scripts: float) -> None:
        self.console = console
        self._scripts = scripts
        self.pressed: list[Command] = []
        self.refused: list[Command] = []
        self._chance = chance

    def press(self) -> None:
        """Press a key: on one incident, now and then on several at once, or log a new one, or undo the last."""
        kind = self._chance.draw()
        if kind < 0.1 or not self._shown():
            commands = [self._log()]
        elif kind < 0.2 and self.pressed:
            commands = [self._undo(self.pressed[-1])]
        else:
            verb, args = self._chance.one_of(_VERBS)
            count = 3 if self._chance.happens(0.15) else 1
            picked = {self._chance.one_of(self._shown()) for _ in range(count)}
            batch = self._id()
            commands = [self._command(verb, args, incident, batch) for incident in sorted(picked)]
        console = self.console
        kept = console.run_script(commands) if self._chance.happens(self._scripts) else console.press(commands)
        (self.pressed if kept else self.refused).extend(commands)

    def _shown(self) -> list[bytes]:
        """What is on the screen: the replica's incidents, and what was logged here and is on its way."""
        own = [entry.command.incident for entry in self.console.outbox.unfinished() if entry.command.verb == "log"]
        return sorted({*self.console.replica.rows.incidents, *own})

    def _command(self, verb: str, args: dict[str, Any], incident: bytes, batch: bytes = b"") -> Command:
        rows = self.console.replica.rows
        row = rows.incidents.get(incident, Incident(id=incident, number=0))
        return Command(
            id=self._id(),
            verb=verb,
            incident=incident,
            args=args,
            expect=expectation(VERBS[verb], row.revision) if row.revision else {},
            actor="whoever",
            origin=f"{self.console.person}@tty1",
            at=self._now(),
            batch=batch,
            seen=rows.cursor.seq if rows.cursor is not None else 0,
        )

    def _log(self) -> Command:
        return self._command("log", {"title": "a customer called"}, self._id())

    def _undo(self, done: Command) -> Command:
        return self._command("undo", {"command": done.id.hex()}, done.incident)

    def _now(self) -> Micros:
        """The moment of a press; no two of one operator are the same."""
        last = self.pressed[-1].at if self.pressed else 0
        now = self.console.now()
        return now if now != last else now + 1

    def _id(self) -> bytes:
        return make_id(self.console.now(), self._chance.bytes(10))


def report(chance: Chance) -> Report:
    """Return what a monitoring system says about one of a few conditions."""
    key = chance.one_of(KEYS)
    return Report(
        source="mon",
        key=key,
        firing=chance.happens(0.6),
        severity=chance.one_of(("minor", "major", "critical")),
        resource=key,
        summary=f"{key} is down",
    )
