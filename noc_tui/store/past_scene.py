"""The scene of a past being told: what the rules may look at, in memory, without a file to ask.

An incident rests when its history has been told: it is kept packed, and read again only when one of its alerts comes
back. So the memory of a year is about a kilobyte for each alert that was ever raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import astuple, fields

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.scene import PastEvent

_UNCOUNTED: Final = Counter()

_pack: Final = msgspec.msgpack.Encoder().encode


def _unpacker(struct: type[msgspec.Struct]) -> Callable[[bytes], tuple[Any, ...]]:
    """Return what reads the packed tuple of a struct's fields."""
    types = tuple([field.type for field in fields(struct)])
    return msgspec.msgpack.Decoder(tuple[types]).decode  # type: ignore[valid-type]  # known at run time alone


_unpack_alert: Final = _unpacker(Alert)
_unpack_incident: Final = _unpacker(Incident)


class PastScene:
    """The `incidents.scene.Scene` of histories that each tell of one incident.

    `now` is the instant of the step that is being told, `next_number` that of the incident which it may open (0: none).
    `rested` are the incidents that have come to rest since it was
    last emptied.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.now: Micros = 0
        self.next_number = 0
        self.counters: dict[str, Counter] = {}
        self.rested: list[Incident] = []
        self._incidents: dict[int, Incident] = {}
        self._numbers: dict[bytes, int] = {}
        self._alerts: dict[str, Alert] = {}
        self._refs: dict[int, list[str]] = {}
        self._several: dict[int, int] = {}
        self._groups: dict[str, list[int]] = {}
        self._resting_incidents: dict[int, bytes] = {}
        self._resting_alerts: dict[str, bytes] = {}

    # What a decision may look at

    def incident(self, id: bytes) -> Incident | None:
        """Return the incident with this id, unless it rests: a history speaks of none by its id."""
        number = self._numbers.get(id)
        return None if number is None else self._incidents[number]

    def by_number(self, number: int) -> Incident | None:
        """Return the incident with this number."""
        found = self._incidents.get(number)
        if found is None and number in self._resting_incidents:
            found = Incident(*_unpack_incident(self._resting_incidents[number]))
        return found

    def children(self, number: int) -> list[Incident]:
        """Return none: a history tells of one incident alone (`put_incident` refuses a parent)."""
        return []

    def alerts(self, number: int) -> list[Alert]:
        """Return the alerts attached to this incident, by ref; KeyError if it rests."""
        return [self._alerts[ref] for ref in sorted(self._refs[number])]

    def alert(self, ref: str) -> Alert | None:
        """Return the alert with this identity."""
        found = self._alerts.get(ref)
        if found is None and ref in self._resting_alerts:
            found = Alert(*_unpack_alert(self._resting_alerts[ref]))
        return found

    def open_group(self, group_key: str) -> Incident | None:
        """Return the newest open incident that gathers this group."""
        numbers = self._groups.get(group_key)
        return self.by_number(max(numbers)) if numbers else None

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        """Refuse: a history's deeds expect nothing and undo nothing, so they ask for no event."""
        raise ValueError("a history holds no deed that looks back at events")

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        """Refuse, as `events_since` does."""
        raise ValueError("a history holds no deed that looks back at events")

    def new_number(self) -> int:
        """Return the next incident number and use it up; ValueError where none is given out."""
        if not self.next_number:
            raise ValueError("a history opens one incident with its first step")
        number = self.next_number
        self.next_number += 1
        return number

    def desk_view(self, name: str) -> SavedView | None:
        """A history tells of no views."""
        return None

    def counter(self, ref: str) -> Counter:
        """Return what is counted of an alert beside the journal."""
        return self.counters.get(ref, _UNCOUNTED)

    # What the steps change

    def put_incident(self, before: Incident | None, after: Incident) -> None:
        """Take an incident that an event has changed; ValueError if it was hung on another one."""
        if after.parent:
            raise ValueError("a history tells of one incident alone")
        number = after.number
        self._incidents[number] = after
        if before is None:
            self._numbers[after.id] = number
            self._refs[number] = []
        if before is None or before.state != after.state:
            self._regroup(after)

    def put_alert(self, before: Alert | None, after: Alert) -> None:
        """Take an alert that an event has changed, and hold it to the incident that it is attached to."""
        ref = after.ref
        was = before.incident if before is not None else 0
        if was != after.incident:
            self._resting_alerts.pop(ref, None)
            self._detach(was, ref)
            if after.incident:
                self._refs[after.incident].append(ref)
        if after.incident:
            self._alerts[ref] = after
        else:
            self._resting_alerts[ref] = _pack(astuple(after))

    def rest(self, number: int) -> None:
        """Pack an incident and its alerts away: its history has been told."""
        incident = self._incidents.pop(number, None)
        if incident is None:
            return
        self.rested.append(incident)
        del self._numbers[incident.id]
        refs = self._refs.pop(number)
        for ref in refs:
            self._resting_alerts[ref] = _pack(astuple(self._alerts.pop(ref)))
        if refs:
            self._resting_incidents[number] = _pack(astuple(incident))
        if len(refs) > 1:
            self._several[number] = len(refs)

    def all_alerts(self) -> Iterator[Alert]:
        """Yield every alert by ref; all of them rest by then."""
        for ref in sorted(self._resting_alerts):
            yield Alert(*_unpack_alert(self._resting_alerts[ref]))

    def _detach(self, number: int, ref: str) -> None:
        """Let an alert go; an incident at rest is forgotten with the last one that could come back to it."""
        if number in self._refs:
            self._refs[number].remove(ref)
            return
        left = self._several.pop(number, 1) - 1
        if left > 1:
            self._several[number] = left
        if not left:
            self._resting_incidents.pop(number, None)

    def _regroup(self, incident: Incident) -> None:
        key, number = incident.group_key, incident.number
        numbers = self._groups.setdefault(key, [])
        if incident.state in OPEN_STATES:
            if number not in numbers:
                numbers.append(number)
        elif number in numbers:
            numbers.remove(number)
        if not numbers or not key:
            del self._groups[key]
