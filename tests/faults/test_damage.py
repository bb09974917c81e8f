"""A file that is damaged under those who have it open: said in words, and nothing more is written into it.

What was answered before the damage, and was copied back from the log, is there afterwards; a backup has the rest.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Final

import pytest

from noc_tui.agent.telling import ON_DUTY
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import SECOND
from noc_tui.store import outbox_file
from noc_tui.store.errors import CorruptStore, StoreError
from noc_tui.store.guarding import FileGuard
from noc_tui.store.opening import wall_clock
from noc_tui.store.outbox import Outbox
from noc_tui.store.verify import verify
from tests.contract.cli.running import in_process, refused
from tests.contract.desk import Desk, report, rows, sound
from tests.faults.budget import Budget
from tests.faults.running import agent_on, status_of, until
from tests.faults.terminal import console_on


def empty(file: Path) -> None:
    """Take all that a file holds, as `>file` in a shell does."""
    os.truncate(file, 0)


def halve(file: Path) -> None:
    """Take the second half of what a file holds."""
    os.truncate(file, file.stat().st_size // 2)


def spoil(file: Path) -> None:
    """Write over all that a file holds."""
    with file.open("r+b") as opened:
        opened.write(b"\xa5" * file.stat().st_size)


Damage = Callable[[Path], None]
DAMAGES: Final = [("", empty), ("", halve), ("", spoil), ("-wal", empty), ("-wal", halve)]
NAMED: Final = [f"{damage.__name__}{suffix}" for suffix, damage in DAMAGES]


def filled(desk: Desk) -> bytes:
    """Fill a store that is closed then, so that no log has it any more; return an incident."""
    with closing(desk.open()) as store:
        ids = [desk.new_id() for _ in range(300)]
        store.append([desk.command("log", id, title=f"Link {n} down") for n, id in enumerate(ids)])
    return ids[0]


@pytest.mark.parametrize(("suffix", "damage"), DAMAGES, ids=NAMED)
def test_nothing_is_taken_by_a_file_that_was_damaged_while_it_was_open(desk: Desk, suffix: str, damage: Damage) -> None:
    incident = filled(desk)
    store = desk.open()
    assert desk.do(store, "ack", incident).ok
    damage(desk.path.with_name(f"{desk.path.name}{suffix}"))
    for _ in range(2):
        with pytest.raises(CorruptStore, match=f"The store {desk.path} is damaged .*restore a backup"):
            desk.do(store, "note", incident, text="into the void")
        with pytest.raises(CorruptStore):
            store.ingest([report("a")])
    with suppress(StoreError):  # whether closing says so too is left to SQLite
        store.close()
    if suffix:  # what was copied back before is whole
        assert sound(desk.path)
        assert rows(desk.path, "SELECT count(*) FROM journal") == [(300,)]


@pytest.mark.parametrize(("suffix", "damage"), DAMAGES, ids=NAMED)
def test_one_who_does_not_look_would_answer_what_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, suffix: str, damage: Damage
) -> None:
    """The control: each of these is taken, or was answered before and is gone, where nobody looks."""
    monkeypatch.setattr(FileGuard, "check", lambda *_, **__: None)
    monkeypatch.setattr(FileGuard, "condemn", lambda *_: None)
    incident = filled(desk)
    store = desk.open()
    assert desk.do(store, "ack", incident).ok
    damage(desk.path.with_name(f"{desk.path.name}{suffix}"))
    answered = 0
    for _ in range(3):
        with suppress(StoreError):
            answered += desk.do(store, "note", incident, text="into the void").ok
    copied = as_after_a_kill(desk.path)
    with suppress(StoreError):
        store.close()
    assert noted(copied) < answered or not unharmed(desk.path)


def noted(path: Path) -> int:
    """How many notes are in a journal; none if it cannot be read."""
    with suppress(sqlite3.Error):
        found: int = rows(path, "SELECT count(*) FROM journal WHERE kind = 'incident.noted'")[0][0]
        return found
    return 0


def unharmed(path: Path) -> bool:
    """Whether a store is proven."""
    try:
        return verify(path).ok
    except StoreError:
        return False


def as_after_a_kill(path: Path) -> Path:
    """Copy a store and its log as they are just now, and return the copy."""
    place = path.with_name("after")
    place.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), place / name)
    return place / path.name


BY_HAND: Final = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
db.close()
"""
"""What somebody does who types `PRAGMA wal_checkpoint(TRUNCATE)` into the sqlite3 shell."""


def test_a_log_that_was_copied_back_by_hand_is_not_taken_for_damage(desk: Desk) -> None:
    incident = filled(desk)
    log = desk.path.with_name(f"{desk.path.name}-wal")
    with closing(desk.open()) as store:
        for turn in range(3):
            assert desk.do(store, "note", incident, text=f"before {turn}").ok
            subprocess.run([sys.executable, "-c", BY_HAND, desk.path], check=True, timeout=60)
            assert not log.stat().st_size
            if turn:
                store.ingest([report(str(turn))])
        assert desk.do(store, "note", incident, text="after").ok
        empty(log)  # which is damage still, for what is in it is nowhere else
        with pytest.raises(CorruptStore, match="its log was cut short"):
            desk.do(store, "note", incident, text="into the void")
        with suppress(StoreError):
            store.close()
    assert sound(desk.path)


@pytest.mark.parametrize(("suffix", "damage"), [("", empty), ("", halve), ("-wal", empty)])
def test_an_outbox_that_was_damaged_takes_no_press(tmp_path: Path, suffix: str, damage: Damage) -> None:
    path = tmp_path / "outbox.db"
    with closing(Outbox(path, wall_clock)) as outbox:
        outbox.press([pressed(1)])
    with closing(Outbox(path, wall_clock)) as outbox:
        outbox.press([pressed(2)])
        damage(path.with_name(f"{path.name}{suffix}"))
        for _ in range(2):
            with pytest.raises(CorruptStore, match=f"The store {path} is damaged "):
                outbox.press([pressed(3)])


def test_an_outbox_whose_log_was_copied_back_takes_presses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_file, "LOG_DUE", 1)
    with closing(Outbox(tmp_path / "outbox.db", wall_clock)) as outbox:
        for number in range(9):
            outbox.press([pressed(number)])
            outbox.answered([Outcome(command=pressed(number).id, ok=True)], number, wall_clock())
        assert len(outbox.since(0).entries) == 9


def pressed(number: int) -> Command:
    """A command that waits for a server."""
    return Command(id=bytes([number]) * 16, verb="note", incident=b"i" * 16, args={"text": "x"}, actor="ana")


@pytest.mark.pty
@pytest.mark.parametrize(("suffix", "damage"), [("", empty), ("-wal", empty)])
def test_the_console_says_that_its_file_was_damaged_and_shows_the_last_that_it_read(
    desk: Desk, suffix: str, damage: Damage
) -> None:
    filled(desk)
    with console_on(desk.path) as console:
        console.await_row("Link 0 down")
        console.press("\ta")
        console.await_row(" acknowledged.")
        damage(desk.path.with_name(f"{desk.path.name}{suffix}"))
        console.press("t")
        console.await_row(f"The store {desk.path} is damaged (")  # of the take, or of the board that cannot go on
        assert console.row("Link ")
        assert console.leave() == 0


def test_the_agent_says_that_its_file_was_damaged(desk: Desk) -> None:
    incident = filled(desk)
    with closing(desk.open()) as store:
        desk.do(store, "snooze", incident, until=wall_clock() + 3 * SECOND)
    with agent_on(desk.path) as agent:
        assert agent.stage() == ON_DUTY
        until(lambda: status_of(desk.path), "a heartbeat")
        empty(desk.path)
        trouble = until(lambda: getattr(status_of(desk.path), "trouble", ""), "the trouble to be told")
        assert f"The store {desk.path} is damaged (" in trouble
    assert not desk.path.stat().st_size


# A file that was damaged before it is opened


def cut_page(file: Path) -> None:
    """Take the last page."""
    os.truncate(file, file.stat().st_size - 4096)


def spoil_pages(file: Path) -> None:
    """Write over every third page, but the first."""
    with file.open("r+b") as opened:
        for start in range(2 * 4096, file.stat().st_size, 3 * 4096):
            opened.seek(start)
            opened.write(b"\xa5" * 4096)


def age(file: Path) -> None:
    """Make it a file of a newer version."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'format'")


REFUSED: Final[list[tuple[Damage, str]]] = [
    (empty, "is damaged (the file is empty)"),
    (halve, "is damaged ("),
    (cut_page, "is damaged ("),
    (spoil, "is not a noc-tui store"),
    (spoil_pages, "is damaged ("),
    (age, "was written by a newer noc-tui (format 99"),
]
COMMANDS: Final = (
    ("list",),
    ("show", "1"),
    ("log", "Link down"),
    ("do", "ack", "1"),
    ("alert", "send", "--key", "k", "--resource", "r", "--summary", "down"),
    ("journal",),
    ("search", "Link"),
    ("export",),
    ("backup", "copy.db"),
)


@pytest.mark.parametrize(("damage", "words"), REFUSED, ids=[damage.__name__ for damage, _ in REFUSED])
def test_every_command_refuses_a_damaged_file_in_words_and_leaves_it_as_it_is(
    desk: Desk, capsys: pytest.CaptureFixture[str], damage: Damage, words: str
) -> None:
    filled(desk)
    damage(desk.path)
    before = desk.path.read_bytes()
    noc = in_process(capsys)
    for command in COMMANDS:
        refused(noc("--store", str(desk.path), *command), 1, f"{desk.path} {words}")
    for command in (("verify",), ("doctor",)):
        found = noc("--store", str(desk.path), *command)
        assert found.status == 1
        assert f"{desk.path} {words}" in found.err
        assert "unexpected failure" not in found.err
    assert desk.path.read_bytes() == before
    assert not Path("copy.db").exists()


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-live", "-search"])
def test_rubbish_beside_a_store_does_no_harm(desk: Desk, capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    filled(desk)
    desk.path.with_name(f"{desk.path.name}{suffix}").write_bytes(Random(1).randbytes(100_000))
    noc = in_process(capsys)
    for command in (*COMMANDS, ("verify",)):
        assert noc("--store", str(desk.path), *command).status == 0, command
    assert sound(desk.path)


@pytest.mark.parametrize("count", [6, pytest.param(1_000, marks=pytest.mark.slow)])
def test_bits_that_flip_are_found_or_said_and_never_crash(
    desk: Desk, capsys: pytest.CaptureFixture[str], budget: Budget, count: int
) -> None:
    """Whatever turned in the file, each command does its work or says in one sentence why not."""
    filled(desk)
    sane, chance, noticed = desk.path.read_bytes(), budget.chance("bits"), 0
    noc = in_process(capsys)
    for turn in budget.turns(count):
        content = bytearray(sane)
        for _ in range(chance.choice((1, 1, 8, 64))):
            content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
        desk.path.write_bytes(content)
        for command in COMMANDS:
            found = noc("--store", str(desk.path), *command)
            assert found.status in (0, 1), (turn, command, found)
            assert "unexpected failure" not in found.err, (turn, command, found.err)
            assert found.status == 0 or found.err.count("\n") == 1, (turn, command, found.err)
        noticed += noc("--store", str(desk.path), "verify").status
        for file in desk.path.parent.iterdir():
            file.unlink()
        Path("copy.db").unlink(missing_ok=True)
    assert noticed
    print(f"{noticed} of {count} files with bits turned were found by verify")
