"""Chronicles made one journal: their events merged by time, numbered and chained, and what follows from the numbers.

Chronicles that have no alert and no group in common can so be told apart from each other, by several processes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

import msgspec

from noc_tui.incidents.flapping import Counter
from noc_tui.journal.chain import seal
from noc_tui.journal.envelope import Event, Head
from noc_tui.store.chronicle import Chapter
from noc_tui.store.rows import ALERT_COLUMNS, EVENT_COLUMNS, INCIDENT_COLUMNS, Row, event_row

_INCIDENT_SEQ: Final = INCIDENT_COLUMNS.index("changed_seq")
_ALERT_SEQ: Final = ALERT_COLUMNS.index("changed_seq")
_received_at: Final = itemgetter(EVENT_COLUMNS.index("received_at"))
_tagged_at: Final = itemgetter(0)
_NEVER: Final = -1
_seqs_text: Final = msgspec.json.Encoder().encode


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Rows to write together, and the head that they lead to; `told` counts the histories that have begun so far."""

    events: list[Row]
    incidents: list[Row]
    alerts: list[Row]
    receipts: list[Row]
    head: Head
    told: int
    counters: dict[str, Counter]


class _Part:
    """One chronicle: the chapter that is being taken in, how far, and the seq in the journal of each of its events."""

    def __init__(self, chapters: Iterator[Chapter]) -> None:
        self.chapter = Chapter()
        self.ended = False
        self._chapters = chapters
        self._place = 0
        self._seqs = array("q")

    @property
    def spent(self) -> bool:
        """Whether all events of the chapter have been taken."""
        return self._place == len(self.chapter.events)

    @property
    def last_at(self) -> int:
        """Up to which instant its events are known."""
        return _received_at(self.chapter.events[-1]) if self.chapter.events else _NEVER

    def turn(self) -> None:
        """Go on to the next chapter, if there is one."""
        chapter = next(self._chapters, None)
        self.ended = chapter is None
        self.chapter = chapter or Chapter(told=self.chapter.told)
        self._place = 0

    def take(self, until: int) -> Sequence[Row]:
        """Return the next events, up to an instant; each must be given its seq by `place_at`, in order."""
        begin = self._place
        self._place = bisect_right(self.chapter.events, until, begin, key=_received_at)
        return self.chapter.events[begin : self._place]

    def place_at(self, seq: int) -> None:
        """Note the seq of the next event."""
        self._seqs.append(seq)

    def incidents(self) -> Iterator[Row]:
        """Yield the chapter's incidents with the seq of their last change."""
        return (self._changed(row, _INCIDENT_SEQ) for row in self.chapter.incidents)

    def alerts(self) -> Iterator[Row]:
        """Yield the chapter's alerts with the seq of their last change."""
        return (self._changed(row, _ALERT_SEQ) for row in self.chapter.alerts)

    def receipts(self) -> Iterator[Row]:
        """Yield the chapter's receipts, which name their events by seq."""
        for *values, places in self.chapter.receipts:
            seqs = [self._seqs[place - 1] for place in places]
            first, last = (seqs[0], seqs[-1]) if seqs else (0, 0)
            yield (*values, first, last, _seqs_text(seqs).decode())

    def _changed(self, row: Row, place: int) -> Row:
        return (*row[:place], self._seqs[row[place] - 1], *row[place + 1 :])


def interleaved(chronicles: Sequence[Iterator[Chapter]]) -> Iterator[Batch]:
    """Yield the rows of one journal made of all chronicles.

    A chapter without events says that its chronicle needs time: then comes a batch without events too.
    """
    parts = [_Part(chapters) for chapters in chronicles]
    head = Head()
    while True:
        for part in parts:
            if part.spent and not part.ended:
                part.turn()
        live = [part for part in parts if not part.ended]
        if not live:
            return
        events, head = _merged(live, min(part.last_at for part in live), head)
        whole = [part for part in live if part.spent]
        yield Batch(
            events=events,
            incidents=[row for part in whole for row in part.incidents()],
            alerts=[row for part in whole for row in part.alerts()],
            receipts=[row for part in whole for row in part.receipts()],
            head=head,
            told=sum(part.chapter.told for part in parts),
            counters={ref: counter for part in whole for ref, counter in part.chapter.counters.items()},
        )


def _merged(parts: Sequence[_Part], until: int, head: Head) -> tuple[list[Row], Head]:
    """Return the events up to an instant, which all parts know, numbered and chained, and the head after them."""
    tagged = [(_received_at(row), part, row) for part in parts for row in part.take(until)]
    tagged.sort(key=_tagged_at)  # stable: a chronicle's own order stays
    rows: list[Row] = []
    seq, hash, number, received_at = head.seq, head.hash, head.next_number, head.received_at
    for received_at, part, row in tagged:  # noqa: B007  # the last one is the head's
        seq += 1
        event = Event(seq, *row[1:])
        hash = seal(hash, event)
        rows.append((*event_row(event)[:-1], hash))
        part.place_at(seq)
        number = max(number, event.number + 1)
    return rows, Head(seq=seq, hash=hash, next_number=number, received_at=received_at)
