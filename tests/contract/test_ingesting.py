"""Reports are taken in once, in order, and answered when they are durable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from noc_tui.incidents.model import HOUR, SECOND
from noc_tui.store.counting import KEPT, OVERDUE, CounterBook
from noc_tui.store.ingesting import LARGEST, LONGEST, SMALLEST, BatchSize
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report, rows, sound


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    with closing(desk.open()) as opened:
        yield opened


def test_reports_open_attach_clear_and_repeat(desk: Desk, store: Store) -> None:
    a, b = report("a", resource="core1"), report("b", resource="core1")
    outcomes = store.ingest([a, b, a, replace(a, firing=False), report("c")])
    assert [(taken.ref, taken.outcome, taken.number) for taken in outcomes] == [
        ("sim:a", "opened", 1),
        ("sim:b", "attached", 1),
        ("sim:a", "repeated", 1),
        ("sim:a", "cleared", 1),
        ("sim:c", "opened", 2),
    ]
    assert rows(desk.path, "SELECT alert_count, alerts_firing FROM incidents ORDER BY number") == [(2, 1), (1, 1)]
    assert sound(desk.path)


def test_a_batch_taken_in_twice_adds_nothing(desk: Desk, store: Store) -> None:
    reports = [report(str(n), resource=f"r{n % 7}") for n in range(450)]
    first = store.ingest(reports)
    head = store.head()
    again = store.ingest(reports)
    assert store.head() == head
    assert {taken.outcome for taken in again} == {"repeated"}
    assert [taken.number for taken in again] == [taken.number for taken in first]
    assert sound(desk.path)


def test_a_storm_with_people_in_between_folds_to_its_projection(desk: Desk, store: Store) -> None:
    chance = Random(5)
    other = desk.open()
    keys = [f"k{n}" for n in range(60)]
    for _ in range(40):
        desk.now += chance.randrange(1, 90) * SECOND
        reports = [
            report(key, firing=chance.random() < 0.6, severity=chance.choice(("minor", "critical")), resource=key[-1:])
            for key in chance.sample(keys, 20)
        ]
        chance.choice((store, other)).ingest(reports)
        ids = [row[0] for row in rows(desk.path, "SELECT id FROM incidents")]
        verbs = [chance.choice(("ack", "take", "release")) for _ in range(3)]
        commands = [desk.command(verb, chance.choice(ids)) for verb in verbs]
        commands.append(desk.command("resolve", chance.choice(ids), code="fixed"))
        chance.choice((store, other)).append(commands)
    other.close()
    assert sound(desk.path)


def test_a_new_group_is_opened_when_the_old_incident_is_over(desk: Desk, store: Store) -> None:
    (first,) = store.ingest([report("a", resource="core1")])
    ((id,),) = rows(desk.path, "SELECT id FROM incidents")
    store.ingest([report("b", resource="core1")])
    assert desk.do(store, "merge", desk.log(store), parent=first.number).ok
    assert desk.do(store, "resolve", id, code="fixed").ok
    (second,) = store.ingest([report("c", resource="core1")])
    assert (first.number, second.outcome, second.number) == (1, "opened", 3)
    assert sound(desk.path)


def test_a_new_alert_of_a_merged_group_goes_to_its_home_while_that_is_open(desk: Desk, store: Store) -> None:
    store.ingest([report("a", resource="core1"), report("b", resource="core2")])
    child, home = (id for (id,) in rows(desk.path, "SELECT id FROM incidents ORDER BY number"))
    assert desk.do(store, "merge", child, parent=2).ok
    desk.log(store, "The cause")
    with closing(desk.open()) as other:
        seen = [writer.ingest([report(f"{n}", resource="core1")])[0] for n, writer in enumerate((store, other, store))]
    assert [(taken.outcome, taken.number) for taken in seen] == [("attached", 2)] * 3
    assert desk.do(store, "merge", home, parent=3).ok
    assert store.ingest([report("c", resource="core1")])[0].number == 3
    assert rows(desk.path, "SELECT alert_count FROM incidents ORDER BY number") == [(1,), (5,), (6,)]
    assert sound(desk.path)


def test_a_merged_group_follows_its_home_through_its_states(desk: Desk, store: Store) -> None:
    store.ingest([report("a", resource="core1")])
    ((child,),) = rows(desk.path, "SELECT id FROM incidents")
    home = desk.log(store)
    assert desk.do(store, "merge", child, parent=2).ok
    assert store.ingest([report("b", resource="core1")])[0].number == 2
    assert desk.do(store, "resolve", home, code="f").ok
    assert store.ingest([report("c", resource="core1")])[0].number == 3
    ((later,),) = rows(desk.path, "SELECT id FROM incidents WHERE number = 3")
    assert desk.do(store, "resolve", later, code="f").ok
    assert desk.do(store, "reopen", home, reason="again").ok
    assert store.ingest([report("d", resource="core1")])[0].number == 2
    assert desk.do(store, "unmerge", child).ok
    assert store.ingest([report("e", resource="core1")])[0].number == 1
    assert sound(desk.path)


def test_an_older_open_incident_gathers_when_a_newer_one_went_to_a_home_that_is_done(desk: Desk, store: Store) -> None:
    store.ingest([report("a", resource="core1")])
    desk.now += HOUR  # past the window, so that a second incident has the same group
    store.ingest([report("b", resource="core1")])
    older, newer = (id for (id,) in rows(desk.path, "SELECT id FROM incidents ORDER BY number"))
    home = desk.log(store)
    assert desk.do(store, "merge", newer, parent=3).ok
    store.ingest([report("a", resource="core1", firing=False), report("a", resource="core1")])
    assert desk.do(store, "resolve", home, code="f").ok
    assert store.ingest([report("c", resource="core1")])[0].number == 1
    assert desk.do(store, "ack", older).ok
    assert sound(desk.path)


def test_what_another_process_opened_is_joined(desk: Desk, store: Store) -> None:
    other = desk.open()
    store.ingest([report("a", resource="core1")])
    (joined,) = other.ingest([report("b", resource="core1")])
    (again,) = store.ingest([report("c", resource="core1")])
    other.close()
    assert [(taken.outcome, taken.number) for taken in (joined, again)] == [("attached", 1), ("attached", 1)]
    assert sound(desk.path)


@pytest.mark.parametrize("odd", [{"summary": "half \udc00 a pair"}, {"starts_at": 1 << 63}])
def test_a_report_that_cannot_be_kept_is_quarantined_alone(desk: Desk, store: Store, odd: dict[str, object]) -> None:
    taken = store.ingest([report("a"), report("b", **odd), report("c")])
    assert [each.outcome for each in taken] == ["opened", "quarantined", "opened"]
    assert taken[1].reason
    assert rows(desk.path, "SELECT source, reason FROM quarantine") == [("sim", taken[1].reason)]
    assert sound(desk.path)


def test_what_nobody_could_read_is_kept(desk: Desk, store: Store) -> None:
    store.quarantine("am", [("no JSON", b"\xff{"), ("no name", b"{}")])
    assert rows(desk.path, "SELECT source, received_at, reason, body FROM quarantine ORDER BY reason") == [
        ("am", desk.now, "no JSON", b"\xff{"),
        ("am", desk.now, "no name", b"{}"),
    ]


def test_what_nobody_could_read_is_kept_once_and_its_repeats_are_counted(desk: Desk, store: Store) -> None:
    first = desk.now
    for _ in range(3):
        store.quarantine("am", [("no name", b"{}")])
        desk.now += OVERDUE
    store.quarantine("other", [("no name", b"{}")])
    assert store.head().seq == 0
    assert rows(desk.path, "SELECT source, received_at FROM quarantine ORDER BY source") == [
        ("am", first),
        ("other", desk.now),
    ]
    store.write_counters()
    assert store.live().odd_repeats() == 2


def test_counters_are_written_behind_and_found_again(desk: Desk, store: Store) -> None:
    store.ingest([report("a"), report("a"), report("a")])
    assert store.live().counters(["sim:a"]) == {}
    desk.now += OVERDUE
    store.ingest([report("b")])
    assert store.live().counters(["sim:a"])["sim:a"].repeats == 2
    store.ingest([report("a")])
    store.close()
    with closing(desk.open()) as again:
        again.ingest([report("a")])
        again.write_counters()
        assert again.live().counters(["sim:a"])["sim:a"].repeats == 4


def test_counters_in_memory_are_bounded(store: Store) -> None:
    book = CounterBook(store.live())
    for start in range(0, KEPT * 2, 10_000):
        book.counter("sim:0", [f"sim:{n}" for n in range(start, start + 10_000)])
        book.counter(f"sim:{start}", [f"sim:{n}" for n in range(start, start + 10_000)])
    assert len(book) <= KEPT


def test_a_batch_grows_and_shrinks_with_the_time_it_takes() -> None:
    now = 0.0
    size = BatchSize(lambda: now)
    seen = []
    for took in (LONGEST * 2,) * 5 + (0.0,) * 10 + (LONGEST * 0.7,):
        size.begin()
        now += took
        size.end()
        seen.append(size.now)
    assert min(seen) == SMALLEST
    assert seen[-2:] == [LARGEST, LARGEST]
