"""What happens to the link: everything that `Link.step` is told, one frozen value at a time.

Three sorts: answers to a request on the network (they carry the `ticket` of its effect), answers to an effect on disk,
and what comes by itself. Whoever runs the link feeds them in the order in which they happened and waits with the next
one until all effects of the last step are done; each answer follows its effect exactly once, save that nothing need
come for a ticket that was cancelled. What comes late, twice or for another lineage is passed over by the link itself.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import Presence
from noc_tui.journal.exchange import (
    Cursor,
    Fork,
    Gone,
    History,
    Page,
    Prior,
    PriorAsked,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
)
from noc_tui.journal.ports import Entry
from noc_tui.sync.effects import Ticket

Trouble = Literal[
    "unreachable", "timed_out", "tls", "not_allowed", "setting", "redirected", "garbled", "too_large", "status"
]
"""Why a request brought nothing, one word for each `net.errors` class:

unreachable `Unreachable`; timed_out `TimedOut`; tls `BadTls`; not_allowed `NotAllowed` (401, 403, 407); setting any
`BadSetting` (no or unreadable login, address, certificates); redirected `Redirected`; too_large `TooLarge`; status any
other `RefusedStatus`; garbled `Garbled`, a body that is not what was asked for, or a snapshot that ends early.
"""


class Moment(msgspec.Struct, frozen=True):
    """When something happened: `tick` in monotonic seconds of this host, `now` by its wall clock.

    `chance` in [0, 1) is drawn anew for each input: the link draws its jitter from it.
    """

    tick: float
    now: Micros
    chance: float = 0.5


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What all inputs have: when it happened."""

    when: Moment


# What comes by itself


class Started(Happened, frozen=True, kw_only=True):
    """The first input: begin."""


class Woke(Happened, frozen=True, kw_only=True):
    """The tick of the last `WakeAt` has come; too early or once too often does no harm."""


class OutboxMoved(Happened, frozen=True, kw_only=True):
    """Somebody pressed, retried or discarded a command: the outbox's file changed. Once too often does no harm."""


class HereChanged(Happened, frozen=True, kw_only=True):
    """Who sits at the consoles behind this link has changed, or what they have before them: all of them, as of now."""

    here: tuple[Presence, ...]


class HistoryWished(Happened, frozen=True, kw_only=True):
    """A console wishes the whole history of an incident (wish `history` of `live`)."""

    number: int


class RetryWished(Happened, frozen=True, kw_only=True):
    """Try now: a person said so (wish `retry_now` of `live`), or the file with the login changed.

    Then `role` is that of the new token, empty if that is not known; None: the token is the same.
    """

    role: str | None = None


class DiskFailed(Happened, frozen=True, kw_only=True):
    """An effect on replica or outbox raised: neither it nor the effects after it in that step were done.

    `sentence` says to a person which file and what to do. The link forgets what it believed and reads all again later.
    """

    sentence: str


# Answers to effects on disk


class Loaded(Happened, frozen=True, kw_only=True):
    """Answer to `Load`: `Replica.cursor()` and `Replica.ahead()`, and `OutboxPort.unfinished()`."""

    cursor: Cursor | None
    ahead: Cursor | None = None
    entries: tuple[Entry, ...]


class OutboxRead(Happened, frozen=True, kw_only=True):
    """Answer to `ReadOutbox`, with its `turn`: `OutboxPort.unfinished()`."""

    turn: int
    entries: tuple[Entry, ...]


class SeenFound(Happened, frozen=True, kw_only=True):
    """Answer to `FindSeen`, with its `lineage`: those of the commands whose events the replica holds, maybe none."""

    lineage: int
    commands: frozenset[bytes]


class Applied(Happened, frozen=True, kw_only=True):
    """Answer to `ApplyPage`: the page is in the replica, and this is how far it has come."""

    ticket: Ticket
    cursor: Cursor


class Lacking(Happened, frozen=True, kw_only=True):
    """Answer to `ApplyPage` without a prior: nothing was applied, for this must be known first (`Replica.missing`)."""

    ticket: Ticket
    asked: PriorAsked


class Outdated(Happened, frozen=True, kw_only=True):
    """Answer to `ApplyPage`: `Replica.apply` returned None, for the page is not of the cursor held now."""

    ticket: Ticket


class Filled(Happened, frozen=True, kw_only=True):
    """Answer to `FinishFill`: the snapshot is what is held now, as of this cursor."""

    ticket: Ticket
    cursor: Cursor


class NotContinued(Happened, frozen=True, kw_only=True):
    """Answer to `ApplyPage` or `FinishFill`: it raised `NotContinuing`; nothing was applied. `sentence` is why."""

    ticket: Ticket
    sentence: str


# Answers from the network


class PageCame(Happened, frozen=True, kw_only=True):
    """Answer to `Poll`: 200."""

    ticket: Ticket
    page: Page


class Beat(Happened, frozen=True, kw_only=True):
    """A blank came ahead of the body of a poll that is being held: the server lives and has nothing new so far.

    Not an answer: that is still to come. A server that sends none is polled at shorter intervals instead.
    """

    ticket: Ticket


class Forked(Happened, frozen=True, kw_only=True):
    """Answer to `Poll` or `SendCommands`: 409."""

    ticket: Ticket
    fork: Fork


class GoneBelow(Happened, frozen=True, kw_only=True):
    """Answer to `Poll`: 410."""

    ticket: Ticket
    gone: Gone


class LineCame(Happened, frozen=True, kw_only=True):
    """A line of a snapshot, fed as it comes; the next is fed only when the effects of this one are done.

    The `SnapshotEnd` is the answer to `FetchSnapshot`; a stream that ends without it is `Failed`, garbled.
    """

    ticket: Ticket
    line: SnapshotStart | SnapshotRows | SnapshotEnd


class PriorCame(Happened, frozen=True, kw_only=True):
    """Answer to `AskPrior`: 200."""

    ticket: Ticket
    prior: Prior


class HistoryCame(Happened, frozen=True, kw_only=True):
    """Answer to `FetchHistory`: 200."""

    ticket: Ticket
    history: History


class PushedCame(Happened, frozen=True, kw_only=True):
    """Answer to `SendCommands`: 200."""

    ticket: Ticket
    pushed: Pushed


class Failed(Happened, frozen=True, kw_only=True):
    """Answer to any request: it brought nothing that can be used, or nothing within its deadline.

    `sentence` is the error's own; `status` the HTTP status if there was one; `retry_after` in seconds if it asked so.
    """

    ticket: Ticket
    trouble: Trouble
    sentence: str
    status: int = 0
    retry_after: float | None = None


Input = (
    Started
    | Woke
    | OutboxMoved
    | HereChanged
    | HistoryWished
    | RetryWished
    | DiskFailed
    | Loaded
    | OutboxRead
    | SeenFound
    | Applied
    | Lacking
    | Outdated
    | Filled
    | NotContinued
    | PageCame
    | Beat
    | Forked
    | GoneBelow
    | LineCame
    | PriorCame
    | HistoryCame
    | PushedCame
    | Failed
)
