"""What is typed ahead of a store that answers nobody: nothing is lost, nothing goes to another incident."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from tests.console.night import Night
from tests.console.watching import Console, console_on
from tests.contract.desk import rows

ROWS: Final = 8


@contextmanager
def stopped(night: Night) -> Iterator[None]:
    """The store held by somebody who does not go on."""
    with closing(sqlite3.connect(night.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def deeds(night: Night) -> list[tuple[int, str]]:
    """What I did, in order: the incident and what came of it."""
    query = "SELECT number, kind FROM journal WHERE actor = 'me' AND at >= ? ORDER BY seq"
    return [(number, kind.partition(".")[2]) for number, kind in rows(night.path, query, (night.now,))]


def shown(console: Console) -> list[int]:
    """The incidents as they stand on the board."""
    return list(console.app.board.visible_keys)


async def test_what_is_typed_ahead_is_done_in_its_order_where_it_was_meant(night: Night) -> None:
    for index in range(ROWS):
        night.ago(60_000_000).fires(f"k{index}", resource=f"sw{index}.ams1")
    night.beats(0)
    async with console_on(night.path, night.now) as console:
        order = shown(console)
        with stopped(night):
            console.send(*"gga", "j", *"t", "j", *"nseen r f q", "enter", "j", *"rfj", *"s1j", *"p1")
            await console.until(lambda: len(console.session.pending) == 6, "all is on its way")
            assert deeds(night) == []
            assert not console.app.taking.keyboard.prefix
            assert console.app.board.cursor == order[5]
        await console.lands()
        assert deeds(night) == [
            (order[0], "acked"),
            (order[1], "taken"),
            (order[2], "noted"),
            (order[3], "resolved"),
            (order[4], "snoozed"),
            (order[5], "prioritised"),
        ]


async def test_rows_that_come_meanwhile_move_nothing_under_the_finger(night: Night) -> None:
    for index in range(ROWS):
        night.ago(60_000_000).fires(f"k{index}", resource=f"sw{index}.ams1", severity="minor")
    night.beats(0)
    async with console_on(night.path, night.now) as console:
        order = shown(console)
        console.send("g", "g", "j", "j")
        for index in range(5):
            night.ago(0).fires(f"loud-{index}", severity="critical")
            console.send("a", "j")
        await console.lands()
        assert [number for number, _ in deeds(night)] == order[2:7]


async def test_an_undo_typed_ahead_takes_back_the_deed_before_it(night: Night) -> None:
    number = night.ago(60_000_000).fires("one")
    night.beats(0)
    async with console_on(night.path, night.now) as console:
        with stopped(night):
            console.send(*"auau")
            await console.until(lambda: len(console.session.pending) == 4, "all is on its way")
        await console.lands()
        assert deeds(night) == [(number, kind) for kind in ("acked", "undone", "acked", "undone")]
