"""Who else is at which incident just now, as the rows and the panes tell it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from noc_tui.incidents.model import MINUTE
from noc_tui.journal.beside import Presence

LOOKING: Final = "looking"
WRITING: Final = "writing"
TRIAGING: Final = "triaging"
AWAY: Final = "idle"
"""What a console says that its operator does at an incident (`Presence.doing`)."""
AWAY_AFTER: Final = 5 * MINUTE
"""Without a key for so long an operator counts as idle (OPERATOR.md 2.10)."""
_NEARNESS: Final = (WRITING, TRIAGING, LOOKING, "", AWAY)


class People:
    """The others: by incident, and all of them. One's own consoles are not among them."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._told: tuple[Presence, ...] = ()
        self._at: dict[int, tuple[Presence, ...]] = {}

    def heard(self, present: Iterable[Presence]) -> set[int]:
        """Take in who is there; returns the incidents at which that is another now."""
        told = tuple(replace(one, at=0) for one in present if one.actor != self._me)
        if told == self._told:
            return set()
        at: dict[int, tuple[Presence, ...]] = {}
        for one in sorted(told, key=lambda one: (_nearness(one), one.actor)):
            if one.incident and all(other.actor != one.actor for other in at.get(one.incident, ())):
                at[one.incident] = (*at.get(one.incident, ()), one)
        before, self._told, self._at = self._at, told, at
        return {number for number in before.keys() | at.keys() if before.get(number) != at.get(number)}

    def at(self, number: int) -> tuple[Presence, ...]:
        """Return who is at an incident, those who write first."""
        return self._at.get(number, ())

    def all(self) -> list[Presence]:
        """Return everybody once, at the incident where they write or look, by name."""
        found: dict[str, Presence] = {}
        for one in sorted(self._told, key=lambda one: (one.actor, one.doing == AWAY, not one.incident, _nearness(one))):
            found.setdefault(one.actor, one)
        return list(found.values())

    def on_row(self, number: int) -> str:
        """Return what a row says of them: `ana*`, with a star for one who writes; empty where nobody is at work."""
        here = [one for one in self._at.get(number, ()) if one.doing != AWAY]
        if not here:
            return ""
        first = f"{here[0].actor}{'*' if here[0].doing == WRITING else ''}"
        return first if len(here) == 1 else f"{first}+{len(here) - 1}"

    def words(self, number: int) -> str:
        """Return who is at an incident in words: `ana is writing here, bo is looking at this`."""
        return ", ".join(f"{one.actor} {_DOING.get(one.doing, _DOING[LOOKING])}" for one in self.at(number))

    def deciding(self, number: int) -> str:
        """Return the name of one who has an incident's card in triage; of several the first by name; empty if none."""
        return min((one.actor for one in self.at(number) if one.doing == TRIAGING), default="")

    def writing(self, number: int) -> str:
        """Return who writes at an incident, in words; empty if nobody does."""
        names = [one.actor for one in self.at(number) if one.doing == WRITING]
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} writing here" if names else ""


_DOING: Final = {
    WRITING: "is writing here",
    TRIAGING: "is deciding this",
    LOOKING: "is looking at this",
    AWAY: "has this open, idle",
}
"""What the others are told to do at an incident."""


def _nearness(one: Presence) -> int:
    """Who writes comes first, who is idle last."""
    return _NEARNESS.index(one.doing) if one.doing in _NEARNESS else _NEARNESS.index(LOOKING)
