"""Several processes on one store: in order, nothing lost, nobody blocked for good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from noc_tui.store.engines import write_engine
from noc_tui.store.errors import StoreBusy
from noc_tui.store.gate import BOUND, BULK_BOUND, PATIENCE, FileLock, Gate
from tests.contract.desk import Desk, rows, sound

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def start(deed: str, path: Path, count: int = 0) -> subprocess.Popen[str]:
    """Start another process on the store."""
    command = [sys.executable, str(CHILD), deed, str(path), str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def stopped(deed: str, path: Path) -> Iterator[int]:
    """A process that holds a lock and is stopped (SIGSTOP); it is killed at the end."""
    child = start(deed, path)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        try:
            yield child.pid
        finally:
            child.kill()


def answered(path: Path) -> set[str]:
    """The commands that have a receipt, in hex."""
    return {row[0].hex() for row in rows(path, "SELECT command_id FROM receipts WHERE ok")}


@pytest.mark.parametrize("count", [40, pytest.param(600, marks=pytest.mark.slow)])
def test_four_processes_write_one_history(desk: Desk, count: int) -> None:
    desk.open().close()
    children = [start("write", desk.path, count) for _ in range(4)]
    said = [child.communicate()[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0, 0]
    assert [len(words) for words in said] == [count + 1] * 4
    assert answered(desk.path) == {word for words in said for word in words}
    assert sound(desk.path)


@pytest.mark.parametrize("draws", [3, 9, 17, 60])
def test_a_process_that_dies_in_the_middle_leaves_whole_transactions(desk: Desk, draws: int) -> None:
    desk.open().close()
    child = start("crash", desk.path, draws)
    said = child.communicate()[0].split()
    assert child.returncode == 9
    assert set(said) <= answered(desk.path)
    assert (len(answered(desk.path)) - 1) % 100 in (0, 99)  # the incident, and a hundred notes each; or nothing
    assert sound(desk.path)
    with closing(desk.open()) as store:
        desk.log(store)
    assert sound(desk.path)


@pytest.mark.slow
def test_a_process_killed_at_any_moment_loses_nothing_acknowledged(desk: Desk) -> None:
    desk.open().close()
    for lines in range(1, 40, 3):
        child = start("write", desk.path, 1_000)
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(lines)]
        child.kill()
        said += child.communicate()[0].split()
        assert {word for word in said if len(word) == 32} <= answered(desk.path)
    assert sound(desk.path)


def test_a_stopped_holder_of_the_lock_blocks_nobody(desk: Desk) -> None:
    with closing(desk.open()) as store:
        id = desk.log(store)
        with stopped("hold_gate", desk.path) as pid:
            assert desk.do(store, "ack", id).ok
            assert desk.do(store, "note", id, text="still here").ok
            assert store.ingest([]) == []
        assert len(desk.told) == 1
        assert str(pid) in desk.told[0]
        assert "stopped" in desk.told[0]
        assert desk.do(store, "unack", id).ok
    assert sound(desk.path)


def test_a_stopped_transaction_is_named_after_a_bounded_wait(desk: Desk) -> None:
    desk.open().close()
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    gate = Gate(desk.path, desk.told.append, monotonic=lambda: now, sleep=sleep, jitter=lambda: 0.5)
    with stopped("hold_store", desk.path) as pid, write_engine(desk.path).connect() as connection:
        with gate.held(), pytest.raises(StoreBusy, match=f"process {pid} .*stopped"):
            gate.begin(connection)
        assert now == pytest.approx(PATIENCE, abs=0.01)
    with write_engine(desk.path).connect() as connection, gate.held():
        gate.begin(connection).rollback()
    gate.close()


def test_a_killed_holder_frees_the_lock(desk: Desk) -> None:
    desk.open().close()
    child = start("hold_gate", desk.path)
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        lock = FileLock(desk.path.with_name("noc.db-writer.lock"))
        assert not lock.take()
        child.kill()
        child.wait()
        assert lock.take()
        lock.close()


def test_a_lock_that_is_stuck_is_told_once_and_waited_for_shortly(desk: Desk) -> None:
    desk.open().close()
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    holder = FileLock(desk.path.with_name("noc.db-writer.lock"))
    assert holder.take()
    gate = Gate(desk.path, desk.told.append, monotonic=lambda: now, sleep=sleep)
    with gate.held():
        assert now == pytest.approx(BOUND, abs=0.01)
    with gate.held():
        assert now == pytest.approx(BOUND, abs=0.01)
    assert len(desk.told) == 1
    holder.free()
    with gate.held():
        assert not holder.take()
    assert holder.take()
    with gate.held():
        pass
    assert len(desk.told) == 2
    holder.close()
    gate.close()


def test_a_bulk_writer_leaves_faster_ones_their_time_before_it_calls_a_lock_stuck(desk: Desk) -> None:
    desk.open().close()
    now, held = 0.0, True

    def sleep(seconds: float) -> None:
        nonlocal now, held
        now += seconds
        if held and now > 2 * BOUND:
            held = False
            holder.free()

    holder = FileLock(desk.path.with_name("noc.db-bulk.lock"))
    assert holder.take()
    gate = Gate(desk.path, desk.told.append, monotonic=lambda: now, sleep=sleep)
    with gate.held(bulk=True):
        assert 2 * BOUND < now < BULK_BOUND
    assert desk.told == []
    holder.close()
    gate.close()


def test_a_person_waiting_goes_before_the_next_bulk_writer(desk: Desk) -> None:
    """While a bulk writer lets go of `writer` it still holds `bulk`: only a person can be next."""
    desk.open().close()
    bulk = FileLock(desk.path.with_name("noc.db-bulk.lock"))
    writer = FileLock(desk.path.with_name("noc.db-writer.lock"))
    free: list[tuple[bool, bool]] = []

    def meanwhile() -> None:
        taken = (bulk.take(), writer.take())
        free.append(taken)
        for lock, mine in zip((bulk, writer), taken, strict=True):
            if mine:
                lock.free()

    gate = Gate(desk.path, desk.told.append, monotonic=lambda: 0.0, sleep=lambda seconds: meanwhile())
    with gate.held(bulk=True, meanwhile=meanwhile):
        assert (bulk.take(), writer.take()) == (False, False)
    assert free == [(False, True), (False, True)]
    with gate.alone() as held:
        assert held is not None
        assert (bulk.take(), writer.take()) == (False, True)
    assert bulk.take()
    for lock in (bulk, writer):
        lock.close()
    gate.close()


class Doorway:
    """A gate whose waits are counted, and in which something happens after so many of them."""

    def __init__(self, desk: Desk, after: int, happens: Callable[[], object]) -> None:
        self.waits = 0
        self._after, self._happens = after, happens
        self._seconds = 0.0
        self.gate = Gate(desk.path, desk.told.append, monotonic=lambda: self._seconds, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self._seconds += seconds
        self.waits += 1
        if self.waits == self._after:
            self._happens()


def test_two_people_have_their_turns(desk: Desk) -> None:
    """Who writes without a pause cannot take `writer` again while another person waits for it."""
    desk.open().close()
    turn, writer = (FileLock(desk.path.with_name(f"noc.db-{name}.lock")) for name in ("next", "writer"))
    assert turn.take()
    doorway = Doorway(desk, 3, turn.free)
    with doorway.gate.held():
        assert doorway.waits == 3
        assert turn.take()  # who writes does not stand in the line any more
        assert not writer.take()
    for lock in (turn, writer, doorway.gate):
        lock.close()
    assert desk.told == []


def test_a_bulk_writer_lets_go_for_a_person_who_waits(desk: Desk) -> None:
    desk.open().close()
    turn, writer = (FileLock(desk.path.with_name(f"noc.db-{name}.lock")) for name in ("next", "writer"))
    assert turn.take()
    took: list[bool] = []

    def person_comes_through() -> None:
        took.append(writer.take())
        writer.free()
        turn.free()

    doorway = Doorway(desk, 3, person_comes_through)
    with doorway.gate.held(bulk=True):
        assert doorway.waits == 3
        assert took == [True]
        assert not writer.take()
    for lock in (turn, writer, doorway.gate):
        lock.close()


def test_who_is_stopped_in_the_line_holds_nobody_up_for_long(desk: Desk) -> None:
    desk.open().close()
    turn = FileLock(desk.path.with_name("noc.db-next.lock"))
    assert turn.take()
    doorway = Doorway(desk, 0, list)
    gate = doorway.gate
    enter(gate)
    first = doorway.waits
    enter(gate)
    assert 0 < doorway.waits - first < first / 10
    turn.free()
    enter(gate)
    assert turn.take()
    turn.close()
    gate.close()
    assert desk.told == []


def enter(gate: Gate) -> None:
    """Go through the gate as a person, then as a bulk writer."""
    for bulk in (False, True):
        with gate.held(bulk=bulk):
            pass
