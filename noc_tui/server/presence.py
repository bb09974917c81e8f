"""What is told beside the journal: who has what before them, and how the agent is doing. Last value wins.

A poll says who sits behind it. While it is held they are there; once it is over they stay for a while, so that the next
poll finds them. Changes are told at most once a second, or forty consoles that move their cursors would wake each other
all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.incidents.text import clean
from noc_tui.journal.beside import AgentStatus, Beside, Presence, SourceStatus

STAYS: Final = 15.0
"""Seconds that somebody stays after the last poll that told of them."""
AGENT_SILENT: Final = 15 * SECOND
"""Microseconds without a heartbeat after which the agent counts as lost."""
AT_ONE: Final = 32
"""Consoles behind one agent at most."""
_LONGEST: Final = 64

Key = tuple[str, str]


class Present:
    """Who is there; `monotonic` in seconds, `clock` in microseconds UTC."""

    def __init__(self, monotonic: Callable[[], float], clock: Callable[[], Micros]) -> None:
        self._monotonic = monotonic
        self._clock = clock
        self._people: dict[Key, Presence] = {}
        self._held: dict[Key, int] = {}
        self._until: dict[Key, float] = {}
        self._local: tuple[Presence, ...] = ()
        self._agent: AgentStatus | None = None
        self._changed = True
        self.beside = Beside(version=clock())
        """What is told now. Versions begin at the clock's microseconds, so those of a server that was started anew
        are newer too."""

    def arrive(self, people: Sequence[Presence]) -> None:
        """These people are behind a poll that has come."""
        for person in people:
            key = (person.actor, person.origin)
            known = self._people.get(key)
            if known is None or (known.incident, known.doing) != (person.incident, person.doing):
                self._people[key] = person
                self._changed = True
            self._held[key] = self._held.get(key, 0) + 1

    def leave(self, people: Sequence[Presence]) -> None:
        """The poll of these people is over."""
        until = self._monotonic() + STAYS
        for person in people:
            key = (person.actor, person.origin)
            left = self._held.pop(key, 1) - 1
            if left:
                self._held[key] = left
            self._until[key] = until

    def here(self, local: Iterable[Presence], agent: AgentStatus | None) -> None:
        """Take in who sits at this host's own consoles, and what the agent last said of itself."""
        present = tuple(replace(person, at=0) for person in local)
        if present != self._local:
            self._local, self._changed = present, True
        told = self._sayable(agent)
        if told != self._agent:
            self._agent, self._changed = told, True

    def tick(self) -> bool:
        """Forget who has gone; return whether there is something new to tell, and make it what is told."""
        now = self._monotonic()
        for key, until in list(self._until.items()):
            if until <= now and key not in self._held:
                del self._until[key]
                self._people.pop(key, None)
                self._changed = True
        if not self._changed:
            return False
        self._changed = False
        local = [person for person in self._local if (person.actor, person.origin) not in self._people]
        version = max(self.beside.version + 1, self._clock())
        self.beside = Beside(version=version, present=(*local, *self.remote()), agent=self._agent)
        return True

    def remote(self) -> tuple[Presence, ...]:
        """Return who polls, by name and terminal."""
        return tuple(self._people[key] for key in sorted(self._people))

    @property
    def agent_well(self) -> bool:
        """Whether the agent is heard and nothing keeps it from its duties."""
        return self._agent is not None and not self._agent.trouble

    def _sayable(self, agent: AgentStatus | None) -> AgentStatus | None:
        """Return what is worth telling of the agent: nothing that moves with every heartbeat while all is well."""
        if agent is None:
            return None
        silent = abs(self._clock() - agent.beat_at) > AGENT_SILENT  # ahead: the clock was set back
        trouble = "The server's agent has fallen silent: no alerts are polled, no clocks watched." if silent else ""
        return replace(
            agent,
            beat_at=agent.beat_at if silent else 0,
            intake_rate=0.0,
            trouble=trouble or agent.trouble,
            sources=tuple(_sayable_source(source) for source in agent.sources),
        )


def _sayable_source(source: SourceStatus) -> SourceStatus:
    return replace(source, last_ok_at=None) if source.state == "ok" else source


def presence_of(actor: str, said: str, now: Micros) -> Presence | None:
    """Return what `origin,number,doing` says of one console; None if it says nothing that can be read."""
    origin, _, rest = said.partition(",")
    number, _, doing = rest.partition(",")
    number = number or "0"
    if not origin or not number.isascii() or not number.isdecimal() or len(number) > 12:
        return None
    return Presence(
        actor=actor,
        origin=clean(origin[:_LONGEST], limit=_LONGEST),
        incident=int(number),
        doing=clean(doing[:_LONGEST], limit=_LONGEST),
        at=now,
    )
