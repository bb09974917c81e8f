"""The thread that writes gestures: in their order, small ones past large ones, and nothing ends it early."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from noc_tui.console.writing import Answered, Failed, Progress, Verdict, Writer
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.store.limits import AT_ONCE
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report, rows

MANY = 2 * AT_ONCE + 50
_PATIENCE = 20.0


class Writing:
    """A writer at work on a desk's store; `on_progress` happens in its thread after the first part of a gesture."""

    def __init__(self, desk: Desk) -> None:
        self._verdicts: queue.SimpleQueue[Verdict] = queue.SimpleQueue()
        self.on_progress: Callable[[], None] | None = None
        self.writer = Writer(desk.path, self._post, lambda: None, lambda: desk.now)

    def _post(self, verdict: Verdict) -> None:
        self._verdicts.put(verdict)
        if isinstance(verdict, Progress) and self.on_progress is not None:
            then, self.on_progress = self.on_progress, None
            then()

    def verdict(self) -> Answered | Failed:
        """The next verdict on a gesture."""
        while isinstance(found := self._verdicts.get(timeout=_PATIENCE), Progress):
            pass
        return found

    def end(self) -> list[Answered | Failed]:
        """Stop, and return the verdicts that are left."""
        self.writer.stop(_PATIENCE)
        assert not self.writer.is_alive()
        left = []
        while not self._verdicts.empty():
            found = self._verdicts.get()
            if not isinstance(found, Progress):
                left.append(found)
        return left


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose store has incidents enough for three transactions."""
    desk = Desk(tmp_path)
    store = desk.open()
    store.ingest([report(f"k{index}") for index in range(MANY)])
    store.close()
    return desk


@pytest.fixture
def ids(desk: Desk) -> list[bytes]:
    """The ids of its incidents, by number."""
    return [id for (id,) in rows(desk.path, "SELECT id FROM incidents ORDER BY number")]


def gesture(desk: Desk, verb: str, ids: Sequence[bytes], **fields: Any) -> list[Command]:
    """One gesture."""
    batch = desk.new_id()
    return [desk.command(verb, id, batch=batch, **fields) for id in ids]


def ids_of(verdicts: Sequence[Answered | Failed]) -> list[list[bytes]]:
    """The incidents of each gesture, in the order of the verdicts."""
    return [[command.incident for command in verdict.commands] for verdict in verdicts]


def test_a_small_gesture_goes_between_the_parts_of_a_large_one(desk: Desk, ids: list[bytes]) -> None:
    writing = Writing(desk)
    large, small = gesture(desk, "ack", ids[:-2]), gesture(desk, "take", ids[-1:])
    writing.on_progress = lambda: writing.writer.write(small)
    writing.writer.write(large)
    writing.writer.start()
    first, second = writing.verdict(), writing.verdict()
    assert ids_of([first, second]) == [ids[-1:], ids[:-2]]
    assert all(outcome.ok for verdict in (first, second) for outcome in verdict.outcomes)
    assert writing.end() == []


@pytest.mark.parametrize("verb", ["take", "link"])
def test_what_rests_on_a_large_gesture_waits_for_it(desk: Desk, ids: list[bytes], verb: str) -> None:
    writing = Writing(desk)
    fields = {"parent": 1} if verb == "link" else {}
    about = ids[-3:-2] if verb == "take" else ids[-1:]
    waits, behind = gesture(desk, verb, about, **fields), gesture(desk, "ack", ids[-1:])

    def press() -> None:
        writing.writer.write(waits)
        writing.writer.write(behind)

    writing.on_progress = press
    writing.writer.write(gesture(desk, "ack", ids[:-2]))
    writing.writer.start()
    verdicts = [writing.verdict() for _ in range(3)]
    assert ids_of(verdicts) == [ids[:-2], about, ids[-1:]]
    writing.end()


def test_the_parts_of_a_large_gesture_leave_others_their_turn(
    desk: Desk, ids: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[tuple[int, bool]] = []
    append = Store.append

    def noted(store: Store, commands: Sequence[Command], *, bulk: bool = False) -> list[Outcome]:
        parts.append((len(commands), bulk))
        return append(store, commands, bulk=bulk)

    monkeypatch.setattr(Store, "append", noted)
    writing = Writing(desk)
    writing.writer.start()
    writing.writer.write(gesture(desk, "ack", ids))
    writing.writer.write(gesture(desk, "take", ids[-1:]))
    assert len(writing.verdict().outcomes) == MANY
    writing.verdict()
    assert parts == [(AT_ONCE, False), (AT_ONCE, True), (50, True), (1, False)]
    writing.end()


def test_a_stop_lets_all_that_was_pressed_be_written(desk: Desk, ids: list[bytes]) -> None:
    writing = Writing(desk)
    writing.writer.write(gesture(desk, "ack", ids[:-2]))
    writing.writer.write(gesture(desk, "take", ids[-3:]))
    writing.writer.start()
    left = writing.end()
    assert ids_of(left) == [ids[:-2], ids[-3:]]
    assert all(outcome.ok for verdict in left for outcome in verdict.outcomes)


def test_a_defect_fails_its_gesture_and_the_next_is_written(
    desk: Desk, ids: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Store.append
    fails = [True]

    def failing(store: Store, commands: Sequence[Command], *, bulk: bool = False) -> list[Outcome]:
        if fails and fails.pop():
            raise KeyError("a defect")
        return append(store, commands, bulk=bulk)

    monkeypatch.setattr(Store, "append", failing)
    writing = Writing(desk)
    writing.writer.start()
    writing.writer.write(gesture(desk, "ack", ids[:1]))
    writing.writer.write(gesture(desk, "ack", ids[1:2]))
    failed = writing.verdict()
    assert isinstance(failed, Failed)
    assert failed.why.startswith("an unexpected failure (KeyError: ")
    assert isinstance(writing.verdict(), Answered)
    writing.end()


def test_a_store_that_cannot_be_opened_is_told_of_a_gesture_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    writing = Writing(desk)
    writing.writer.start()
    writing.writer.warm()
    writing.writer.write([desk.command("ack", desk.new_id())])
    failed = writing.verdict()
    assert isinstance(failed, Failed)
    assert "no store" in failed.why
    assert writing.end() == []


def test_what_is_left_of_a_large_gesture_is_not_done_and_told(desk: Desk, ids: list[bytes]) -> None:
    writing = Writing(desk)
    large = gesture(desk, "ack", ids)
    writing.on_progress = lambda: writing.writer.leave(large[0].batch)
    writing.writer.start()
    writing.writer.write(large)
    found = writing.verdict()
    assert isinstance(found, Answered)
    assert [outcome.ok for outcome in found.outcomes] == [True] * AT_ONCE + [False] * (MANY - AT_ONCE)
    assert found.outcomes[-1].reason == "The rest was left as it is."
    assert rows(desk.path, "SELECT count(*) FROM incidents WHERE state = 'acked'") == [(AT_ONCE,)]
    assert writing.end() == []
