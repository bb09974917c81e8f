"""A remote store under a test's eyes: a real store as the server, a real replica and outbox, a link cranked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.beside import LinkStatus, Presence
from noc_tui.journal.exchange import History, Page, told
from noc_tui.journal.ports import Entry
from noc_tui.store.board_rows import BoardRows
from noc_tui.store.live import Live, live_path
from noc_tui.store.outbox import Outbox
from noc_tui.store.prior import prior_of
from noc_tui.store.reading import Reader
from noc_tui.store.replica import ReplicaFile
from tests.console.night import Night

URL: Final = "https://noc.example"
TICK: Final = 10_000.0
"""The host's monotonic clock when the console starts."""


class Far:
    """What an agent on a remote store does, step by step: fill, pull, push, tell. Its server is a night's store."""

    def __init__(self, night: Night, directory: Path) -> None:
        self.night = night
        self.replica_path, self.outbox_path = directory / "replica.db", directory / "outbox.db"
        self._replica = ReplicaFile(self.replica_path, URL, lambda: night.now)
        self.outbox = Outbox(self.outbox_path, lambda: night.now)
        self.live = Live(live_path(self.replica_path))
        self.status = LinkStatus(state="connecting", url=URL)

    def fill(self, rows: int | None = None) -> None:
        """Take a snapshot in; only so many pieces of it and no end, if told."""
        with closing(BoardRows(self.night.path)) as board:
            self._replica.begin(board.start(self.night.now))
            incidents = alerts = 0
            for part in list(board.parts())[:rows]:
                self._replica.fill(part)
                incidents, alerts = incidents + len(part.incidents), alerts + len(part.alerts)
            if rows is None:
                self._replica.finish(board.end(incidents, alerts))
        self.tells(seq=self.seq, head=self.seq)

    @property
    def seq(self) -> int:
        """How far the replica has come."""
        cursor = self._replica.cursor()
        return cursor.seq if cursor is not None else 0

    async def pull(self) -> None:
        """Take in what is new on the server, and settle what is seen in it."""
        at = self._replica.cursor()
        assert at is not None
        async with _reading(self.night.path) as reader:
            events = await reader.events(at.seq, 1_000)
        page = Page(
            epoch=at.epoch,
            after=at.seq,
            hash=at.hash,
            head=events[-1].seq if events else at.seq,
            time=self.night.now,
            events=tuple(map(told, events)),
        )
        page = msgspec.json.decode(msgspec.json.encode(page), type=Page)
        asked = self._replica.missing(page)
        self._replica.apply(page, prior_of(self.night.path, asked) if asked is not None else None)
        seen = self._replica.seen([entry.command.id for entry in self.outbox.unfinished()])
        if seen:
            self.outbox.settle(seen, self.night.now)
        self.tells(seq=self.seq, head=self.seq)

    def push(self) -> list[Outcome]:
        """Send what waits to the server, and keep its answers."""
        waiting = [entry.command for entry in self.outbox.unfinished() if entry.state == "pending"]
        outcomes = self.night.store.append(waiting) if waiting else []
        self.outbox.answered(outcomes, 1, self.night.now)
        return outcomes

    async def history(self, number: int) -> None:
        """Fetch all that the server's journal tells of an incident."""
        async with _reading(self.night.path) as reader:
            events = await reader.timeline(number, 1_000)
            incident, alerts = await reader.incident(number), await reader.alerts(number, 100)
        assert incident is not None
        told_of = tuple(map(told, reversed(events)))
        history = History(incident=incident, events=told_of, alerts=tuple(alerts))
        self._replica.keep_history(msgspec.json.decode(msgspec.json.encode(history), type=History))

    def tells(self, *, ago: float = 1.0, at: float = TICK, **fields: Any) -> None:
        """The link says how it does: the server answered `ago` seconds before the monotonic clock's `at`."""
        heard = {"state": "following"} | fields
        heard |= {"ok_tick": at - ago, "ok_at": self.night.now - int(ago * SECOND)}
        self.status = replace(self.status, **heard)
        self.live.put_link(self.status)

    def present(self, *others: Presence) -> None:
        """The server tells who is at other consoles."""
        self.live.replace_present(others)

    def entries(self) -> Sequence[Entry]:
        """What is not finished in the outbox."""
        return self.outbox.unfinished()

    def close(self) -> None:
        """Close all files."""
        self._replica.close()
        self.outbox.close()
        self.live.close()


class _reading:
    """A reader of a store, closed at the end of the block."""

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)

    async def __aenter__(self) -> Reader:
        return self._reader

    async def __aexit__(self, *_: object) -> None:
        await self._reader.close()


def at(actor: str, number: int, now: Micros, doing: str = "looking") -> Presence:
    """Somebody at an incident."""
    return Presence(actor=actor, origin=f"{actor}@tty1", incident=number, doing=doing, at=now)
