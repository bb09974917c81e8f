"""What lies behind an incident and beside it, and its timeline by parts: found by indexes, within bounds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import MINUTE, Incident
from noc_tui.journal.part import EVERYTHING, PARTS
from noc_tui.store import chapters, nearby
from noc_tui.store.reading import Reader
from tests.contract.desk import Desk, report
from tests.contract.past import Past, stored, writer

PEOPLE, MACHINES, NOTES, ALERTS = PARTS[1:]


async def beside(path: Path, number: int, limit: int = 9) -> list[int]:
    reader = Reader(path)
    incident = await reader.incident(number)
    assert incident is not None
    found = await reader.related(incident, limit)
    await reader.close()
    return [one.number for one in found]


async def behind(path: Path, number: int, limit: int = 9) -> list[int]:
    reader = Reader(path)
    incident = await reader.incident(number)
    assert incident is not None
    found = await reader.alike(incident, limit)
    await reader.close()
    return [one.number for one in found]


async def test_the_most_alike_of_the_past_comes_first(tmp_path: Path) -> None:
    past = Past()
    words = {"service": "edge", "title": "fan 2 slow", "group_key": ""}
    other = past.open(resource="r3", service="edge", title="BGP session down", group_key="")
    by_words = past.open(resource="r2", **words)
    by_resource = past.open(resource="r1", service="core", title="power lost", group_key="")
    both = past.open(resource="r1", **words)
    elsewhere = past.open(resource="r4", service="core", title="fan 2 slow", group_key="")
    for opened in (other, by_words, by_resource, both, elsewhere):
        past.change(opened, state="closed")
    still_open = past.open(resource="r1", **words)
    now = past.open(resource="r1", service="edge", title="fan 9 slow", group_key="")
    path = stored(tmp_path / "noc.db", past)
    found = await behind(path, now.number)
    assert found == [both.number, by_words.number, by_resource.number]
    assert still_open.number not in found
    assert await behind(path, now.number, limit=1) == [both.number]


async def test_what_resolved_it_is_found_among_its_last_events(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        first, second = desk.log(store), desk.log(store)
        for code, note in (("n", "looked in vain"), ("f", "cable replaced")):
            assert desk.do(store, "resolve", first, code=code, note=note).ok
            assert desk.do(store, "reopen", first, reason="again").ok
        assert desk.do(store, "resolve", second, code="c").ok
    reader = Reader(desk.path)
    incidents = [one for id in (first, second) if (one := await reader.incident_by_id(id)) is not None]
    found = await reader.resolutions(incidents)
    assert [found[one.number].data.get("note") for one in incidents] == ["cable replaced", None]
    assert await reader.resolutions([]) == {}
    await reader.close()


async def test_beside_it_is_what_shares_cause_resource_service_site_or_time(tmp_path: Path) -> None:
    past = Past()
    parent = past.open(resource="p", service="", site="", group_key="")
    brother = past.open(resource="b", parent=parent.number)
    early = past.open(resource="r1", opened_at=past.now - 600 * MINUTE)
    early_closed = past.open(resource="r1", opened_at=past.now - 600 * MINUTE)
    past.change(early_closed, state="closed")
    same_site = past.open(resource="x", site="par3")
    closed_now = past.open(resource="y")
    past.change(closed_now, state="closed")
    far = past.open(resource="z", opened_at=past.now - 600 * MINUTE)
    now = past.open(resource="r1", site="par3", parent=parent.number)
    child = past.open(resource="c", parent=now.number, opened_at=past.now - 600 * MINUTE)
    path = stored(tmp_path / "noc.db", past)
    found = await beside(path, now.number)
    assert set(found[:2]) == {parent.number, brother.number}
    assert {early.number, same_site.number, closed_now.number} <= set(found)
    assert not {early_closed.number, far.number, now.number, child.number} & set(found)
    assert found.index(early.number) < found.index(closed_now.number)
    assert await beside(path, now.number, limit=1) == found[:1]


def plan(path: Path, query: Select[object]) -> list[str]:
    db = writer(path)
    sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    steps = [step for *_, step in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    db.close()
    return steps


INCIDENT = Incident(id=b"i", number=9, resource="r1", service="s", site="x", parent=3, opened_at=9)


@pytest.mark.parametrize(
    "query",
    [
        *nearby.past_sketches(INCIDENT),
        *nearby.beside(INCIDENT),
        *(chapters.chapter(9, part, 50, after=after, before=None) for part in PARTS for after in (None, 5)),
        chapters.how_many(9, PEOPLE),
        chapters.alert_changes(9, 50),
        chapters.resolutions([INCIDENT]),
        chapters.resolutions([INCIDENT] * 12),
    ],
)
def test_nothing_is_ever_scanned(tmp_path: Path, query: Select[object]) -> None:
    steps = plan(stored(tmp_path / "noc.db", Past()), query)
    assert [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step] == []


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[Reader, int]]:
    """A reader, and an incident with events of every part: 1 created, then raised, acked, noted, cleared, raised."""
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        (accepted,) = store.ingest([report("a")])
        reader = Reader(desk.path)
        incident = await reader.incident(accepted.number)
        assert incident is not None
        assert desk.do(store, "ack", incident.id).ok
        assert desk.do(store, "note", incident.id, text="seen").ok
        store.ingest([report("a", firing=False)])
        store.ingest([report("a")])
    yield reader, accepted.number
    await reader.close()


async def test_a_timeline_is_read_by_parts(told: tuple[Reader, int]) -> None:
    reader, number = told
    every = await reader.chapter(number, EVERYTHING, 50)
    assert [event.revision for event in every] == list(range(1, len(every) + 1))
    for part in PARTS:
        wanted = [event for event in every if part.has(event)]
        assert wanted
        assert await reader.chapter(number, part, 50) == wanted
        assert await reader.how_many(number, part) == len(wanted)
        assert await reader.chapter(number, part, 2, after=wanted[0].revision) == wanted[1:3]
        assert await reader.chapter(number, part, 2, before=wanted[-1].revision) == wanted[:-1][-2:]
        assert await reader.how_many(number, part, before=wanted[-1].revision) == len(wanted) - 1
    assert {event.kind for event in await reader.chapter(number, NOTES, 9)} == {"incident.noted"}
    assert all(event.alert for event in await reader.chapter(number, ALERTS, 9))
    assert len(await reader.chapter(number, MACHINES, 50)) + 2 == len(every)


async def test_an_alerts_history_is_when_it_fired_and_was_cleared(told: tuple[Reader, int]) -> None:
    reader, number = told
    changes = await reader.alert_changes(number, 50)
    assert [firing for _, firing, _ in changes] == [True, False, True]
    assert len({ref for ref, _, _ in changes}) == 1
    assert await reader.alert_changes(number, 1) == changes[:1]


async def test_a_foreign_kind_is_in_a_timeline_too(tmp_path: Path) -> None:
    past = Past()
    opened = past.open()
    past.add(Draft(kind="incident.dreamt", incident=opened.incident_id, set={}))
    reader = Reader(stored(tmp_path / "noc.db", past))
    assert [event.kind for event in await reader.chapter(opened.number, MACHINES, 9)][-1] == "incident.dreamt"
    await reader.close()
