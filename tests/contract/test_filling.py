"""A store filled with a simulated past: true by every rule, the same for the same seed, whole or not there."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import OPEN_STATES, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.simulate.filling import ALONE, fill, tell
from noc_tui.simulate.histories import Deed, Plan
from noc_tui.simulate.past import plans, size_for
from noc_tui.simulate.world import make_world
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.bulk_load import load
from noc_tui.store.chronicle import Chapter, Chronicle
from noc_tui.store.draft import FilledStore
from noc_tui.store.errors import NotAStore, StoreBusy
from noc_tui.store.interleaving import interleaved
from noc_tui.store.opening import open_store
from noc_tui.store.relay import StoppedTelling, relayed
from noc_tui.store.rows import INCIDENT_COLUMNS
from tests.contract.desk import START, Desk, rows, sound

TABLES = ("journal", "incidents", "alerts", "receipts")


def filled(path: Path, open_count: int = 20, closed_count: int = 80, seed: int = 1) -> Path:
    """A small store filled as of the desk's time."""
    fill(path, open_count=open_count, closed_count=closed_count, seed=seed, now=START)
    return path


def planned(open_count: int, closed_count: int, seed: int = 1) -> list[Plan]:
    """The plans that a fill tells."""
    world = make_world(seed, size_for(open_count, closed_count))
    return list(plans(world, Random(seed), START, open_count, closed_count))


def told(*histories: Plan) -> list[Chapter]:
    """The chapters that come of these plans."""
    return list(Chronicle(Policy(), Random(1).randbytes).tell(enumerate(histories, start=1)))


def stored(path: Path, *histories: Plan) -> Path:
    """A store of these plans alone."""
    load(path, interleaved([iter(told(*histories))]), len(histories), demo=True, now=START)
    return path


def raised(key: str, at: Micros, *, firing: bool = True) -> Report:
    """A report about one key, at its time."""
    return Report(source="sim", key=key, severity="major", resource=key, summary=f"{key} down", firing=firing, at=at)


def closed(key: str, at: Micros) -> Plan:
    """An incident that lasted for five hours."""
    hour = 3_600_000_000
    return Plan(
        reports=(raised(key, at),),
        clears=(raised(key, at + 3 * hour, firing=False),),
        deeds=(
            Deed("ack", "ana", at + hour),
            Deed("resolve", "ana", at + 4 * hour, {"code": "fixed"}),
            Deed("close", "bo", at + 5 * hour),
        ),
        state="closed",
    )


class Stop(Exception):
    """Raised to end a fill from its progress."""


def test_a_filled_store_is_true_by_every_check(tmp_path: Path) -> None:
    path = filled(tmp_path / "noc.db", 200, 800)
    assert sound(path)
    assert rows(path, "SELECT count(*), sum(ok) FROM receipts") == [
        (sum(len(plan.deeds) for plan in planned(200, 800)),) * 2
    ]


def test_incidents_end_in_the_states_that_were_planned(tmp_path: Path) -> None:
    path = filled(tmp_path / "noc.db", 200, 800)
    states = dict(rows(path, "SELECT state, count(*) FROM incidents GROUP BY state"))
    assert states == Counter(plan.state for plan in planned(200, 800))
    assert sum(states[state] for state in states if state in OPEN_STATES) == 200


def test_the_board_shows_what_is_open(tmp_path: Path) -> None:
    path = filled(tmp_path / "noc.db", 200, 800)
    with closing(BoardReader(path)) as reader:
        assert reader.demo
        shown = [incident for chunk in reader.all_rows() for incident in chunk]
    assert len(shown) == 200
    assert all(incident.opened_at < START for incident in shown)


def test_the_same_seed_gives_the_same_store(tmp_path: Path) -> None:
    one, two, other = (filled(tmp_path / f"{n}.db", seed=seed) for n, seed in ((1, 7), (2, 7), (3, 8)))
    for table in TABLES:
        assert rows(one, f"SELECT * FROM {table}") == rows(two, f"SELECT * FROM {table}")
        assert rows(one, f"SELECT * FROM {table}") != rows(other, f"SELECT * FROM {table}")


def test_it_is_what_the_appender_would_have_written(tmp_path: Path) -> None:
    histories = planned(6, 20)
    path = stored(tmp_path / "filled.db", *histories)
    desk = Desk(tmp_path)
    store = desk.open()
    numbers = {plan.reports[0].ref: number for number, plan in enumerate(histories, start=1)}
    ids: dict[int, bytes] = {}
    steps = [(step.at or 0, numbers[plan.reports[0].ref], step) for plan in histories for step in plan.steps()]
    for at, number, step in sorted(steps, key=lambda one: one[:2]):
        desk.now = at
        if isinstance(step, Report):
            store.ingest([step])
            ids.setdefault(number, rows(desk.path, "SELECT id FROM incidents WHERE number = ?", (number,))[0][0])
        else:
            command = desk.command(step.verb, ids[number], actor=step.actor, origin="simulation", **step.args)
            assert store.append([command])[0].ok
    store.close()
    for query in (
        "SELECT seq, kind, at, received_at, actor, origin, number, alert, revision, body FROM journal",
        "SELECT number, state, title, owner, attention, response_due, resolution_due, changed_seq FROM incidents",
        "SELECT * FROM alerts ORDER BY ref",
        "SELECT ok, number, reason, code, first_seq, last_seq, seqs FROM receipts ORDER BY first_seq",
        "SELECT seq, next_number, floor, received_at FROM journal_head",
    ):
        assert rows(path, query) == rows(desk.path, query)


def test_an_alert_that_comes_back_recalls_the_incident_it_had(tmp_path: Path) -> None:
    later = START + 40 * 3_600_000_000
    path = stored(tmp_path / "noc.db", closed("a", START), closed("b", START + 1), closed("a", later))
    assert sound(path)
    assert rows(path, "SELECT number, recurrence_of FROM incidents") == [(1, 0), (2, 0), (3, 1)]
    assert rows(path, "SELECT ref, incident, raises FROM alerts ORDER BY ref") == [("sim:a", 3, 2), ("sim:b", 2, 1)]


def test_people_work_on_in_a_filled_store(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    filled(desk.path)
    (first,) = rows(desk.path, "SELECT id FROM incidents WHERE state = 'acked' LIMIT 1")
    with closing(desk.open()) as store:
        assert store.demo
        assert desk.do(store, "take", first[0]).ok
        desk.log(store, "Coffee machine down")
        assert store.head().next_number == 102
    assert sound(desk.path)


def test_indexes_and_settings_are_those_of_any_store(tmp_path: Path) -> None:
    open_store(tmp_path / "made.db").close()
    filled(tmp_path / "filled.db")
    for query in ("SELECT name, sql FROM sqlite_master ORDER BY name", "PRAGMA journal_mode", "PRAGMA page_size"):
        assert rows(tmp_path / "filled.db", query) == rows(tmp_path / "made.db", query)
    assert (tmp_path / "filled.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9], ids=["at once", "while telling", "while indexing"])
def test_an_interrupt_leaves_nothing(tmp_path: Path, share: float) -> None:
    def interrupt(done: int, total: int) -> None:
        if done >= share * total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "noc.db", open_count=200, closed_count=600, seed=1, now=START, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_inside_a_long_statement_is_still_one(tmp_path: Path) -> None:
    seen: list[int] = []

    def interrupt(done: int, total: int) -> None:
        if done >= 0.9 * total and seen[-1:] == [done]:  # told once more while an index is being made
            raise KeyboardInterrupt
        seen.append(done)

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "noc.db", open_count=200, closed_count=1800, seed=1, now=START, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_written_is_no_store(tmp_path: Path) -> None:
    def copy(done: int, total: int) -> None:
        (tmp_path / "copy.db").write_bytes((tmp_path / ".noc.db.filling").read_bytes())

    fill(tmp_path / "noc.db", open_count=10, closed_count=40, seed=1, now=START, progress=copy)
    with pytest.raises(NotAStore):
        open_store(tmp_path / "copy.db")


def test_progress_only_grows_and_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    fill(
        tmp_path / "noc.db",
        open_count=100,
        closed_count=900,
        seed=1,
        now=START,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (1000, 1000)


def test_what_a_killed_fill_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".noc.db.filling").write_bytes(b"half a page")
    filled(tmp_path / "noc.db")
    assert not list(tmp_path.glob(".*"))


def test_a_store_with_a_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        desk.log(store)
    with pytest.raises(FilledStore, match="is not empty: give the path of a new file with --store"):
        filled(desk.path)
    assert len(rows(desk.path, "SELECT * FROM journal")) == 1


def test_an_empty_store_is_replaced(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.open(demo=True).close()
    filled(desk.path)
    assert sound(desk.path)
    assert len(rows(desk.path, "SELECT * FROM incidents")) == 100


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(NotAStore):
        filled(tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text() == "Dear all"


def test_two_fills_of_one_store_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"

    def once_more(done: int, total: int) -> None:
        with pytest.raises(StoreBusy):
            filled(path)

    fill(path, open_count=5, closed_count=5, seed=1, now=START, progress=once_more)
    assert sound(path)


def test_histories_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in the order in which they opened"):
        told(closed("a", START), closed("b", START + 10**12), closed("c", START))


def test_two_histories_of_one_incident_are_refused() -> None:
    open_one = Plan(reports=(raised("a", START),))
    with pytest.raises(ValueError, match="a history opens one incident"):
        told(open_one, Plan(reports=(raised("a", START + 1),)))


def test_what_the_rules_refuse_is_a_receipt() -> None:
    twice = Plan(reports=(raised("a", START),), deeds=tuple(Deed("ack", "ana", START + n) for n in (1, 2)))
    (_, done), (_, refused) = ((row[0], row[2:6]) for batch in told(twice) for row in batch.receipts)
    assert done == (True, 1, "", "")
    assert refused[0] is False
    assert refused[2].startswith("INC-000001 is acknowledged already")


def test_another_process_tells_the_same(tmp_path: Path) -> None:
    story = (10, 40, 3, START)
    relay = [part for part in relayed(tmp_path / "noc.db", tell, *story) if part.events or part.alerts]
    assert relay == list(tell(*story))


def test_told_in_parts_it_is_the_same_past(tmp_path: Path) -> None:
    story, queries = (
        (50, 400, 3, START),
        (
            "SELECT seq, kind, at, received_at, actor, origin, number, alert, revision, body FROM journal",
            f"SELECT {', '.join(name for name in INCIDENT_COLUMNS if name != 'id')} FROM incidents ORDER BY number",
            "SELECT * FROM alerts ORDER BY ref",
            "SELECT ok, number, reason, code, first_seq, last_seq, seqs FROM receipts ORDER BY first_seq",
            "SELECT seq, next_number, floor, received_at FROM journal_head",
        ),
    )
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    load(whole, interleaved([tell(*story)]), 450, demo=True, now=START)
    load(parts, interleaved([tell(*story, part, 3) for part in range(3)]), 450, demo=True, now=START)
    assert sound(parts)
    for query in queries:
        assert rows(parts, query) == rows(whole, query)


def test_many_incidents_are_told_by_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    seen: list[int] = []
    fill(path, open_count=40, closed_count=ALONE, seed=1, now=START, progress=lambda done, _: seen.append(done))
    assert sound(path)
    assert seen == sorted(seen)
    assert rows(path, "SELECT count(*) FROM incidents") == [(ALONE + 40,)]


def test_an_interrupt_ends_the_other_processes(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "noc.db", open_count=40, closed_count=ALONE, seed=1, now=START, progress=interrupt)
    assert multiprocessing.active_children() == []
    assert list(tmp_path.iterdir()) == []


def failing() -> Iterator[Chapter]:
    """Tell a little, then fail."""
    yield from tell(1, 1, 1, START)
    raise Stop("no more stories")


def dying() -> Iterator[Chapter]:
    """Tell a little, then be gone."""
    yield from tell(1, 1, 1, START)
    os._exit(3)


def test_a_second_process_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(StoppedTelling, match="Stop: no more stories"):
        list(relayed(tmp_path / "noc.db", failing))


def test_a_second_process_that_dies_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(StoppedTelling, match="ended"):
        load(tmp_path / "noc.db", interleaved([relayed(tmp_path / "noc.db", dying)]), 2, demo=True, now=START)
    assert list(tmp_path.iterdir()) == []


def test_deeds_of_duties_are_the_rule_s(tmp_path: Path) -> None:
    path = filled(tmp_path / "noc.db", 5, 200)
    actors = {row[0] for row in rows(path, "SELECT DISTINCT actor FROM journal WHERE command_id IS NULL")}
    assert actors == {RULE}
