"""The end of the journal as it goes over the wire, kept ready in memory: nothing is read or encoded for each asker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.exchange import Cursor, Fork, Gone, told
from noc_tui.store.reading import Reader
from noc_tui.store.tail import TailReader

KEPT: Final = 5_000
"""Events kept ready at most."""
AT_ONCE: Final = 500
"""Events read at once: some milliseconds in which nobody else is served."""
PRELOADED: Final = 1_000
"""Events read at the start."""
KEPT_BYTES: Final = 16 << 20
"""Bytes of them at most."""

_encode = msgspec.json.Encoder().encode


class Tail:
    """The journal's head, and its last events as JSON, each with its hash. For one event loop."""

    def __init__(self, newest: TailReader, reader: Reader) -> None:
        self._newest = newest
        self._reader = reader
        self._texts: list[bytes] = []
        self._hashes: list[bytes] = []
        self._size = 0
        self.head = newest.head()
        first = max(self.head.floor, self.head.seq - PRELOADED)
        self._keep([event for event in newest.newer(first, PRELOADED) if event.seq <= self.head.seq])

    def look(self) -> int:
        """Read what is new, at most `AT_ONCE` events, and return how many; another history counts as one."""
        head = self._newest.head()
        if head.epoch != self.head.epoch or head.seq < self.head.seq:
            self.head, self._texts, self._hashes, self._size = head, [], [], 0
            return 1
        if head.seq == self.head.seq:
            return 0
        events = self._newest.newer(self.head.seq, AT_ONCE)
        self._keep(events)
        last = events[-1]
        self.head = replace(head, seq=last.seq, hash=last.hash, received_at=last.received_at)
        return len(events)

    async def check(self, cursor: Cursor) -> Fork | Gone | None:
        """Return why a cursor is not on this history, None if it is.

        One without a hash is that of a script that knows a place by its number alone, and follows nothing.
        """
        if cursor.epoch != self.head.epoch or cursor.seq > self.head.seq:
            self.look()  # another process serves the same store, and was a moment faster
        head = self.head
        if cursor.epoch != head.epoch or cursor.seq > head.seq:
            return self._fork()
        if cursor.seq < head.floor:
            return Gone(head.floor)
        if not cursor.hash:
            return None
        known = self._hash_at(cursor.seq)
        if known is None:
            known = await self._hash_on_disk(cursor.seq)
        return None if known is not None and cursor.hash in (known, b"") else self._fork()

    async def received_at(self, seq: int) -> Micros:
        """Return when an event was taken, 0 if it is not known."""
        if seq == self.head.seq:
            return self.head.received_at
        found = await self._reader.events(seq - 1, 1)
        return found[0].received_at if found and found[0].seq == seq else 0

    async def after(self, seq: int, limit: int) -> Sequence[bytes]:
        """Return the events after a seq as JSON, at most `limit`."""
        first = self.head.seq - len(self._texts)
        if seq >= first:
            return self._texts[seq - first : seq - first + limit]
        return [_encode(told(event)) for event in await self._reader.events(seq, min(limit, self.head.seq - seq))]

    def _fork(self) -> Fork:
        return Fork(self.head.epoch, self.head.seq, self.head.received_at)

    def _hash_at(self, seq: int) -> bytes | None:
        if seq == self.head.seq:
            return self.head.hash
        first = self.head.seq - len(self._hashes)
        return self._hashes[seq - first - 1] if seq > first else None

    async def _hash_on_disk(self, seq: int) -> bytes | None:
        if seq == 0:
            return Head().hash
        found = await self._reader.events(seq - 1, 1)
        return found[0].hash if found and found[0].seq == seq else None

    def _keep(self, events: Sequence[Event]) -> None:
        texts = [_encode(told(event)) for event in events]
        self._texts += texts
        self._hashes += [event.hash for event in events]
        self._size += sum(map(len, texts))
        surplus = max(0, len(self._texts) - KEPT)
        while self._size > KEPT_BYTES and surplus < len(self._texts):
            self._size -= len(self._texts[surplus])
            surplus += 1
        del self._texts[:surplus], self._hashes[:surplus]
