"""The thread that reads the board's file: the whole board once, then what changes, and the agent's word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.incidents.model import Incident
from noc_tui.journal.changes import ChangeSet
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError
from noc_tui.store.live import AgentStatus, Live, live_path

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at the file (a `stat`): ten times a second (DESIGN.md 3)."""
SLICE: Final = 200
"""Changes handed over at once: about two milliseconds of the screen's time."""
PAUSE: Final = 0.05
"""Seconds between two slices, so that a storm leaves the screen its time."""
_STATUS_EVERY: Final = 0.5


class Chunk(msgspec.Struct, frozen=True):
    """A part of the board on the first load."""

    rows: list[Incident]


class Loaded(msgspec.Struct, frozen=True):
    """The whole board has been handed over; changes go on from `seq`."""

    seq: int


class Heard(msgspec.Struct, frozen=True):
    """What the agent last said of itself; None if it never did."""

    status: AgentStatus | None


class Trouble(msgspec.Struct, frozen=True):
    """The file cannot be read; empty when it can be again."""

    sentence: str


Finding = Chunk | Loaded | ChangeSet | Heard | Trouble


class Watcher(threading.Thread):
    """Reads one store and posts what it finds; `poke` makes it look at once."""

    def __init__(self, path: Path, post: Callable[[Finding], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self._path = path
        self._post = post
        self._look = threading.Event()
        self._ends = threading.Event()
        self._poked = False

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
        told = False
        while not self._ends.is_set():
            try:
                self._watch(told)
            except StoreError as error:
                self._post(Trouble(str(error)))
                told = True
                self._ends.wait(1.0)

    def _watch(self, told: bool) -> None:
        reader, live = BoardReader(self._path), Live(live_path(self._path))
        try:
            if told:
                self._post(Trouble(""))
            seq = self._load(reader)
            self._follow(reader, live, seq)
        finally:
            reader.close()
            live.close()

    def _load(self, reader: BoardReader) -> int:
        seq = reader.head_seq()
        for rows in reader.all_rows():
            if self._ends.is_set():
                break
            self._post(Chunk(rows))
        self._post(Loaded(seq))
        return seq

    def _follow(self, reader: BoardReader, live: Live, seq: int) -> None:
        status_at = 0.0
        while not self._ends.is_set():
            if time.monotonic() - status_at >= _STATUS_EVERY:
                status_at = time.monotonic()
                self._post(Heard(live.agent()))
                if reader.vanished():
                    self._post(
                        Trouble(f"{self._path} was deleted or replaced. What is shown is the last that was read.")
                    )
                    self._ends.wait(1.0)
                    return
            poked, self._poked = self._poked, False
            if poked or reader.moved():
                found = reader.changes(seq, SLICE)
                if found.incidents or found.seq != seq:
                    seq = found.seq
                    self._post(found)
                if not found.complete:
                    self._ends.wait(PAUSE)
                    continue
            self._look.wait(LOOK_EVERY)
            self._look.clear()
