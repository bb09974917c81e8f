"""Proof that a store is what its journal says: the chain, the numbers, the fold, the receipts (SYNC.md 5 to 9).

One pass over the journal by seq, as of one moment, beside any writers; then the receipts. It ends at the first fault
and names it: which event, which incident or alert, which field.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from msgspec import MsgspecError
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from noc_tui.incidents.model import number_text
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.envelope import Event, Head
from noc_tui.store.decoding import events_of
from noc_tui.store.errors import CorruptStore, StoreError
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.replica_facts import FILLING, FLOOR_HASH, REMOTE
from noc_tui.store.schema import incidents, journal, meta
from noc_tui.store.snapshot import Snapshot, head_of, snapshot
from noc_tui.store.verify_fold import FoldCheck
from noc_tui.store.verify_receipts import check_receipts
from noc_tui.store.verify_report import Fault, FaultFound, VerifyReport
from noc_tui.store.writing import POLICY_SEQ, POLICY_SET


class HalfFilled(StoreError):
    """The store is a replica that has never been whole."""

    sentence: ClassVar[str] = "{path} is still being filled from {detail}: verify it when that is done."


def verify(path: Path, progress: Progress = quiet) -> VerifyReport:
    """Check the whole store; the report names the first fault. StoreError when it cannot be read at all."""
    check = _Verification(path, progress)
    try:
        with snapshot(path) as opened:
            check.run(opened)
    except FaultFound as found:
        return replace(check.report, fault=found.fault)
    except CorruptStore as error:
        return replace(check.report, fault=Fault(check="file", sentence=str(error)))
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, MsgspecError) as error:
        return replace(check.report, fault=Fault(check="file", sentence=_unreadable(check.report, error)))
    return check.report


def _unreadable(report: VerifyReport, error: Exception) -> str:
    """Say of a value that no program of ours has written about where it is."""
    what = f"{type(error).__name__}, {error}"
    return f"Something in it, or of the events after {report.events}, is not what we write: {what}"


def _events(opened: Snapshot, floor: int) -> Iterator[list[Event]]:
    """Yield the whole journal from its floor on in order, a chunk at a time."""
    for rows in opened.chunks(select(journal).where(journal.c.seq > floor).order_by(journal.c.seq)):
        yield events_of(rows)


class _Verification:
    """One run over one store. `report` says what was checked so far."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self.report = VerifyReport(path=path)
        self._progress = progress
        self._policy = 0

    def run(self, opened: Snapshot) -> None:
        connection = opened.connection
        self._file(connection)
        head = head_of(connection, self.report.path)
        facts = {row.key: row.value for row in connection.execute(select(meta))}
        _identity(facts)
        remote = facts.get(REMOTE, "")
        if FILLING in facts:
            raise HalfFilled(self.report.path, remote)
        self.report = replace(self.report, head=head, remote=remote)
        self._journal(opened, head, bytes.fromhex(facts.get(FLOOR_HASH, "")) if head.floor else GENESIS)
        self._next_number(connection, head)
        self._policy_kept(int(facts.get(POLICY_SEQ, "0")), head.floor)
        if not remote:  # its receipts are where its commands were decided
            self.report = replace(self.report, receipts=check_receipts(opened))

    def _file(self, connection: Connection) -> None:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise FaultFound(Fault(check="file", sentence=f"SQLite finds the file damaged: {said!a}"))

    def _journal(self, opened: Snapshot, head: Head, before: bytes) -> None:
        fold = FoldCheck(opened, head)
        earlier = select(func.count()).where(journal.c.seq <= head.floor)
        self.report = replace(self.report, earlier=opened.connection.execute(earlier).scalar_one())
        last = Event(seq=head.floor, id=b"", kind="", at=0, received_at=0, actor="", hash=before)
        try:
            for events in _events(opened, head.floor):
                for event in events:
                    _follows(last, event)
                    fold.take(event)
                    last = event
                self._count(events, fold)
                self._progress(last.seq, head.seq)
            _is_head(last, head)
            fold.finish()
        finally:
            self._count([], fold)

    def _count(self, events: list[Event], fold: FoldCheck) -> None:
        found, alerts = fold.compared
        self._policy = max((event.seq for event in events if event.kind == POLICY_SET), default=self._policy)
        self.report = replace(
            self.report,
            events=self.report.events + len(events),
            erased=self.report.erased + sum(not event.body for event in events),
            incidents=found,
            alerts=alerts,
            untouched=fold.untouched,
        )

    def _next_number(self, connection: Connection, head: Head) -> None:
        highest = connection.execute(select(func.max(incidents.c.number))).scalar_one() or 0
        if head.next_number <= highest:
            sentence = f"The head would give the number {head.next_number} again: {number_text(highest)} is taken."
            raise FaultFound(Fault(check="head", sentence=sentence, number=highest, field="next_number"))

    def _policy_kept(self, kept: int, floor: int) -> None:
        """The policy that is kept must be the last one set, or of before the floor if none was set since."""
        if kept != self._policy and not (self._policy == 0 and kept <= floor):
            sentence = f"The policy kept is that of event {kept}, but event {self._policy} set the last one."
            raise FaultFound(Fault(check="policy", sentence=sentence, seq=self._policy, field="policy_seq"))


def _identity(facts: dict[str, str]) -> None:
    """The store says which one it is, in the words that every opening reads."""
    try:
        bytes.fromhex(facts.get("store_id", ""))
    except ValueError:
        sentence = f"The store's identity, {facts['store_id']!a}, is none."
        raise FaultFound(Fault(check="file", sentence=sentence, field="store_id")) from None


def _follows(last: Event, event: Event) -> None:
    if event.seq != last.seq + 1:
        sentence = f"Event {last.seq + 1} is missing: {event.seq} follows {last.seq}."
        raise FaultFound(Fault(check="order", sentence=sentence, seq=last.seq + 1, field="seq"))
    if event.received_at < last.received_at:
        sentence = f"Event {event.seq} was received before event {last.seq}."
        raise FaultFound(Fault(check="order", sentence=sentence, seq=event.seq, field="received_at"))
    if seal(last.hash, event) != event.hash:
        sentence = f"Event {event.seq} or its place was changed after it was written: the chain breaks there."
        raise FaultFound(Fault(check="chain", sentence=sentence, seq=event.seq, number=event.number, field="hash"))


def _is_head(last: Event, head: Head) -> None:
    if head.seq != last.seq:
        sentence = f"The head says {head.seq} events, the journal ends with event {last.seq}."
        raise FaultFound(Fault(check="head", sentence=sentence, seq=min(head.seq, last.seq) + 1, field="seq"))
    if head.hash != last.hash:
        sentence = f"The head's hash is not that of the last event, {last.seq}."
        raise FaultFound(Fault(check="head", sentence=sentence, seq=last.seq, field="hash"))
    if head.received_at < last.received_at:
        sentence = f"The head's time is before that of the last event, {last.seq}."
        raise FaultFound(Fault(check="head", sentence=sentence, seq=last.seq, field="received_at"))
