"""No room, no right to write, no file any more: said in words, what was answered is kept, and it goes on by itself."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import Report
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import DiskFailed, ReadOnlyStore, StoreError, StoreFull
from noc_tui.store.opening import Store, open_store, wall_clock
from noc_tui.store.outbox import Outbox
from tests.contract.desk import Desk, report, rows, sound
from tests.faults.terminal import console_on

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs what Linux alone has: prlimit, tmpfs, capabilities")


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let no file of this process grow past `size` bytes, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Use the rest of a disk up, to the last byte; return the file that does."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 16, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    with pytest.raises(OSError) as full, (disk / "one more").open("wb", buffering=0) as file:
        file.write(b"x")
    assert full.value.errno == errno.ENOSPC
    (disk / "one more").unlink()
    return filler


def log_of(desk: Desk) -> Path:
    """The store's log."""
    return desk.path.with_name("noc.db-wal")


def reports(count: int) -> list[Report]:
    """Reports of alerts that are not alike."""
    return [report(str(n), resource=f"r{n // 4}") for n in range(count)]


def raised(desk: Desk) -> list[tuple[int, int]]:
    """How many alerts were raised, and how many alerts there are."""
    return rows(desk.path, "SELECT count(*), count(DISTINCT alert) FROM journal WHERE kind = 'alert.raised'")


def assert_refused(desk: Desk, store: Store, incident: bytes, kind: type[StoreError], words: str) -> None:
    """Nothing can be written, which is said in words; everything can be read."""
    before = rows(desk.path, "SELECT * FROM journal_head")
    for _ in range(2):
        with pytest.raises(kind, match=words):
            desk.do(store, "ack", incident)
        with pytest.raises(kind, match=words):
            store.ingest(reports(5))
    with closing(BoardReader(desk.path)) as reader:
        assert [row.title for row in reader.first_page(10)] == ["Link down"]
    assert rows(desk.path, "SELECT * FROM journal_head") == before


def test_while_writing_fails_a_command_is_refused_in_words_and_then_taken(desk: Desk) -> None:
    with closing(desk.open()) as store:
        incident = desk.log(store)
        with no_file_longer_than(log_of(desk).stat().st_size):
            assert_refused(
                desk, store, incident, DiskFailed, f"store {desk.path} failed .SQLITE_IOERR_WRITE.*`ulimit -f`"
            )
        assert desk.do(store, "ack", incident).ok
        assert {one.outcome for one in store.ingest(reports(5))} == {"opened", "attached"}
    assert sound(desk.path)


def test_an_intake_that_meets_the_end_of_the_disk_is_whole_and_goes_on(desk: Desk) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
        with no_file_longer_than(log_of(desk).stat().st_size + (1 << 20)), pytest.raises(DiskFailed):
            store.ingest(reports(4_000))
        ((taken, _),) = raised(desk)
        assert 0 < taken < 4_000
        answers = store.ingest(reports(4_000))
        assert [one.outcome for one in answers].count("repeated") == taken
    assert raised(desk) == [(4_000, 4_000)]
    assert sound(desk.path)


@LINUX
def test_a_disk_that_is_full_to_the_last_byte_loses_nothing(desk: Desk, small_disk: Path) -> None:
    desk.path = small_disk / "noc.db"
    with closing(desk.open()) as store:
        incident = desk.log(store)
        filler = fill(small_disk)
        assert_refused(desk, store, incident, StoreFull, f"no room to write the store {desk.path}: free some space")
        filler.unlink()
        assert desk.do(store, "ack", incident).ok
    filler = fill(small_disk)
    with pytest.raises(StoreError, match=str(desk.path)), closing(desk.open()) as store:
        desk.log(store)
    filler.unlink()
    with closing(desk.open()) as store:
        assert desk.do(store, "note", incident, text="room again").ok
    assert sound(desk.path)


@LINUX
def test_a_storm_that_fills_the_disk_is_taken_in_when_there_is_room(desk: Desk, small_disk: Path) -> None:
    desk.path = small_disk / "noc.db"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(3 << 20))
    with closing(desk.open()) as store:
        desk.log(store)
        with pytest.raises(StoreFull):
            store.ingest(reports(3_000))
        ((taken, _),) = raised(desk)
        assert 0 < taken < 3_000
        ballast.unlink()
        store.ingest(reports(taken + 200))
    assert raised(desk) == [(taken + 200, taken + 200)]
    assert sound(desk.path)


def pressed(number: int) -> Command:
    """A command that waits for a server, with a note of a page."""
    args = {"text": "x" * 4_000}
    return Command(id=number.to_bytes(16, "big"), verb="note", incident=b"i" * 16, args=args, actor="ana")


def kept(outbox: Outbox) -> list[int]:
    """The presses that an outbox has, in order."""
    return [int.from_bytes(entry.command.id, "big") for entry in outbox.since(0).entries]


def press_until_refused(outbox: Outbox, kind: type[StoreError], words: str) -> int:
    """Press on until one is refused in words; return how many were kept."""
    for number in range(5_000):
        try:
            outbox.press([pressed(number)])
        except StoreError as error:
            assert isinstance(error, kind), error
            assert words in str(error)
            return number
    pytest.fail("it took more than there is room for")


@LINUX
def test_an_outbox_without_room_refuses_a_press_in_words_and_keeps_the_others(small_disk: Path) -> None:
    path, ballast = small_disk / "outbox.db", small_disk / "ballast"
    ballast.write_bytes(bytes(4 << 20))
    with closing(Outbox(path, wall_clock)) as outbox:
        count = press_until_refused(outbox, StoreFull, f"no room to write the store {path}: free some space")
        assert count
        fill(small_disk)
        with pytest.raises(StoreFull):
            outbox.press([pressed(count)])
        assert kept(outbox) == list(range(count))
    with closing(Outbox(path, wall_clock)) as outbox:
        assert kept(outbox) == list(range(count))
        ballast.unlink()
        outbox.press([pressed(count)])
        assert kept(outbox) == list(range(count + 1))


@LINUX
def test_an_outbox_that_cannot_be_made_for_want_of_room_is_made_when_there_is_some(small_disk: Path) -> None:
    path = small_disk / "outbox.db"
    filler = fill(small_disk)
    with pytest.raises(StoreFull, match=f"no room to write the store {path}"):
        Outbox(path, wall_clock)
    assert [file.name for file in small_disk.iterdir()] == [filler.name]
    filler.unlink()
    with closing(Outbox(path, wall_clock)) as outbox:
        outbox.press([pressed(1)])
        assert kept(outbox) == [1]


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """Let a disk that is mounted read-only, as Linux does by itself with one that fails."""
    over = disk.with_name("over")
    over.mkdir()
    for words in (("--bind", str(disk)), ("-o", "remount,bind,ro")):
        subprocess.run(["mount", *words, str(over)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", over], check=True)


@LINUX
def test_what_lies_on_a_disk_that_became_read_only_is_said_and_left_as_it_is(desk: Desk, small_disk: Path) -> None:
    desk.path = small_disk / "noc.db"
    outbox = small_disk / "outbox.db"
    with closing(desk.open()) as store, closing(Outbox(outbox, wall_clock)) as opened:
        desk.log(store)
        opened.press([pressed(1)])
    before = {file.name: file.read_bytes() for file in small_disk.iterdir()}
    with read_only(small_disk):
        over = small_disk.with_name("over")
        with pytest.raises(ReadOnlyStore, match=f"{over / 'noc.db'} cannot be written"):
            open_store(over / "noc.db")
        with pytest.raises(ReadOnlyStore, match=f"{over / 'outbox.db'} cannot be written"):
            Outbox(over / "outbox.db", wall_clock).press([pressed(2)])
    assert {file.name: file.read_bytes() for file in small_disk.iterdir()} == before
    with closing(Outbox(outbox, wall_clock)) as opened:
        opened.press([pressed(2)])
        assert kept(opened) == [1, 2]
    assert sound(desk.path)


@LINUX
@pytest.mark.pty
def test_the_console_says_that_there_is_no_room_and_goes_on(desk: Desk, small_disk: Path) -> None:
    desk.path = small_disk / "noc.db"
    with closing(desk.open()) as store:
        desk.log(store)
    with console_on(desk.path) as console:
        console.await_row("Link down")
        console.press("\ta")
        console.await_row(" acknowledged.")
        filler = fill(small_disk)
        console.press("t")
        console.await_row(f"Not done: There is no room to write the store {desk.path}")
        filler.unlink()
        console.press("t")
        console.await_row(" taken.")
        assert console.leave() == 0
    assert kinds(desk) == ["incident.created", "incident.acked", "incident.taken"]
    assert sound(desk.path)


def kinds(desk: Desk) -> list[str]:
    """What has happened, in order."""
    return [kind for (kind,) in rows(desk.path, "SELECT kind FROM journal ORDER BY seq")]


@pytest.mark.pty
def test_the_console_says_that_its_file_has_gone_and_goes_on_when_it_is_back(desk: Desk) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    aside = desk.path.with_name("aside.db")
    with console_on(desk.path) as console:
        console.await_row("Link down")
        console.press("\ta")
        console.await_row(" acknowledged.")
        desk.path.rename(aside)
        console.await_row(f"{desk.path} was deleted or replaced.")
        console.press("t")
        console.await_row("Not done: ")
        assert console.row("Link down")
        assert not desk.path.exists()
        aside.rename(desk.path)
        console.await_row("live ")
        console.press("t")
        console.await_row(" taken.")
        assert console.leave() == 0
    assert kinds(desk) == ["incident.created", "incident.acked", "incident.taken"]
    assert sound(desk.path)


@pytest.mark.pty
def test_a_file_that_was_deleted_is_not_made_anew(desk: Desk) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    with console_on(desk.path) as console:
        console.await_row("Link down")
        console.press("\ta")
        console.await_row(" acknowledged.")
        desk.path.unlink()
        console.await_row(f"{desk.path} was deleted or replaced.")
        console.press("t")
        console.await_row("Not done: ")
        assert console.row("Link down")
        assert console.leave() == 0
    assert not desk.path.exists()


def bound_by_modes() -> Sequence[str]:
    """What runs a command so that the modes of files bind it, which root is above."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root is above the modes of files, and there is no setpriv here")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@LINUX
@pytest.mark.pty
def test_the_console_shows_a_file_that_it_cannot_write_and_says_so(desk: Desk) -> None:
    with closing(desk.open()) as store:
        desk.log(store)
    desk.path.chmod(0o400)
    with console_on(desk.path, under=bound_by_modes()) as console:
        console.await_row("Link down")
        console.press("\ta")
        console.await_row(f"Not done: The store {desk.path} cannot be written: make the file, ")
        assert console.leave() == 0
    for file in desk.path.parent.iterdir():
        file.chmod(0o600)
    with console_on(desk.path, under=bound_by_modes()) as console:
        console.await_row("Link down")
        console.press("\ta")
        console.await_row(" acknowledged.")
        assert console.leave() == 0
    assert kinds(desk) == ["incident.created", "incident.acked"]
    assert sound(desk.path)
