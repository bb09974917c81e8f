"""What a reader of the board is told: which incidents are now how, as of which seq."""

from __future__ import annotations

import msgspec

from noc_tui.incidents.model import Incident


class ChangeSet(msgspec.Struct, frozen=True):
    """The incidents that changed, as they are at `seq`. `complete` False says there are more to fetch after it."""

    seq: int
    incidents: tuple[Incident, ...] = ()
    complete: bool = True
