"""The end of the journal as it goes over the wire, kept ready in memory: nothing is read or encoded for each asker."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.exchange import Cursor, Fork, Gone, told
from noc_tui.store.reading import Reader
from noc_tui.store.restored import RestorePoint, lost_from
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


class _Kept(msgspec.Struct, frozen=True):
    """An event that is kept ready."""

    text: bytes
    hash: bytes
    received_at: Micros


class Tail:
    """The journal's head, and its last events as JSON, each with its hash. For one event loop."""

    def __init__(self, newest: TailReader, reader: Reader) -> None:
        self._newest = newest
        self._reader = reader
        self._kept: list[_Kept] = []
        self._size = 0
        self.head = newest.head()
        self.by_hand: RestorePoint | None = None
        """What the store was put back to by hand, that is to say by another file in its place."""
        self._restored = newest.restored()
        first = max(self.head.floor, self.head.seq - PRELOADED)
        self._keep([event for event in newest.newer(first, PRELOADED) if event.seq <= self.head.seq])

    def look(self) -> int:
        """Read what is new, at most `AT_ONCE` events, and return how many; another history counts as one."""
        head, known = self._newest.head(), self.head
        if (head.epoch, head.seq, head.hash) == (known.epoch, known.seq, known.hash):
            return 0
        if head.epoch != known.epoch or head.seq < known.seq:
            return self._begin_anew(head)
        events = self._newest.newer(max(known.seq - 1, known.floor), AT_ONCE + 1)
        if known.seq > known.floor:
            if not events or events[0].seq != known.seq or events[0].hash != known.hash:
                return self._begin_anew(head)  # restored in its place, and gone on with
            events = events[1:]
        if not events:
            return 0
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
            return self._fork(cursor)
        if cursor.seq < head.floor:
            return Gone(head.floor)
        known = self._hash_at(cursor.seq) or await self._hash_on_disk(cursor.seq)
        return None if known is not None and cursor.hash in (known, b"") else self._fork(cursor)

    def went_back(self, epoch: bytes) -> None:
        """What was served of this epoch is no longer there: somebody has put another file in the store's place."""
        self.by_hand = RestorePoint.at(self.head, epoch)

    async def received_at(self, seqs: Collection[int]) -> dict[int, Micros]:
        """Return when these events were taken, by seq."""
        first = self.head.seq - len(self._kept)
        found = {seq: self._kept[seq - first - 1].received_at for seq in seqs if first < seq <= self.head.seq}
        missing = [seq for seq in seqs if seq not in found]
        return found | (await self._reader.received_at(missing) if missing else {})

    async def after(self, seq: int, limit: int) -> Sequence[bytes]:
        """Return the events after a seq as JSON, at most `limit`."""
        first = self.head.seq - len(self._kept)
        if seq >= first:
            return [kept.text for kept in self._kept[seq - first : seq - first + limit]]
        events = await self._reader.events(seq, min(limit, self.head.seq - seq))
        return await asyncio.to_thread(lambda: [_encode(told(event)) for event in events])

    def _begin_anew(self, head: Head) -> int:
        restored = self._newest.restored()
        if restored == self._restored:
            last = self._last_kept()
            self.by_hand = RestorePoint.at(head if last is None else last, self.head.epoch)
        self._restored = restored
        self.head, self._kept, self._size = head, [], 0
        return 1

    def _last_kept(self) -> Event | None:
        """Return the last event that the store has still of those kept ready, None if it has none of them."""
        first = self.head.seq - len(self._kept) + 1

        def found(place: int) -> Event | None:
            events = self._newest.newer(first + place - 1, 1)
            return events[0] if events and events[0].hash == self._kept[place].hash else None

        lost = bisect_left(range(len(self._kept)), True, key=lambda place: found(place) is None)
        return found(lost - 1) if lost else None

    def _fork(self, cursor: Cursor) -> Fork:
        """Say to what time whoever is at a cursor finds the store restored, though much may have come in since."""
        by_hand = self.by_hand if self.by_hand is not None and self.by_hand.epoch == cursor.epoch else None
        point = by_hand or lost_from(self._restored, cursor.epoch)
        return Fork(self.head.epoch, self.head.seq, self.head.received_at if point is None else point.received_at)

    def _hash_at(self, seq: int) -> bytes | None:
        if seq == self.head.seq:
            return self.head.hash
        first = self.head.seq - len(self._kept)
        return self._kept[seq - first - 1].hash if seq > first else None

    async def _hash_on_disk(self, seq: int) -> bytes | None:
        if seq == 0:
            return Head().hash
        found = await self._reader.events(seq - 1, 1)
        return found[0].hash if found and found[0].seq == seq else None

    def _keep(self, events: Sequence[Event]) -> None:
        kept = [_Kept(_encode(told(event)), event.hash, event.received_at) for event in events]
        self._kept += kept
        self._size += sum(len(one.text) for one in kept)
        surplus = 0
        while len(self._kept) - surplus > KEPT or (self._size > KEPT_BYTES and surplus < len(self._kept)):
            self._size -= len(self._kept[surplus].text)
            surplus += 1
        del self._kept[:surplus]
