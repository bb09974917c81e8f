"""The replica as a file: a store like any other to those who read it, whole after every crash, checked by `verify`.

What every replica must do is in `test_ports.py`.
"""

from __future__ import annotations

import io
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.journal.exchange import SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.journal.ports import NotContinuing
from noc_tui.journal.replay import state_at
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.board_rows import URGENT, BoardRows
from noc_tui.store.checkpoint import AGAIN, DUE
from noc_tui.store.errors import StoreError, StoreFull, VanishedStore
from noc_tui.store.exporting import export_journal
from noc_tui.store.opening import open_store
from noc_tui.store.prior import prior_of
from noc_tui.store.reading import Reader
from noc_tui.store.replica import PIECE, ReplicaFile
from noc_tui.store.replica_facts import FollowsRemote
from noc_tui.store.replica_file import OtherRemote
from noc_tui.store.replica_log import MOST
from noc_tui.store.verify import verify
from tests.contract.authority import Authority, applied, busy_past, caught_up, filled
from tests.contract.desk import Desk, rows
from tests.contract.past import Past, believable, stored
from tests.contract.ports import AT, right, whole
from tests.contract.shift import Shift, events_in, shown
from tests.contract.test_ports import URL, board_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "remotes" / "replica.db"


@pytest.fixture
def replica(path: Path) -> Iterator[ReplicaFile]:
    with opened(path) as replica:
        yield replica


@contextmanager
def opened(path: Path) -> Iterator[ReplicaFile]:
    """The replica at a path, closed again."""
    with closing(ReplicaFile(path, URL, lambda: AT)) as replica:
        yield replica


def behind(replica: ReplicaFile, events: int = 30) -> Authority:
    """An authority whose snapshot a replica holds, and all but its last events."""
    authority = Authority(busy_past())
    filled(replica, authority, 20)
    while applied(replica, authority, authority.page(seq_of(replica), 3)) and seq_of(replica) < authority.seq - events:
        pass
    return authority


def filling(path: Path) -> str | None:
    """How many rows have come, of how many, while it is filled for the first time."""
    found = rows(path, "SELECT value FROM meta WHERE key = 'filling'")
    return str(found[0][0]) if found else None


def seq_of(replica: ReplicaFile) -> int:
    at = replica.cursor()
    assert at is not None
    return at.seq


# The file


def test_it_is_its_owners_alone_and_known_for_what_it_is(replica: ReplicaFile, path: Path) -> None:
    behind(replica)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with pytest.raises(FollowsRemote, match=URL):
        open_store(path)


def test_another_store_is_not_taken_for_it(replica: ReplicaFile, path: Path, tmp_path: Path) -> None:
    with pytest.raises(OtherRemote, match=URL):
        ReplicaFile(path, "https://other.example", lambda: AT)
    own = stored(tmp_path / "noc.db", Past())
    with pytest.raises(OtherRemote, match="a store of its own"):
        ReplicaFile(own, URL, lambda: AT)


def test_it_goes_on_where_it_was(replica: ReplicaFile, path: Path) -> None:
    authority = behind(replica)
    at = replica.cursor()
    replica.close()
    replica.close()
    with opened(path) as again:
        assert again.cursor() == at
        caught_up(again, authority)
        assert whole(board_of(again), authority, since=20)


def test_a_deleted_file_is_noticed(replica: ReplicaFile, path: Path) -> None:
    authority = behind(replica)
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(VanishedStore):
        applied(replica, authority, authority.page(seq_of(replica), 3))


def test_a_full_disk_is_said_and_the_page_can_be_applied_when_there_is_room(replica: ReplicaFile) -> None:
    authority = behind(replica)
    before = board_of(replica)
    page = authority.page(before.seq, 30)
    asked = replica.missing(page)
    prior = authority.prior(asked) if asked is not None else None
    replica._file._db.execute("PRAGMA max_page_count = 1")  # SQLite takes it as: no more than there are
    with pytest.raises(StoreFull):
        replica.apply(page, prior)
    assert board_of(replica) == before
    replica._file._db.execute("PRAGMA max_page_count = 1000000")
    assert replica.apply(page, prior) == authority.cursor(authority.seq)


def test_the_log_stays_short_while_it_follows(replica: ReplicaFile, path: Path) -> None:
    authority = Authority(Past())
    opened = authority.past.open()
    filled(replica, authority, 1)
    for n in range(80):
        authority.past.add(Draft(kind="incident.noted", incident=opened.incident_id, more={"text": "x" * 500_000}))
        applied(replica, authority, authority.page(1 + n, 5))
    assert path.stat().st_size > DUE
    assert path.with_name("replica.db-wal").stat().st_size < MOST + AGAIN


def test_a_log_that_was_copied_back_is_not_copied_at_every_page_after_it(replica: ReplicaFile, path: Path) -> None:
    authority = Authority(Past())
    opened = authority.past.open()
    filled(replica, authority, 1)
    size = path.stat().st_size
    long = iter(range(1, 1_000))
    while path.stat().st_size < size + DUE:  # until it was
        authority.past.add(Draft(kind="incident.noted", incident=opened.incident_id, more={"text": "x" * 500_000}))
        applied(replica, authority, authority.page(next(long), 5))
    replica._file._copier.close()  # it is copied behind whoever writes, and the rest with the next page
    authority.past.add(Draft(kind="incident.noted", incident=opened.incident_id, more={"text": "x"}))
    applied(replica, authority, authority.page(next(long), 5))
    os.utime(path, (0, 0))
    for _ in range(3):
        authority.past.add(Draft(kind="incident.noted", incident=opened.incident_id, more={"text": "x"}))
        applied(replica, authority, authority.page(next(long), 5))
    assert path.stat().st_mtime == 0


def test_what_is_about_to_be_rested_on_is_brought_to_the_disk(
    replica: ReplicaFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind(replica)
    synced: list[str] = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/dev/fd/{descriptor}").resolve().name)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    replica.secure()
    assert synced == ["replica.db-wal", path.parent.name]


def test_text_from_outside_is_cleaned_where_it_becomes_a_row(replica: ReplicaFile) -> None:
    authority = Authority(Past())
    authority.past.open(title="\x1b[31mred", labels=["\x1b]0;x"])
    start, *_ = authority.snapshot(0)
    assert isinstance(start, SnapshotStart)
    replica.begin(start)
    hostile = next(iter(authority.past.incidents.values()))
    replica.fill(SnapshotRows(incidents=(hostile,)))
    replica.finish(SnapshotEnd(1, 0))
    ((title, labels),) = rows(replica.path, "SELECT title, labels FROM incidents")
    assert "\x1b" not in title + labels
    filled(replica, authority, 0)
    caught_up(replica, authority)
    ((title, labels),) = rows(replica.path, "SELECT title, labels FROM incidents")
    assert "\x1b" not in title + labels
    ((body,),) = rows(replica.path, "SELECT body FROM journal")
    assert b"\\u001b[31mred" in body


def test_what_contradicts_what_is_held_is_refused_and_nothing_of_it_kept(replica: ReplicaFile) -> None:
    past = Past()
    authority = Authority(past)
    past.open()
    filled(replica, authority, 1)
    before = board_of(replica)
    known = next(iter(past.incidents.values()))
    double = replace(known, id=b"another incident")
    past.incidents[double.id] = double
    event = past.add(Draft(kind="incident.noted", incident=double.id))
    assert (event.number, event.revision) == (1, 2)
    page = authority.page(1, 1)
    asked = replica.missing(page)
    assert asked is not None
    prior = replace(authority.prior(asked), incidents=(double,))
    with pytest.raises(NotContinuing, match=r"replica\.db"):
        replica.apply(page, prior)
    assert board_of(replica) == before


def test_a_number_that_no_table_holds_is_refused(replica: ReplicaFile) -> None:
    authority = Authority(Past())
    start, *_ = authority.snapshot(0)
    assert isinstance(start, SnapshotStart)
    replica.begin(start)
    opened = authority.past.open()
    huge = replace(authority.past.incidents[opened.incident_id], alert_count=1 << 63)
    replica.fill(SnapshotRows(incidents=(huge,)))
    replica.fill(SnapshotRows())
    with pytest.raises(NotContinuing, match="cannot hold"):
        replica.finish(SnapshotEnd(1, 0))
    assert replica.cursor() is None
    filled(replica, authority, 1)
    replica.keep_history(replace(authority.history(1), incident=replace(huge, id=b"h" * 16, number=2)))
    assert board_of(replica).incidents.keys() == {opened.incident_id}


# The policy


def test_the_policy_is_the_snapshots_and_then_the_tails(replica: ReplicaFile, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        store.set_policy(replace(store.policy(), flap_toggles=3), "ana", "tty1")
        _filled_from(replica, desk.path)
        with closing(BoardReader(replica.path)) as reader:
            assert reader.policy() == store.policy()
            store.set_policy(replace(store.policy(), flap_toggles=4), "ana", "tty1")
            _followed(replica, desk.path)
            assert reader.policy() == store.policy()
            _filled_from(replica, stored(tmp_path / "other.db", Past()))
            assert reader.policy() != store.policy()


def test_the_desks_views_are_the_snapshots_and_then_the_tails(replica: ReplicaFile, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        store.append([desk.command("view_save", name="night", query="p:1")])
        _filled_from(replica, desk.path)
        with closing(BoardReader(replica.path)) as reader:
            assert [view.name for view in reader.desk_views().saved()] == ["night"]
            store.append([desk.command("view_save", name="day"), desk.command("view_drop", name="night")])
            _followed(replica, desk.path)
            assert [view.name for view in reader.desk_views().saved()] == ["day"]
            _filled_from(replica, stored(tmp_path / "other.db", Past()))
            assert reader.desk_views().saved() == ()


# Those who read it


async def test_all_readers_find_a_store_like_any_other(replica: ReplicaFile) -> None:
    authority = behind(replica)
    caught_up(replica, authority)
    on_board = {one.number for one in board_of(replica).incidents.values() if one.state != "closed"}
    with closing(BoardReader(replica.path)) as board:
        assert {one.number for chunk in board.all_rows() for one in chunk} == on_board
        assert (board.epoch, board.head_seq()) == (authority.epoch, authority.seq)
    reader = Reader(replica.path)
    number = max(on_board)
    assert await reader.incident(number) == next(
        one for one in authority.state(authority.seq).incidents.values() if one.number == number
    )
    assert [event.seq for event in await reader.events(0, 500)] == list(range(21, authority.seq + 1))
    await reader.close()
    out = io.BytesIO()
    assert export_journal(replica.path, out).seq == authority.seq
    assert out.getvalue().count(b"\n") == authority.seq - 20 + 2


def test_the_board_can_be_used_while_it_is_filled(replica: ReplicaFile, tmp_path: Path) -> None:
    past = Past()
    for n in range(PIECE // 2 + 700):
        past.open(priority=1 + n % 5, alert_count=1)
    store = stored(tmp_path / "noc.db", past)
    with closing(BoardReader(replica.path)) as reader, closing(BoardRows(store)) as board:
        replica.begin(board.start(0))
        assert reader.moved() and reader.begun_anew()
    seen: set[int] = set()
    told: list[str | None] = []
    with closing(BoardReader(replica.path)) as reader, closing(BoardRows(store)) as board:
        incidents = alerts = 0
        for part in board.parts():
            replica.fill(part)
            incidents += len(part.incidents)
            alerts += len(part.alerts)
            while reader.moved():
                changes = reader.changes(0, 300)
                assert changes.seq == 0
                seen.update(one.number for one in changes.incidents)
                if changes.complete:
                    told.append(filling(replica.path))
                    assert len(seen) >= (incidents if len(told) == 1 else incidents - 2 * URGENT)
            assert not reader.begun_anew()
        assert told == [f"{2 * URGENT}/6600", f"{PIECE + 2 * URGENT}/6600"]
        replica.finish(SnapshotEnd(incidents, alerts))
        assert reader.moved() and reader.begun_anew()
        assert filling(replica.path) is None


def test_one_who_watches_learns_that_all_rows_were_replaced(replica: ReplicaFile) -> None:
    authority = behind(replica)
    with closing(BoardReader(replica.path)) as reader:
        caught_up(replica, authority)
        assert reader.moved() and not reader.begun_anew()
        filled(replica, authority, 40)
        assert reader.moved() and reader.begun_anew()


# Crashes


def child(deed: str, store: Path, replica: Path) -> subprocess.Popen[str]:
    """Another process that fills the replica; it is answered by a line."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.contract.following", deed, str(store), str(replica)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


def until(process: subprocess.Popen[str], word: str) -> None:
    """Let it go on until it says a word, and hold it there."""
    assert process.stdout is not None and process.stdin is not None
    while (said := process.stdout.readline().strip()) != word:
        assert said, f"ended before {word}"
        process.stdin.write("\n")
        process.stdin.flush()


def killed(process: subprocess.Popen[str]) -> None:
    """Kill it at once, and wait for its end."""
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


@pytest.mark.parametrize("word", ["begun", "filled"])
def test_a_first_filling_that_is_killed_begins_again(path: Path, tmp_path: Path, word: str) -> None:
    authority = Authority(believable(60, still_open=1.0))
    store = stored(tmp_path / "noc.db", authority.past)
    process = child("fill", store, path)
    until(process, word)
    killed(process)
    with opened(path) as replica:
        assert replica.cursor() is None
        filled(replica, authority, 50)
        caught_up(replica, authority)
        assert whole(board_of(replica), authority, since=50)


def test_a_rebuild_that_is_killed_leaves_what_was(path: Path, tmp_path: Path) -> None:
    authority = Authority(busy_past())
    with opened(path) as replica:
        filled(replica, authority, 20)
        before = board_of(replica)
    process = child("fill", stored(tmp_path / "other.db", believable(60)), path)
    until(process, "filled")
    with closing(BoardReader(path)) as reader:
        assert reader.epoch == authority.epoch
    killed(process)
    with opened(path) as replica:
        assert (replica.cursor(), board_of(replica)) == (authority.cursor(20), before)
        caught_up(replica, authority)
        assert whole(board_of(replica), authority, since=20)


@pytest.mark.parametrize("after", [1, 9, 40, 90])
def test_one_who_is_killed_while_it_follows_goes_on_from_a_whole_page(path: Path, after: int) -> None:
    authority = Authority(believable(40))
    with opened(path) as replica:
        filled(replica, authority, 10)
    process = child("follow", path, path)
    assert process.stdout is not None and process.stdin is not None
    process.stdout.readline()
    process.stdin.write("\n")
    process.stdin.flush()
    said = [int(process.stdout.readline()) for _ in range(after)]
    killed(process)
    with opened(path) as replica:
        at = replica.cursor()
        assert at is not None and at == authority.cursor(at.seq)
        assert at.seq >= said[-1]
        assert right(board_of(replica), authority)
        caught_up(replica, authority)
        assert whole(board_of(replica), authority, since=10)
        assert verify(path).ok


# The whole way, from one store to another


def _filled_from(replica: ReplicaFile, store: Path, meanwhile: Shift | None = None) -> None:
    with closing(BoardRows(store)) as board:
        replica.begin(board.start(0))
        incidents = alerts = 0
        for part in board.parts():
            replica.fill(part)
            incidents += len(part.incidents)
            alerts += len(part.alerts)
            if meanwhile is not None:
                meanwhile.step()
        replica.finish(board.end(incidents, alerts))


def _followed(replica: ReplicaFile, store: Path, step: int = 5) -> None:
    """Apply all pages of a store, with the priors that it tells."""
    past = Past(events=events_in(store))
    ((epoch,),) = rows(store, "SELECT epoch FROM journal_head")
    authority = Authority(past, epoch)
    while (at := seq_of(replica)) < authority.seq:
        page = authority.page(at, step)
        asked = replica.missing(page)
        assert replica.apply(page, prior_of(store, asked) if asked is not None else None) is not None


@given(seed=st.integers(0, 1 << 20))
@settings(max_examples=8)
def test_a_store_that_goes_on_all_the_while_is_followed_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Fold of the replica = fold of the authority, over a real store, its snapshot, pages and priors."""
    desk = Desk(tmp_path_factory.mktemp("desk"), seed)
    with closing(desk.open()) as store, opened(desk.path.with_name("replica.db")) as replica:
        shift = Shift(desk, store, Random(seed))
        list(shift.steps(5))
        _filled_from(replica, desk.path, shift)
        for turn in range(4):
            shift.step()
            _followed(replica, desk.path, step=1 + turn * 5)
        folded = shown(state_at(events_in(desk.path)))
        found = board_of(replica)
        assert found.incidents.items() <= folded.incidents.items()
        assert found.alerts.items() <= folded.alerts.items()
        on_board = {id for id, one in folded.incidents.items() if one.state not in ("closed", "merged")}
        assert on_board <= found.incidents.keys()
        report = verify(replica.path)
        assert report.ok, report.fault


@pytest.mark.parametrize("below", [True, False])
def test_where_no_replica_can_be_it_is_said(tmp_path: Path, below: bool) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="file"):
        ReplicaFile(tmp_path / "file" / "replica.db" if below else tmp_path / "file", URL, lambda: AT)
