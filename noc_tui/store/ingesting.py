"""Ingest: reports taken in by batches, each batch one transaction of a bulk writer (DESIGN.md 8.14).

All that can be prepared is prepared before the gate; the working set is read after BEGIN; the batch is decided in
sequence; one executemany a table writes it. A batch is small, so that a person's command waits for milliseconds only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import RULE, Accepted
from noc_tui.incidents.grouping import group_key
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.store import statements as sql
from noc_tui.store.live import ODD
from noc_tui.store.scene import Author, WorkingScene
from noc_tui.store.writing import Writer

LARGEST: Final = 200
"""Reports in a batch at most."""
SMALLEST: Final = 50
"""Reports in a batch at least, however slow the disk is."""
LONGEST: Final = 0.02
"""Seconds that a batch may take; longer, and the next one is half as large."""

_FAR: Final = 1 << 62
"""No instant of ours is that far; SQLite's own end is twice as far."""

_encode = msgspec.json.Encoder().encode


class BatchSize:
    """How many reports the next batch takes: as many as fit well into `LONGEST`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.now = LARGEST
        self._monotonic = monotonic
        self._began = 0.0

    def begin(self) -> None:
        """Note when a batch begins."""
        self._began = self._monotonic()

    def end(self) -> None:
        """Fit the size to how long the batch took."""
        took = self._monotonic() - self._began
        if took > LONGEST:
            self.now = max(SMALLEST, self.now // 2)
        elif took < LONGEST / 2:
            self.now = min(LARGEST, self.now + SMALLEST)


class _Batch(msgspec.Struct, frozen=True):
    """Reports prepared for one transaction: what is wrong with each ("" if nothing), and the sound ones' group keys.

    The keys follow `policy`, which may have been replaced by the time the gate opens.
    """

    reports: Sequence[Report]
    faults: list[str]
    sound: list[Report]
    refs: list[str]
    policy: Policy
    keys: set[str]


def ingest(writer: Writer, reports: Sequence[Report], size: BatchSize, between: Callable[[], object]) -> list[Accepted]:
    """Take reports in, in order, and answer each once its batch is durable; `between` is called after each batch."""
    accepted: list[Accepted] = []
    batch = _prepared(writer, reports[: size.now])
    while batch.reports:
        taken, batch = _one_batch(writer, batch, reports, len(accepted), size)
        accepted += taken
        writer.write_counters()
        between()
    return accepted


def quarantine(writer: Writer, source: str, odd: Sequence[tuple[str, bytes]]) -> None:
    """Keep what a source sent and nobody could read, once however often it is sent: pairs of reason and body."""
    with writer.transaction(bulk=True) as scene:
        for reason, body in odd:
            _set_aside(scene, source, reason, body)


def _prepared(writer: Writer, reports: Sequence[Report]) -> _Batch:
    """Do before the gate what needs no lock."""
    faults = [_fault(report) for report in reports]
    sound = [report for report, fault in zip(reports, faults, strict=True) if not fault]
    policy = writer.last_policy
    return _Batch(reports, faults, sound, [report.ref for report in sound], policy, _group_keys(policy, sound))


def _one_batch(
    writer: Writer, batch: _Batch, reports: Sequence[Report], start: int, size: BatchSize
) -> tuple[list[Accepted], _Batch]:
    """Take one batch in, and prepare the next one in the pause after it."""
    following: list[_Batch] = []

    def prepare_next() -> None:
        size.end()
        end = start + len(batch.reports)
        following.append(_prepared(writer, reports[end : end + size.now]))

    with writer.transaction(bulk=True, meanwhile=prepare_next) as scene:
        size.begin()
        keys = batch.keys if scene.policy is batch.policy else _group_keys(scene.policy, batch.sound)
        scene.read_ahead(batch.refs, keys)
        accepted = [
            _quarantined(scene, report, fault) if fault else _taken(scene, report)
            for report, fault in zip(batch.reports, batch.faults, strict=True)
        ]
    return accepted, following[0]


def _group_keys(policy: Policy, reports: Sequence[Report]) -> set[str]:
    return {group_key(policy, report) for report in reports if report.firing}


def _taken(scene: WorkingScene, report: Report) -> Accepted:
    ref = report.ref
    intake = take_in(scene, report, scene.new_id)
    if intake.drafts:
        author = Author(actor=RULE, origin=report.source, at=report.at or 0)
        for draft in intake.drafts:
            scene.take(draft, author)
    if intake.counter is not None:
        scene.moved[ref] = intake.counter
    return Accepted(ref=ref, outcome=intake.outcome, number=intake.number)


def _fault(report: Report) -> str:
    """Why a report cannot be kept, "" if it can: a door should not have let it in."""
    if _too_far(report.at) or _too_far(report.starts_at):
        return "a time in it is too far away"
    try:
        _encode(report)
    except (TypeError, ValueError, OverflowError):
        return "its text cannot be encoded"
    return ""


def _too_far(time: Micros | None) -> bool:
    return time is not None and not -_FAR < time < _FAR


def _quarantined(scene: WorkingScene, report: Report, reason: str) -> Accepted:
    body = repr(report).encode("utf-8", "backslashreplace")
    source = report.source.encode("utf-8", "replace").decode()
    _set_aside(scene, source, reason, body)
    return Accepted(ref=report.ref, outcome="quarantined", reason=reason)


def _set_aside(scene: WorkingScene, source: str, reason: str, body: bytes) -> None:
    """Keep what cannot be read; of what is kept already only the repeats are counted, beside the journal."""
    digest = sha256(source.encode("utf-8", "replace") + b"\0" + body).digest()
    id = int.from_bytes(digest[:8], "big") >> 1  # SQLite's integers are signed
    if scene.cursor.execute(sql.INSERT_QUARANTINE, (id, source, scene.now, reason, body)).rowcount:
        return
    ref = f"{ODD}{digest.hex()}"
    counter = scene.counter(ref)
    scene.moved[ref] = replace(counter, repeats=counter.repeats + 1, last_seen=scene.now)
