"""What the link wants done: everything that `Link.step` returns, one frozen value at a time.

Whoever runs the link does the effects of a step in their order. Those on disk (replica, outbox, `live`) are done one
after the other, each a transaction of its own, durable before the next begins; those on the network are only set off
in their turn, and several are under way at once. Each docstring names the input that answers the effect; those without
one are answered by nothing. An effect on disk that raises a trouble of the disk is answered by `DiskFailed`, and the
rest of its step is left undone.
"""

from __future__ import annotations

import msgspec

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import LinkStatus, Presence
from noc_tui.journal.exchange import (
    Cursor,
    History,
    Page,
    Prior,
    PriorAsked,
    Push,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
)


class Ticket(msgspec.Struct, frozen=True):
    """Names one request: its answer brings the ticket back. `lineage` is the history it was asked in."""

    number: int
    lineage: int


# On the network: set off, not awaited


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """GET /v1/journal after `cursor`: `PageCame`, `Forked`, `GoneBelow` or `Failed`, and any number of `Beat` before.

    `wait` in seconds is the server's, `deadline` (seconds) ours for the whole exchange. `beside` is the version held.
    `ahead` must be on the server's history as well, where it is given: rows may be as new as that already.
    """

    ticket: Ticket
    cursor: Cursor
    ahead: Cursor | None = None
    limit: int
    wait: float
    deadline: float
    beside: int = 0
    here: tuple[Presence, ...] = ()


class FetchSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """GET /v1/snapshot: a `LineCame` for each line up to the `SnapshotEnd`, or `Failed`."""

    ticket: Ticket
    deadline: float


class AskPrior(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/prior: `PriorCame` or `Failed`."""

    ticket: Ticket
    asked: PriorAsked
    deadline: float


class FetchHistory(msgspec.Struct, frozen=True, kw_only=True):
    """GET /v1/history/{number}: `HistoryCame` or `Failed`."""

    ticket: Ticket
    number: int
    deadline: float


class SendCommands(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/commands, beside whatever poll is held: `PushedCame`, `Forked` or `Failed`."""

    ticket: Ticket
    push: Push
    deadline: float


class Cancel(msgspec.Struct, frozen=True, kw_only=True):
    """Give a request up, as if nobody had asked; what comes of it all the same is passed over."""

    ticket: Ticket


# On the replica and the outbox


class Load(msgspec.Struct, frozen=True):
    """Read `Replica.cursor()`, `Replica.ahead()` and `OutboxPort.unfinished()`: `Loaded`."""


class BeginFill(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.begin(start)`, which also gives up a filling that was under way."""

    start: SnapshotStart


class FillRows(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.fill(rows)`."""

    rows: SnapshotRows


class FinishFill(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.finish(end)`: `Filled`, or `NotContinued` if it raises that."""

    ticket: Ticket
    end: SnapshotEnd


class ApplyPage(msgspec.Struct, frozen=True, kw_only=True):
    """Apply a page that has events: `Applied`, `Lacking`, `Outdated` or `NotContinued`.

    Without a `prior` ask `Replica.missing(page)` first, and if that is anything answer `Lacking` and stop there.
    Then `Replica.apply(page, prior)`: None is `Outdated`, `NotContinuing` raised is `NotContinued`.
    """

    ticket: Ticket
    page: Page
    prior: Prior | None = None


class FindSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.seen(commands)`: `SeenFound`, which brings `lineage` back."""

    lineage: int
    commands: frozenset[bytes]


class KeepHistory(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.keep_history(history)`."""

    history: History


class ReadOutbox(msgspec.Struct, frozen=True, kw_only=True):
    """`OutboxPort.unfinished()`: `OutboxRead`, which brings `turn` back."""

    turn: int


class CountTries(msgspec.Struct, frozen=True, kw_only=True):
    """`OutboxPort.tried(commands)`, durable before they are sent."""

    commands: frozenset[bytes]


class KeepAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """`OutboxPort.answered(outcomes, lineage, at)`."""

    outcomes: tuple[Outcome, ...]
    lineage: int
    at: Micros


class Settle(msgspec.Struct, frozen=True, kw_only=True):
    """`Replica.secure()`, then `OutboxPort.settle(commands, at)`: no power cut may lose again what was seen."""

    commands: frozenset[bytes]
    at: Micros


class StartOver(msgspec.Struct, frozen=True, kw_only=True):
    """`OutboxPort.start_over(at)`: what was acked or seen is to be sent again."""

    at: Micros


class Prune(msgspec.Struct, frozen=True, kw_only=True):
    """`OutboxPort.prune(before)`."""

    before: Micros


# To the consoles, by `live`


class TellStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`Live.put_link(status)`."""

    status: LinkStatus


class TellPresent(msgspec.Struct, frozen=True, kw_only=True):
    """`Live.replace_present(present)`: who is elsewhere, as the server tells it."""

    present: tuple[Presence, ...]


# Time


class WakeAt(msgspec.Struct, frozen=True, kw_only=True):
    """Feed `Woke` once this tick (monotonic seconds) has come, in place of any earlier `WakeAt`; None: in its place
    nothing."""

    tick: float | None


Effect = (
    Poll
    | FetchSnapshot
    | AskPrior
    | FetchHistory
    | SendCommands
    | Cancel
    | Load
    | BeginFill
    | FillRows
    | FinishFill
    | ApplyPage
    | FindSeen
    | KeepHistory
    | ReadOutbox
    | CountTries
    | KeepAnswers
    | Settle
    | StartOver
    | Prune
    | TellStatus
    | TellPresent
    | WakeAt
)
