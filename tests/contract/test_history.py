"""What has left the board is found in SQL by the same queries, with the same meaning as in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from noc_tui.incidents.listing import SORT_NAMES, SORTS
from noc_tui.incidents.model import Incident
from noc_tui.incidents.query import compile_query, haystack_of
from noc_tui.incidents.query.fields import FIELDS
from noc_tui.store.decoding import incidents_of
from noc_tui.store.errors import MissingStore
from noc_tui.store.history import ClosedIncidents, TooLarge
from noc_tui.store.query_sql import condition_of, prepared
from noc_tui.store.rows import clean_incident, incident_row
from noc_tui.store.schema import incidents
from noc_tui.store.statements import INSERT_INCIDENT
from tests.contract.past import Past, stored, writer
from tests.unit.incidents.query.asking import CONTEXT, NOW, POOL, QUERIES

WORDS = (
    "",
    "straße",
    "STRASSE",
    "ﬁbre",
    "İzmir",
    "K\u212an",
    "a*b",
    "a?b[c",
    "pe07.par3",
    "日本 router",
    "\u017fite",
    "Ǆ",
    "x" * 300,
)
"""Texts that upper and lower case, gaps and signs of other patterns could trip over."""
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
ROWS = st.builds(
    replace,
    st.sampled_from(POOL),
    title=TEXTS,
    resource=TEXTS,
    owner=TEXTS,
    cause=TEXTS,
    labels=st.lists(TEXTS, max_size=3).map(tuple),
)
ASKED = st.one_of(
    QUERIES,
    st.tuples(
        st.sampled_from(("", "-", "res:", "res=", "title:", "owner:", "label:", "cause!=", "-label:", "res:*")),
        st.sampled_from(
            ("strasse", "STRAßE", "fibre", "izmir", "ken", '"a*b"', "a*b", "a*", "*b*", '"?b["', "日", "site", "*")
        ),
    ).map("".join),
    st.sampled_from(('res~"^(straß|pe)"', 'label~"b$"', "title~日", 'owner~"."')),
)
SORTED = st.lists(
    st.tuples(st.sampled_from(("", "-")), st.sampled_from([field.name for field in FIELDS if field.sorts])),
    min_size=1,
    max_size=3,
).map(lambda parts: "sort:" + ",".join(map("".join, parts)))


def numbered(rows: Sequence[Incident]) -> list[Incident]:
    """The rows as a store keeps them, each under a number of its own."""
    return [clean_incident(replace(row, number=n, id=n.to_bytes(16, "big"))) for n, row in enumerate(rows, 1)]


def closed(rows: Sequence[Incident]) -> list[Incident]:
    return [row for row in rows if row.state in ("closed", "merged")]


def fill(path: Path, rows: Sequence[Incident]) -> None:
    with closing(writer(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("DELETE FROM incidents")
        db.executemany(INSERT_INCIDENT, map(incident_row, rows))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("history") / "noc.db", Past())


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=8), texts=st.lists(ASKED, min_size=3, max_size=6))
def test_sql_finds_what_memory_finds(store: Path, rows: list[Incident], texts: list[str]) -> None:
    kept = numbered(rows)
    context = replace(CONTEXT, parents=lambda: frozenset(row.parent for row in kept if row.parent))
    fill(store, kept)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(store)
        prepared(connection)
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        for text in texts:
            asked = compile_query(text, context)
            query = select(incidents).where(condition_of(asked.query, context)).order_by(incidents.c.number)
            found = incidents_of(connection.execute(query).all())
            assert found == [row for row in kept if asked.predicate(row)], text
            by_texts = compile_query(text, context, haystack_of).predicate
            assert found == [row for row in kept if by_texts(row)], text
    engine.dispose()


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(ROWS, max_size=8), sort=SORTED, limit=st.integers(0, 5))
def test_sql_orders_as_memory_orders(store: Path, rows: list[Incident], sort: str, limit: int) -> None:
    kept = numbered([replace(row, state="closed" if row.state == "new" else row.state) for row in rows])
    fill(store, kept)
    asked = compile_query(sort, CONTEXT)
    assert ClosedIncidents(store).find(asked, limit) == asked.order(closed(kept))[:limit]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROWS, max_size=8), name=st.sampled_from(SORT_NAMES))
def test_the_boards_orders_are_those_of_the_list(store: Path, rows: list[Incident], name: str) -> None:
    kept = numbered([replace(row, state="merged" if row.state == "new" else row.state) for row in rows])
    fill(store, kept)
    by = SORTS[name.removeprefix("-")]
    wanted = sorted(closed(kept), key=lambda row: (by(row), row.number), reverse=name.startswith("-"))
    assert ClosedIncidents(store).find(None, sort=name) == wanted


def test_the_newest_come_first_and_no_more_than_asked_for(store: Path) -> None:
    fill(store, numbered([replace(POOL[0], state="closed")] * 50))
    assert [row.number for row in ClosedIncidents(store).find(None, 3)] == [50, 49, 48]
    assert [row.number for row in ClosedIncidents(store).find(compile_query("number<10", CONTEXT), 2)] == [9, 8]


def test_who_is_a_parent_is_known(store: Path) -> None:
    fill(store, numbered([replace(POOL[0], parent=7), replace(POOL[0], parent=0)]))
    assert ClosedIncidents(store).parents() == {7}


def test_what_takes_too_long_is_told(store: Path) -> None:
    now = iter(range(1_000_000))
    fill(store, numbered([replace(POOL[0], state="closed", title="x" * 200, opened_at=NOW)] * 3_000))
    with pytest.raises(TooLarge, match="ask for less"):
        ClosedIncidents(store, 0.5, lambda: next(now)).find(compile_query("title:x*x*y sort:title,res", CONTEXT))


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingStore):
        ClosedIncidents(tmp_path / "none.db").find(None)
