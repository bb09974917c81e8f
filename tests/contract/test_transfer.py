"""A journal exported and imported is the same journal; a line that was changed is named by its number."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.journal.chain import body_digest
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import CorruptStore
from noc_tui.store.exporting import export_journal
from noc_tui.store.importing import BATCH, BadLine, BrokenExport, FilledStore, Imported, OtherImport, import_journal
from noc_tui.store.progress import Progress, quiet
from noc_tui.store.snapshot import snapshot
from noc_tui.store.unfinished import UnfinishedStore
from noc_tui.store.verify import verify
from tests.contract.past import START, Past, believable, stored, writer

TABLES = ("journal", "incidents", "alerts", "receipts")


@pytest.fixture
def past() -> Past:
    return believable(40)


@pytest.fixture
def store(tmp_path: Path, past: Past) -> Path:
    return stored(tmp_path / "noc.db", past)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "new.db"


def exported(path: Path) -> list[bytes]:
    out = io.BytesIO()
    export_journal(path, out)
    return out.getvalue().splitlines(keepends=True)


def imported(path: Path, lines: list[bytes], progress: Progress = quiet) -> Imported:
    return import_journal(path, lines, progress, clock=lambda: START)


def content(path: Path, table: str) -> list[tuple[Any, ...]]:
    with snapshot(path) as opened:
        rows = opened.connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all()
        return [tuple(row) for row in rows]


def test_every_row_arrives_as_it_was_and_the_copy_is_sound(store: Path, target: Path, past: Past) -> None:
    done = imported(target, exported(store))
    assert (done.events, done.receipts) == (len(past.events), len(past.receipts))
    for table in TABLES:
        assert content(target, table) == content(store, table)
    report = verify(target)
    assert report.fault is None
    assert report.head.hash == past.head().hash
    assert report.head.next_number == done.head.next_number == past.head().next_number
    assert report.head.epoch != past.head().epoch


def test_lines_are_ascii_whatever_a_source_wrote(tmp_path: Path) -> None:
    past = Past()
    past.open(title="\x1b]52;c;x\x07 \x9b31m \u202e \x7f \N{SNOWMAN}")
    path = stored(tmp_path / "noc.db", past)
    lines = exported(path)
    assert all(line[:-1].isascii() and line[:-1].decode().isprintable() for line in lines)
    imported(tmp_path / "new.db", lines)
    assert content(tmp_path / "new.db", "journal") == content(path, "journal")


def test_a_body_that_is_not_utf8_and_one_that_was_erased_travel_too(tmp_path: Path) -> None:
    past = believable(5)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)
    kept = body_digest(past.events[8].salt, past.events[8].body).hex()
    db.execute(f"UPDATE journal SET body = x'', salt = x'{kept}' WHERE seq = 9")
    db.close()
    imported(tmp_path / "new.db", exported(path))
    assert content(tmp_path / "new.db", "journal") == content(path, "journal")
    odd = Past()
    odd.add(Draft(kind="desk.noted", more={"x": "abc"}))
    path = stored(tmp_path / "odd.db", odd)
    db = writer(path)
    db.execute("UPDATE journal SET body = x'ff00ff'")
    db.close()
    (line,) = [json.loads(line) for line in exported(path) if b'"event"' in line]
    assert line["body64"] == "/wD/"


def test_any_tool_may_re_format_the_lines(store: Path, target: Path) -> None:
    lines = [json.dumps(json.loads(line), indent=None, sort_keys=True).encode() + b"\r\n" for line in exported(store)]
    lines.insert(3, b"\n")
    imported(target, lines)
    assert verify(target).ok


def test_an_empty_store_can_be_moved(tmp_path: Path, target: Path) -> None:
    done = imported(target, exported(stored(tmp_path / "noc.db", Past())))
    assert (done.events, done.receipts, done.head.seq) == (0, 0, 0)
    BoardReader(target).close()


def test_the_policy_travels(store: Path, target: Path) -> None:
    imported(target, exported(store))
    meta = {row[0]: row[1] for row in content(target, "meta")}
    assert json.loads(meta["policy"]) == {}
    assert "importing" not in meta


def test_an_export_of_a_journal_with_a_hole_is_refused(store: Path) -> None:
    db = writer(store)
    db.execute("DELETE FROM journal WHERE seq = 9")
    db.close()
    with pytest.raises(CorruptStore, match="missing"):
        exported(store)


def edited(**fields: Any) -> Callable[[bytes], bytes]:
    """A change to a line's fields."""
    return lambda line: json.dumps(json.loads(line) | fields).encode() + b"\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited(actor="eve"), "chain breaks"),
        (edited(body="{}"), "chain breaks"),
        (edited(seq=12), "where 9 is next"),
        (edited(received_at=1), "received before"),
        (edited(id="x"), "an id or a hash that is none"),
        (edited(hash="zz"), "an id or a hash that is none"),
        (edited(line="poem"), "not a line of an export"),
        (edited(line="store"), "not a line of an export"),
        (lambda line: line[:40], "not JSON, or is cut short"),
        (lambda line: b"\xff\xfe\n", "not JSON, or is cut short"),
        (lambda line: b" " * (5 << 20) + b"{}", "longer than 4 MiB"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_what_came_before_is_kept(
    store: Path, target: Path, change: Callable[[bytes], bytes], words: str
) -> None:
    lines = exported(store)
    lines[9] = change(lines[9])  # event 9, on line 10
    with pytest.raises(BadLine, match=words) as caught:
        imported(target, lines)
    assert caught.value.line == 10
    assert "line 10 " in str(caught.value)
    assert len(content(target, "journal")) == 8


def test_a_receipt_that_is_none_is_named(store: Path, target: Path) -> None:
    lines = exported(store)
    lines[-2] = edited(fingerprint="zz")(lines[-2])
    with pytest.raises(BadLine, match="receipt that is none"):
        imported(target, lines)


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (lambda lines: [], "not JSON"),
        (lambda lines: lines[1:], "not the first line"),
        (lambda lines: lines[:-1], "cut short"),
        (lambda lines: [*lines[:-3], lines[-1]], "receipts: some are missing"),
        (lambda lines: [*lines, lines[-1]], "comes after the end"),
        (lambda lines: [edited(version=9)(lines[0])], "newer noc-tui"),
        (lambda lines: [lines[0], lines[0]], "begins another export"),
        (lambda lines: [lines[0], lines[1], lines[-1]], "not at .* as announced"),
    ],
)
def test_an_export_that_is_not_whole_is_found_out(
    store: Path, target: Path, cut: Callable[[list[bytes]], list[bytes]], words: str
) -> None:
    with pytest.raises(BadLine, match=words):
        imported(target, cut(exported(store)))


def test_an_export_of_a_damaged_history_is_not_taken(tmp_path: Path, target: Path) -> None:
    past = Past()
    opened = past.open()
    past.incidents[opened.incident_id] = replace(past.incidents[opened.incident_id], revision=4)
    past.add(Draft(kind="incident.changed", incident=opened.incident_id, set={"title": "x"}))
    with pytest.raises(BrokenExport, match="revision 5, where 2 is next"):
        imported(target, exported(stored(tmp_path / "noc.db", past)))


def test_an_import_that_was_stopped_goes_on_and_nobody_opens_the_store_meanwhile(tmp_path: Path, target: Path) -> None:
    past = believable(BATCH)
    path = stored(tmp_path / "noc.db", past)
    lines = exported(path)

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done > BATCH:
            raise Stopped

    with pytest.raises(Stopped):
        imported(target, lines, stop)
    with pytest.raises(UnfinishedStore, match="a part of an import"):
        BoardReader(target)
    taken = len(content(target, "journal"))
    assert 0 < taken < len(past.events)
    done = imported(target, lines)
    assert done.events == len(past.events) - taken
    for table in TABLES:
        assert content(target, table) == content(path, table)
    assert verify(target).ok


def test_another_export_does_not_go_on_with_it(store: Path, target: Path, tmp_path: Path) -> None:
    with pytest.raises(BadLine):
        imported(target, exported(store)[:20])
    other = exported(stored(tmp_path / "other.db", believable(4, seed=8)))
    with pytest.raises(OtherImport, match="another export"):
        imported(target, other)


def test_a_store_with_a_history_is_left_alone(store: Path, past: Past) -> None:
    lines = exported(store)
    with pytest.raises(FilledStore):
        imported(store, lines)
    assert verify(store).head == past.head()
