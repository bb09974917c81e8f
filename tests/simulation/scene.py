"""What a decision may look at, over a history in memory: the real rules run on it."""

from __future__ import annotations

from noc_tui.incidents.commands import Command, Draft
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.gathering import home_of
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.scene import PastEvent
from noc_tui.journal.assemble import Stamp, assemble
from noc_tui.journal.ids import make_id
from tests.simulation.chance import Chance
from tests.simulation.history import History

_GATHERING = OPEN_STATES | {"merged"}


class HistoryScene:
    """A transaction on a history: what is, with every earlier item of the batch already in it."""

    def __init__(self, history: History, policy: Policy, now: Micros, chance: Chance) -> None:
        self.policy = policy
        self.now = now
        self._history = history
        self._chance = chance

    def incident(self, id: bytes) -> Incident | None:
        versions = self._history.incidents.get(id)
        return versions[-1] if versions else None

    def by_number(self, number: int) -> Incident | None:
        return self.incident(self._history.ids.get(number, b""))

    def children(self, number: int) -> list[Incident]:
        return [one for one in self._incidents() if number and one.parent == number]

    def alerts(self, number: int) -> list[Alert]:
        return [versions[-1] for versions in self._history.alerts.values() if versions[-1].incident == number]

    def alert(self, ref: str) -> Alert | None:
        versions = self._history.alerts.get(ref)
        return versions[-1] if versions else None

    def open_group(self, group_key: str) -> Incident | None:
        for one in sorted(self._incidents(), key=lambda one: -one.number):
            if one.group_key == group_key and one.state in _GATHERING:
                home = home_of(self, one.number)
                if home is not None and home.state in OPEN_STATES:
                    return one
        return None

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        return [one for one in self._history.journal if one.incident_id == id and one.revision > revision]

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        return [one for one in self._history.journal if one.command_id == command_id]

    def new_number(self) -> int:
        number = self._history.next_number
        self._history.next_number += 1
        return number

    def desk_view(self, name: str) -> SavedView | None:
        return None

    def counter(self, ref: str) -> Counter:
        return self._history.counters.get(ref, Counter())

    def new_id(self) -> bytes:
        return make_id(self.now, self._chance.bytes(10))

    def take(self, draft: Draft, actor: str, command: Command | None = None, at: Micros = 0) -> int:
        """Number, seal and fold a draft; return its seq."""
        before = self.incident(draft.incident) if draft.incident else None
        stamp = Stamp(
            seq=self._history.seq + 1,
            id=self.new_id(),
            number=before.number if before else draft.number,
            revision=(before.revision if before else 0) + 1 if draft.incident else 0,
            at=at or self.now,
            received_at=self.now,
            actor=actor,
            origin=command.origin if command else "",
            command_id=command.id if command else b"",
            batch=command.batch if command else b"",
            salt=self._chance.bytes(8),
            new_alert=bool(draft.alert) and draft.alert not in self._history.alerts,
        )
        event = assemble(draft, stamp, self._history.hash_at(self._history.seq))
        self._history.take(event)
        return event.seq

    def _incidents(self) -> list[Incident]:
        return [versions[-1] for versions in self._history.incidents.values()]
