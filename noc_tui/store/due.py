"""What has come to its time and waits for the event that says so (DESIGN.md 8.8): one indexed question of each kind.

Each question is served by a partial index that holds only what has such a time at all, so its cost follows what is
open, not what has ever been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Select, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.store.engines import look_engine
from noc_tui.store.errors import classified
from noc_tui.store.live import Live
from noc_tui.store.rows import ON_BOARD
from noc_tui.store.schema import FLAPPING, HELD, QUIET, RESOLVED, SHELVED, SNOOZED, alerts, incidents

COUNTS_LAG: Final = 10 * SECOND
"""Counters reach the live file seconds after they moved: an alert is taken for steady only so much later."""
_AT_ONCE: Final = 500


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Something whose time has come: the verb that ends it, of which incident, since when, and of which alert if of
    one alone."""

    verb: str
    incident: bytes
    at: Micros
    alert: str = ""


class DueReader:
    """Asks one store, on a connection of its own that only reads; for one thread. Raises StoreError's tree."""

    def __init__(self, path: Path, live: Live) -> None:
        self.path = path
        self._live = live
        self._engine = look_engine(path)
        self._connection: Connection | None = None

    def due(self, policy: Policy, now: Micros, limit: int) -> list[Due]:
        """Return at most `limit` things that are due at `now`; of each kind those that have waited longest."""
        found: list[Due] = []
        with self._reading() as connection:
            for question in _QUESTIONS:
                asked = {"until": now - question.after(policy), "most": limit - len(found)}
                rows = connection.execute(question.query, asked)
                found += [Due(verb=question.verb, incident=id, at=at) for id, at in rows]
            for steady in self._steady(connection, now - policy.flap_quiet - COUNTS_LAG):
                if len(found) >= limit:
                    break
                found.append(steady)
        return found

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    def _steady(self, connection: Connection, until: Micros) -> Iterator[Due]:
        """Yield the flapping alerts that have not toggled since `until`, as far as the counters tell."""
        for rows in connection.execute(_FLAPPING, {"until": until}).partitions(_AT_ONCE):
            counters = self._live.counters(ref for ref, _, _ in rows)
            for ref, raised_at, id in rows:
                last = max(raised_at, counters.get(ref, _NEVER).last_toggle)
                if last <= until:
                    yield Due(verb="settle", incident=id, at=last, alert=ref)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                yield self._connection
        except (DBAPIError, OSError) as error:
            raise classified(error, self.path) from error


class _Question(msgspec.Struct, frozen=True):
    """What a verb ends, how long after the instant that `query` compares, by the policy."""

    verb: str
    query: Select[Any]
    after: Callable[[Policy], Micros]


def _incidents_by(moment: Column[Any], where: str) -> Select[Any]:
    """Return the SELECT of (id, moment) of incidents whose moment is not after `until`, the earliest first."""
    due = select(incidents.c.id, moment).where(text(where), moment <= bindparam("until"))
    return due.order_by(moment).limit(bindparam("most"))


def _shelves() -> Select[Any]:
    """Return the same of the incidents on the board whose alerts, or those of incidents merged into them, have a shelf
    that is over.

    Shelves of incidents that were closed meanwhile are passed over, at 1.7 µs each; when their alert comes back it
    ends them itself.
    """
    attached = (
        select(alerts.c.incident.label("number"), func.min(alerts.c.shelved_until).label("at"))
        .where(text(SHELVED), alerts.c.shelved_until <= bindparam("until"))
        .group_by(alerts.c.incident)
        .cte("gathered", recursive=True)
    )
    upward = incidents.c.number == attached.c.number
    merged = select(incidents.c.parent, attached.c.at).where(upward, text("state = 'merged'"))
    gathered = attached.union(merged)
    over = func.min(gathered.c.at)
    due = select(incidents.c.id, over).where(incidents.c.number == gathered.c.number, text(ON_BOARD))
    return due.group_by(incidents.c.id).order_by(over).limit(bindparam("most"))


def _at_once(_policy: Policy) -> Micros:
    return 0


_QUESTIONS: Final = (
    _Question("wake", _incidents_by(incidents.c.snoozed_until, SNOOZED), _at_once),
    _Question("resume", _incidents_by(incidents.c.held_until, HELD), _at_once),
    _Question("unshelve", _shelves(), _at_once),
    _Question(
        "resolve",
        _incidents_by(incidents.c.cleared_at, QUIET).where(incidents.c.alert_count > 0),
        lambda policy: policy.quiet,
    ),
    _Question(
        "close",
        _incidents_by(incidents.c.resolved_at, RESOLVED).where(incidents.c.alerts_firing == 0),
        lambda policy: policy.auto_close,
    ),
)

_FLAPPING: Final = (
    select(alerts.c.ref, alerts.c.raised_at, incidents.c.id)
    .where(
        text(f"alerts.{FLAPPING}"),
        alerts.c.raised_at <= bindparam("until"),
        incidents.c.number == alerts.c.incident,
    )
    .order_by(alerts.c.raised_at)
)
_NEVER: Final = Counter()
