"""The protocol with one thing left out or done wrong, each a small change of behaviour: a run must notice every one."""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.sync.machine import Link
from tests.simulation import wrong_authority, wrong_disk, wrong_link
from tests.simulation.console import Parts


class Mutant(msgspec.Struct, frozen=True):
    """A mutant: what it does wrong, what of a world it replaces, and in which weather that soon matters.

    `first` is the seed from which to look for a run that notices.
    """

    name: str
    parts: type[Parts]
    weather: str
    first: int


def _link(**types: type) -> type[Link]:
    return type("MutantLink", (wrong_link.OtherLink,), {f"{name}_type": one for name, one in types.items()})


def _mutant(name: str, weather: str = "fair", first: int = 0, **parts: type) -> Mutant:
    return Mutant(name, type("MutantParts", (Parts,), parts), weather, first)


MUTANTS: Final[tuple[Mutant, ...]] = (
    _mutant("cursor saved before its events", replica=wrong_disk.CursorFirst),
    _mutant("new id on a retry", link=_link(pushing=wrong_link.NewIdOnRetry)),
    _mutant("no server dedup", authority=wrong_authority.NoDedup),
    _mutant("forget on send", outbox=wrong_disk.ForgetOnSend),
    _mutant(
        "no epoch check",
        authority=wrong_authority.NoEpoch,
        replica=wrong_disk.EpochBlind,
        link=_link(following=wrong_link.EpochBlindFollowing),
    ),
    _mutant(
        "epoch only, no hash",
        authority=wrong_authority.EpochOnly,
        replica=wrong_disk.HashBlind,
        link=_link(following=wrong_link.HashBlindFollowing),
    ),
    _mutant("prune on ack", outbox=wrong_disk.PruneOnAck),
    _mutant("snapshot's cursor is the head", authority=wrong_authority.SnapshotOfBefore),
    _mutant("result stored after the commit", authority=wrong_authority.ReceiptAfterCommit),
    _mutant("a cursor over uncommitted gaps", authority=wrong_authority.UncommittedGaps),
    _mutant(
        "stale page applied",
        replica=wrong_disk.Undiscerning,
        link=_link(requests=wrong_link.AnyPage, following=wrong_link.Undiscerned),
    ),
    _mutant("trust ack", link=_link(pushing=wrong_link.TrustAck)),
    _mutant(
        "page without compare-and-set",
        "winding",
        170,
        replica=wrong_disk.HashBlind,
        link=_link(requests=wrong_link.AnyPage, following=wrong_link.HashBlindFollowing),
    ),
    _mutant("push without cursor", "forgetful", link=_link(pushing=wrong_link.PushWithoutCursor)),
    _mutant(
        "no lineage number", "hesitant", 1600, link=_link(requests=wrong_link.AnyPushed, pushing=wrong_link.NoLineage)
    ),
    _mutant("acked beyond the head is not sent again", link=_link(pushing=wrong_link.NeverLost)),
    _mutant("acked holds up nothing", "forgetful", link=_link(pushing=wrong_link.AckedIsDone)),
    _mutant("sent from the view before a start over", "sluggish", link=_link(pushing=wrong_link.OldView)),
    _mutant("outbox as read before a start over", "sluggish", link=_link(pushing=wrong_link.ReadWhenever)),
    _mutant("no start over", link=wrong_link.NoStartOver),
    _mutant("newest first", link=_link(pushing=wrong_link.NewestFirst)),
    _mutant("seen in a replica that is gone", "sluggish", 155, link=_link(pushing=wrong_link.SeenWhenever)),
    _mutant("rows ahead of the cursor forgotten", "forgetful", 190, authority=wrong_authority.EndWithoutCursor),
    _mutant("seen before it is safe from a power cut", "stormy", replica=wrong_disk.Insecure),
    _mutant("prior of another history", "forgetful", 480, link=_link(following=wrong_link.AnyPrior)),
    _mutant("incident's history of another history", "forgetful", 160, link=_link(histories=wrong_link.AnyHistory)),
    _mutant("answered before the commit", authority=wrong_authority.AnsweredFirst),
    _mutant("the console's time in the journal", authority=wrong_authority.ConsoleTime),
    _mutant("undone but for a field", authority=wrong_authority.UndoneByHalf),
    _mutant("refusals in the journal", authority=wrong_authority.RefusalsJournaled),
    _mutant("a snapshot's rows over those held", "stormy", 410, replica=wrong_disk.RowsAtOnce),
    _mutant("a full disk is not got over", link=_link(loading=wrong_link.AfraidOfDisks)),
    _mutant("always young", link=_link(telling=wrong_link.AlwaysYoung)),
    _mutant("delivery taken for skew", "halting", authority=wrong_authority.DeliveryForSkew),
    _mutant("the skew is not measured", link=_link(telling=wrong_link.OneClock)),
)
