"""To what moments a store went back: whoever followed what was lost is told, however much later he comes.

A restore by our command is noted in the store itself. One by hand, a copied file, is noticed by who serves the store:
he notes what he has served beside it (`live`), and finds that it is no longer there.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.journal.envelope import Event, Head

RESTORED: Final = "restored"
"""The key in `meta` of the points that the store went back to, the last one at the end (JSON)."""
KEPT: Final = 32
"""Points that are kept at most."""


class RestorePoint(msgspec.Struct, frozen=True):
    """The last event that was kept, and when it was taken.

    `epoch` names the history: the one from then on; or, where the file was put back by hand, the one that was lost.
    """

    epoch: bytes
    seq: int
    received_at: Micros

    @classmethod
    def at(cls, last: Head | Event, epoch: bytes) -> RestorePoint:
        """Return the point of the last event that was kept."""
        return cls(epoch, last.seq, last.received_at)


class Served(msgspec.Struct, frozen=True):
    """How far a server has come in which history, and to what point that history went back by hand, if it did."""

    epoch: bytes
    seq: int
    hash: bytes
    by_hand: RestorePoint | None = None


def points_from(text: str | None) -> tuple[RestorePoint, ...]:
    """Return the points that `meta` tells of, none where this version cannot read them."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(text or "[]", type=tuple[RestorePoint, ...])
    return ()


def text_with(text: str | None, point: RestorePoint) -> str:
    """Return what `meta` is to tell once the store has gone back to one more point."""
    return msgspec.json.encode((*points_from(text), point)[-KEPT:]).decode()


def lost_from(points: Sequence[RestorePoint], epoch: bytes) -> RestorePoint | None:
    """Return from where on whoever follows `epoch` has what the store has lost; None if it never went back since.

    He may have missed several restores: the one that went furthest back counts.
    """
    known = [place for place, point in enumerate(points) if point.epoch == epoch]
    since = points[known[-1] + 1 :] if known else points
    return min(since, key=lambda point: point.received_at, default=None)
