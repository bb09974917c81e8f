"""What panes, searches and scripts read, where somebody waits for it: asynchronous, on aiosqlite.

Readers have an engine of their own whose BEGIN takes no write lock (DESIGN.md 8.14). Each call is one short
transaction; every list has a limit, for an incident of a storm may gather ten thousand alerts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.likeness import most_alike, most_related
from noc_tui.incidents.model import SEVERITIES, SEVERITY_RANK, Alert, Incident, Micros
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.part import Part
from noc_tui.store import chapters, nearby, schema
from noc_tui.store.decoding import Rows, alerts_of, events_of, incidents_of
from noc_tui.store.engines import read_engine
from noc_tui.store.errors import CorruptStore, classified
from noc_tui.store.rows import OF_INCIDENT

CHUNK: Final = 2_000
"""Rows read at once by what iterates."""
_ASKED_AT_ONCE: Final = 500
_DEEDS: Final = 20_000
"""Events of one person's gestures at most: some ten megabytes."""

_incidents = schema.incidents
_alerts = schema.alerts
_journal = schema.journal
_receipts = schema.receipts
_head = schema.journal_head

_WORST_FIRST: Final = case(
    {name: SEVERITY_RANK[name] for name in SEVERITIES}, value=_alerts.c.severity, else_=-1
).desc()


class Reader:
    """The asynchronous reader of one store; may be used by many tasks at once.

    Errors are those of `noc_tui.store.errors`.
    """

    def __init__(self, path: Path, engine: AsyncEngine | None = None) -> None:
        self.path = path
        self._engine = engine or read_engine(path)

    async def incident(self, number: int) -> Incident | None:
        """Return the incident with this number."""
        return await self._one_incident(_incidents.c.number == number)

    async def incidents(self, numbers: Iterable[int]) -> dict[int, Incident]:
        """Return those of these incidents that there are, by number."""
        wanted = list(dict.fromkeys(numbers))
        found: dict[int, Incident] = {}
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            query = select(_incidents).where(_incidents.c.number.in_(wanted[start : start + _ASKED_AT_ONCE]))
            found.update((incident.number, incident) for incident in incidents_of(await self._rows(query)))
        return found

    async def incident_by_id(self, id: bytes) -> Incident | None:
        """Return the incident with this id."""
        return await self._one_incident(_incidents.c.id == id)

    async def children(self, number: int) -> list[Incident]:
        """Return the incidents whose parent is this number, merged ones included, by number."""
        if number == 0:
            return []
        return incidents_of(
            await self._rows(
                select(_incidents)
                .where(_incidents.c.parent == number, _incidents.c.parent != 0)
                .order_by(_incidents.c.number)
            )
        )

    async def alerts(self, number: int, limit: int) -> list[Alert]:
        """Return the alerts attached to an incident: firing ones first, the worst first, then the latest change."""
        return alerts_of(
            await self._rows(
                select(_alerts)
                .where(_alerts.c.incident == number, _alerts.c.incident != 0)
                .order_by(_alerts.c.firing.desc(), _WORST_FIRST, _alerts.c.changed_seq.desc())
                .limit(limit)
            )
        )

    async def timeline(self, number: int, limit: int, before: int | None = None) -> list[Event]:
        """Return an incident's events, newest first; `before` is the seq of the last one of the page before."""
        of_incident = and_(_journal.c.number == number, text(OF_INCIDENT))
        wanted = select(_journal).where(of_incident)
        if before is not None:
            earlier = select(func.max(_journal.c.revision)).where(of_incident, _journal.c.seq == before)
            wanted = wanted.where(
                _journal.c.seq < before,
                _journal.c.revision < func.coalesce(earlier.scalar_subquery(), 1 << 62),
            )
        return events_of(await self._rows(wanted.order_by(_journal.c.revision.desc()).limit(limit)))

    async def whole_timeline(self, number: int) -> list[Event]:
        """Return all events of an incident, oldest first."""
        of_incident = and_(_journal.c.number == number, text(OF_INCIDENT))
        return events_of(await self._rows(select(_journal).where(of_incident).order_by(_journal.c.revision)))

    async def chapter(
        self, number: int, part: Part, limit: int, *, after: int | None = None, before: int | None = None
    ) -> list[Event]:
        """Return events of one part of a timeline, in order: the first after a revision, else the last before one."""
        events = events_of(await self._rows(chapters.chapter(number, part, limit, after=after, before=before)))
        return events if after is not None else events[::-1]

    async def how_many(self, number: int, part: Part, before: int | None = None) -> int:
        """Return how many events a part of a timeline has, or has before a revision."""
        count: int = (await self._rows(chapters.how_many(number, part, before)))[0][0]
        return count

    async def alert_changes(self, number: int, limit: int) -> list[tuple[str, bool, Micros]]:
        """Return when alerts of an incident began to fire or were cleared: ref, firing, when; the newest first."""
        rows = await self._rows(chapters.alert_changes(number, limit))
        return [(ref, kind != "alert.cleared", at) for ref, kind, at in rows]

    async def alike(self, incident: Incident, limit: int) -> list[Incident]:
        """Return the resolved and closed incidents most like one, the best match first.

        Those of its resource and the newest of its service are looked through, both by an index, so that the cost does
        not grow with the history.
        """
        sketches: dict[int, Incident] = {}
        for query in nearby.past_sketches(incident):
            rows = [dict(zip(nearby.SKETCH, row, strict=True)) for row in await self._rows(query)]
            sketches.update((row["number"], Incident(id=b"", **row)) for row in rows)
        best = most_alike(incident, sketches.values(), limit)
        found = await self.incidents(best)
        return [found[number] for number in best if number in found]

    async def related(self, incident: Incident, limit: int) -> list[Incident]:
        """Return the incidents most tied to one: by cause, resource, service, site, time; the most tied first."""
        found: dict[int, Incident] = {}
        for query in nearby.beside(incident):
            found.update((other.number, other) for other in incidents_of(await self._rows(query)))
        return most_related(incident, found.values(), limit)

    async def resolutions(self, incidents: Sequence[Incident]) -> dict[int, Event]:
        """Return the event that resolved each of these incidents last, by number; of some there is none here."""
        if not incidents:
            return {}
        events = events_of(await self._rows(chapters.resolutions(incidents)))
        return {event.number: event for event in events}

    async def incidents_where(
        self,
        *,
        states: Collection[str] | None = None,
        opened_from: Micros | None = None,
        opened_before: Micros | None = None,
    ) -> AsyncIterator[list[Incident]]:
        """Yield incidents by number, `CHUNK` at a time, each chunk a short read of its own.

        Without `states` all that there ever were. Times bound `opened_at`, the second one excluded.
        """
        conditions: list[ColumnElement[bool]] = []
        if states is not None:
            conditions.append(_incidents.c.state.in_(sorted(states)))
        if opened_from is not None:
            conditions.append(_incidents.c.opened_at >= opened_from)
        if opened_before is not None:
            conditions.append(_incidents.c.opened_at < opened_before)
        query = select(_incidents).where(*conditions).order_by(_incidents.c.number).limit(CHUNK)
        last = -1
        while found := incidents_of(await self._rows(query.where(_incidents.c.number > last))):
            yield found
            last = found[-1].number

    async def events(self, after: int, limit: int) -> list[Event]:
        """Return the journal's events after a seq, in order."""
        return events_of(
            await self._rows(select(_journal).where(_journal.c.seq > after).order_by(_journal.c.seq).limit(limit))
        )

    async def received_at(self, seqs: Sequence[int]) -> dict[int, Micros]:
        """Return when these events were taken, by seq."""
        found: dict[int, Micros] = {}
        for start in range(0, len(seqs), _ASKED_AT_ONCE):
            asked = _journal.c.seq.in_(seqs[start : start + _ASKED_AT_ONCE])
            found.update(
                (row[0], row[1])
                for row in await self._rows(select(_journal.c.seq, _journal.c.received_at).where(asked))
            )
        return found

    async def deeds_by(self, actor: str, origin: str, gestures: int) -> list[Event]:
        """Return what one person's last gestures at one terminal led to, in order, however long ago that was.

        A gesture is whole or left out; so that a few huge ones do not fill the memory, `_DEEDS` events are the most.
        """
        wanted = (
            select(_journal)
            .where(_journal.c.origin == origin, _journal.c.command_id.is_not(None), _journal.c.actor == actor)
            .order_by(_journal.c.seq.desc())
            .limit(_ASKED_AT_ONCE)
        )
        found: list[Event] = []
        batches: dict[bytes, None] = {}
        before = 1 << 62
        while page := events_of(await self._rows(wanted.where(_journal.c.seq < before))):
            for event in page:
                if event.batch not in batches and len(batches) == gestures:
                    return found[::-1]
                if len(found) == _DEEDS:
                    return _without_batch(found, event.batch)
                batches[event.batch] = None
                found.append(event)
            before = page[-1].seq
        return found[::-1]

    async def receipts(self, commands: Sequence[bytes]) -> dict[bytes, Outcome]:
        """Return the outcome of each of these commands that has one."""
        found: dict[bytes, Outcome] = {}
        for start in range(0, len(commands), _ASKED_AT_ONCE):
            asked = commands[start : start + _ASKED_AT_ONCE]
            rows = await self._rows(select(*_OUTCOME).where(_receipts.c.command_id.in_(asked)))
            found.update((outcome.command, outcome) for outcome in map(outcome_of, rows))
        return found

    async def head(self) -> Head:
        """Return the journal's head."""
        rows = await self._rows(select(*(_head.c[name] for name in Head.__struct_fields__)))
        if not rows:
            raise CorruptStore(self.path, "the journal has no head")
        return Head(**dict(zip(Head.__struct_fields__, rows[0], strict=True)))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def _one_incident(self, condition: ColumnElement[bool]) -> Incident | None:
        found = incidents_of(await self._rows(select(_incidents).where(condition)))
        return found[0] if found else None

    async def _rows(self, query: Select[Any]) -> Rows:
        try:
            async with self._engine.connect() as connection:
                rows: Rows = (await connection.execute(query)).all()
                return rows
        except (DBAPIError, OSError) as error:
            raise classified(error, self.path) from error


_OUTCOME: Final = (
    _receipts.c.command_id,
    _receipts.c.ok,
    _receipts.c.number,
    _receipts.c.reason,
    _receipts.c.code,
    _receipts.c.seqs,
)


def outcome_of(row: Sequence[Any]) -> Outcome:
    """Return the outcome that a receipt keeps: command_id, ok, number, reason, code, seqs."""
    command, ok, number, reason, code, seqs = row
    return Outcome(
        command=command,
        ok=bool(ok),
        number=number,
        reason=reason,
        code=code,
        seqs=msgspec.json.decode(seqs, type=tuple[int, ...]),
    )


def _without_batch(newest_first: list[Event], batch: bytes) -> list[Event]:
    """Return the events in order, without those of a gesture that is cut short."""
    return [event for event in reversed(newest_first) if event.batch != batch]
