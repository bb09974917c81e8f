"""An outbox in memory: each method is one transaction, durable when it returns (`journal.ports.OutboxPort`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.ports import Entry

_UNFINISHED = ("pending", "acked")


class MemoryOutbox:
    """Commands by id, in the order pressed."""

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}
        self._places = 0

    def press(self, commands: Sequence[Command]) -> None:
        """Keep new commands as pending; one that is there already stays as it is."""
        for command in commands:
            if command.id not in self.entries:
                self._places += 1
                self.entries[command.id] = Entry(place=self._places, command=command, state="pending")

    def unfinished(self) -> list[Entry]:
        """Return what is pending or acked, in order."""
        return [entry for entry in self.entries.values() if entry.state in _UNFINISHED]

    def tried(self, commands: Collection[bytes]) -> None:
        """Count one more try of each."""
        for id in commands:
            if id in self.entries:
                self.entries[id] = replace(self.entries[id], tries=self.entries[id].tries + 1)

    def answered(self, outcomes: Sequence[Outcome], lineage: int, at: Micros) -> None:
        """Keep the authority's answers to what is unfinished."""
        for outcome in outcomes:
            entry = self.entries.get(outcome.command)
            if entry is not None and entry.state in _UNFINISHED:
                self.entries[outcome.command] = self.answered_entry(entry, outcome, lineage, at)

    def answered_entry(self, entry: Entry, outcome: Outcome, lineage: int, at: Micros) -> Entry:
        """Return an entry after its answer."""
        seq = max(outcome.seqs, default=0)
        state = ("acked" if seq else "seen") if outcome.ok else "refused"
        return replace(
            entry,
            state=state,
            number=outcome.number,
            seq=seq,
            lineage=lineage,
            reason=outcome.reason,
            code=outcome.code,
            changed_at=at,
        )

    def settle(self, commands: Collection[bytes], at: Micros) -> None:
        """These were seen in the replica."""
        for id in commands:
            entry = self.entries.get(id)
            if entry is not None and entry.state in _UNFINISHED:
                self.entries[id] = replace(entry, state="seen", changed_at=at)

    def start_over(self, at: Micros) -> int:
        """All that is acked or seen is pending again; return how many."""
        again = [entry for entry in self.entries.values() if entry.state in ("acked", "seen")]
        for entry in again:
            self.entries[entry.command.id] = replace(entry, state="pending", seq=0, lineage=0, changed_at=at)
        return len(again)

    def prune(self, before: Micros) -> int:
        """Forget what was seen before an instant; return how many."""
        old = [id for id, entry in self.entries.items() if entry.state == "seen" and entry.changed_at < before]
        for id in old:
            del self.entries[id]
        return len(old)
