"""What becomes of the commands in an outbox, told as the replica at this moment has it; for the thread that watches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol

from noc_tui.console.outgoing import News
from noc_tui.incidents.model import Incident, Micros
from noc_tui.journal.ports import Entry
from noc_tui.store.outbox import Outbox


class Journal(Protocol):
    """What is asked of the replica."""

    def rows_of(self, ids: Collection[bytes]) -> list[Incident]:
        """Return the incidents with these ids."""

    def landed(self, commands: Collection[bytes]) -> dict[bytes, int]:
        """Return those of these commands whose events it holds, each with the seq of its last event."""


SLICE: Final = 200
"""Entries handed over at once."""


class OutboxFeed:
    """Follows one outbox, which it opens at its first look. After a StoreError it goes on from there.

    What it tells as landed was read of the replica after what it tells of the outbox.
    """

    def __init__(self, path: Path, clock: Callable[[], Micros]) -> None:
        self._path = path
        self._clock = clock
        self._outbox: Outbox | None = None
        self._turn = 0
        self._begun = False
        self._since = clock()
        self._waiting: dict[bytes, bytes] = {}
        """The incident of each command that is unfinished and not in the replica's journal."""
        self._entries: list[Entry] = []
        self._dropped: list[bytes] = []

    def look(self) -> bool:
        """Read what changed in the outbox; says whether commands wait, or anything is to be told."""
        if self._outbox is None:
            self._outbox = Outbox(self._path, self._clock)
        if self._outbox.moved() or not self._begun:
            changes = self._outbox.since(self._turn)
            self._entries += [entry for entry in changes.entries if self._concerns(entry)]
            self._dropped += changes.dropped
            self._begun, self._turn = True, changes.turn
        return bool(self._waiting or self._entries or self._dropped)

    def _concerns(self, entry: Entry) -> bool:
        """Whether an entry is told: of what was there before this console, what is over is not."""
        return self._begun or entry.state != "seen" or entry.changed_at >= self._since

    def news(self, reader: Journal, *, moved: bool) -> Iterator[News]:
        """Yield what is to be told; `moved` says that the replica has changed since it was last asked."""
        entries, dropped = self._entries, tuple(self._dropped)
        self._entries, self._dropped = [], []
        self._note(entries, dropped)
        landed = reader.landed(self._waiting) if self._waiting and (moved or entries) else {}
        about = {command: self._waiting.pop(command) for command in landed}
        for start in range(0, len(entries), SLICE):
            part = tuple(entries[start : start + SLICE])
            rows = reader.rows_of({entry.command.incident for entry in part})
            here = {entry.command.id: seq for entry in part if (seq := landed.pop(entry.command.id, None)) is not None}
            yield News(part, dropped, here, tuple(rows))
            dropped = ()
        if landed or dropped:
            rows = reader.rows_of({about[command] for command in landed})
            yield News((), dropped, landed, tuple(rows))
        for entry in entries:
            if entry.state == "seen":
                self._waiting.pop(entry.command.id, None)

    def _note(self, entries: Iterable[Entry], dropped: Iterable[bytes]) -> None:
        """Note which commands the replica is to be asked for; of one that was seen it may have the seq."""
        for entry in entries:
            if entry.state in ("pending", "acked", "seen"):
                self._waiting[entry.command.id] = entry.command.incident
            else:
                self._waiting.pop(entry.command.id, None)
        for command in dropped:
            self._waiting.pop(command, None)

    def close(self) -> None:
        """Close the outbox."""
        if self._outbox is not None:
            self._outbox.close()
