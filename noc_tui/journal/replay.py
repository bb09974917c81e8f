"""A whole journal folded: what was, at any moment that it tells of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event
from noc_tui.journal.fold import evolve, evolve_alert


class State(msgspec.Struct):
    """The fold of the events taken in so far: incidents by id, alerts by ref, and the seq of the last event."""

    seq: int = 0
    incidents: dict[bytes, Incident] = {}
    alerts: dict[str, Alert] = {}

    def take(self, event: Event) -> None:
        """Fold the next event."""
        self.seq = event.seq
        if event.incident_id:
            self.incidents[event.incident_id] = evolve(self.incidents.get(event.incident_id), event)
        if event.alert:
            self.alerts[event.alert] = evolve_alert(self.alerts.get(event.alert), event)


def state_at(events: Iterable[Event]) -> State:
    """Return the fold of `events`, which are a journal from its beginning, in order."""
    state = State()
    for event in events:
        state.take(event)
    return state
