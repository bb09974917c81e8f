"""The thread that reads the board's file: the whole board once, then what changes; and the outbox, if there is one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.console.outbox_feed import OutboxFeed
from noc_tui.console.outgoing import News
from noc_tui.console.stock import Stock, stock_of
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import DeskViews
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at the file (a `stat`): ten times a second (DESIGN.md 3)."""
SLICE: Final = 200
"""Changes handed over at once: about two milliseconds of the screen's time."""
PAUSE: Final = 0.05
"""Seconds between two slices, so that a storm leaves the screen its time."""
_CHECK_EVERY: Final = 0.5
"""Seconds between two looks at what is not in the journal: the policy, and whether the file is still there."""
_ANOTHER: Final = (b"", b"", "")
"""What the rows handed over are of when they need no longer be right."""
_VERDICT: Final = 0.004
"""Seconds after our own write: its verdict is painted first, for that is what the operator waits for."""
_AGAIN: Final = 1.0
"""Seconds after a failure until it is tried again."""


class Loaded(msgspec.Struct, frozen=True):
    """The whole board, reckoned; changes go on from `seq`. `another`: not the store of the rows before it."""

    stock: Stock
    seq: int
    another: bool = False


class Trouble(msgspec.Struct, frozen=True):
    """The file cannot be read; empty when it can be again."""

    sentence: str


class Shared(msgspec.Struct, frozen=True):
    """The views that the desk shares, when they are others than before."""

    views: DeskViews


Finding = Loaded | ChangeSet | News | Trouble | Shared


class Watcher(threading.Thread):
    """Reads one store, and its outbox, and posts what it finds; `poke` makes it look at once."""

    def __init__(
        self,
        path: Path,
        post: Callable[[Finding], None],
        policy: Policy,
        clock: Callable[[], Micros],
        outbox: Path | None = None,
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self._path = path
        self._post = post
        self._policy = policy
        self._clock = clock
        self._feed = OutboxFeed(outbox, clock) if outbox is not None else None
        self._look = threading.Event()
        self._ends = threading.Event()
        self._poked = False
        self._troubled = False
        self._outbox_trouble = ""
        self._seq = 0
        self._views = DeskViews()
        self._history: tuple[bytes, bytes, str] | None = None
        """What the rows handed over are of."""

    def poke(self) -> None:
        """Look now: something was just written."""
        self._poked = True
        self._look.set()

    def stop(self) -> None:
        """End the thread at its next look."""
        self._ends.set()
        self._look.set()

    def run(self) -> None:
        """Read until stopped; what goes wrong is told and tried again."""
        while not self._ends.is_set():
            try:
                self._watch()
            except StoreError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001 (the edge of a worker: a defect is told, and the watch begun anew)
                self._tell(f"The board is not up to date: an unexpected failure ({type(error).__name__}: {error}).")
        if self._feed is not None:
            self._feed.close()

    def _tell(self, sentence: str) -> None:
        self._post(Trouble(sentence))
        self._troubled = True
        self._ends.wait(_AGAIN)

    def _watch(self) -> None:
        with closing(BoardReader(self._path)) as reader:
            self._tell_outbox(reader, moved=True)
            self._catch_up(reader)
            if self._troubled:
                self._post(Trouble(""))
                self._troubled = False
            self._follow(reader)

    def _tell_outbox(self, reader: BoardReader, *, moved: bool) -> None:
        """Post what became of the commands in the outbox; one that cannot be read holds up no row of the board."""
        if self._feed is None:
            return
        trouble = ""
        try:
            if self._feed.look():
                for news in self._feed.news(reader, moved=moved):
                    self._post(news)
        except StoreError as error:
            trouble = str(error)
        if trouble != self._outbox_trouble:
            self._outbox_trouble = trouble
            self._post(Trouble(trouble))

    def _catch_up(self, reader: BoardReader) -> None:
        """Read all rows, unless those of this very store are shown: then only what changed since is read."""
        history = reader.history
        if self._history == history and reader.head_seq() >= self._seq:
            self._poked = True
            return
        seq = reader.head_seq()
        stock = stock_of(self._chunks(reader), self._policy, self._clock())
        if not self._ends.is_set():
            self._post(Loaded(stock, seq, another=self._history is not None))
            self._history, self._seq = history, seq

    def _chunks(self, reader: BoardReader) -> Iterator[list[Incident]]:
        for rows in reader.all_rows():
            if self._ends.is_set():
                return
            yield rows

    def _another_policy(self, reader: BoardReader) -> bool:
        """Clocks, bands and priorities rest on the policy: another one has all rows placed anew."""
        policy = reader.policy()
        if policy == self._policy:
            return False
        self._policy, self._history = policy, None
        return True

    def _tell_views(self, reader: BoardReader) -> None:
        views = reader.desk_views()
        if views != self._views:
            self._views = views
            self._post(Shared(views))

    def _follow(self, reader: BoardReader) -> None:
        checked_at = 0.0
        while not self._ends.is_set():
            if time.monotonic() - checked_at >= _CHECK_EVERY:
                checked_at = time.monotonic()
                if self._another_policy(reader):
                    return
                self._tell_views(reader)
                if reader.vanished():
                    self._tell(f"{self._path} was deleted or replaced. What is shown is the last that was read.")
                    return
            poked, self._poked = self._poked, False
            if poked:
                self._ends.wait(_VERDICT)
            moved = reader.moved() or poked
            if moved and reader.begun_anew():
                self._history = _ANOTHER
                return
            # What the outbox says of the replica is never newer than the rows that follow it.
            changes = reader.changes(self._seq, SLICE) if moved else None
            self._tell_outbox(reader, moved=moved)
            if changes is not None and not self._hand_over(changes):
                self._ends.wait(PAUSE)
                continue
            self._look.wait(LOOK_EVERY)
            self._look.clear()

    def _hand_over(self, found: ChangeSet) -> bool:
        """Post what changed, if anything did; says whether that is all."""
        if found.incidents or found.seq != self._seq:
            self._post(found)
            self._seq = found.seq
        return found.complete
