"""The door to a store: opened, made where there is none, brought to this program's format, and closed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from noc_tui.incidents.commands import Accepted, Command, Outcome
from noc_tui.incidents.model import Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Head
from noc_tui.store import appending, ingesting, migrations
from noc_tui.store.checkpoint import Checkpointer
from noc_tui.store.counting import CounterBook
from noc_tui.store.creating import create_store
from noc_tui.store.engines import look_engine, write_engine
from noc_tui.store.errors import MissingStore, NotAStore
from noc_tui.store.gate import Gate, Told
from noc_tui.store.live import Live, live_path
from noc_tui.store.places import file_of, refuse_network, refuse_planted, refuse_unwritable
from noc_tui.store.replica_facts import REMOTE, FollowsRemote
from noc_tui.store.unfinished import IMPORTING, UnfinishedStore
from noc_tui.store.writing import Writer, said

if TYPE_CHECKING:
    from noc_tui.store.reading import Reader


def wall_clock() -> Micros:
    """Return the time of the machine's clock, in microseconds UTC."""
    return time.time_ns() // 1000


def _unheard(_sentence: str) -> None:
    """Take a notice that nobody asked for."""


def open_store(
    location: str | Path,
    *,
    create: bool = True,
    demo: bool = False,
    clock: Callable[[], Micros] = wall_clock,
    randomness: Callable[[int], bytes] = os.urandom,
    told: Told = _unheard,
) -> Store:
    """Open the store at `location`; make it, marked as a demo's or not, where there is no file and `create` says so.

    `told` hears a sentence when a writer that is stopped keeps its lock. Every failure is a StoreError: what, which
    file, what to do.
    """
    try:
        path = file_of(str(location))
    except ValueError as error:
        raise NotAStore(str(location), str(error)) from None
    with said(path):
        refuse_planted(path)
        if not path.exists():
            if not create:
                raise MissingStore(path)
            create_store(path, demo=demo, clock=clock, randomness=randomness)
        refuse_unwritable(path)
        refuse_network(path)
        engine = write_engine(path)
        gate = Gate(path, told)
        try:
            return Store(path, engine, gate, clock, randomness, _brought_forward(path, engine, gate))
        except BaseException:
            gate.close()
            raise


def _brought_forward(path: Path, engine: Engine, gate: Gate) -> dict[str, str]:
    """Return what `meta` says of the store, after bringing it to our format if it is older."""
    behind, facts = _look(path)
    if IMPORTING in facts:
        raise UnfinishedStore(path)
    if REMOTE in facts:
        raise FollowsRemote(path, facts[REMOTE])
    if behind:
        with engine.connect() as connection, gate.held(), gate.begin(connection):
            migrations.migrate(connection, path)
        _, facts = _look(path)
    return facts


def _look(path: Path) -> tuple[bool, dict[str, str]]:
    with look_engine(path).begin() as connection:
        behind = migrations.is_behind(connection, path)
        return behind, {row[0]: row[1] for row in connection.exec_driver_sql("SELECT key, value FROM meta").all()}


class Store:
    """A store that is open for writing: its journal, and what lies beside it. Blocking; threads may share it.

    `demo` says that it holds a simulated NOC, `store_id` tells it from every other.
    """

    def __init__(
        self,
        path: Path,
        engine: Engine,
        gate: Gate,
        clock: Callable[[], Micros],
        randomness: Callable[[int], bytes],
        facts: dict[str, str],
    ) -> None:
        self.path = path
        self.demo = facts.get("demo") == "1"
        self.store_id = bytes.fromhex(facts.get("store_id", ""))
        self._engine = engine
        self._gate = gate
        self._live = Live(live_path(path))
        self._writer = Writer(path, engine, gate, CounterBook(self._live), clock, randomness)
        self._checkpointer = Checkpointer(path, engine, gate)
        self._batch_size = ingesting.BatchSize()
        self._closed = False

    def append(self, commands: Sequence[Command], *, bulk: bool = False) -> list[Outcome]:
        """Decide commands in order, in one transaction, and answer each once all are durable.

        At most `limits.AT_ONCE` of them (ValueError). `bulk` is for what no person waits for. A command that is sent
        again gets the answer that it had, marked as repeated. Raises StoreError; then nothing of it has happened.
        """
        return appending.append(self._writer, commands, bulk=bulk)

    def ingest(self, reports: Sequence[Report]) -> list[Accepted]:
        """Take reports in, in order, as a bulk writer, and answer each once it is durable; checkpoints in between.

        A StoreError leaves the batches before it taken in; sending all of them again does no harm.
        """
        return ingesting.ingest(self._writer, reports, self._batch_size, self.checkpoint_if_due)

    def quarantine(self, source: str, odd: Sequence[tuple[str, bytes]]) -> None:
        """Keep what a source sent and nobody could read: pairs of reason and body."""
        ingesting.quarantine(self._writer, source, odd)

    def set_policy(self, policy: Policy, actor: str, origin: str) -> None:
        """Journal a policy and decide by it from now on."""
        appending.set_policy(self._writer, policy, actor, origin)

    def policy(self) -> Policy:
        """Return the policy as it is now."""
        return self._writer.policy()

    def head(self) -> Head:
        """Return the journal's head as it is now."""
        return self._writer.head()

    def checkpoint_if_due(self) -> bool:
        """Copy the log back if it is long; return whether all of it was. For the agent and bulk writers alone."""
        return self._checkpointer.run_if_due()

    def write_counters(self) -> None:
        """Write all counters that have moved to the live file; `ingest` writes those that have waited for seconds."""
        self._writer.write_counters(every=True)

    def live(self) -> Live:
        """Return what lives beside the journal; it is closed with the store."""
        return self._live

    def reader(self) -> Reader:
        """Return an asynchronous reader with an engine of its own; the caller closes it."""
        # Start-up cost: the asynchronous side takes as long to import as the rest, and who only writes needs none.
        from noc_tui.store.reading import Reader

        return Reader(self.path)

    def close(self) -> None:
        """Write the counters and close all files; closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._writer.write_counters(every=True)
        self._live.close()
        self._checkpointer.close()
        self._writer.close()
        self._engine.dispose()
        self._gate.close()
