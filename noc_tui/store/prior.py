"""What incidents and alerts were right after an event that is past, for a follower that does not hold them.

The rows as they are now are taken back, event by event, by what each one says that it replaced (`was`): the cost is
that of what happened since, not of all that ever was. Where an event does not say it (an erased body, a foreign
journal) the events up to then are folded from the beginning, which is always right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.envelope import Event
from noc_tui.journal.exchange import Prior, PriorAsked
from noc_tui.journal.fold import evolve, evolve_alert, patch_alert, patch_incident
from noc_tui.store import statements as sql
from noc_tui.store.alert_places import AlertPlaces
from noc_tui.store.decoding import columns_sql
from noc_tui.store.engines import READER_BUSY_MS, file_uri
from noc_tui.store.errors import MissingStore, classified
from noc_tui.store.rows import (
    ALERT_COLUMNS,
    EVENT_COLUMNS,
    INCIDENT_COLUMNS,
    OF_INCIDENT,
    alert_from,
    clean_alert,
    clean_incident,
    event_from,
    incident_from,
)
from noc_tui.store.statements import slices

_seq: Final = attrgetter("seq")
_EVENTS: Final = f"SELECT {columns_sql(EVENT_COLUMNS)} FROM journal"
_OF_NUMBER: Final = f"{_EVENTS} WHERE number = ? AND {OF_INCIDENT}"


def prior_of(path: Path, asked: PriorAsked, places: AlertPlaces | None = None) -> Prior:
    """Return how these incidents and alerts were right after `asked.seq`; what did not exist then is left out.

    The `changed_seq` of an alert that was taken back is `asked.seq`: at most so late was its last change. Whoever
    asks again keeps the `places`: without them the journal is looked through from there on each time. Blocking;
    StoreError when the store cannot be read.
    """
    with _reading(path) as cursor:
        incidents = [_incident_at(cursor, id, asked.seq) for id in dict.fromkeys(asked.incidents)]
        alerts = _alerts_at(cursor, list(dict.fromkeys(asked.alerts)), asked.seq, places or AlertPlaces())
        found = cursor.execute(sql.HASH_OF, (asked.seq,)).fetchone()
    return Prior(
        seq=asked.seq,
        incidents=tuple(clean_incident(one) for one in incidents if one is not None),
        alerts=tuple(map(clean_alert, alerts)),
        hash=found[0] if found is not None else GENESIS,
    )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Cursor]:
    """Read as of one moment."""
    if not path.exists():
        raise MissingStore(path)
    try:
        with closing(sqlite3.connect(file_uri(path, "ro"), uri=True, isolation_level=None)) as db:
            db.execute(f"PRAGMA busy_timeout={READER_BUSY_MS}")
            db.execute("BEGIN")
            with closing(db.cursor()) as cursor:
                yield cursor
    except (sqlite3.Error, OSError) as error:
        raise classified(error, path) from error


def _incident_at(cursor: sqlite3.Cursor, id: bytes, seq: int) -> Incident | None:
    row = cursor.execute(f"SELECT {columns_sql(INCIDENT_COLUMNS)} FROM incidents WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    now = incident_from(row)
    if now.changed_seq <= seq:
        return now
    since: list[Event] = []
    for event in map(event_from, cursor.execute(f"{_OF_NUMBER} ORDER BY revision DESC", (now.number,))):
        if event.seq <= seq:
            return _taken_back(cursor, now, since, event)
        since.append(event)
    return None


def _taken_back(cursor: sqlite3.Cursor, now: Incident, since: Iterable[Event], last: Event) -> Incident | None:
    """Return the incident after its event `last`, from how it is now and the events since then, newest first."""
    then = now
    for event in since:
        was = _replaced(event, event.data)
        if was is None:
            return _folded(cursor, now, last)
        then = patch_incident(then, was, last)
    return then


def _folded(cursor: sqlite3.Cursor, now: Incident, last: Event) -> Incident | None:
    found: Incident | None = None
    rows = cursor.execute(f"{_OF_NUMBER} AND revision <= ? ORDER BY revision", (now.number, last.revision))
    for event in map(event_from, rows):
        found = evolve(found, event)
    return found


def _alerts_at(cursor: sqlite3.Cursor, refs: Sequence[str], seq: int, places: AlertPlaces) -> list[Alert]:
    """Return the alerts as they were."""
    now: dict[str, Alert] = {}
    for part in slices(refs):
        query = f"SELECT {columns_sql(ALERT_COLUMNS)} FROM alerts WHERE ref IN ({_marks(part)})"
        now.update((alert.ref, alert) for alert in map(alert_from, cursor.execute(query, part)))
    then: dict[str, Alert] = dict(now)
    unsaid: set[str] = set()
    later = [ref for ref, alert in now.items() if alert.changed_seq > seq]
    for event in _since(cursor, later, seq, places) if later else ():
        patch = event.data.get("alert", {})
        if isinstance(patch, dict) and "was" not in patch and "set" in patch:
            then.pop(event.alert, None)  # it was made here
        elif (was := _replaced(event, patch)) is None:
            unsaid.add(event.alert)
        elif event.alert in then:
            then[event.alert] = patch_alert(then[event.alert], was, seq)
    for ref in unsaid:
        then.pop(ref, None)
    for event in _alert_events(cursor, sorted(unsaid), "seq <= ?", seq):
        then[event.alert] = evolve_alert(then.get(event.alert), event)
    return [then[ref] for ref in refs if ref in then]


def _since(cursor: sqlite3.Cursor, refs: Sequence[str], seq: int, places: AlertPlaces) -> Iterator[Event]:
    """Yield the events of these alerts after `seq`, newest first."""
    seqs = places.since(cursor, refs, seq)
    if seqs is None:
        found = sorted(_alert_events(cursor, refs, "seq > ?", seq), key=_seq)
        yield from reversed(found)
        return
    wanted = set(refs)
    for part in slices(reversed(seqs)):
        events = cursor.execute(f"{_EVENTS} WHERE seq IN ({_marks(part)}) ORDER BY seq DESC", part)
        yield from (event for event in map(event_from, events) if event.alert in wanted)


def _alert_events(cursor: sqlite3.Cursor, refs: Sequence[str], condition: str, seq: int) -> Iterator[Event]:
    """Yield events of these alerts, those of each in order; some hundreds of alerts cost a look through them all."""
    for part in slices(refs):
        query = f"{_EVENTS} WHERE {condition} AND alert IN ({_marks(part)}) ORDER BY seq"
        yield from map(event_from, cursor.execute(query, (seq, *part)))


def _replaced(event: Event, patch: Any) -> dict[str, Any] | None:
    """Return what a patch of an event says that it replaced, None where it does not say it of all that it sets."""
    if not event.body or not isinstance(patch, dict):
        return None
    if not patch and not event.data and event.body != b"{}":
        return None  # not to be read as a whole; the fold reads what it needs of it
    set_, was = patch.get("set", {}), patch.get("was", {})
    sound = isinstance(set_, dict) and isinstance(was, dict) and set_.keys() <= was.keys()
    return was if sound else None


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
