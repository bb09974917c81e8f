"""What `meta` says of a replica beside what it says of any store. Needs no SQL library, as the first page may not."""

from __future__ import annotations

from typing import Final

REMOTE: Final = "remote"
"""The address of the store that it is a copy of; a store without this key is no replica."""
FILLING: Final = "filling"
"""`done/total`, in rows, while it has never been whole: what is there may be looked at, and more is to come."""
THROUGH: Final = "through"
"""The number up to which all incidents are there while it is filled for the first time."""
BEGUN: Final = "begun"
"""How often it was begun: another figure says that no row of before need still be right."""
FLOOR_HASH: Final = "floor_hash"
"""The hash (hex) of the event at the journal's floor, which the first event that is held continues."""
