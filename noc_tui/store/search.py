"""Search through everything that was ever logged: titles, notes, resources, causes, labels, what alerts said.

All words must be found, the newest mention first, each incident once. They are looked for in three rounds, the next one
only where the one before did not find enough: all words in one entry; words that begin so; and words that stand in
different entries of one incident. Every round has its time; what was found by then is the answer.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from noc_tui.incidents.model import Incident
from noc_tui.incidents.text import clean
from noc_tui.journal.finding import Found
from noc_tui.store.errors import StoreBusy
from noc_tui.store.search_index import Lag, SearchIndex, Until
from noc_tui.store.search_text import Piece, head_of
from noc_tui.store.search_words import Snippet, Wanted, snippet, wanted_of

LIMIT: Final = 50
"""Incidents that are found unless more are asked for."""
MOST: Final = 1_000
"""Incidents that are found at most."""
PATIENCE: Final = 1.0
"""Seconds that the first round may take."""
MORE: Final = 0.08
"""Seconds after the beginning of a search at which the rounds end that look for more."""
ROOM: Final = 160
"""Characters of a snippet."""

AHEAD: Final = 2_000
"""Events that a search takes in before it begins, if they are not in the index yet."""
PAGE: Final = 200
AMONG: Final = 5_000
"""The newest entries of each word that are looked through for words that stand apart."""
ENTRIES: Final = 20_000
"""Entries that are looked through for other incidents: that of a storm has thousands."""
OF_HEAD: Final = frozenset(("title", "resource", "service"))

_FAR: Final = 1 << 62

Place = tuple[int, int]
"""The seq of an entry and the number of its incident."""


class Searcher:
    """Searches one store; may be used by many tasks and threads, one search at a time. Raises StoreError's tree.

    What the index lacks is taken in before a search as far as a moment allows; `lag` says what is still missing.
    """

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._index: SearchIndex | None = None
        self._lag = Lag(0, 0)

    async def search(self, words: str, limit: int = LIMIT, before: int | None = None) -> list[Found]:
        """Return incidents in which all words were found, the newest mention first."""
        return await asyncio.to_thread(self.search_now, words, limit, before)

    @property
    def lag(self) -> Lag:
        """How much of the journal the last search could look through."""
        return self._lag

    def search_now(self, words: str, limit: int = LIMIT, before: int | None = None) -> list[Found]:
        """Do the same in the caller's own thread."""
        wanted = wanted_of(words)
        if all(thing.not_so for thing in wanted):
            return []
        limit = max(0, min(limit, MOST))
        with self._lock:
            index = self._opened()
            self._catch_up(index)
            places = self._places(index, wanted, limit, _FAR if before is None else before)
            return list(self._told(index, places, [thing.widened() for thing in wanted]))

    def rebuild(self) -> Iterator[Lag]:
        """Make the index anew, and yield how far it has come after each slice."""
        with self._lock:
            self._opened().clear()
        yield from self.complete()

    def complete(self) -> Iterator[Lag]:
        """Take all in that the index lacks, and yield how far it has come after each slice."""
        while True:
            with self._lock:
                self._lag = self._opened().advance(2 * AHEAD)
            yield self._lag
            if not self._lag.left:
                return

    def close(self) -> None:
        """Close all files; a search opens them again."""
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _opened(self) -> SearchIndex:
        if self._index is None:
            self._index = SearchIndex(self.path)
        return self._index

    def _catch_up(self, index: SearchIndex) -> None:
        """Take in what has come since the agent's last slice; an index that somebody else moves on is left to them."""
        self._lag = index.lag()
        if self._lag.left:
            with suppress(StoreBusy):
                self._lag = index.advance(AHEAD)

    def _places(self, index: SearchIndex, wanted: list[Wanted], limit: int, before: int) -> list[Place]:
        """Where the words were found, an incident once, by the rounds one after the other."""
        found: dict[int, int] = {}
        wide = [thing.widened() for thing in wanted]
        now = self._monotonic()
        rounds: list[Iterator[Place]] = [_whole(index, wanted, before, Until(now + PATIENCE, self._monotonic))]
        until = Until(now + MORE, self._monotonic)
        if wide != wanted:
            rounds.append(_whole(index, wide, before, until))
        if sum(not thing.not_so for thing in wanted) > 1 and not any(thing.not_so for thing in wanted):
            rounds.append(_apart(index, wide, before, until))
        for places in rounds:
            for seq, number in places:
                found.setdefault(number, seq)
                if len(found) == limit:
                    return [(seq, number) for number, seq in found.items()]
        return [(seq, number) for number, seq in found.items()]

    def _told(self, index: SearchIndex, places: Sequence[Place], wanted: list[Wanted]) -> Iterator[Found]:
        incidents = index.incidents([number for _, number in places])
        for seq, number in places:
            incident = incidents.get(number)
            if incident is not None:
                yield _found(index, incident, seq, wanted)


def _whole(index: SearchIndex, wanted: list[Wanted], before: int, until: Until) -> Iterator[Place]:
    """Entries in which all words stand, the newest first."""
    match, seen = _match(wanted), 0
    with index.bounded(until):
        while seen < ENTRIES:
            places = index.entries(match, before, PAGE)
            yield from places
            if len(places) < PAGE:
                return
            seen, before = seen + PAGE, places[-1][0]


def _apart(index: SearchIndex, wanted: list[Wanted], before: int, until: Until) -> Iterator[Place]:
    """Incidents in whose newest entries all words stand, if in different ones."""
    common: dict[int, int] | None = None
    with index.bounded(until):
        for thing in wanted:
            newest: dict[int, int] = {}
            for seq, number in index.entries(_match([thing]), before, AMONG):
                if common is None or number in common:
                    newest.setdefault(number, seq)
            before_this = common or newest
            common = {number: max(seq, before_this[number]) for number, seq in newest.items()}
            if not common:
                return
    yield from sorted(((seq, number) for number, seq in (common or {}).items()), reverse=True)


def _match(wanted: Iterable[Wanted]) -> str:
    """What FTS5 is asked; words are folded, so that nothing in them has a meaning of its own."""

    def phrase(thing: Wanted) -> str:
        return f'"{" ".join(thing.words)}"{"*" if thing.begins else ""}'

    things = list(wanted)
    match = " AND ".join(phrase(thing) for thing in things if not thing.not_so)
    unwanted = " OR ".join(phrase(thing) for thing in things if thing.not_so)
    return f"({match}) NOT ({unwanted})" if unwanted else match


def _found(index: SearchIndex, incident: Incident, seq: int, wanted: list[Wanted]) -> Found:
    """What is shown of one: where most of the words stand; of the event before what the incident is called."""
    pieces, at = index.said(seq, incident)
    best: tuple[int, str, Snippet] = (0, "title", Snippet(incident.title[:ROOM], (), 0))
    for where, text in [*sorted(pieces, key=_apart_from_head), *head_of(incident)]:
        part = snippet(clean(text, limit=len(text)), wanted, ROOM)
        if part.hits > best[0]:
            best = (part.hits, where, part)
    _, where, part = best
    at = incident.opened_at if where in OF_HEAD and seq < 0 else at
    return Found(incident, seq, where, part.text, part.marks, at)


def _apart_from_head(piece: Piece) -> bool:
    return piece[0] in OF_HEAD
