"""What a verification found."""

from __future__ import annotations

from pathlib import Path

import msgspec

from noc_tui.journal.envelope import Head


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing found wrong: a sentence, and what it is about as far as that applies.

    `check`: file, head, order, chain, revision, projection, receipt or policy. `seq` is the event's, `number` the
    incident's, `alert` the alert's ref, `field` the projection's column.
    """

    check: str
    sentence: str
    seq: int = 0
    number: int = 0
    alert: str = ""
    field: str = ""


class FaultFound(Exception):
    """Ends a verification at its first fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.sentence)


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, and the first fault, if any. `erased` counts bodies that were erased on request.

    A replica of the store at `remote` begins after the snapshot that it was filled from. `untouched` counts the rows of
    that snapshot that no event has touched since, and `earlier` the events from before it, fetched one by one: of both
    there is nothing to prove them by.
    """

    path: Path
    head: Head = Head()
    events: int = 0
    incidents: int = 0
    alerts: int = 0
    receipts: int = 0
    erased: int = 0
    remote: str = ""
    untouched: int = 0
    earlier: int = 0
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether no fault was found."""
        return self.fault is None
