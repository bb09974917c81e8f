"""The journal's tail by cursor: complete, in order, held while nothing is new, refused when it is another history."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND
from noc_tui.journal.chain import body_digest, link
from noc_tui.journal.envelope import Event
from noc_tui.journal.exchange import Cursor, Fork, Page, heard
from noc_tui.journal.ids import make_id
from noc_tui.store.backup import backup, restore
from noc_tui.store.opening import wall_clock
from tests.contract.desk import rows
from tests.contract.server.house import Client, House, asking, cursor_of, house

_MADE = iter(range(1, 1 << 40))


def command(verb: str = "log", incident: bytes = b"", **args: object) -> Command:
    """A command of somebody's, each with an id of its own."""
    number = next(_MADE)
    return Command(
        id=make_id(number * 1_000, number.to_bytes(10, "big")),
        verb=verb,
        incident=incident or make_id(number * 1_000, (number + 7).to_bytes(10, "big")),
        args=args or {"title": f"Link {number} down"},
        actor="whoever the client says",
        origin="tty1",
    )


async def start(client: Client) -> Cursor:
    """Where the journal ends now, from a probe."""
    page = await client.page()
    assert page.events == ()
    return Cursor(page.epoch, page.after, page.hash)


async def test_a_probe_tells_where_the_journal_ends(ana: Client) -> None:
    before = await start(ana)
    pushed = await ana.push(command())
    await ana.page(before, wait=20)
    after = await start(ana)
    assert after.epoch == before.epoch
    assert after.seq == pushed.head > before.seq


async def test_pages_are_whole_in_order_and_proven_by_their_hashes(ana: Client) -> None:
    cursor = await start(ana)
    await ana.push(*(command() for _ in range(20)))
    seen: list[Event] = []
    while len(seen) < 20:
        page = await ana.page(cursor, limit=7, wait=20)
        assert (page.after, page.hash) == (cursor.seq, cursor.hash)
        assert 0 < len(page.events) <= 7
        seen += map(heard, page.events)
        cursor = cursor_of(page)
    assert [event.seq for event in seen] == list(range(seen[0].seq, seen[0].seq + 20))
    for before, event in pairwise(seen):
        envelope = msgspec.structs.astuple(event)[:14]
        assert event.hash == link(before.hash, envelope, body_digest(event.salt, event.body))


async def test_what_is_no_longer_in_memory_is_read_from_the_store(served: House, ana: Client) -> None:
    cursor = await start(ana)
    await ana.push(*(command() for _ in range(5)))
    await served.until(lambda: served.desk.tail.head.seq == cursor.seq + 5)
    fresh = await ana.page(cursor)
    served.desk.tail._kept.clear()
    assert (await ana.page(cursor)).events == fresh.events
    second = cursor_of(fresh)
    assert (await ana.page(second)).events == ()


async def test_a_poll_is_held_until_something_happens(served: House, ana: Client) -> None:
    cursor = await start(ana)
    poll = asyncio.create_task(ana.page(cursor, wait=20))
    await served.until(lambda: served.desk.watch.held == 1)
    await ana.push(command())
    page = await asyncio.wait_for(poll, 10)
    assert [told.seq for told in page.events] == [cursor.seq + 1]
    assert served.desk.watch.held == 0


async def test_what_another_process_writes_ends_a_poll_too(served: House, ana: Client, tmp_path: Path) -> None:
    from noc_tui.store.opening import open_store

    cursor = await start(ana)
    poll = asyncio.create_task(ana.page(cursor, wait=20))
    await served.until(lambda: served.desk.watch.held == 1)
    other = await asyncio.to_thread(open_store, tmp_path / "noc.db")
    await asyncio.to_thread(other.append, [command()])
    page = await asyncio.wait_for(poll, 10)
    assert len(page.events) == 1
    await asyncio.to_thread(other.close)


async def test_a_revoked_token_holds_no_poll_any_longer_and_learns_nothing_more(served: House, ana: Client) -> None:
    cursor = await start(ana)
    async with served.client("ben") as ben:
        mine = asyncio.create_task(ana.page(cursor, wait=20))
        his = asyncio.create_task(ben.page(cursor, wait=20))
        await served.until(lambda: served.desk.watch.held == 2)
        served.revoke("ana")
        page = await asyncio.wait_for(mine, 10)
        assert page.events == ()
        assert (await ana.get("/v1/journal", **asking(cursor), wait=20)).status_code == 401
        assert not his.done(), "somebody else's token is as good as before"
        await ben.push(command())
        assert len((await asyncio.wait_for(his, 10)).events) == 1


async def test_a_poll_that_is_held_gives_signs_of_life(ana: Client) -> None:
    cursor = await start(ana)
    answer = await ana.get("/v1/journal", **asking(cursor), wait=2.2)
    assert answer.content.lstrip(b" ").startswith(b"{") and answer.content[:1] == b" "
    assert msgspec.json.decode(answer.content, type=Page).events == ()


async def test_a_cursor_of_another_history_is_a_fork(served: House, ana: Client) -> None:
    pushed = await ana.push(command(), command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    cursor = await start(ana)
    wrong = [
        Cursor(bytes(16), cursor.seq, cursor.hash),
        Cursor(cursor.epoch, cursor.seq + 1, cursor.hash),
        Cursor(cursor.epoch, cursor.seq, bytes(32)),
        Cursor(cursor.epoch, cursor.seq - 1, cursor.hash),
        Cursor(cursor.epoch, 0, cursor.hash),
    ]
    for one in wrong:
        answer = await ana.get("/v1/journal", **asking(one))
        assert answer.status_code == 409
        fork = msgspec.json.decode(answer.content, type=Fork)
        assert (fork.epoch, fork.head) == (cursor.epoch, cursor.seq)
    assert served.desk.metrics.forks == len(wrong)


async def test_who_has_rows_of_a_place_ahead_belongs_to_a_history_with_that_place(served: House, ana: Client) -> None:
    pushed = await ana.push(command(), command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    end = await start(ana)
    (first, *_) = (await ana.page(Cursor(end.epoch, 0, bytes(32)), limit=1)).events
    cursor = Cursor(end.epoch, first.seq, first.hash)
    page = await ana.page(cursor, ahead=str(end.seq), ahead_hash=end.hash.hex())
    assert page.events[-1].hash == end.hash
    for seq, hash in ((end.seq, bytes(32)), (end.seq + 1, end.hash)):
        answer = await ana.get("/v1/journal", **asking(cursor), ahead=str(seq), ahead_hash=hash.hex())
        assert answer.status_code == 409


async def test_what_makes_no_sense_is_refused_in_words(ana: Client) -> None:
    cursor = asking(await start(ana))
    for odd in ({"limit": "0"}, {"limit": "x"}, {"wait": "nan"}, {"wait": "-1"}, {"after": "-1"}, {"hash": "zz"}):
        answer = await ana.get("/v1/journal", **(cursor | odd))
        assert answer.status_code == 400, odd
        assert answer.json()["code"] == "bad"


async def test_a_store_that_was_restored_in_its_place_is_another_history(
    served: House, ana: Client, tmp_path: Path
) -> None:
    await ana.push(command())
    await asyncio.to_thread(_copy, served.store, tmp_path / "yesterday.db")
    pushed = await ana.push(command(), command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    cursor = await start(ana)
    await asyncio.to_thread(_copy, tmp_path / "yesterday.db", served.store)
    again = await ana.push(*(command() for _ in range(4)))
    await served.until(lambda: served.desk.tail.head.seq == again.head)
    answer = await ana.get("/v1/journal", **asking(cursor))
    assert answer.status_code == 409
    fork = msgspec.json.decode(answer.content, type=Fork)
    assert fork.head == again.head > cursor.seq
    ((yesterday,),) = rows(served.store, "SELECT received_at FROM journal WHERE seq = 1")
    assert fork.received_at == yesterday


async def restored_to(client: Client, cursor: Cursor) -> int:
    """To what time somebody at a cursor is told that the store was restored."""
    answer = await client.get("/v1/journal", **asking(cursor))
    assert answer.status_code == 409
    return msgspec.json.decode(answer.content, type=Fork).received_at


async def grown(house: House, client: Client, count: int) -> int:
    """Let the journal grow and be noted; return when its last event was taken."""
    pushed = await client.push(*(command() for _ in range(count)))
    await house.until(lambda: house.desk.tail.head.seq == pushed.head)
    return house.desk.tail.head.received_at


async def test_whoever_comes_late_is_told_to_what_time_a_store_was_restored_and_not_what_came_in_since(
    tmp_path: Path,
) -> None:
    store, first, second = tmp_path / "noc.db", tmp_path / "first.db", tmp_path / "second.db"
    async with house(store) as served, served.client() as ana:
        at_first = await grown(served, ana, 2)
        await asyncio.to_thread(backup, store, first)
        await grown(served, ana, 2)
        offline = await start(ana)
    await asyncio.to_thread(partial(restore, first, store, now=wall_clock()))
    async with house(store) as served, served.client("bo") as bo:
        at_second = await grown(served, bo, 3)
        assert await restored_to(bo, offline) == at_first
        await asyncio.to_thread(backup, store, second)
        await grown(served, bo, 3)
        missed_one = await start(bo)
    await asyncio.to_thread(partial(restore, second, store, now=wall_clock() + SECOND))
    async with house(store) as served, served.client("cy") as cy:
        await grown(served, cy, 9)
        assert await restored_to(cy, offline) == at_first, "the one that went back further"
        assert await restored_to(cy, missed_one) == at_second


async def test_a_store_that_was_put_back_by_hand_is_found_out_at_the_start_and_remembered(tmp_path: Path) -> None:
    store, copy = tmp_path / "noc.db", tmp_path / "yesterday.db"
    async with house(store) as served, served.client() as ana:
        yesterday = await grown(served, ana, 2)
        await asyncio.to_thread(backup, store, copy)
        await grown(served, ana, 2)
        offline = await start(ana)
    shutil.copyfile(copy, store)
    for person in ("bo", "cy"):
        async with house(store) as served, served.client(person) as client:
            await grown(served, client, 5)
            assert await restored_to(client, offline) == yesterday


def _copy(source: Path, target: Path) -> None:
    """Copy a database into a file that stays the same one, as SQLite's own tools do."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
