"""The simulation's disks in memory do what the real ones do: one contract for both."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from noc_tui.journal.ports import Replica
from noc_tui.journal.replay import State
from noc_tui.store.rows import clean_alert, clean_incident
from tests.contract.ports import Held, OutboxContract, ReplicaContract
from tests.simulation.outbox import MemoryOutbox
from tests.simulation.replica import MemoryReplica


class TestOutboxInMemory(OutboxContract):
    """`MemoryOutbox`."""

    @pytest.fixture
    def outbox(self) -> MemoryOutbox:
        return MemoryOutbox()


class TestReplicaInMemory(ReplicaContract):
    """`MemoryReplica`."""

    @pytest.fixture
    def fresh_replica(self) -> Callable[[], MemoryReplica]:
        return MemoryReplica

    @pytest.fixture
    def held(self) -> Held:
        return rows_of


def rows_of(replica: Replica) -> State:
    """What a replica in memory holds, cleaned as it would be for a screen: the simulation has no hostile texts."""
    assert isinstance(replica, MemoryReplica)
    rows = replica.rows
    incidents = {id: clean_incident(one) for id, one in rows.incidents.items()}
    alerts = {ref: clean_alert(one) for ref, one in rows.alerts.items()}
    return State(rows.cursor.seq if rows.cursor is not None else 0, incidents, alerts)
