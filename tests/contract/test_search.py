"""Search: everything that was ever logged is found, from an index that may be deleted at any time."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.journal.envelope import Event
from noc_tui.journal.finding import Found
from noc_tui.store.errors import MissingStore
from noc_tui.store.search import Searcher
from noc_tui.store.search_index import SearchIndex, search_path
from tests.contract.past import Past, put_event, stored, writer

PARIS = "fibre PAR-LYO-7 down"


def told(past: Past, opened: Event, kind: str = "incident.noted", **more: object) -> Event:
    """Something that a person says of an incident."""
    draft = Draft(kind=kind, incident=opened.incident_id, more=dict(more))
    return past.add(draft, command=past.new_id(), actor="ana")


@pytest.fixture
def past() -> Past:
    past = Past()
    first = past.open(title=PARIS, resource="pe07.par3", service="core-ip")
    second = past.open(title="psu B failed", resource="sw11.ams", service="lan-ams")
    third = past.open(title="certificate expires", resource="vpn.example", service="vpn")
    told(past, first, text="called Seine Optics, ticket PROV-84065")
    told(past, second, text="\x1b[31m spare ordered \x1b[0m for Nordmotors")
    told(past, third, text="asked Nordmotors for a date")
    past.change(second, state="closed", resolution_code="fixed", cause="psu replaced by the Zürich crew")
    summary = {
        "source": "sim",
        "key": "x",
        "incident": 1,
        "summary": "optical power lost",
        "labels": [["a", "Kestrel"]],
    }
    past.add(Draft(kind="alert.raised", incident=first.incident_id, alert="sim:x", alert_set=summary))
    return past


@pytest.fixture
def store(tmp_path: Path, past: Past) -> Path:
    return stored(tmp_path / "noc.db", past)


@pytest.fixture
def searcher(store: Path) -> Iterator[Searcher]:
    with closing(Searcher(store)) as searcher:
        yield searcher


def numbers(found: list[Found]) -> list[int]:
    return [one.number for one in found]


@pytest.mark.parametrize(
    ("words", "wanted", "where"),
    [
        ("prov-84065", [1], "note"),
        ("ZURICH crew", [2], "cause"),
        ("optical", [1], "alert"),
        ("kestrel", [1], "alert"),
        ("fibre", [1], "title"),
        ("pe07.par3", [1], "resource"),
        ("seine fibre", [1], "note"),
        ("fixed", [2], "resolution"),
        ('"power lost"', [1], "alert"),
        ("nordm*", [3, 2], "note"),
        ("nordm", [3, 2], "note"),
        ("nordmotors -date", [2], "note"),
        ("kestrel PROV", [1], "alert"),
    ],
)
def test_words_are_found_wherever_they_were_said(searcher: Searcher, words: str, wanted: list[int], where: str) -> None:
    found = searcher.search_now(words)
    assert numbers(found) == wanted
    assert found[0].where == where


@pytest.mark.parametrize("words", ["", "-kestrel", '"', "...", "nothing here", '"lost power"', 'a" OR said:b* ^( NEAR'])
def test_what_is_not_there_is_not_found(searcher: Searcher, words: str) -> None:
    assert searcher.search_now(words) == []


def test_what_is_found_is_shown_clean_and_marked(searcher: Searcher) -> None:
    (found,) = searcher.search_now("spare ordered nordmotors")
    assert "\x1b" not in found.snippet
    assert [found.snippet[begin:end] for begin, end in found.marks] == ["spare", "ordered", "Nordmotors"]


def test_pages_follow_one_another(searcher: Searcher) -> None:
    first = searcher.search_now("nordmotors", 1)
    second = searcher.search_now("nordmotors", 1, before=first[0].seq)
    assert numbers(first) + numbers(second) == [3, 2]
    assert searcher.search_now("nordmotors", 1, before=second[0].seq) == []


def test_an_incident_is_found_once_however_often_it_is_said(store: Path, past: Past, searcher: Searcher) -> None:
    with closing(writer(store)) as db:
        opened = past.open(title="storm")
        put_event(db, past, opened)
        for _ in range(500):
            put_event(db, past, told(past, opened, text="storm goes on"))
    assert numbers(searcher.search_now("storm")) == [opened.number]


async def test_what_has_just_been_said_is_found(store: Path, past: Past, searcher: Searcher) -> None:
    assert await searcher.search("splice") == []
    with closing(writer(store)) as db:
        put_event(db, past, told(past, past.events[0], text="splice done"))
    found = await searcher.search("splice")
    assert numbers(found) == [1]
    assert found[0].at == past.events[-1].at
    assert searcher.lag.left == 0


def test_the_index_is_for_its_owner_alone(store: Path, searcher: Searcher) -> None:
    searcher.search_now("fibre")
    assert stat.S_IMODE(search_path(store).stat().st_mode) == 0o600


def test_to_delete_the_index_is_harmless(store: Path, searcher: Searcher) -> None:
    assert numbers(searcher.search_now("fibre")) == [1]
    for file in store.parent.glob("noc.db-search*"):
        file.unlink()
    assert numbers(searcher.search_now("fibre")) == [1]


def test_a_broken_index_is_made_anew(store: Path) -> None:
    search_path(store).write_bytes(b"no index" * 1_000)
    with closing(Searcher(store)) as searcher:
        assert numbers(searcher.search_now("fibre")) == [1]


def test_a_restored_store_is_indexed_anew(store: Path, searcher: Searcher) -> None:
    searcher.search_now("fibre")
    with closing(sqlite3.connect(store)) as db:
        db.execute("UPDATE journal_head SET epoch = ?", (b"n" * 16,))
        db.execute("DELETE FROM journal WHERE seq > 1")
        db.execute("UPDATE journal_head SET seq = 1")
        db.commit()
    assert searcher.search_now("prov-84065") == []
    assert numbers(searcher.search_now("fibre")) == [1]


def test_a_fork_under_the_same_epoch_is_indexed_anew(store: Path, searcher: Searcher) -> None:
    searcher.search_now("fibre")
    with closing(sqlite3.connect(store)) as db:
        db.execute("UPDATE journal SET hash = x'00', body = ? WHERE seq = (SELECT max(seq) FROM journal)", (b"{}",))
        db.commit()
    assert searcher.search_now("kestrel") == []


def test_the_index_is_made_in_slices_that_say_how_far_it_is(store: Path, past: Past) -> None:
    with closing(SearchIndex(store)) as index:
        first = index.advance(3)
        assert (first.done, first.left) == (3, len(past.events) - 3)
        assert index.advance(1_000).left == 0
        assert index.lag().left == 0
    with closing(Searcher(store)) as searcher:
        assert [lag.left for lag in searcher.rebuild()] == [0]


def test_a_replica_finds_what_its_rows_say(store: Path, past: Past) -> None:
    with closing(sqlite3.connect(store)) as db:
        last = past.events[-1]
        db.execute("INSERT INTO meta VALUES ('remote', 'https://noc.example'), ('begun', '1')")
        db.execute("DELETE FROM journal WHERE seq < ?", (last.seq,))
        db.execute("UPDATE journal_head SET floor = ?", (last.seq - 1,))
        db.commit()
    with closing(Searcher(store)) as searcher:
        assert [lag.left for lag in searcher.complete()][-1] == 0
        assert numbers(searcher.search_now("zurich psu")) == [2]
        assert numbers(searcher.search_now("kestrel")) == [1]
        assert searcher.search_now("nordmotors") == []


def test_a_search_that_takes_too_long_ends_with_what_it_has(store: Path) -> None:
    now = iter(range(0, 1 << 40, 1_000))
    with closing(Searcher(store, lambda: next(now))) as searcher:
        assert numbers(searcher.search_now("fibre")) == [1]


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with closing(Searcher(tmp_path / "none.db")) as searcher, pytest.raises(MissingStore):
        searcher.search_now("fibre")
