"""A desk in memory: the real rules decide, their drafts are folded at once; nothing is stored."""

from __future__ import annotations

from itertools import count

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Draft, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.drafting import applied
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.scene import PastEvent


class Desk:
    """A scene that remembers incidents and alerts, and no events: nothing here is undone or in conflict."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.now: Micros = 0
        self.incidents: dict[int, Incident] = {}
        self._numbers = count(1)
        self._ids = count(1)
        self._known: dict[bytes, int] = {}
        self._alerts: dict[str, Alert] = {}
        self._groups: dict[str, int] = {}
        self._counters: dict[str, Counter] = {}

    def incident(self, id: bytes) -> Incident | None:
        return self.incidents.get(self._known.get(id, 0))

    def by_number(self, number: int) -> Incident | None:
        return self.incidents.get(number)

    def children(self, number: int) -> list[Incident]:
        return []

    def alerts(self, number: int) -> list[Alert]:
        return [alert for alert in self._alerts.values() if alert.incident == number]

    def alert(self, ref: str) -> Alert | None:
        return self._alerts.get(ref)

    def open_group(self, group_key: str) -> Incident | None:
        incident = self.incidents.get(self._groups.get(group_key, 0))
        return incident if incident is not None and incident.state in OPEN_STATES else None

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        return []

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        return []

    def new_number(self) -> int:
        return next(self._numbers)

    def desk_view(self, name: str) -> SavedView | None:
        return None

    def counter(self, ref: str) -> Counter:
        return self._counters.get(ref, Counter())

    def report(self, report: Report) -> int:
        """Take a report in at its own time; return the number of its incident."""
        assert report.at is not None
        self.now = report.at
        taken = take_in(self, report, lambda: next(self._ids).to_bytes(16, "big"))
        self._fold(taken.drafts)
        if taken.counter is not None:
            self._counters[report.ref] = taken.counter
        return taken.number

    def do(self, command: Command, number: int) -> Refusal | None:
        """Decide a command about an incident at the command's own time; return why not, if it is refused."""
        self.now = command.at
        result = decide(self, replace(command, incident=self.incidents[number].id))
        if isinstance(result, Refusal):
            return result
        self._fold(result)
        return None

    def _fold(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if draft.incident:
                number = self._known.setdefault(draft.incident, draft.number)
                before = self.incidents.get(number) or Incident(id=draft.incident, number=number)
                after = replace(applied(before, draft.set), revision=before.revision + 1)
                self.incidents[number] = after
                self._groups[after.group_key] = max(number, self._groups.get(after.group_key, 0))
            if draft.alert:
                alert = self._alerts.get(draft.alert) or Alert(ref=draft.alert)
                self._alerts[draft.alert] = applied(alert, draft.alert_set)
