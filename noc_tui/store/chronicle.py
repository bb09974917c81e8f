"""Histories told through the rules: every report is taken in, every deed decided, at its own time.

The steps of all histories are merged by time, for the order of the journal is that in which things were received.
What comes out is what the appender would have written, had it been there, but for its place in the whole journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush, heapreplace
from typing import Any, Final, Protocol

import msgspec
from msgspec.structs import astuple

from noc_tui.incidents.commands import RULE, Command, Draft, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import Alert, Incident, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.journal.assemble import body_of
from noc_tui.journal.envelope import Event
from noc_tui.journal.fold import patch_alert, patch_incident
from noc_tui.journal.ids import make_id
from noc_tui.store.past_scene import PastScene
from noc_tui.store.receipts import fingerprint
from noc_tui.store.rows import Row, alert_row, incident_row

EVENTS: Final = 2_000
"""Events in a chapter, about."""
ORIGIN: Final = "simulation"
"""The terminal of every deed, so that no operator's undo reaches into the past that was made."""

_ID: Final = 10
_SALT: Final = 16


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


class Chapter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A part of what a chronicle tells; each follows on the one before.

    `events` hold an event's fields but for its hash; they, the receipts and the projections number events by their
    place in this chronicle, from 1. A receipt's last value is the list of its events. An incident's row comes when its
    history has been told; alerts, and the counters that live beside the journal, come in the last chapters.
    `told` counts the histories that have begun so far.
    """

    events: list[Row] = []
    incidents: list[Row] = []
    alerts: list[Row] = []
    receipts: list[Row] = []
    told: int = 0
    counters: dict[str, Counter] = {}


class _Telling:
    """A history that has begun: the number of its incident, the steps that are left, and the id once there is one."""

    __slots__ = ("id", "number", "steps")

    def __init__(self, number: int, steps: Sequence[Report | Deed]) -> None:
        self.number = number
        self.steps = iter(steps)
        self.id = b""


class Chronicle:
    """Tells histories in one go. `randomness` gives the random bytes of ids and salts."""

    def __init__(self, policy: Policy, randomness: Callable[[int], bytes]) -> None:
        self._scene = PastScene(policy)
        self._randomness = randomness
        self._seq = 0
        self._told = 0
        self._events: list[Row] = []
        self._receipts: list[Row] = []

    def tell(self, histories: Iterable[tuple[int, History]], size: int = EVENTS) -> Iterator[Chapter]:
        """Yield what comes of histories, given with the numbers of their incidents, in the order in which they opened.

        ValueError for another order, or if a history does not open an incident of its own with its first step.
        """
        for telling, step in self._merged(histories):
            at = step.at or 0
            if at < self._scene.now:
                raise ValueError("histories come in the order in which they opened, their steps in time order")
            self._scene.now = at
            if not isinstance(step, Report):
                self._decide(telling, step)
            elif telling.id:
                self._take_in(step)
            else:
                self._open(telling, step)
            if len(self._events) >= size:
                yield self._chapter()
        yield self._chapter()
        yield from self._last(size)

    def _merged(self, histories: Iterable[tuple[int, History]]) -> Iterator[tuple[_Telling, Report | Deed]]:
        """Yield every history's steps, all of them in time order; at the same instant the older incident is first."""
        waiting: list[tuple[Micros, int, _Telling, Report | Deed]] = []
        for number, history in histories:
            telling = _Telling(number, history.steps())
            first = next(telling.steps)
            yield from self._due(waiting, first.at or 0)
            self._told += 1
            heappush(waiting, (first.at or 0, number, telling, first))
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

    def _open(self, telling: _Telling, report: Report) -> None:
        self._scene.next_number = telling.number
        self._take_in(report)
        opened = self._scene.by_number(telling.number)
        if opened is None or self._scene.next_number != telling.number + 1:
            raise ValueError("a history opens one incident with its first step")
        telling.id = opened.id
        self._scene.next_number = 0

    def _take_in(self, report: Report) -> None:
        intake = take_in(self._scene, report, self._new_id)
        for draft in intake.drafts:
            self._take(draft, RULE, report.source)
        if intake.counter is not None:
            self._scene.counters[report.ref] = intake.counter

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
        """Keep the answer to a command; a refusal has a code."""
        self._receipts.append((command.id, fingerprint(command), not code, number, reason, code, seqs))

    def _take(self, draft: Draft, actor: str, origin: str, command_id: bytes = b"") -> int:
        """Number and fold a draft; return its seq."""
        scene = self._scene
        before = scene.incident(draft.incident) if draft.incident else None
        if before is None and draft.incident and not draft.number:
            raise ValueError("two histories speak of one incident")
        known = scene.alert(draft.alert) if draft.alert else None
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
            body=body_of(draft, new_incident=before is None, new_alert=known is None),
        )
        self._seq = event.seq
        self._events.append(astuple(event)[:-1])
        if draft.incident:
            made = before or Incident(id=draft.incident, number=draft.number)
            scene.put_incident(before, patch_incident(made, draft.set, event))
        if draft.alert:
            changed = patch_alert(known or Alert(ref=draft.alert), draft.alert_set, event.seq)
            scene.put_alert(known, changed)
        return event.seq

    def _new_id(self) -> bytes:
        return make_id(self._scene.now, self._randomness(_ID))

    def _chapter(self) -> Chapter:
        events, receipts, rested = self._events, self._receipts, self._scene.rested
        self._events, self._receipts, self._scene.rested = [], [], []
        incidents = [incident_row(incident) for incident in rested]
        return Chapter(events=events, incidents=incidents, receipts=receipts, told=self._told)

    def _last(self, size: int) -> Iterator[Chapter]:
        rows: list[Row] = []
        for alert in self._scene.all_alerts():
            rows.append(alert_row(alert))
            if len(rows) >= size:
                yield Chapter(alerts=rows, told=self._told)
                rows = []
        yield Chapter(alerts=rows, told=self._told, counters=self._scene.counters)
