"""A desk for the tests of a store that writes: its clock and chance, its commands and its reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import SECOND, Micros, Report
from noc_tui.journal.ids import make_id
from noc_tui.store.opening import Store, open_store
from noc_tui.store.verify import verify

START = 1_790_000_000 * SECOND


class Desk:
    """Opens stores under `directory`, with a clock that moves when told and repeatable chance."""

    def __init__(self, directory: Path, seed: int = 1) -> None:
        self.path = directory / "noc.db"
        self.now: Micros = START
        self.random = Random(seed)
        self.told: list[str] = []

    def open(self, **options: Any) -> Store:
        """Open the desk's store."""
        return open_store(
            self.path,
            clock=lambda: self.now,
            randomness=self.random.randbytes,
            told=self.told.append,
            **options,
        )

    def new_id(self) -> bytes:
        """A fresh UUIDv7."""
        return make_id(self.now, self.random.randbytes(10))

    def command(self, verb: str, incident: bytes = b"", **fields: Any) -> Command:
        """A command of ana's; fields of Command by name, anything else is an argument."""
        given: dict[str, Any] = {
            name: fields.pop(name) for name in ("actor", "origin", "at", "expect", "id", "batch") if name in fields
        }
        made: dict[str, Any] = {"id": self.new_id(), "actor": "ana", "origin": "tty1", "at": self.now} | given
        return Command(verb=verb, incident=incident, args=fields, **made)

    def log(self, store: Store, title: str = "Link down") -> bytes:
        """Log an incident and return its id."""
        id = self.new_id()
        (outcome,) = store.append([self.command("log", id, title=title)])
        assert outcome.ok, outcome
        return id

    def do(self, store: Store, verb: str, incident: bytes, **fields: Any) -> Outcome:
        """Append one command and return its outcome."""
        (outcome,) = store.append([self.command(verb, incident, **fields)])
        return outcome


def report(key: str, **fields: Any) -> Report:
    """A report of a firing alert on a resource of its own."""
    given = {"source": "sim", "severity": "major", "resource": f"r-{key}", "summary": f"{key} is down"} | fields
    return Report(key=key, **given)


def rows(path: Path, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a query finds in a store, on a connection of its own."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(query, values).fetchall()


def sound(path: Path) -> bool:
    """Whether the whole store is proven: chain, order, revisions, projections, receipts, head."""
    found = verify(path)
    assert found.ok, found.fault
    return True
