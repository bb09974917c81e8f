"""What somebody else has taken over from this operator lately: told for a minute, wherever they look."""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.incidents.model import MINUTE, Incident, Micros

TOLD: Final = MINUTE


class TakenOver(msgspec.Struct):
    """The last incident that was this operator's and is another's now; 0 if there was none."""

    me: str
    number: int = 0
    owner: str = ""
    at: Micros = 0

    def notice(self, before: Incident, incident: Incident, now: Micros) -> None:
        """Note a row that somebody else has changed."""
        if before.owner == self.me and incident.owner not in ("", self.me):
            self.number, self.owner, self.at = incident.number, incident.owner, now

    def told(self, incident: Incident | None, now: Micros) -> bool:
        """Whether it is still told; `incident` is how it is now."""
        return incident is not None and incident.owner == self.owner and now - self.at < TOLD
