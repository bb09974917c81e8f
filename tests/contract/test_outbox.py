"""The outbox on disk: its file, its owner's deeds, its readers, and several processes at once.

What every outbox must do is in `test_ports.py`.
"""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.store.errors import (
    ClosedStore,
    CorruptStore,
    NewerStore,
    NotAStore,
    StoreBusy,
    StoreError,
    StoreFull,
    VanishedStore,
)
from noc_tui.store.outbox import Counts, Outbox, UnsoundEntry

NOW = 1_790_000_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "remote" / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(Outbox(path, lambda: NOW)) as outbox:
        yield outbox


def command(n: int, **fields: str) -> Command:
    return Command(
        id=bytes([n]) * 16, verb="note", incident=b"i" * 16, args={"text": f"note {n}"} | fields, actor="ana"
    )


def ids(*numbers: int) -> list[bytes]:
    return [command(n).id for n in numbers]


def refusal(n: int) -> Outcome:
    return Outcome(command=command(n).id, ok=False, number=7, reason="bo took it", code="conflict")


def test_the_file_and_its_directory_are_their_owners_alone(outbox: Outbox, path: Path) -> None:
    outbox.press([command(1)])
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"outbox.db": 0o600, "outbox.db-wal": 0o600, "outbox.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_pressed_is_there_after_a_start(outbox: Outbox, path: Path) -> None:
    outbox.press([command(1), command(2)])
    with closing(Outbox(path, lambda: NOW)) as other:
        assert [entry.command for entry in other.unfinished()] == [command(1), command(2)]


def test_a_refused_command_is_dismissed_or_pressed_anew(outbox: Outbox) -> None:
    outbox.press([command(1), command(2), command(3)])
    outbox.answered([refusal(1), refusal(2)], lineage=1, at=NOW)
    assert outbox.counts() == Counts(pending=1, refused=2)
    assert outbox.dismiss(ids(1, 3)) == 1
    assert outbox.press_again({command(n).id: command(n + 10) for n in (1, 2, 3)}) == 1
    assert outbox.refused() == []
    assert [entry.command.id for entry in outbox.unfinished()] == ids(3, 12)
    assert outbox.press_again({command(2).id: command(22)}) == 0, "once"


def test_only_what_was_never_tried_is_discarded_unless_one_insists(outbox: Outbox) -> None:
    outbox.press([command(1), command(2), command(3)])
    outbox.tried(ids(1, 2))
    assert outbox.discard(ids(1, 3)) == 1
    assert outbox.discard(ids(2), even_tried=True) == 1
    assert [entry.command.id for entry in outbox.unfinished()] == ids(1)
    assert outbox.entry(command(3).id) is None


def test_what_was_given_up_is_not_sent_after_all(outbox: Outbox) -> None:
    outbox.press([command(1)])
    outbox.discard(ids(1))
    outbox.press([command(1)])
    outbox.answered([Outcome(command=command(1).id, ok=True, seqs=(4,))], lineage=1, at=NOW)
    assert outbox.start_over(NOW) == 0
    assert outbox.unfinished() == []


def test_a_watcher_reads_what_changed_and_nothing_else(outbox: Outbox, path: Path) -> None:
    with closing(Outbox(path, lambda: NOW)) as watcher:
        outbox.press([command(1), command(2), command(3)])
        first = watcher.since(0)
        assert [entry.command.id for entry in first.entries] == ids(1, 2, 3)
        outbox.answered([refusal(2)], lineage=1, at=NOW)
        outbox.discard(ids(3))
        then = watcher.since(first.turn)
        assert [(entry.command.id, entry.state) for entry in then.entries] == [(ids(2)[0], "refused")]
        assert list(then.dropped) == ids(3)
        assert watcher.since(then.turn).entries == ()


def test_the_watch_notices_its_own_commits_and_those_of_others_once(outbox: Outbox, path: Path) -> None:
    with closing(Outbox(path, lambda: NOW)) as watcher:
        watcher.moved()
        assert not watcher.moved()
        for writing in (outbox, watcher):
            writing.press([command(1 if writing is outbox else 2)])
            assert watcher.moved()
            assert not watcher.moved()


def test_the_same_answer_again_is_no_change(outbox: Outbox) -> None:
    outbox.press([command(1)])
    outbox.answered([refusal(1)], lineage=1, at=NOW)
    before = outbox.since(0)
    outbox.answered([refusal(1)], lineage=1, at=NOW + 5)
    assert outbox.since(0) == before


def test_a_long_log_is_copied_back_by_whom_nobody_waits_for(outbox: Outbox, path: Path) -> None:
    log = path.with_name("outbox.db-wal")
    for n in range(20):
        outbox.press([command(n, note="x" * 60_000)])
    assert log.stat().st_size > 1 << 20
    outbox.settle(ids(*range(20)), NOW)
    assert log.stat().st_size == 0
    assert outbox.prune(NOW + 1) == 20


def test_what_cannot_be_kept_is_refused_before_anything_is(outbox: Outbox) -> None:
    with pytest.raises(UnsoundEntry, match=r"outbox\.db"):
        outbox.press([command(1), command(2, text="\ud800")])
    assert outbox.unfinished() == []


PRESS = """
import sys
from pathlib import Path
from noc_tui.incidents.commands import Command
from noc_tui.store.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]), lambda: 1)
for n in range(40):
    outbox.press([Command(id=bytes([int(sys.argv[2]), n]) * 8, verb="ack")])
"""


def test_several_processes_press_at_once_and_nothing_is_lost(path: Path) -> None:
    """Also the first one, in which each of them may be the one that makes the file."""
    children = [subprocess.Popen([sys.executable, "-c", PRESS, str(path), str(n)]) for n in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    with closing(Outbox(path, lambda: NOW)) as outbox:
        found = [entry.command.id for entry in outbox.unfinished()]
    assert len(found) == 120
    for n in range(3):
        assert [id for id in found if id[0] == n] == [bytes([n, m]) * 8 for m in range(40)]


def test_a_killed_process_loses_nothing_that_was_pressed(path: Path) -> None:
    code = PRESS + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", code, str(path), "1"], check=False).returncode == -9
    with closing(Outbox(path, lambda: NOW)) as outbox:
        assert outbox.counts() == Counts(pending=40)


def test_it_needs_no_sql_library(path: Path) -> None:
    code = PRESS + "print([name for name in ('sqlalchemy', 'aiosqlite', 'asyncio') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, str(path), "1"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_lock_that_is_not_let_go_of_is_named_after_a_bounded_time(outbox: Outbox, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"outbox\.db is held by"):
            outbox.press([command(1)])
    assert outbox.unfinished() == []


def test_a_deleted_file_is_noticed_before_a_press_is_confirmed(outbox: Outbox, path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(VanishedStore):
        outbox.press([command(1)])


def test_a_full_disk_is_said_and_what_was_pressed_stays(outbox: Outbox, path: Path) -> None:
    outbox.press([command(1)])
    outbox._file._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreFull):
        outbox.press([command(2, note="x" * 60_000)])
    assert [entry.command.id for entry in outbox.unfinished()] == ids(1)


def test_a_closed_outbox_says_so(outbox: Outbox) -> None:
    outbox.close()
    outbox.close()
    with pytest.raises(ClosedStore):
        outbox.unfinished()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        ("PRAGMA user_version = 99", NewerStore),
        ("PRAGMA application_id = 1", NotAStore),
        ("DROP TABLE entries", CorruptStore),
    ],
)
def test_what_is_no_outbox_of_this_version_is_refused(
    outbox: Outbox, path: Path, spoil: str, error: type[StoreError]
) -> None:
    outbox.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(spoil)
    with pytest.raises(error, match=r"outbox\.db"):
        Outbox(path, lambda: NOW)


def test_an_entry_that_cannot_be_read_is_damage(outbox: Outbox) -> None:
    outbox.press([command(1)])
    outbox._file.write(lambda cursor, _turn: cursor.execute("UPDATE entries SET command = x'00'"))
    with pytest.raises(CorruptStore, match="entry 1"):
        outbox.unfinished()
