"""A part of an incident's timeline: what people did, what machines did, notes, alerts, or all."""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.incidents.commands import RULE
from noc_tui.journal.envelope import Event


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: by `people` or by machines alone (None: by either), of kinds that begin so (none: of every)."""

    name: str
    people: bool | None = None
    kinds: tuple[str, ...] = ()

    def has(self, event: Event) -> bool:
        """Return whether an event is one of this part."""
        if self.people is not None and by_person(event) != self.people:
            return False
        return not self.kinds or event.kind.startswith(self.kinds)


def by_person(event: Event) -> bool:
    """Return whether a person did it, not a source and not the policy."""
    return bool(event.command_id) and event.actor != RULE


EVERYTHING: Final = Part(name="all")
PARTS: Final = (
    EVERYTHING,
    Part(name="people", people=True),
    Part(name="machines", people=False),
    Part(name="notes", kinds=("incident.noted",)),
    Part(name="alerts", kinds=("alert.", "shelf.")),
)
"""The parts that a timeline can be narrowed to, in the order in which one key goes through them."""
