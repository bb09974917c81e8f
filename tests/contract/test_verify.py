"""Whatever is changed behind the journal's back is found, and named: which event, which incident, which field."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc_tui.incidents.commands import Draft
from noc_tui.journal.chain import body_digest
from noc_tui.store.errors import MissingStore, NewerStore
from noc_tui.store.snapshot import CHUNK
from noc_tui.store.verify import verify
from tests.contract.past import Past, believable, stored, writer


class Stopped(Exception):
    """Somebody has had enough."""


@pytest.fixture
def past() -> Past:
    return believable(40)


def spoilt(path: Path, past: Past, *statements: str) -> Path:
    """A store of this past with something done to it."""
    db = writer(stored(path, past))
    for statement in statements:
        db.execute(statement)
    db.close()
    return path


def test_a_sound_store_is_found_sound_and_all_of_it_was_looked_at(tmp_path: Path, past: Past) -> None:
    report = verify(stored(tmp_path / "noc.db", past))
    assert report.fault is None
    assert report.ok
    assert (report.events, report.incidents, report.alerts) == (len(past.events), 40, 40)
    assert report.receipts == len(past.receipts)
    assert report.head == past.head()


def test_an_empty_store_is_sound(tmp_path: Path) -> None:
    assert verify(stored(tmp_path / "noc.db", Past())).ok


def test_a_kind_of_a_newer_version_folds_and_a_history_without_effect_stays(tmp_path: Path) -> None:
    past = Past()
    opened = past.open()
    past.add(Draft(kind="incident.praised", incident=opened.incident_id, set={"title": "x", "fame": 3}))
    past.add(Draft(kind="incident.noted", incident=opened.incident_id, more={"note": "hello"}))
    past.add(Draft(kind="alert.flapped", alert="sim:0", more={"toggles": 4}))
    assert verify(stored(tmp_path / "noc.db", past)).fault is None


FAULTS = [
    ("chain", "seq", 9, "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ':', ': ') AS BLOB) WHERE seq = 9"),
    ("chain", "seq", 9, "UPDATE journal SET actor = 'eve' WHERE seq = 9"),
    ("chain", "seq", 9, "UPDATE journal SET hash = zeroblob(32) WHERE seq = 9"),
    ("chain", "seq", 9, "UPDATE journal SET salt = x'00' WHERE seq = 9"),
    ("order", "seq", 9, "DELETE FROM journal WHERE seq = 9"),
    ("order", "field", "received_at", "UPDATE journal SET received_at = 0 WHERE seq = 9"),
    ("head", "field", "hash", "UPDATE journal_head SET hash = zeroblob(32)"),
    ("head", "field", "next_number", "UPDATE journal_head SET next_number = 40"),
    ("head", "field", "received_at", "UPDATE journal_head SET received_at = 1"),
    ("projection", "number", 7, "UPDATE incidents SET title = 'changed' WHERE number = 7"),
    ("projection", "field", "owner", "UPDATE incidents SET owner = 'eve' WHERE number = 7"),
    ("projection", "field", "labels", "UPDATE incidents SET labels = '[\"x\"]' WHERE number = 7"),
    ("projection", "number", 7, "DELETE FROM incidents WHERE number = 7"),
    ("projection", "number", 7, "UPDATE incidents SET changed_seq = changed_seq + 100000 WHERE number = 7"),
    ("projection", "number", 7, "UPDATE incidents SET changed_seq = 1 WHERE number = 7"),
    ("projection", "alert", "sim:3", "UPDATE alerts SET severity = 'minor' WHERE ref = 'sim:3'"),
    ("projection", "alert", "sim:3", "DELETE FROM alerts WHERE ref = 'sim:3'"),
    ("receipt", "check", "receipt", "DELETE FROM receipts WHERE ok"),
    ("receipt", "check", "receipt", "UPDATE receipts SET seqs = '[1]' WHERE ok"),
    ("receipt", "check", "receipt", "UPDATE receipts SET ok = 0"),
    ("receipt", "check", "receipt", "UPDATE receipts SET last_seq = 0 WHERE ok"),
    ("policy", "field", "policy_seq", "UPDATE meta SET value = '3' WHERE key = 'policy_seq'"),
    ("head", "field", "seq", "UPDATE journal_head SET seq = seq + 1"),
    ("file", "check", "file", "DELETE FROM journal_head"),
]


@pytest.mark.parametrize(("check", "about", "value", "statement"), FAULTS)
def test_a_change_behind_the_journals_back_is_found_and_named(
    tmp_path: Path, past: Past, check: str, about: str, value: object, statement: str
) -> None:
    fault = verify(spoilt(tmp_path / "noc.db", past, statement)).fault
    assert fault is not None
    assert (fault.check, getattr(fault, about)) == (check, value)
    assert fault.sentence.endswith(".")
    assert fault.sentence.isprintable()


def test_two_events_that_changed_places_are_found(tmp_path: Path, past: Past) -> None:
    swap = (
        "UPDATE journal SET seq = 0 WHERE seq = 8",
        "UPDATE journal SET seq = 8 WHERE seq = 9",
        "UPDATE journal SET seq = 9 WHERE seq = 0",
    )
    fault = verify(spoilt(tmp_path / "noc.db", past, *swap)).fault
    assert fault is not None
    assert fault.seq == 8


def test_a_cut_off_tail_is_found(tmp_path: Path, past: Past) -> None:
    fault = verify(spoilt(tmp_path / "noc.db", past, "DELETE FROM journal WHERE seq > 100")).fault
    assert fault is not None
    assert (fault.check, fault.seq) == ("head", 101)


def test_a_projection_that_lags_behind_the_journal_is_named(tmp_path: Path, past: Past) -> None:
    incident = next(one for one in past.incidents.values() if one.revision == 3)
    seqs = [event.seq for event in past.events if event.incident_id == incident.id]
    lag = f"UPDATE incidents SET changed_seq = {seqs[1]}, revision = 2 WHERE number = {incident.number}"
    fault = verify(spoilt(tmp_path / "noc.db", past, lag)).fault
    assert fault is not None
    assert (fault.check, fault.number, fault.seq) == ("projection", incident.number, seqs[1])


def test_an_erased_body_is_counted_and_its_incident_not_called_wrong(tmp_path: Path, past: Past) -> None:
    kept = body_digest(past.events[8].salt, past.events[8].body).hex()
    erase = f"UPDATE journal SET body = x'', salt = x'{kept}' WHERE seq = 9"
    report = verify(spoilt(tmp_path / "noc.db", past, erase))
    assert (report.fault, report.erased) == (None, 1)


def test_a_body_that_was_merely_emptied_breaks_the_chain(tmp_path: Path, past: Past) -> None:
    fault = verify(spoilt(tmp_path / "noc.db", past, "UPDATE journal SET body = x'' WHERE seq = 9")).fault
    assert fault is not None
    assert (fault.check, fault.seq) == ("chain", 9)


def test_a_damaged_page_is_a_fault_of_the_file(tmp_path: Path) -> None:
    path = stored(tmp_path / "noc.db", believable(300))
    with path.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xa5" * 4096)
    fault = verify(path).fault
    assert fault is not None
    assert fault.check == "file"


def test_text_that_is_not_utf8_is_named_and_ends_nothing(tmp_path: Path, past: Past) -> None:
    path = spoilt(tmp_path / "noc.db", past, "UPDATE incidents SET site = CAST(x'ff' AS TEXT) WHERE number = 7")
    fault = verify(path).fault
    assert fault is not None
    assert (fault.number, fault.field) == (7, "site")


def test_progress_goes_to_the_end_and_an_exception_in_it_ends_the_work(tmp_path: Path) -> None:
    past = believable(CHUNK)
    path = stored(tmp_path / "noc.db", past)
    told: list[tuple[int, int]] = []
    verify(path, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(past.events), len(past.events))
    assert len(told) > 2

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        verify(path, stop)
    assert verify(path).ok


def test_what_is_written_meanwhile_is_no_fault(tmp_path: Path) -> None:
    past = believable(CHUNK)
    path = stored(tmp_path / "noc.db", past)
    db = writer(path)

    def write(done: int, total: int) -> None:
        db.execute("UPDATE incidents SET title = 'later'")

    report = verify(path, write)
    db.close()
    assert report.ok


def test_what_is_no_store_of_ours_is_an_error_not_a_fault(tmp_path: Path, past: Past) -> None:
    with pytest.raises(MissingStore):
        verify(tmp_path / "none.db")
    with pytest.raises(NewerStore):
        verify(spoilt(tmp_path / "noc.db", past, "UPDATE meta SET value = '99' WHERE key = 'format'"))
