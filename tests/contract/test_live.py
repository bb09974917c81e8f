"""The live file: kept while it can be, begun again when it breaks, and never in the journal's way."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.incidents.flapping import Counter
from noc_tui.journal.beside import AgentStatus, LinkStatus, Presence, SourceStatus
from noc_tui.store.errors import FailedStore
from noc_tui.store.live import SLICE, Live, live_path
from noc_tui.store.restored import RestorePoint, Served


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return live_path(tmp_path / "noc.db")


@pytest.fixture
def live(path: Path) -> Iterator[Live]:
    live = Live(path)
    yield live
    live.close()


def many(count: int) -> dict[str, Counter]:
    return {f"sim:{n}": Counter(n, 10 + n, n % 3, n, n % 2 == 0, 5) for n in range(count)}


def test_counters_come_back_as_they_were_put(live: Live) -> None:
    counters = many(3 * SLICE + 1)
    live.put_counters(counters)
    assert live.counters([*counters, "sim:none"]) == counters


def test_the_last_value_of_a_counter_wins(live: Live) -> None:
    live.put_counters({"a": Counter(repeats=1)})
    live.put_counters({"a": Counter(repeats=2)})
    assert live.counters(["a"]) == {"a": Counter(repeats=2)}


def test_old_counters_are_forgotten(live: Live) -> None:
    live.put_counters({"old": Counter(last_seen=1), "new": Counter(last_seen=9)})
    live.forget_counters(seen_before=5)
    assert set(live.counters(["old", "new"])) == {"new"}


def test_what_was_served_is_there_for_the_next_server_unless_another_version_noted_it(live: Live, path: Path) -> None:
    served = Served(b"e" * 16, 7, b"h" * 32, RestorePoint(b"d" * 16, 3, 5))
    assert live.served() is None
    live.put_served(served)
    assert live.served() == served
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE served SET note = '{}'")
    assert live.served() is None


def test_the_agents_last_heartbeat_is_read_by_another_process_file_handle(live: Live, path: Path) -> None:
    source = SourceStatus(name="am", state="failing", last_error="timeout", alerts=3)
    status = AgentStatus(pid=7, host="h", started_at=1, beat_at=2, intake_rate=1.5, sources=(source,))
    live.beat(status)
    other = Live(path)
    assert other.agent() == status
    other.close()


def test_no_heartbeat_is_none(live: Live) -> None:
    assert live.agent() is None


def test_a_status_of_another_version_is_none(live: Live, path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("INSERT INTO agent VALUES (1, '{\"what\": 1}', 1)")
    db.close()
    assert live.agent() is None


def test_presence_is_one_row_a_terminal_and_ages(live: Live) -> None:
    live.appear(Presence(actor="ana", origin="tty1", incident=4, at=1))
    live.appear(Presence(actor="ana", origin="tty1", incident=5, doing="note", at=7))
    live.appear(Presence(actor="bo", origin="tty2", at=2))
    assert live.present(since=5) == [Presence(actor="ana", origin="tty1", incident=5, doing="note", at=7)]
    live.leave("ana", "tty1")
    assert [one.actor for one in live.present(since=0)] == ["bo"]


def test_those_elsewhere_are_replaced_as_a_whole_and_never_speak_for_a_terminal_here(live: Live) -> None:
    live.appear(Presence(actor="ana", origin="tty1", incident=4, at=1))
    told = Presence(actor="token of ana", origin="tty1", incident=3, at=1)
    live.replace_present([told, Presence(actor="bo", origin="b:1", incident=4, at=1)])
    assert [(one.actor, one.incident) for one in live.present(since=0)] == [("ana", 4), ("bo", 4)]
    live.replace_present([Presence(actor="cy", origin="c:1", at=1)])
    assert [one.actor for one in live.present(since=0)] == ["ana", "cy"]
    assert [one.actor for one in live.here(since=0)] == ["ana"]


def test_the_link_is_known_to_another_process_and_unknown_before(live: Live, path: Path) -> None:
    assert live.link() is None
    agent = AgentStatus(pid=7, host="h", started_at=1, beat_at=2)
    status = LinkStatus(state="offline", url="https://noc.example", sentence="No answer.", ok_tick=1.5, agent=agent)
    live.put_link(status)
    other = Live(path)
    assert other.link() == status
    other.close()


def test_a_file_of_the_format_before_keeps_its_counters(path: Path) -> None:
    first = Live(path)
    first.put_counters({"a": Counter(repeats=3)})
    first.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("DROP TABLE link; DROP TABLE elsewhere; PRAGMA user_version = 1;")
    db.close()
    live = Live(path)
    live.put_link(LinkStatus(state="following", url="u"))
    assert (live.trouble, live.counters(["a"])) == ("", {"a": Counter(repeats=3)})
    live.close()


def test_wishes_are_read_in_order_and_taken_off(live: Live) -> None:
    first = live.wish("history", {"number": 4}, at=1)
    second = live.wish("history", {"number": 5}, at=2)
    assert [wish.body["number"] for wish in live.wishes()] == [4, 5]
    assert [wish.id for wish in live.wishes(after=first)] == [second]
    live.granted(first)
    assert [wish.id for wish in live.wishes()] == [second]


def test_the_file_is_its_owners_alone(live: Live, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert live.trouble == ""


@pytest.mark.parametrize("content", [b"not a database at all" * 300, b""], ids=["garbage", "empty"])
def test_a_broken_file_is_begun_again_and_said(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    live = Live(path)
    live.put_counters({"a": Counter(repeats=1)})
    assert live.counters(["a"]) == {"a": Counter(repeats=1)}
    assert (str(path) in live.trouble) == bool(content)
    live.close()


def test_a_file_broken_in_use_is_begun_again_and_said(live: Live, path: Path) -> None:
    live.put_counters({"a": Counter(repeats=1)})
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("DROP TABLE counters")
    db.close()
    assert live.counters(["a"]) == {}
    live.put_counters({"b": Counter(repeats=2)})
    assert live.counters(["a", "b"]) == {"b": Counter(repeats=2)}
    assert "begun again" in live.trouble


def test_a_file_deleted_in_use_is_begun_again_by_all_who_have_it(live: Live, path: Path) -> None:
    other = Live(path)
    for name in path.parent.glob(f"{path.name}*"):
        name.unlink()
    live.put_counters({"a": Counter(repeats=1)})
    assert other.counters(["a"]) == {"a": Counter(repeats=1)}
    assert "deleted or replaced" in live.trouble
    assert "deleted or replaced" in other.trouble
    other.close()


def test_where_no_file_can_be_the_counts_stay_in_memory_and_it_is_said(tmp_path: Path) -> None:
    live = Live(tmp_path / "missing" / "noc.db-live")
    live.put_counters({"a": Counter(repeats=1)})
    assert live.counters(["a"]) == {"a": Counter(repeats=1)}
    assert "this process alone" in live.trouble
    live.close()


def test_a_file_that_another_holds_delays_counts_but_a_wish_is_refused(live: Live, path: Path) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    live.put_counters({"a": Counter(repeats=1)})
    assert "could not be used just now" in live.trouble
    with pytest.raises(FailedStore, match="could not be used just now"):
        live.wish("history", {}, at=1)
    holder.execute("ROLLBACK")
    holder.close()
    live.put_counters({"a": Counter(repeats=1)})
    assert live.counters(["a"]) == {"a": Counter(repeats=1)}
