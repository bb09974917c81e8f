"""The snapshot: all of the board with its alerts, the most urgent first, and the tail goes on from where it began."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import msgspec
import pytest

from noc_tui.journal.exchange import Cursor, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.server import snapshot_routes
from noc_tui.server.gate import BrokenOff
from noc_tui.server.limits import Limits
from noc_tui.server.listening import ServeConfig
from noc_tui.store.board_rows import BoardRows
from noc_tui.store.errors import FailedStore
from noc_tui.store.opening import Store, open_store
from tests.contract.desk import report
from tests.contract.server.house import Client, House, bearer, house, listening, token
from tests.contract.server.raw import port, request
from tests.contract.server.test_journal import command

Line = SnapshotStart | SnapshotRows | SnapshotEnd
_LINE = msgspec.json.Decoder(Line)


def filled(path: Path, count: int) -> Store:
    """A store with so many incidents of one alert each."""
    store = open_store(path)
    store.ingest([report(f"k{number}", service=f"s{number}") for number in range(count)])
    return store


async def lines(client: Client, **headers: str) -> list[Line]:
    """A snapshot, as it comes."""
    async with client.http.stream("GET", "/v1/snapshot", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/x-ndjson"
        return [_LINE.decode(line) async for line in answer.aiter_lines()]


async def test_it_is_the_whole_board_and_says_how_much_that_was(tmp_path: Path) -> None:
    filled(tmp_path / "noc.db", 700).close()
    async with house(tmp_path / "noc.db") as served, served.client("vic", "viewer") as vic:
        start, *parts, end = await lines(vic, **{"accept-encoding": "identity"})
    assert isinstance(start, SnapshotStart) and isinstance(end, SnapshotEnd)
    rows = [part for part in parts if isinstance(part, SnapshotRows)]
    incidents = [incident for part in rows for incident in part.incidents]
    alerts = [alert for part in rows for alert in part.alerts]
    assert (len(incidents), len(alerts)) == (end.incidents, end.alerts)
    assert {incident.number for incident in incidents} == set(range(1, 701))
    assert {alert.incident for alert in alerts} == set(range(1, 701))
    assert start.next_number == 701
    assert 0 < len(rows[0].incidents) <= 200


async def test_the_tail_goes_on_where_it_began(served: House, ana: Client) -> None:
    pushed = await ana.push(command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    start, *_ = await lines(ana)
    assert isinstance(start, SnapshotStart)
    await ana.push(command())
    page = await ana.page(start.cursor, wait=20)
    assert [told.seq for told in page.events] == [start.cursor.seq + 1]
    assert start.cursor == Cursor(page.epoch, pushed.head, page.hash)


async def test_one_that_is_sent_compressed_says_the_same(tmp_path: Path) -> None:
    filled(tmp_path / "noc.db", 300).close()
    async with house(tmp_path / "noc.db") as served, served.client() as ana:
        plain = await lines(ana, **{"accept-encoding": "identity"})
        packed = await lines(ana, **{"accept-encoding": "gzip"})
        answer = await ana.http.get("/v1/snapshot", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert packed[1:] == plain[1:]


async def test_one_who_reads_slowly_holds_no_transaction(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    store = await asyncio.to_thread(filled, path, 5_000)
    headers = bearer(token(path)) | {"accept-encoding": "identity"}
    async with (
        listening(ServeConfig(store=path, port=0)) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.address[1]}", headers=headers) as http,
        http.stream("GET", "/v1/snapshot") as answer,
    ):
        reading = answer.aiter_lines()
        await anext(reading)
        await asyncio.to_thread(store.ingest, [report(f"late{number}") for number in range(50)])
        assert await asyncio.to_thread(_restarts_log, path), "the log could not start over while a snapshot was read"
        rest = [line async for line in reading]
    end = _LINE.decode(rest[-1])
    assert isinstance(end, SnapshotEnd)
    assert end.incidents >= 5_000
    await asyncio.to_thread(store.close)


@asynccontextmanager
async def asked(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks a server that listens, over a store of some size."""
    store = await asyncio.to_thread(filled, path, 5_000)
    await asyncio.to_thread(store.close)
    headers = bearer(token(path)) | {"accept-encoding": "identity"}
    async with (
        listening(ServeConfig(store=path, port=0)) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.address[1]}", headers=headers, timeout=30) as http,
    ):
        yield http


async def has_its_turn(http: httpx.AsyncClient) -> None:
    """Wait until another is sent the board."""
    async with asyncio.timeout(20):
        while (await http.get("/v1/snapshot")).status_code == 503:  # noqa: ASYNC110 (a server tells nobody)
            await asyncio.sleep(0.01)


async def test_a_third_comes_again_when_one_of_two_has_all_of_it(tmp_path: Path) -> None:
    async with (
        asked(tmp_path / "noc.db") as http,
        http.stream("GET", "/v1/snapshot") as first,
        http.stream("GET", "/v1/snapshot") as second,
    ):
        assert (first.status_code, second.status_code) == (200, 200)
        third = await http.get("/v1/snapshot")
        assert (third.status_code, third.json()["code"], third.headers["retry-after"]) == (503, "overloaded", "5")
        assert [line async for line in first.aiter_lines()]
        await has_its_turn(http)


async def test_one_who_reads_slowly_keeps_nobody_waiting_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_routes, "TURN", 0.05)
    async with (
        asked(tmp_path / "noc.db") as http,
        http.stream("GET", "/v1/snapshot"),
        http.stream("GET", "/v1/snapshot"),
    ):
        await has_its_turn(http)


async def test_one_who_goes_away_in_the_middle_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    store = await asyncio.to_thread(filled, path, 5_000)
    await asyncio.to_thread(store.close)
    mine = token(path)
    async with port(path, Limits()) as server:
        at_work = _open_files(path)
        for _ in range(12):
            async with server.wire() as wire:
                await wire.send(request("GET", "/v1/snapshot", mine))
                assert (await wire.head()).startswith(("http/1.1 200", "http/1.1 503"))
        # SQLite keeps the file of a closed connection for the next one, as long as others are open.
        assert _open_files(path) < at_work + 12


async def test_a_store_that_fails_in_the_middle_is_not_taken_for_a_whole_one(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: BoardRows) -> Iterator[SnapshotRows]:
        yield SnapshotRows()
        raise FailedStore(self.path, "SQLITE_IOERR")

    monkeypatch.setattr(BoardRows, "parts", failing)
    with pytest.raises(BrokenOff):
        await lines(ana, **{"accept-encoding": "identity"})


def _open_files(path: Path) -> int:
    return sum(one.is_symlink() and one.readlink() == path for one in Path("/proc/self/fd").iterdir())


def _restarts_log(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=5)) as db:
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        return not busy
