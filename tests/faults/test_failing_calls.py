"""A call of a command to the disk fails, or is the last that it makes: nothing is half done, and what was said holds.

Each command is run with a fault at one of its calls, and then once more: it must do its work.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pytest

from noc_tui.store.backup import backup
from noc_tui.store.errors import StoreError
from noc_tui.store.exporting import export_journal
from noc_tui.store.opening import open_store
from noc_tui.store.verify import verify
from tests.contract.cli.running import as_program
from tests.contract.desk import Desk, report, rows, sound
from tests.faults.budget import Budget
from tests.faults.running import until
from tests.faults.test_kills import noc_tui
from tests.faults.tracing import KILL, KILLED, calls_of, can_trace, fails, with_fault

ROOT: Final = Path(__file__).parents[2]
EVENTS: Final = 150
"""Events of the store before the deed."""
FAULTS: Final = (KILL, fails("EIO"), fails("ENOSPC"))


class Deed(msgspec.Struct, frozen=True):
    """A command, by its words beside a store, and what must be true of the store after it, said or not said as done."""

    name: str
    calls: int
    """About how often it makes the call to the disk that it makes most: `strace` counts each kind by itself."""
    command: Callable[[Path], list[str]]
    holds: Callable[[Path, bool], None]


def appended(store: Path, said: bool) -> None:
    """The store is whole, and what was said to be done is there once; what was not, once or not at all."""
    assert sound(store)
    query = "SELECT kind FROM journal WHERE instr(CAST(body AS TEXT), 'Traced')"
    kinds = [kind for (kind,) in rows(store, query)]
    assert len(kinds) == len(set(kinds))
    assert kinds or not said


def copied(store: Path, said: bool) -> None:
    """The store is untouched, and the copy whole, or not there."""
    assert verify(store).events == EVENTS
    copy = store.with_name("copy.db")
    assert copy.exists() or not said
    assert not copy.exists() or (sound(copy) and verify(copy).events == EVENTS)


def restored(store: Path, said: bool) -> None:
    """The store is the one before or the one of the backup, whole and never missing."""
    assert sound(store)
    epoch, seq = rows(store, "SELECT epoch, seq FROM journal_head")[0]
    old, saved = rows(store.with_name("was"), "SELECT epoch, seq FROM journal_head")[0]
    assert (seq == EVENTS and epoch != old) if said else (seq in (saved, EVENTS))


def imported(store: Path, said: bool) -> None:
    """The target is whole, or is none yet, or says that it is unfinished."""
    target = store.with_name("into.db")
    if said:
        assert sound(target)
        assert verify(target).events == EVENTS
    elif target.exists():
        try:
            with closing(open_store(target, create=False)):
                assert verify(target).events in (0, EVENTS)
        except StoreError as error:
            assert "run the same `noc-tui import` again" in str(error)


def migrated(store: Path, said: bool) -> None:
    """The step is done whole, or not at all."""
    ((form,),) = rows(store, "SELECT value FROM meta WHERE key = 'format'")
    ((tables,),) = rows(store, "SELECT count(*) FROM sqlite_master WHERE name = 'widened'")
    assert (form, tables) in ((("1", 1),) if said else (("0", 0), ("1", 1)))
    assert not tables or rows(store, "SELECT count(*) FROM widened") == [(EVENTS,)]


DEEDS: Final = (
    Deed("log", 60, lambda store: noc_tui(store, "log", "Traced"), appended),
    Deed("do", 55, lambda store: noc_tui(store, "do", "note", "1", "--text", "Traced"), appended),
    Deed(
        "alert",
        75,
        lambda store: noc_tui(store, "alert", "send", "--key", "k", "--resource", "r", "--summary", "Traced"),
        appended,
    ),
    Deed("backup", 80, lambda store: noc_tui(store, "backup", str(store.with_name("copy.db")), "--force"), copied),
    Deed("restore", 90, lambda store: noc_tui(store, "restore", str(store.with_name("saved.db"))), restored),
    Deed(
        "import",
        220,
        lambda store: noc_tui(store.with_name("into.db"), "import", str(store.with_name("export.ndjson"))),
        imported,
    ),
    Deed(
        "migration",
        165,
        lambda store: [
            *("env", f"--chdir={ROOT}", sys.executable, "-m", "tests.faults.migrating", str(store)),
        ],
        migrated,
    ),
)


@pytest.fixture(scope="module")
def traceable(require_server: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip where no process may be traced."""
    require_server("strace")
    if not can_trace(tmp_path_factory.mktemp("calls") / "probe"):
        pytest.skip("this host lets no process be traced")


def store_for(deed: Deed, place: Path) -> Path:
    """Make a store, and what the deed needs beside it."""
    place.mkdir()
    desk = Desk(place)
    with closing(desk.open()) as store:
        ids = [desk.new_id() for _ in range(50)]
        store.append([desk.command("log", id, title=f"Link {n} down") for n, id in enumerate(ids)])
        store.append([desk.command("ack", id) for id in ids])
        store.append([desk.command("take", id) for id in ids])
    assert verify(desk.path).events == EVENTS
    if deed.name == "restore":
        backup(desk.path, place / "saved.db")
        with closing(desk.open()) as store:
            store.ingest([report("since")])
            backup(desk.path, place / "was")
    if deed.name == "import":
        with (place / "export.ndjson").open("wb") as file:
            export_journal(desk.path, file)
    if deed.name == "migration":
        with closing(sqlite3.connect(desk.path)) as db, db:
            db.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    return desk.path


@pytest.mark.real
@pytest.mark.usefixtures("traceable")
@pytest.mark.parametrize("count", [1, pytest.param(150, marks=pytest.mark.slow)])
@pytest.mark.parametrize("deed", DEEDS, ids=[deed.name for deed in DEEDS])
def test_a_fault_at_any_call_leaves_nothing_half_done(deed: Deed, tmp_path: Path, budget: Budget, count: int) -> None:
    chance, log = budget.chance(deed.name), tmp_path / "calls"
    calls = deed.calls if count == 1 else calls_of(deed.command(store_for(deed, tmp_path / "sane")), log)
    slowest = 0.0
    for turn in budget.turns(count):
        store = store_for(deed, tmp_path / str(turn))
        fault, call = (
            FAULTS[(turn + len(deed.name)) % len(FAULTS)],
            chance.choice((chance.randrange(1, calls + 1), chance.randrange(1, 7))),
        )
        ran = with_fault(deed.command(store), log, fault, call)
        where = f"{fault} at call {call} of {calls}: {ran}"
        if fault == KILL:
            assert ran.status in (0, *KILLED), where
        else:
            assert ran.status in (0, 1), where
            assert "unexpected failure" not in ran.err and "Traceback" not in ran.err, where
            assert ran.status == 0 or str(store.parent) in ran.err, where
        try:
            deed.holds(store, ran.status == 0)
        except (AssertionError, StoreError, sqlite3.Error) as error:
            raise AssertionError(where) from error
        began = time.monotonic()
        again_in(deed, store, done=ran.status == 0)
        slowest = max(slowest, time.monotonic() - began)
    print(f"{deed.name}: about {calls} calls, the slowest start after a fault took {slowest:.1f} s")


OPENING: Final = """
import sys
from pathlib import Path
from noc_tui.store.errors import StoreError
from noc_tui.store.opening import open_store
try:
    open_store(sys.argv[1]).close()
except StoreError as error:
    sys.exit(str(error))
"""


def damaged_by(code: str, place: Path) -> int:
    """How often a new store is there and not whole, when one of the last writes before it gets its name has failed."""
    log, found = place / "calls", 0
    calls_of([sys.executable, "-c", code, str(place / "sane.db")], log)
    before_link = log.read_text(encoding="utf-8", errors="replace").partition(" link(")[0]
    writes = before_link.count(" pwrite64(")
    for before in (0, 3, 9):
        store = place / f"{before}.db"
        ran = with_fault([sys.executable, "-c", code, str(store)], log, fails("EIO"), writes - before)
        assert ran.status in (0, 1), ran
        try:
            found += store.exists() and not verify(store).ok
        except StoreError:
            found += 1
    return found


@pytest.mark.real
@pytest.mark.usefixtures("traceable")
@pytest.mark.parametrize("careless", [False, True])
def test_a_store_that_the_disk_did_not_take_whole_gets_no_name(tmp_path: Path, careless: bool) -> None:
    """The control leaves it to the closing of the file, which does not say that the disk failed."""
    first = "from noc_tui.store import creating; creating.put_in_one_file = lambda *_: None\n" if careless else ""
    assert bool(damaged_by(first + OPENING, tmp_path)) == careless


CARELESS: Final = """
import os, sys
content = open(sys.argv[1], "rb").read()
copy = os.open(sys.argv[2], os.O_CREAT | os.O_RDWR, 0o600)
for start in range(0, len(content), 4096):
    os.pwrite(copy, content[start:start + 4096], start)
"""
"""A backup that writes under its target's name."""


@pytest.mark.real
@pytest.mark.usefixtures("traceable")
def test_a_careless_backup_would_be_found(tmp_path: Path) -> None:
    """The control: a copy that is not made whole before it has its name is seen to be half done."""
    store = store_for(DEEDS[3], tmp_path / "store")
    copy = store.with_name("copy.db")
    ran = with_fault([sys.executable, "-c", CARELESS, str(store), str(copy)], tmp_path / "calls", KILL, 6)
    assert ran.status in KILLED
    with pytest.raises((AssertionError, StoreError)):
        copied(store, said=False)


def again_in(deed: Deed, store: Path, *, done: bool) -> None:
    """Run the deed once more where it was not done, and see that it is whole then."""
    if deed.holds is appended:
        assert as_program("--store", str(store), "list").status == 0
        return
    target = store.with_name("into.db")
    if deed.name == "import" and (done or (target.exists() and _whole(target))):
        return
    until(lambda: _succeeds(deed.command(store)), f"{deed.name} to be done after a fault")
    deed.holds(store, True)


def _whole(path: Path) -> bool:
    return verify(path).events == EVENTS and not rows(path, "SELECT 1 FROM meta WHERE key = 'importing'")


def _succeeds(command: list[str]) -> bool:
    """A second restore may not begin in the second of the first, whose name for what it replaced it would take."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 or "exists" in ran.stderr, ran
    return ran.returncode == 0
