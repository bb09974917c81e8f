"""Stores opened, made, refused: each refusal a sentence that names the file and what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from noc_tui.journal.envelope import Head
from noc_tui.store import appending, errors, migrations, statements
from noc_tui.store.counting import CounterBook
from noc_tui.store.engines import file_uri, write_engine
from noc_tui.store.gate import Gate
from noc_tui.store.holders import SOMEBODY, holder_of
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import open_store
from noc_tui.store.places import file_of, refuse_network
from noc_tui.store.schema import APPLICATION_ID, FORMAT, alerts, incidents, metadata, receipts
from noc_tui.store.unfinished import IMPORTING, UnfinishedStore
from noc_tui.store.writing import Writer
from tests.contract.desk import Desk, report, rows, sound


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def change(path: Path, *statements: str) -> None:
    """Change a store behind its back."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A directory, and an account that the rights of files bind (root is above them)."""
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    as_root = os.geteuid() == 0
    try:
        if as_root:
            os.chown(place, 65534, 65534)
            os.seteuid(65534)
        yield place
    finally:
        if as_root:
            os.seteuid(0)
        place.chmod(0o700)
        shutil.rmtree(place)


def test_a_new_store_is_whole_private_and_empty(desk: Desk) -> None:
    desk.path = desk.path.parent / "data" / "noc.db"
    with closing(desk.open(demo=True)) as store:
        assert store.demo
        assert len(store.store_id) == 16
        head = store.head()
        assert (head.seq, head.hash, head.next_number, len(head.epoch)) == (0, Head().hash, 1, 16)
        desk.log(store)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in desk.path.parent.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert {"noc.db", "noc.db-wal", "noc.db-live", "noc.db-writer.lock", "noc.db-bulk.lock"} <= set(modes)
    assert stat.S_IMODE(desk.path.parent.stat().st_mode) == 0o700
    assert not any(name.startswith(".") for name in modes)


def test_a_store_keeps_who_it_is(desk: Desk) -> None:
    with closing(desk.open()) as first, closing(desk.open(demo=True)) as second:
        assert (first.store_id, first.demo) == (second.store_id, second.demo)
        assert first.head().epoch == second.head().epoch


def test_locations() -> None:
    assert file_of("noc.db") == Path.cwd() / "noc.db"
    assert file_of("sqlite:///data/noc.db") == Path.cwd() / "data" / "noc.db"
    assert file_of("sqlite:////data/noc.db") == Path("/data/noc.db")
    assert file_of("~/noc.db") == file_of("sqlite:///~/noc.db") == Path.home() / "noc.db"
    for other in ("postgresql://host/noc", "https://host", "http://127.0.0.1:1", "sqlite:///", ""):
        with pytest.raises(ValueError, match="give a path"):
            file_of(other)
        with pytest.raises(errors.NotAStore):
            open_store(other)


def test_odd_names_are_names(desk: Desk) -> None:
    desk.path = desk.path.parent / "a b?mode=ro#%41.db"
    with closing(desk.open()) as store:
        desk.log(store)
    assert sound(desk.path)


def test_what_is_missing_is_made_only_when_asked(desk: Desk) -> None:
    with pytest.raises(errors.MissingStore, match="--store"):
        desk.open(create=False)
    assert list(desk.path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", errors.CorruptStore), (b"hello " * 400, errors.NotAStore), (b"SQLite format 3\0" * 64, errors.StoreError)],
)
def test_a_file_that_is_no_store_is_left_as_it_is(desk: Desk, content: bytes, error: type[Exception]) -> None:
    desk.path.write_bytes(content)
    with pytest.raises(error, match=str(desk.path)):
        desk.open()
    assert desk.path.read_bytes() == content


def test_a_directory_is_no_store(desk: Desk) -> None:
    desk.path.mkdir()
    with pytest.raises(errors.NotAStore):
        desk.open()


def test_somebody_elses_database_is_left_as_it_is(desk: Desk) -> None:
    change(desk.path, "CREATE TABLE journal (seq INTEGER)")
    with pytest.raises(errors.NotAStore, match="--store"):
        desk.open()
    assert rows(desk.path, "SELECT name FROM sqlite_master") == [("journal",)]
    assert rows(desk.path, "PRAGMA journal_mode") == [("delete",)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_head",
        "DELETE FROM meta WHERE key = 'format'",
        "UPDATE meta SET value = '{' WHERE key = 'policy'",
    ],
)
def test_a_store_without_its_identity_is_damaged(desk: Desk, statement: str) -> None:
    with closing(desk.open()) as store:
        store.set_policy(store.policy(), "ana", "tty1")
    change(desk.path, statement)
    with pytest.raises(errors.CorruptStore, match="restore"):
        desk.open()


def test_a_newer_store_is_refused_untouched(desk: Desk) -> None:
    desk.open().close()
    change(desk.path, f"UPDATE meta SET value = '{FORMAT + 1}' WHERE key = 'format'")
    before = desk.path.read_bytes()
    with pytest.raises(errors.NewerStore, match="upgrade"):
        desk.open()
    assert desk.path.read_bytes() == before


def test_an_import_that_has_not_ended_is_not_opened(desk: Desk) -> None:
    desk.open().close()
    change(desk.path, f"INSERT INTO meta VALUES ('{IMPORTING}', '')")
    with pytest.raises(UnfinishedStore):
        desk.open()


def test_missing_steps_are_taken_once_and_whole(desk: Desk) -> None:
    desk.open().close()

    def wider(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE wider (one INTEGER)")

    def failing(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE broken (one INTEGER)")
        raise RuntimeError("no")

    engine = write_engine(desk.path)
    with pytest.raises(RuntimeError), engine.begin() as connection:
        migrations.migrate(connection, desk.path, {2: wider, 3: failing}, 3)
    assert rows(desk.path, "SELECT count(*) FROM sqlite_master WHERE name IN ('wider', 'broken')") == [(0,)]
    for taken in (1, 0):
        with engine.begin() as connection:
            assert migrations.migrate(connection, desk.path, {2: wider}, 2) == taken
    assert rows(desk.path, "SELECT value FROM meta WHERE key = 'format'") == [("2",)]
    with pytest.raises(errors.NewerStore):
        desk.open()


def test_the_schema_is_what_a_new_store_has(desk: Desk) -> None:
    desk.open().close()
    names = {name for (name,) in rows(desk.path, "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
    indexes = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
    assert names == set(metadata.tables) | indexes
    assert rows(desk.path, "PRAGMA application_id") == [(APPLICATION_ID,)]


def test_the_writers_questions_are_answered_by_indexes(desk: Desk) -> None:
    desk.open().close()
    questions = [
        statements.READ_HEAD,
        statements.READ_META,
        statements.CHILDREN,
        statements.ATTACHED,
        statements.EVENTS_SINCE,
        statements.EVENTS_OF,
        statements.gathering_groups(4),
        statements.rows_by(incidents.c.id, 4),
        statements.rows_by(incidents.c.number, 4),
        statements.rows_by(alerts.c.ref, 4),
        statements.rows_by(receipts.c.command_id, 4),
        statements.update_row(incidents, (3,)),
        statements.update_row(alerts, (3,)),
    ]
    for question in questions:
        plan = rows(desk.path, f"EXPLAIN QUERY PLAN {question}", [0] * question.count("?"))
        assert not [step for *_, step in plan if step.startswith("SCAN") and step != "SCAN journal_head"], plan


def test_a_read_only_file_or_directory(tmp_path: Path) -> None:
    Desk(tmp_path).open().close()  # what is imported late is imported
    with unprivileged() as place:
        desk = Desk(place)
        desk.open().close()
        desk.path.chmod(0o400)
        with pytest.raises(errors.ReadOnlyStore, match="writable"):
            desk.open()
        desk.path.chmod(0o000)
        with pytest.raises(errors.NoPermission, match="account"):
            desk.open()
        desk.path.chmod(0o600)
        place.chmod(0o500)
        with pytest.raises(errors.ReadOnlyStore, match=str(place)):
            desk.open()
        desk.path = place / "new" / "noc.db"
        with pytest.raises(errors.NoPermission):
            desk.open()


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_that_vanished_takes_no_command(desk: Desk, suffix: str, replaced: bool) -> None:
    with closing(desk.open()) as store:
        id = desk.log(store)
        file = desk.path.with_name(desk.path.name + suffix)
        content = file.read_bytes()
        file.unlink()
        if replaced:
            file.with_name("other").write_bytes(content)
            file.with_name("other").rename(file)
        for _ in range(2):
            with pytest.raises(errors.VanishedStore, match="restore"):
                store.append([desk.command("ack", id)])
            with pytest.raises(errors.VanishedStore):
                store.ingest([report("a")])


def test_a_file_that_vanishes_during_a_command_is_noticed_before_it_is_acknowledged(desk: Desk) -> None:
    with closing(desk.open()) as store:
        id = desk.log(store)

    def randomness(count: int) -> bytes:
        desk.path.unlink()
        return bytes(count)

    store = open_store(desk.path, clock=lambda: desk.now, randomness=randomness)
    with closing(store), pytest.raises(errors.VanishedStore):
        store.append([desk.command("ack", id)])


def test_a_full_store_refuses_and_recovers(desk: Desk) -> None:
    """The limit on pages gives SQLite's own SQLITE_FULL, as a full disk does."""
    with closing(desk.open()) as store:
        id = desk.log(store)
    engine = write_engine(desk.path)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=120"))
    gate, live = Gate(desk.path, desk.told.append), Live(live_path(desk.path))
    writer = Writer(desk.path, engine, gate, CounterBook(live), lambda: desk.now, desk.random.randbytes)
    kept, commands = 0, [desk.command("ack", id)]
    with pytest.raises(errors.StoreFull, match="space"):
        for _ in range(1_000):
            commands = [desk.command("note", id, text="x" * 900) for _ in range(10)]
            appending.append(writer, commands)
            kept += 10
    assert kept > 0
    assert rows(desk.path, "SELECT seq FROM journal_head") == [(kept + 1,)]
    assert rows(desk.path, "SELECT count(*) FROM receipts") == [(kept + 1,)]
    with pytest.raises(errors.StoreFull):
        appending.append(writer, commands)
    writer.close()
    gate.close()
    live.close()
    with closing(desk.open()) as store:
        assert [outcome.repeated for outcome in store.append(commands)] == [False] * 10
    assert sound(desk.path)


def test_a_damaged_page_is_said(desk: Desk) -> None:
    with closing(desk.open()) as store:
        id = desk.log(store)
    content = bytearray(desk.path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    desk.path.write_bytes(content)
    with pytest.raises(errors.CorruptStore, match="verify"), closing(desk.open()) as store:
        store.append([desk.command("ack", id)])


def test_network_file_systems_are_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    share = tmp_path / "my share"
    share.mkdir()
    mounts.write_text(
        "1 0 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
        f"2 1 0:52 / {str(share).replace(' ', chr(92) + '040')} rw - nfs4 host:/export rw\n"
    )
    refuse_network(tmp_path / "noc.db", mounts)
    with pytest.raises(errors.UnsafeStore, match="nfs4"):
        refuse_network(share / "noc.db", mounts)
    refuse_network(share / "noc.db", tmp_path / "none")


def test_errors_are_told_apart_by_name(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"

    def of(name: str) -> errors.StoreError:
        error = sqlite3.OperationalError("text that says nothing")
        error.sqlite_errorname = name
        return errors.classified(error, path)

    expected = {
        "SQLITE_FULL": errors.StoreFull,
        "SQLITE_IOERR_SHMSIZE": errors.StoreFull,
        "SQLITE_READONLY_DIRECTORY": errors.ReadOnlyStore,
        "SQLITE_READONLY_DBMOVED": errors.VanishedStore,
        "SQLITE_BUSY_RECOVERY": errors.StoreBusy,
        "SQLITE_CORRUPT_INDEX": errors.CorruptStore,
        "SQLITE_NOTADB": errors.NotAStore,
        "SQLITE_CANTOPEN": errors.MissingStore,
        "SQLITE_IOERR_WRITE": errors.DiskFailed,
        "SQLITE_IOERR_NOMEM": errors.FailedStore,
        "": errors.FailedStore,
    }
    assert {name: type(of(name)) for name in expected} == expected
    assert all(str(path) in str(of(name)) for name in expected)
    path.mkdir()
    assert type(of("SQLITE_CANTOPEN")) is errors.NotAStore
    path.rmdir()
    path.touch()
    assert type(of("SQLITE_CANTOPEN")) is errors.FailedStore
    assert errors.classified(errors.StoreBusy(path, "x"), path).detail == "x"
    assert type(errors.classified(OSError(28, "No space left on device"), path)) is errors.StoreFull


def test_who_holds_a_lock_is_unknown_where_there_is_none(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "none") == SOMEBODY
    (tmp_path / "free").touch()
    assert holder_of(tmp_path / "free") == SOMEBODY


def test_an_uri_never_makes_a_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(file_uri(tmp_path / "none", "rw"), uri=True).execute("PRAGMA user_version")
    assert not (tmp_path / "none").exists()
