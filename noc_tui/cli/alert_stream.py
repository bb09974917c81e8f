"""Alerts from standard input, a line each: taken in as they come, answered once they are durable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, Protocol

import msgspec

from noc_tui.incidents.commands import Accepted
from noc_tui.incidents.model import Report, number_text
from noc_tui.sources.errors import BadAlert
from noc_tui.sources.native import DEFAULT_SOURCE, LONGEST_LINE, parse_alert_json

CHUNK: Final = 256 * 1024
"""Bytes read at once: what has come so far is taken in at once, and while that lasts more gathers in the pipe."""
BATCH: Final = 1_000
"""Lines taken in before they are answered, so that a large file is answered as it is read."""


class Intake(Protocol):
    """What of a store takes alerts in."""

    def ingest(self, reports: list[Report]) -> list[Accepted]: ...
    def quarantine(self, source: str, odd: list[tuple[str, bytes]]) -> None: ...
    def checkpoint_if_due(self) -> bool: ...


class Line(msgspec.Struct, frozen=True):
    """One line of input: its place, its bytes, and the report that it is, or why it is none."""

    place: int
    body: bytes
    report: Report | None = None
    fault: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came of one line."""

    place: int
    alert: str | None
    number: int
    outcome: str
    reason: str = ""

    def shape(self) -> dict[str, Any]:
        """Return the answer as scripts see it (DESIGN.md 6)."""
        return {
            "alert": self.alert,
            "incident": number_text(self.number) if self.number else None,
            "outcome": self.outcome,
        }


class LineCutter:
    """Cuts what comes in pieces into lines; of a line that is too long only the beginning is kept."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._kept = longest + 1  # one byte more than allowed, so that it is refused for its length
        self._rest = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the lines that end in this piece."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._rest = self._rest[: self._kept]
        return [line[: self._kept] for line in lines]

    def end(self) -> list[bytes]:
        """Return what stands after the last line end, if anything does."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []


def batches(descriptor: int) -> Iterator[list[bytes]]:
    """Yield the lines of a file as they come: never wait for the next one while there are some."""
    cutter = LineCutter()
    while piece := os.read(descriptor, CHUNK):
        lines = iter(cutter.feed(piece))
        while some := list(islice(lines, BATCH)):
            yield some
    if last := cutter.end():
        yield last


def take_in(intake: Intake, lines: Iterator[list[bytes]], answered: Callable[[list[Answer]], None]) -> bool:
    """Take lines in and hand the answers over in their order, each batch once it is durable; return if all were sound.

    Blank lines are passed over. What is no alert is kept in quarantine, and answered so.
    """
    place, sound = 0, True
    for bodies in lines:
        batch = [_read(place + at, body) for at, body in enumerate(bodies, 1) if body.strip()]
        place += len(bodies)
        answers = _answers(intake, batch)
        sound = sound and all(answer.outcome != "quarantined" for answer in answers)
        answered(answers)
        intake.checkpoint_if_due()
    return sound


def _read(place: int, body: bytes) -> Line:
    try:
        return Line(place, body, parse_alert_json(body))
    except BadAlert as error:
        return Line(place, body, fault=str(error))


def _answers(intake: Intake, batch: list[Line]) -> list[Answer]:
    reports = [line.report for line in batch if line.report is not None]
    accepted = iter(intake.ingest(reports) if reports else [])
    odd = [(line.fault, line.body) for line in batch if line.report is None]
    if odd:
        intake.quarantine(DEFAULT_SOURCE, odd)
    return [_answer(line, None if line.report is None else next(accepted)) for line in batch]


def _answer(line: Line, accepted: Accepted | None) -> Answer:
    if line.report is None or accepted is None:
        return Answer(line.place, None, 0, "quarantined", line.fault)
    return Answer(line.place, line.report.key, accepted.number, accepted.outcome, accepted.reason)
