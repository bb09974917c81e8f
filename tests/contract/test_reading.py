"""The asynchronous reader: what panes and scripts ask of a store."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import Incident
from noc_tui.store import reading
from noc_tui.store.errors import MissingStore, StoreError
from noc_tui.store.reading import Reader
from noc_tui.store.rows import clean_alert, clean_incident
from tests.contract.desk import Desk, report
from tests.contract.past import Past, believable, put_event, stored, writer


@pytest.fixture(scope="module")
def past() -> Past:
    return believable(60)


@pytest.fixture(scope="module")
def store(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("store") / "noc.db", past)


@pytest.fixture
async def reader(store: Path) -> AsyncIterator[Reader]:
    reader = Reader(store)
    yield reader
    await reader.close()


def numbered(past: Past, number: int) -> Incident:
    return clean_incident(next(one for one in past.incidents.values() if one.number == number))


async def test_an_incident_is_found_by_number_and_by_id(reader: Reader, past: Past) -> None:
    incident = numbered(past, 8)
    assert await reader.incident(8) == incident
    assert await reader.incident_by_id(incident.id) == incident
    assert await reader.incident(10_000) is None
    assert await reader.incident_by_id(b"none") is None


async def test_text_from_outside_is_clean_when_it_is_read(reader: Reader) -> None:
    incident = await reader.incident(1)
    assert incident is not None
    assert "\x1b" not in incident.title


async def test_alerts_come_firing_and_worst_first(tmp_path: Path) -> None:
    past = Past()
    opened = past.open()
    for n, (severity, firing) in enumerate([("minor", True), ("critical", False), ("critical", True)]):
        put = {"incident": opened.number, "severity": severity, "firing": firing}
        past.add(Draft(kind="alert.raised", incident=opened.incident_id, alert=f"am:{n}", alert_set=put))
    reader = Reader(stored(tmp_path / "noc.db", past))
    alerts = await reader.alerts(opened.number, limit=3)
    assert [alert.ref for alert in alerts] == ["am:2", "am:0", "sim:0"]
    assert alerts[0] == clean_alert(past.alerts["am:2"])
    assert await reader.alerts(0, limit=3) == []
    await reader.close()


async def test_the_timeline_is_paged_from_the_newest(tmp_path: Path) -> None:
    past = Past()
    opened, other = past.open(), past.open()
    for _ in range(5):
        past.change(opened, state="acked")
        past.change(other, state="acked")
    reader = Reader(stored(tmp_path / "noc.db", past))
    own = [event for event in past.events if event.incident_id == opened.incident_id][::-1]
    first = await reader.timeline(opened.number, limit=4)
    second = await reader.timeline(opened.number, limit=4, before=first[-1].seq)
    assert [*first, *second] == own
    assert await reader.timeline(opened.number, limit=4, before=own[1].seq + 1) == own[1:5]
    assert await reader.timeline(99, limit=4) == []
    await reader.close()


async def test_children_come_by_number(tmp_path: Path) -> None:
    past = Past()
    parent = past.open()
    children = [past.open(parent=parent.number), past.open(parent=parent.number, state="merged")]
    past.open()
    reader = Reader(stored(tmp_path / "noc.db", past))
    assert [one.number for one in await reader.children(parent.number)] == [one.number for one in children]
    assert await reader.children(0) == []
    await reader.close()


async def test_the_history_is_iterated_by_state_and_time(reader: Reader, past: Past) -> None:
    closed = [one.number for one in past.incidents.values() if one.state == "closed"]
    assert [one.number async for chunk in reader.incidents_where(states=["closed"]) for one in chunk] == closed
    everything = [one async for chunk in reader.incidents_where() for one in chunk]
    assert everything == [clean_incident(one) for one in past.incidents.values()]
    since, until = everything[10].opened_at, everything[20].opened_at
    window = reader.incidents_where(opened_from=since, opened_before=until)
    assert [one.number async for chunk in window for one in chunk] == [one.number for one in everything[10:20]]


async def test_events_follow_a_seq(reader: Reader, past: Past) -> None:
    assert await reader.events(after=5, limit=10) == past.events[5:15]
    assert await reader.events(after=len(past.events), limit=10) == []
    assert (await reader.head()).seq == len(past.events)


async def test_many_incidents_are_read_at_once(reader: Reader, past: Past) -> None:
    numbers = [*range(1, 61), 7, 10_000, *range(20_000, 21_000)]
    assert await reader.incidents(numbers) == {number: numbered(past, number) for number in range(1, 61)}
    assert await reader.incidents([]) == {}


def test_a_persons_deeds_are_found_by_an_index(store: Path) -> None:
    db = writer(store)
    question = "SELECT * FROM journal WHERE origin = ? AND command_id IS NOT NULL AND actor = ? AND seq < ?"
    plan = db.execute(f"EXPLAIN QUERY PLAN {question} ORDER BY seq DESC LIMIT 500", ("t", "ana", 9)).fetchall()
    db.close()
    assert [step for *_, step in plan] == ["SEARCH journal USING INDEX journal_deeds (origin=? AND seq<?)"]


async def test_a_persons_last_gestures_are_found_however_long_ago_they_were(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        incidents = [desk.log(store) for _ in range(3)]
        batches = [desk.new_id() for _ in range(400)]
        for n, batch in enumerate(batches):
            store.append([desk.command("note", id, text=f"{n}", batch=batch) for id in incidents])
        store.ingest([report(str(n)) for n in range(600)])
    reader = Reader(desk.path)
    found = await reader.deeds_by("ana", "tty1", gestures=300)
    assert [event.batch for event in found] == [batch for batch in batches[100:] for _ in incidents]
    assert [event.seq for event in found] == sorted(event.seq for event in found)
    assert len(await reader.deeds_by("ana", "tty1", gestures=500)) == 3 * 400 + len(incidents)
    assert await reader.deeds_by("bob", "tty1", gestures=300) == []
    assert await reader.deeds_by("ana", "tty2", gestures=300) == []
    await reader.close()


async def test_a_gesture_that_is_too_large_is_left_out_and_never_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_DEEDS", 5)
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        incidents = [desk.log(store) for _ in range(3)]
        batches = [desk.new_id() for _ in range(2)]
        for batch in batches:
            store.append([desk.command("note", id, text="seen", batch=batch) for id in incidents])
    reader = Reader(desk.path)
    assert {event.batch for event in await reader.deeds_by("ana", "tty1", gestures=9)} == {batches[1]}
    await reader.close()


async def test_receipts_answer_the_commands_that_have_one(reader: Reader, past: Past) -> None:
    commands = [receipt[0] for receipt in past.receipts]
    found = await reader.receipts([*commands, b"unknown"])
    assert list(found) == commands
    assert found[commands[0]].ok
    refusal = found[commands[-1]]
    assert (refusal.ok, refusal.code, refusal.seqs) == (False, "state", ())


async def test_a_reader_sees_what_was_committed_while_it_is_open(tmp_path: Path) -> None:
    past = believable(3)
    path = stored(tmp_path / "noc.db", past)
    reader = Reader(path)
    assert await reader.incident(4) is None
    db = writer(path)
    put_event(db, past, past.open(title="new"))
    db.close()
    incident = await reader.incident(4)
    assert incident is not None
    assert incident.title == "new"
    await reader.close()


async def test_a_store_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "noc.db")
    with pytest.raises(MissingStore):
        await reader.incident(1)
    await reader.close()


async def test_a_store_without_tables_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "noc.db").touch()
    reader = Reader(tmp_path / "noc.db")
    with pytest.raises(StoreError):
        await reader.incident(1)
    await reader.close()


def test_a_program_ends_whatever_it_left_open(store: Path) -> None:
    program = f"""
import asyncio
from pathlib import Path
from noc_tui.store.reading import Reader

async def leave() -> None:
    reading = Reader(Path({str(store)!r}))
    await reading.incident(1)
    globals()["kept"] = reading  # never closed, as by a worker that is cancelled with its screen

asyncio.run(leave())
"""
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60, check=False)

    assert ended.returncode == 0
