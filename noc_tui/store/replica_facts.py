"""What `meta` says of a replica beside what it says of any store. Needs no SQL library, as the first page may not."""

from __future__ import annotations

from typing import ClassVar, Final

from noc_tui.store.errors import StoreError

REMOTE: Final = "remote"
"""The address of the store that it is a copy of; a store without this key is no replica."""
FILLING: Final = "filling"
"""`done/total`, in rows, while it has never been whole: what is there may be looked at, and more is to come."""
THROUGH: Final = "through"
"""The number up to which all incidents are there while it is filled for the first time."""
BEGUN: Final = "begun"
"""How often it was begun: another figure says that no row of before need still be right."""
AHEAD: Final = "ahead"
"""The cursor (JSON) up to which rows of its snapshot may be newer than the journal that is held."""
FLOOR_HASH: Final = "floor_hash"
"""The hash (hex) of the event at the journal's floor, which the first event that is held continues."""


class FollowsRemote(StoreError):
    """The store is a replica: what is written to it must come from the store that it follows."""

    sentence: ClassVar[str] = "{path} is a copy of the store at {detail}: give --store {detail} to work on that one."
