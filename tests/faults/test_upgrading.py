"""Files of each format that ever was are opened by the program of today, brought forward once, and never back."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from noc_tui.store.importing import import_journal
from noc_tui.store.migrations import STEPS
from noc_tui.store.opening import open_store, wall_clock
from noc_tui.store.outbox import Outbox
from noc_tui.store.outbox_file import FORMAT as OUTBOX_FORMAT
from noc_tui.store.schema import FORMAT
from tests.architecture.tree import ROOT
from tests.contract.desk import Desk, rows, sound
from tests.faults.budget import Budget
from tests.faults.test_hostile_files import call

KEPT: Final = ROOT / "tests" / "fixtures" / "stores"
HEAD: Final = (14, "5b8125ed57b676306acecbff28b60618df492f265c5fab35d18568b91f1c9939")
"""Where the journal of the kept stores ends."""
ROUNDS: Final = pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=pytest.mark.slow)])
AT_ONCE: Final = 8


def kept(name: str, place: Path) -> Path:
    """A kept file, laid out to be used."""
    file = place / name.removesuffix(".gz")
    file.write_bytes(gzip.decompress((KEPT / name).read_bytes()))
    return file


def test_a_file_of_every_format_is_kept() -> None:
    assert {file.name for file in KEPT.glob("store-*")} == {f"store-{n}.db.gz" for n in range(1, FORMAT + 1)}
    assert {file.name for file in KEPT.glob("outbox-*")} == {f"outbox-{n}.db.gz" for n in range(1, OUTBOX_FORMAT + 1)}
    assert set(STEPS) == set(range(2, FORMAT + 1))


@pytest.mark.parametrize("format", range(1, FORMAT + 1))
def test_a_store_of_each_format_opens_with_all_that_is_in_it(tmp_path: Path, format: int) -> None:
    path = kept(f"store-{format}.db.gz", tmp_path)
    with closing(open_store(path, create=False)) as store:
        head = store.head()
        assert (head.seq, head.hash.hex()) == HEAD
    status, out, err = call("list", "--store", str(path))
    assert status == 0, err
    assert "Lüfter steht ⚡" in out
    assert call("log", "and on", "--store", str(path))[0] == 0
    assert sound(path)


def test_the_lines_of_an_older_export_are_taken(tmp_path: Path) -> None:
    lines = gzip.decompress((KEPT / "export-1.ndjson.gz").read_bytes()).splitlines(keepends=True)
    done = import_journal(tmp_path / "noc.db", lines, clock=wall_clock)
    assert (done.head.seq, done.head.hash.hex()) == HEAD
    assert sound(tmp_path / "noc.db")


def test_what_an_older_outbox_holds_is_still_sent(tmp_path: Path) -> None:
    with closing(Outbox(kept("outbox-1.db.gz", tmp_path), wall_clock)) as outbox:
        assert [entry.command.verb for entry in outbox.unfinished()] == ["note", "log"]
        assert [(entry.command.verb, entry.reason) for entry in outbox.refused()] == [
            ("resolve", "a new alert has come")
        ]


def older(desk: Desk) -> None:
    """Make the desk's store one of the format before the first, which the tests' step leads from."""
    with closing(desk.open()) as store:
        for n in range(30):
            desk.log(store, f"Link {n} down")
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
        db.commit()


def start(desk: Desk, count: int) -> list[subprocess.Popen[str]]:
    """Start the program with a newer format, so many times at once."""
    words: Sequence[str] = (sys.executable, "-m", "tests.faults.migrating", str(desk.path))
    return [
        subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a program ended, and what it said."""
    out, err = process.communicate(timeout=60)
    return process.returncode, (out + err).strip()


@ROUNDS
def test_many_that_start_at_once_bring_it_forward_once(tmp_path: Path, budget: Budget, rounds: int) -> None:
    for turn in budget.turns(rounds):
        place = tmp_path / str(turn)
        place.mkdir()
        desk = Desk(place)
        older(desk)
        assert [ended(process) for process in start(desk, AT_ONCE)] == [(0, "open")] * AT_ONCE
        assert rows(desk.path, "SELECT count(*) FROM widened") == [(30,)]
        assert sound(desk.path)


@ROUNDS
def test_some_that_are_killed_on_the_way_leave_it_to_the_next(tmp_path: Path, budget: Budget, rounds: int) -> None:
    chance = budget.chance("upgrade")
    for turn in budget.turns(rounds):
        place = tmp_path / str(turn)
        place.mkdir()
        desk = Desk(place)
        older(desk)
        doomed = start(desk, AT_ONCE // 2)
        for process in doomed:
            try:
                process.wait(chance.uniform(0.0, 0.4))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        assert {ended(process)[0] for process in doomed} <= {0, -signal.SIGKILL}
        (last,) = start(desk, 1)
        assert ended(last) == (0, "open")
        assert rows(desk.path, "SELECT count(*) FROM widened") == [(30,)]
        assert rows(desk.path, "SELECT value FROM meta WHERE key = 'format'") == [("1",)]
        assert sound(desk.path)


def test_a_step_that_were_taken_twice_would_be_seen(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    older(desk)
    for status, said in ((0, "open"), (1, "SQLITE_ERROR")):
        (process,) = start(desk, 1)
        found = ended(process)
        assert found[0] == status
        assert said in found[1]
        with closing(sqlite3.connect(desk.path)) as db:
            db.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
            db.commit()


OLD: Final = (
    *(("list",), ("show", "1"), ("search", "link"), ("journal",), ("board", "--at", "now"), ("verify",), ("log", "x")),
    *(("do", "ack", "1"), ("alert", "send", "--key", "k", "--resource", "r"), ("policy", "show"), ("view", "list")),
    *(("export", "{place}/lines"), ("backup", "{place}/copy.db"), ("agent",), ("serve", "--listen", "127.0.0.1:0")),
    *(("import", "{place}/export"), ()),
)
"""Everything that an older program may do with a store, the board included."""


@pytest.mark.parametrize("words", OLD, ids=lambda words: words[0] if words else "board")
def test_an_older_program_refuses_a_newer_file_in_words_and_leaves_it(desk: Desk, words: tuple[str, ...]) -> None:
    place = desk.path.parent
    (place / "export").write_bytes(gzip.decompress((KEPT / "export-1.ndjson.gz").read_bytes()))
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute(f"UPDATE meta SET value = '{FORMAT + 1}' WHERE key = 'format'")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = desk.path.read_bytes()
    status, out, err = call(*(word.format(place=place) for word in words), "--store", str(desk.path))
    assert (status, out) == (1, ""), (out, err)
    assert "was written by a newer noc-tui" in err
    assert "upgrade noc-tui" in err
    assert desk.path.read_bytes() == before
