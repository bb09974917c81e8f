"""The ports of sync: what the link needs of a replica and an outbox on disk; `store` fills them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, Protocol

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor, History, Page, Prior, PriorAsked, SnapshotEnd, SnapshotRows, SnapshotStart

EntryState = Literal["pending", "acked", "seen", "refused"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A command in the outbox.

    pending: not known to have reached the authority. acked: it answered ok, `seq` is its last event, `lineage` the
    replica's history that the answer belongs to. seen: its event is in the replica (or nothing was to be done).
    refused: the authority said no, `reason` and `code` (conflict, state, ...) say why; it stays until it is dismissed.
    """

    place: int
    command: Command
    state: EntryState
    number: int = 0
    seq: int = 0
    lineage: int = 0
    reason: str = ""
    code: str = ""
    changed_at: Micros = 0
    tries: int = 0


class NotContinuing(Exception):
    """A page does not follow from what is held: a gap, a broken chain, a revision out of turn."""


class Replica(Protocol):
    """A copy of the authority's journal from some seq on, and of what is on its board."""

    def cursor(self) -> Cursor | None:
        """Return how far it has come; None while it is empty or half filled."""

    def ahead(self) -> Cursor | None:
        """Return the end's cursor of the snapshot that it holds, until it has come there; None from then on.

        Rows may be as new as that. A history without that cursor is another one, though `cursor` may be on it.
        """

    def begin(self, start: SnapshotStart) -> None:
        """Begin to fill it; what it held stays to be seen until `finish`, unless it was never whole."""

    def fill(self, rows: SnapshotRows) -> None:
        """Take some rows of the snapshot in."""

    def finish(self, end: SnapshotEnd) -> Cursor:
        """The snapshot is whole: from now on it is what is held. NotContinuing if the counts differ."""

    def missing(self, page: Page) -> PriorAsked | None:
        """Return what must be known before this page can be applied; None if nothing is."""

    def apply(self, page: Page, prior: Prior | None) -> Cursor | None:
        """Apply a whole page and move the cursor in one transaction; None if the page is not of the cursor held now."""

    def secure(self) -> None:
        """Make all that it holds survive a power cut, too: something is about to rest on it that does."""

    def seen(self, commands: Collection[bytes]) -> set[bytes]:
        """Return those of these commands whose events it holds."""

    def keep_history(self, history: History) -> None:
        """Keep an incident's events from before the replica began, and the incident if it is not held."""


class OutboxPort(Protocol):
    """Commands on their way to the authority, durable (FULL) before `press` returns; in the order pressed."""

    def press(self, commands: Sequence[Command]) -> None:
        """Keep new commands as pending; one that is there already stays as it is."""

    def unfinished(self) -> list[Entry]:
        """Return what is pending or acked, in order."""

    def tried(self, commands: Collection[bytes]) -> None:
        """Count one more try of each."""

    def answered(self, outcomes: Sequence[Outcome], lineage: int, at: Micros) -> None:
        """Keep the authority's answers: ok with events is acked, ok without is seen, else refused."""

    def settle(self, commands: Collection[bytes], at: Micros) -> None:
        """These were seen in the replica."""

    def start_over(self, at: Micros) -> int:
        """All that is acked or seen is pending again (the replica had to begin anew); return how many."""

    def prune(self, before: Micros) -> int:
        """Forget what was seen before an instant; return how many."""
