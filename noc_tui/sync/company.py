"""Who is here, who is elsewhere, and how the server's agent is doing: what a poll carries beside the journal."""

from __future__ import annotations

from noc_tui.journal.beside import AgentStatus, Beside, Presence
from noc_tui.sync.effects import Effect, TellPresent


class Company:
    """`here` is everybody at the consoles behind this link; `version` is that of what the server told last."""

    def __init__(self) -> None:
        self.here: tuple[Presence, ...] = ()
        self.agent: AgentStatus | None = None
        self.version = 0
        self._told: tuple[Presence, ...] = ()
        self._elsewhere: tuple[Presence, ...] = ()

    def tell(self) -> tuple[Presence, ...]:
        """Return who is here, for the server, which knows from now on."""
        self._told = self.here
        return self.here

    def has_news(self) -> bool:
        """Whether the server was told something else."""
        return self.here != self._told

    def take(self, beside: Beside | None) -> list[Effect]:
        """Take what the server tells, if it tells anything new."""
        if beside is None:
            return []
        self.version, self.agent, self._elsewhere = beside.version, beside.agent, beside.present
        return [TellPresent(present=beside.present)]

    def lose(self) -> list[Effect]:
        """Without a link nobody knows who is where."""
        self.version = 0
        if not self._elsewhere:
            return []
        self._elsewhere = ()
        return [TellPresent(present=())]
