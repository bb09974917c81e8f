"""One transaction that appends, from the gate to the acknowledgement.

Nothing is acknowledged before COMMIT has returned and the file was seen to be still there; whatever goes wrong before,
the whole transaction is rolled back.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from noc_tui.incidents.model import Micros
from noc_tui.incidents.policy import Policy, PolicyError, policy_from
from noc_tui.journal.envelope import Head
from noc_tui.store import statements as sql
from noc_tui.store.counting import CounterBook
from noc_tui.store.engines import driver_of, look_engine
from noc_tui.store.errors import ClosedStore, CorruptStore, classified
from noc_tui.store.gate import Gate
from noc_tui.store.guarding import FileGuard
from noc_tui.store.scene import WorkingScene
from noc_tui.store.working_set import WorkingSet

POLICY_SET: Final = "desk.policy_set"
"""The kind of the event that sets the policy."""
POLICY: Final = "policy"
"""The key in `meta` of the policy's JSON; without it the policy is the default one."""
POLICY_SEQ: Final = "policy_seq"
"""The key in `meta` of the event that set the policy: another seq says that another process set it anew."""


class Writer:
    """The one connection of a store that writes, behind its gate.

    `clock` gives microseconds UTC, `randomness` random bytes. Threads may share it; they take turns.
    """

    def __init__(
        self,
        path: Path,
        engine: Engine,
        gate: Gate,
        counters: CounterBook,
        clock: Callable[[], Micros],
        randomness: Callable[[int], bytes],
    ) -> None:
        self.path = path
        self.clock = clock
        self._gate = gate
        self._counters = counters
        self._randomness = randomness
        self._turn = threading.Lock()
        self._known = WorkingSet()
        self._closed = False
        self._policy = Policy()
        self._policy_seq: str | None = None
        with said(path):
            self._connection = engine.connect()
            self._driver = driver_of(self._connection)
            self._cursor = self._driver.cursor()
            self._read_head()
        self._guard = FileGuard(path)

    @contextmanager
    def transaction(self, *, bulk: bool = False, meanwhile: Callable[[], None] | None = None) -> Iterator[WorkingScene]:
        """Open the scene of one append; leaving it commits, an exception rolls back whole.

        A bulk writer's `meanwhile` is called after the commit, while others have their turn.
        What is raised of the store's own kind is a StoreError, StoreBusy and VanishedStore among them.
        """
        self._check()
        with said(self.path), self._gate.held(bulk=bulk, meanwhile=meanwhile), self._turn:
            self._check()
            transaction = self._gate.begin(self._connection, bulk=bulk)
            before = self._driver.total_changes
            try:
                head = self._read_head()
                now = max(self.clock(), head.received_at)
                self._known.resume(self._cursor, head)
                scene = WorkingScene(
                    self._cursor, head, self._policy, now, self._known, self._counters, self._randomness
                )
                yield scene
                scene.flush()
                scene.move_head()
                transaction.commit()
            except BaseException as error:
                self._known.forget()
                self._guard.condemn(error)
                self._roll_back()
                raise
            self._guard.check(committed=self._driver.total_changes != before)
            self._counters.move(scene.moved, now)

    def head(self) -> Head:
        """Return the journal's head as it is now."""
        with self._turn, said(self.path):
            self._check()
            return self._read_head()

    def policy(self) -> Policy:
        """Return the policy as it is now, also when another process set it."""
        with self._turn, said(self.path):
            self._check()
            self._read_head()
            return self._policy

    @property
    def last_policy(self) -> Policy:
        """The policy as of the last transaction, for what is prepared before the next: it may have changed since."""
        return self._policy

    def write_counters(self, *, every: bool = False) -> None:
        """Write the counters that have waited long enough, or all of them."""
        with self._turn:
            if every:
                self._counters.write_all()
            else:
                self._counters.write_overdue(self.clock())

    def close(self) -> None:
        """Close the connection; SQLite copies the log back when it was the last one, and the files are whole."""
        with self._turn, said(self.path):
            if not self._closed:
                self._closed = True
                with ExitStack() as closing:
                    if not self._guard.is_whole():
                        closing.enter_context(_as_it_is(self.path))
                    self._cursor.close()
                    self._connection.close()

    def _check(self) -> None:
        if self._closed:
            raise ClosedStore(self.path)
        self._guard.check()

    def _read_head(self) -> Head:
        row = self._cursor.execute(sql.READ_HEAD).fetchone()
        if row is None:
            raise CorruptStore(self.path, "the journal has no head")
        *_, policy_seq = row
        if policy_seq != self._policy_seq:
            self._policy = self._read_policy()
            self._policy_seq = policy_seq
        return Head(seq=row[0], hash=row[1], epoch=row[2], next_number=row[3], floor=row[4], received_at=row[5])

    def _read_policy(self) -> Policy:
        row = self._cursor.execute(sql.READ_META, (POLICY,)).fetchone()
        if row is None:
            return Policy()
        try:
            return policy_from(msgspec.json.decode(row[0]))
        except (msgspec.DecodeError, PolicyError) as error:
            raise CorruptStore(self.path, f"its policy cannot be read: {error}") from error

    def _roll_back(self) -> None:
        self._connection.rollback()
        if self._driver.in_transaction:  # a commit that failed leaves it open, and SQLAlchemy thinks it is over
            self._driver.rollback()


@contextmanager
def _as_it_is(path: Path) -> Iterator[None]:
    """Keep SQLite from copying back a part of a log that was cut: to a connection that only reads it leaves it."""
    engine = look_engine(path)
    with ExitStack() as open_until_then:
        with suppress(DBAPIError):
            open_until_then.enter_context(engine.connect()).exec_driver_sql("SELECT 1 FROM sqlite_master").all()
        yield


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Raise what goes wrong inside as the store's own errors."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        raise classified(error, path) from error
