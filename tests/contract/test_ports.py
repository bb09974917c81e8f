"""The ports of sync as files fill them: the same contract that the simulation's memory fills."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from noc_tui.journal.ports import OutboxPort, Replica
from noc_tui.journal.replay import State
from noc_tui.store.decoding import alerts_of, columns_sql, incidents_of
from noc_tui.store.outbox import Outbox
from noc_tui.store.replica import ReplicaFile
from noc_tui.store.rows import ALERT_COLUMNS, INCIDENT_COLUMNS
from tests.contract.desk import rows
from tests.contract.ports import AT, Held, OutboxContract, ReplicaContract

URL = "https://noc.example"


class TestOutboxOnDisk(OutboxContract):
    """`store.outbox.Outbox`."""

    @pytest.fixture
    def outbox(self, tmp_path: Path) -> Iterator[Outbox]:
        with closing(Outbox(tmp_path / "outbox.db", lambda: AT)) as outbox:
            yield outbox


class TestReplicaOnDisk(ReplicaContract):
    """`store.replica.ReplicaFile`."""

    @pytest.fixture
    def fresh_replica(self, tmp_path: Path) -> Iterator[Callable[[], ReplicaFile]]:
        numbers = count()
        with ExitStack() as opened:

            def fresh() -> ReplicaFile:
                replica = ReplicaFile(tmp_path / f"{next(numbers)}" / "replica.db", URL, lambda: AT)
                return opened.enter_context(closing(replica))

            yield fresh

    @pytest.fixture
    def held(self) -> Held:
        return board_of


def board_of(replica: Replica) -> State:
    """What another process reads in a replica's file."""
    assert isinstance(replica, ReplicaFile)
    path = replica.path
    ((seq,),) = rows(path, "SELECT seq FROM journal_head")
    incidents = incidents_of(rows(path, f"SELECT {columns_sql(INCIDENT_COLUMNS)} FROM incidents"))
    alerts = alerts_of(rows(path, f"SELECT {columns_sql(ALERT_COLUMNS)} FROM alerts"))
    return State(seq, {one.id: one for one in incidents}, {one.ref: one for one in alerts})


@pytest.mark.parametrize(("port", "contract"), [(OutboxPort, OutboxContract), (Replica, ReplicaContract)])
def test_the_contract_asks_for_every_method_of_its_port(port: type, contract: type) -> None:
    asked = inspect.getsource(contract)
    methods = [name for name in vars(port) if not name.startswith("_")]
    assert methods
    assert [name for name in methods if f".{name}(" not in asked] == []
