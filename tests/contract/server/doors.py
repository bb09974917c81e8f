"""What the tests of the doors share: senders with a token, what is on the board, and trouble in the intake."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import httpx

from noc_tui.incidents.commands import Accepted
from noc_tui.incidents.model import Incident, Report
from noc_tui.server import intake
from noc_tui.server.intake import Intake
from noc_tui.store.board_reader import BoardReader
from tests.contract.server.house import House, bearer, token

Post = Callable[[bytes], Awaitable[httpx.Response]]
"""Sends a body."""


class Entrance:
    """One door of a server."""

    def __init__(self, house: House, path: str) -> None:
        self.house = house
        self.path = path

    @asynccontextmanager
    async def sender(self, source: str) -> AsyncIterator[Post]:
        """A monitoring system that shows a token of its own in the header."""
        headers = bearer(token(self.house.store, source, "source", source))
        async with self.house.bare(headers | {"content-type": "application/json"}) as http:
            yield lambda body: http.post(self.path, content=body)

    def board(self) -> list[Incident]:
        """The incidents on the board, as another process reads it."""
        with closing(BoardReader(self.house.store)) as reader:
            return [incident for chunk in reader.all_rows() for incident in chunk]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What another process reads in the store."""
        with closing(sqlite3.connect(self.house.store)) as other:
            return other.execute(query).fetchall()

    def quarantine(self) -> list[tuple[str, str, bytes]]:
        """Source, reason and body of what could not be read, by reason."""
        return self.rows("SELECT source, reason, body FROM quarantine ORDER BY reason")


class Broken:
    """A store that takes nothing in and says why."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def ingest(self, reports: Sequence[Report]) -> list[Accepted]:
        """Take nothing in."""
        raise self._error

    def quarantine(self, source: str, odd: Sequence[tuple[str, bytes]]) -> None:
        """Keep nothing."""
        raise self._error

    def write_counters(self) -> None:
        """Write nothing."""

    def checkpoint_if_due(self) -> bool:
        """Copy nothing."""
        return False


@asynccontextmanager
async def broken(house: House, error: Exception) -> AsyncIterator[None]:
    """Nothing can be taken in."""
    own, house.desk.intake = house.desk.intake, Intake(Broken(error), lambda: None)
    house.desk.intake.start()
    try:
        yield
    finally:
        await house.desk.intake.close()
        house.desk.intake = own


@contextmanager
def overloaded(house: House) -> Iterator[None]:
    """More waits already than can be done soon."""
    house.desk.intake.waiting += intake.WAITING
    try:
        yield
    finally:
        house.desk.intake.waiting -= intake.WAITING
