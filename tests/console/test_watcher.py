"""The thread that reads the board's file: what it hands over, and that nothing ends it but being told to."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

from noc_tui.console import watching
from noc_tui.console.watching import Finding, Loaded, Trouble, Watcher
from noc_tui.incidents.policy import Policy
from noc_tui.journal.changes import ChangeSet
from tests.console.night import NIGHT, Night, calm

Found = TypeVar("Found", Loaded, ChangeSet, Trouble)
_PATIENCE = 20.0


class Findings:
    """What a watcher has posted, in order; `fails` lets the next ones fail on their way."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[Finding] = queue.SimpleQueue()
        self.fails = 0

    def post(self, found: Finding) -> None:
        """Take a finding."""
        if self.fails and not isinstance(found, Trouble):
            self.fails -= 1
            raise ValueError("a defect")
        self._posted.put(found)

    def none(self) -> bool:
        """Whether nothing was posted that was not asked for."""
        return self._posted.empty()

    def next(self, kind: type[Found], where: Callable[[Found], object] = lambda _: True) -> Found:
        """The next finding of a kind; a load that was not asked for fails the test."""
        while True:
            found = self._posted.get(timeout=_PATIENCE)
            if isinstance(found, kind) and where(found):
                return found
            assert isinstance(found, Trouble | ChangeSet), found


@contextmanager
def watched(path: Path) -> Iterator[Findings]:
    """A watcher at work while the block lasts."""
    findings = Findings()
    watcher = Watcher(path, findings.post, Policy(), lambda: NIGHT)
    watcher.start()
    try:
        yield findings
    finally:
        watcher.stop()
        watcher.join(_PATIENCE)
        assert not watcher.is_alive()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure it is tried again without a pause."""
    monkeypatch.setattr(watching, "_AGAIN", 0.02)


def _move(path: Path, other: Path) -> None:
    """Rename a closed store with what lies beside it."""
    for beside in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + beside).rename(other.with_name(other.name + beside))


def test_a_load_holds_every_row_and_the_seq_it_is_of(night: Night) -> None:
    calm(night)
    with watched(night.path) as findings:
        loaded = findings.next(Loaded)
        assert loaded.seq == night.store.head().seq
        assert not loaded.another
        assert set(loaded.stock.rows) == set(night.numbers.values())
        number = night.ago(0).fires("psu")
        assert [row.number for row in findings.next(ChangeSet).incidents] == [number]


def test_after_a_trouble_it_goes_on_where_it_was(night: Night, tmp_path: Path) -> None:
    calm(night)
    away = tmp_path / "away.db"
    with watched(night.path) as findings:
        seq = findings.next(Loaded).seq
        night.close()
        _move(night.path, away)
        findings.next(Trouble, lambda trouble: "no store" in trouble.sentence)
        _move(away, night.path)
        findings.next(Trouble, lambda trouble: not trouble.sentence)
        number = night.ago(0).fires("psu")
        changes = findings.next(ChangeSet)
        assert changes.seq > seq
        assert [row.number for row in changes.incidents] == [number]


def test_what_another_store_holds_replaces_all(night: Night, tmp_path: Path) -> None:
    calm(night)
    (tmp_path / "other").mkdir()
    other = Night(tmp_path / "other")
    number = other.fires("psu")
    other.close()
    with watched(night.path) as findings:
        findings.next(Loaded)
        night.close()
        _move(night.path, tmp_path / "away.db")
        _move(other.path, night.path)
        loaded = findings.next(Loaded)
        assert loaded.another
        assert set(loaded.stock.rows) == {number}


def test_a_copy_from_before_is_read_anew(night: Night, tmp_path: Path) -> None:
    calm(night)
    night.close()
    before = tmp_path / "before.db"
    before.write_bytes(night.path.read_bytes())
    number = night.ago(0).fires("psu")
    with watched(night.path) as findings:
        assert number in findings.next(Loaded).stock.rows
        night.close()
        _move(night.path, tmp_path / "away.db")
        _move(before, night.path)
        loaded = findings.next(Loaded)
        assert loaded.another
        assert number not in loaded.stock.rows


def test_a_defect_is_told_and_ends_nothing(night: Night) -> None:
    calm(night)
    findings = Findings()
    findings.fails = 2
    watcher = Watcher(night.path, findings.post, Policy(), lambda: NIGHT)
    watcher.start()
    try:
        told = findings.next(Trouble)
        assert "ValueError: a defect" in told.sentence
        loaded = findings.next(Loaded)
        assert not loaded.another
        findings.next(Trouble, lambda trouble: not trouble.sentence)
    finally:
        watcher.stop()
        watcher.join(_PATIENCE)


def test_stopped_in_a_load_it_hands_nothing_over(night: Night) -> None:
    calm(night)
    findings = Findings()

    def stops() -> int:
        watcher.stop()
        return NIGHT

    watcher = Watcher(night.path, findings.post, Policy(), stops)
    watcher.start()
    watcher.join(_PATIENCE)
    assert not watcher.is_alive()
    assert findings.none()
