"""What a replica or an outbox does wrong, each class one thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor, Page, Prior, SnapshotRows
from tests.simulation.outbox import MemoryOutbox
from tests.simulation.replica import MemoryReplica


class CursorFirst(MemoryReplica):
    """Saves the cursor before the events."""

    def apply(self, page: Page, prior: Prior | None) -> Cursor | None:
        before = self.rows
        after = super().apply(page, prior)
        if after is not None and page.events:
            whole, self.rows = self.rows, before.copy()
            self.rows.cursor = after
            self.between()
            self.rows = whole
        return after


class EpochBlind(MemoryReplica):
    """Does not look at the epoch of a page."""

    def continues(self, page: Page) -> bool:
        held = self.rows.cursor
        return held is not None and (held.seq, held.hash) == (page.after, page.hash)


class HashBlind(MemoryReplica):
    """Does not look at the hash of a page."""

    def continues(self, page: Page) -> bool:
        held = self.rows.cursor
        return held is not None and held.seq == page.after


class Undiscerning(MemoryReplica):
    """Takes any page."""

    def continues(self, page: Page) -> bool:
        return self.rows.cursor is not None


class Insecure(MemoryReplica):
    """Does not make safe what something is about to rest on."""

    def secure(self) -> None:
        pass


class ForgetOnSend(MemoryOutbox):
    """Calls seen what was sent."""

    def tried(self, commands: Collection[bytes]) -> None:
        super().tried(commands)
        self.settle(commands, 0)


class PruneOnAck(MemoryOutbox):
    """Forgets what was acked."""

    def answered(self, outcomes: Sequence[Outcome], lineage: int, at: Micros) -> None:
        super().answered(outcomes, lineage, at)
        for outcome in outcomes:
            if outcome.ok:
                self.entries.pop(outcome.command, None)


class RowsAtOnce(MemoryReplica):
    """Lays the rows of a new snapshot over what it holds before all of them have come."""

    def fill(self, rows: SnapshotRows) -> None:
        super().fill(rows)
        self.rows.take_rows(rows)
