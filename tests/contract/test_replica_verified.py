"""What `verify` proves of a replica, whose journal begins after its snapshot, and what it finds."""

from __future__ import annotations

from contextlib import closing

import pytest

from noc_tui.store.replica import ReplicaFile
from noc_tui.store.verify import HalfFilled, verify
from tests.contract.authority import Authority, applied, busy_past, caught_up, filled
from tests.contract.past import writer
from tests.contract.test_ports import URL, board_of
from tests.contract.test_replica import behind, path, replica, seq_of

__all__ = ["path", "replica"]


def test_a_replica_is_proven_from_its_snapshot_on(replica: ReplicaFile) -> None:
    authority = behind(replica)
    lacking = next(one for one in authority.past.incidents.values() if one.id not in board_of(replica).incidents)
    replica.keep_history(authority.history(lacking.number))
    caught_up(replica, authority)
    report = verify(replica.path)
    assert report.ok, report.fault
    assert (report.remote, report.head.floor, report.events) == (URL, 20, authority.seq - 20)
    assert report.earlier == sum(event.incident_id == lacking.id for event in authority.past.events[:20])
    held = board_of(replica)
    assert report.incidents + report.alerts + report.untouched == len(held.incidents) + len(held.alerts)
    assert report.incidents and report.alerts and report.untouched


def test_rows_that_are_newer_than_the_journal_are_no_fault(replica: ReplicaFile) -> None:
    authority = Authority(busy_past())
    filled(replica, authority, 20, read_at=(40, 60))
    for _ in range(5):
        assert verify(replica.path).fault is None
        applied(replica, authority, authority.page(seq_of(replica), 7))


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("chain", "UPDATE journal SET actor = 'eve' WHERE seq = 30"),
        ("chain", "UPDATE meta SET value = '00' WHERE key = 'floor_hash'"),
        ("order", "DELETE FROM journal WHERE seq = 30"),
        ("head", "UPDATE journal_head SET hash = zeroblob(32)"),
        ("head", "UPDATE journal_head SET next_number = 1"),
        ("projection", "UPDATE incidents SET alert_count = 99 WHERE number = (SELECT number FROM moved)"),
        ("projection", "UPDATE incidents SET changed_seq = 30 WHERE number = (SELECT number FROM moved)"),
        ("projection", "DELETE FROM incidents WHERE number = (SELECT number FROM moved)"),
        ("policy", "UPDATE meta SET value = '22' WHERE key = 'policy_seq'"),
    ],
)
def test_a_change_behind_its_back_is_found(replica: ReplicaFile, check: str, statement: str) -> None:
    authority = behind(replica)
    caught_up(replica, authority)
    with closing(writer(replica.path)) as db:
        db.execute(
            "CREATE TEMP TABLE moved AS SELECT number, max(seq) FROM journal"
            " WHERE json_extract(CAST(body AS TEXT), '$.set.alert_count') IS NOT NULL AND revision > 1"
        )
        db.execute(statement)
    fault = verify(replica.path).fault
    assert fault is not None and fault.check == check


def test_a_replica_that_was_never_whole_is_not_verified(replica: ReplicaFile) -> None:
    with pytest.raises(HalfFilled, match=URL):
        verify(replica.path)
