"""Histories told through the rules: every report is taken in, every deed decided, at its own time, as rows to write.

The steps of all histories are merged by time, for the order of the journal is that in which things were received.
What comes out is what the appender would have written, had it been there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush, heapreplace
from typing import Any, Final, Protocol

import msgspec

from noc_tui.incidents.commands import RULE, Command, Draft, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import Alert, Incident, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.journal.assemble import body_of
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.envelope import Event, Head
from noc_tui.journal.fold import patch_alert, patch_incident
from noc_tui.journal.ids import make_id
from noc_tui.store.past_scene import PastScene
from noc_tui.store.receipts import fingerprint
from noc_tui.store.rows import Row, alert_row, event_row, incident_row

BATCH: Final = 2_000
"""Events in a batch, about."""
ORIGIN: Final = "simulation"
"""The terminal of every deed, so that no operator's undo reaches into the past that was made."""

_ID: Final = 10
_SALT: Final = 16

_seqs_text: Final = msgspec.json.Encoder().encode


class Deed(Protocol):
    """What a person (or `rule`) did: a verb with its arguments, and when."""

    @property
    def verb(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def at(self) -> Micros: ...
    @property
    def args(self) -> dict[str, Any]: ...


class History(Protocol):
    """What happened to one incident."""

    def steps(self) -> Sequence[Report | Deed]:
        """Return all of it in time order; the first step is the report that opens the incident."""


class Batch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Rows to write together: the events follow on those of the batch before.

    `told` counts the histories that have begun so far. An incident's row comes when its history has been told; alerts
    and the counters beside the journal come in the last batches.
    """

    events: list[Row]
    incidents: list[Row]
    alerts: list[Row]
    receipts: list[Row]
    head: Head
    told: int
    counters: dict[str, Counter] = {}


class _Telling:
    """A history that has begun: the steps that are left, and its incident as soon as it has one."""

    __slots__ = ("id", "number", "steps")

    def __init__(self, steps: Sequence[Report | Deed]) -> None:
        self.steps = iter(steps)
        self.id = b""
        self.number = 0


class Chronicle:
    """Tells histories in one go. `randomness` gives the random bytes of ids and salts."""

    def __init__(self, policy: Policy, randomness: Callable[[int], bytes]) -> None:
        self._scene = PastScene(policy)
        self._randomness = randomness
        self._seq = 0
        self._hash = GENESIS
        self._told = 0
        self._events: list[Row] = []
        self._receipts: list[Row] = []

    def tell(self, histories: Iterable[History], batch: int = BATCH) -> Iterator[Batch]:
        """Yield the rows of all histories, which come in the order in which they opened (else ValueError)."""
        for telling, step in self._merged(histories):
            at = step.at or 0
            if at < self._scene.now:
                raise ValueError("histories come in the order in which they opened, their steps in time order")
            self._scene.now = at
            if isinstance(step, Report):
                self._take_in(telling, step)
            else:
                self._decide(telling, step)
            if len(self._events) >= batch:
                yield self._batch()
        yield self._batch()
        yield from self._last(batch)

    def _merged(self, histories: Iterable[History]) -> Iterator[tuple[_Telling, Report | Deed]]:
        """Yield every history's steps, all of them in time order; at the same instant the older incident is first."""
        waiting: list[tuple[Micros, int, _Telling, Report | Deed]] = []
        for history in histories:
            telling = _Telling(history.steps())
            first = next(telling.steps)
            yield from self._due(waiting, first.at or 0)
            self._told += 1
            heappush(waiting, (first.at or 0, self._told, telling, first))
        yield from self._due(waiting, None)

    def _due(
        self, waiting: list[tuple[Micros, int, _Telling, Report | Deed]], until: Micros | None
    ) -> Iterator[tuple[_Telling, Report | Deed]]:
        while waiting and (until is None or waiting[0][0] <= until):
            _, order, telling, step = waiting[0]
            yield telling, step
            following = next(telling.steps, None)
            if following is None:
                heappop(waiting)
                self._scene.rest(telling.number)
            else:
                heapreplace(waiting, (following.at or 0, order, telling, following))

    def _take_in(self, telling: _Telling, report: Report) -> None:
        intake = take_in(self._scene, report, self._new_id)
        for draft in intake.drafts:
            self._take(draft, RULE, report.source)
        if intake.counter is not None:
            self._scene.counters[report.ref] = intake.counter
        if not telling.number:
            telling.number = intake.number
            incident = self._scene.by_number(intake.number)
            telling.id = incident.id if incident is not None else b""

    def _decide(self, telling: _Telling, deed: Deed) -> None:
        command = Command(
            id=self._new_id(),
            verb=deed.verb,
            incident=telling.id,
            args=deed.args,
            actor=deed.actor,
            origin=ORIGIN,
            at=deed.at,
        )
        result = decide(self._scene, command)
        if isinstance(result, Refusal):
            self._receive(command, telling.number, (), result.reason, result.code)
            return
        seqs = [self._take(draft, deed.actor, ORIGIN, command.id) for draft in result]
        self._receive(command, telling.number, seqs)

    def _receive(self, command: Command, number: int, seqs: Sequence[int], reason: str = "", code: str = "") -> None:
        """Keep the answer to a command as `receipts` keeps it."""
        first, last = (seqs[0], seqs[-1]) if seqs else (0, 0)
        text = _seqs_text(seqs).decode()
        ok = not code
        self._receipts.append((command.id, fingerprint(command), ok, number, reason, code, first, last, text))

    def _take(self, draft: Draft, actor: str, origin: str, command_id: bytes = b"") -> int:
        """Number, seal and fold a draft; return its seq."""
        scene = self._scene
        before = scene.incident(draft.incident) if draft.incident else None
        if before is None and draft.incident and not draft.number:
            raise ValueError("two histories speak of one incident")
        drawn = self._randomness(_ID + _SALT)
        event = Event(
            seq=self._seq + 1,
            id=make_id(scene.now, drawn[_SALT:]),
            kind=draft.kind,
            at=scene.now,
            received_at=scene.now,
            actor=actor,
            origin=origin,
            command_id=command_id,
            incident_id=draft.incident,
            number=before.number if before is not None else draft.number,
            alert=draft.alert,
            revision=(before.revision if before is not None else 0) + 1 if draft.incident else 0,
            undoes=draft.undoes,
            salt=drawn[:_SALT],
            body=body_of(draft),
        )
        self._seq, self._hash = event.seq, seal(self._hash, event)
        self._events.append((*event_row(event)[:-1], self._hash))
        if draft.incident:
            made = before or Incident(id=draft.incident, number=draft.number)
            scene.put_incident(before, patch_incident(made, draft.set, event))
        if draft.alert:
            known = scene.alert(draft.alert)
            changed = patch_alert(known or Alert(ref=draft.alert), draft.alert_set, event.seq)
            scene.put_alert(known, changed)
        return event.seq

    def _new_id(self) -> bytes:
        return make_id(self._scene.now, self._randomness(_ID))

    def _batch(self) -> Batch:
        events, receipts, rested = self._events, self._receipts, self._scene.rested
        self._events, self._receipts, self._scene.rested = [], [], []
        return Batch(events, [incident_row(incident) for incident in rested], [], receipts, self._head(), self._told)

    def _last(self, size: int) -> Iterator[Batch]:
        rows: list[Row] = []
        for alert in self._scene.all_alerts():
            rows.append(alert_row(alert))
            if len(rows) >= size:
                yield Batch([], [], rows, [], self._head(), self._told)
                rows = []
        yield Batch([], [], rows, [], self._head(), self._told, self._scene.counters)

    def _head(self) -> Head:
        return Head(seq=self._seq, hash=self._hash, next_number=self._scene.next_number, received_at=self._scene.now)
