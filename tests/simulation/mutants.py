"""The protocol with one thing left out or done wrong, each a small change of behaviour: a run must notice every one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import (
    Cursor,
    Fork,
    Gone,
    Page,
    Prior,
    Push,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
)
from noc_tui.journal.ports import Entry
from noc_tui.sync.effects import Effect, KeepHistory, SendCommands, StartOver, Ticket
from noc_tui.sync.following import Following
from noc_tui.sync.histories import Histories
from noc_tui.sync.inputs import Moment
from noc_tui.sync.machine import Link
from noc_tui.sync.pushing import Pushing
from noc_tui.sync.requests import Request, Requests, What
from tests.simulation.authority import Authority
from tests.simulation.console import Parts
from tests.simulation.history import Receipt
from tests.simulation.outbox import MemoryOutbox
from tests.simulation.replica import MemoryReplica


class Mutant(msgspec.Struct, frozen=True):
    """A mutant: what it does wrong, what of a world it replaces, and in which weather that soon matters.

    `first` is the seed from which to look for a run that notices.
    """

    name: str
    parts: type[Parts]
    weather: str
    first: int


class _Link(Link):
    """A link some of whose parts are others."""

    requests_type: type[Requests] = Requests
    following_type: type[Following] = Following
    pushing_type: type[Pushing] = Pushing
    histories_type: type[Histories] = Histories

    def __init__(self, url: str) -> None:
        super().__init__(url)
        requests = self.sides.requests = self.requests_type()
        self.sides.following = self.following_type(requests)
        self.sides.pushing = self.pushing_type(requests)
        self.sides.histories = self.histories_type(requests)


# Of the authority


class _NoDedup(Authority):
    def receipt(self, command: Command) -> Receipt | None:
        return None


class _ReceiptAfterCommit(Authority):
    def keep(self, receipt: Receipt) -> None:
        self.between()
        super().keep(receipt)


class _NoEpoch(Authority):
    def on_history(self, cursor: Cursor) -> bool:
        return self.history.holds(cursor)


class _EpochOnly(Authority):
    def on_history(self, cursor: Cursor) -> bool:
        return cursor.epoch == self.history.epoch and cursor.seq <= self.history.seq


class _UncommittedGaps(Authority):
    """Every fifth event is committed a moment after the ones behind it."""

    def page(self, cursor: Cursor, limit: int, now: Micros) -> Page | Fork | Gone:
        page = super().page(cursor, limit, now)
        if not isinstance(page, Page):
            return page
        there = [event for event in page.events if event.seq % 5 or event.received_at < now - 300_000]
        return replace(page, events=tuple(there))


class _SnapshotOfBefore(Authority):
    """The rows are read first, the cursor last."""

    def rows(self, numbers: Sequence[int]) -> SnapshotRows:
        seq = max(0, self._began - 2)
        before = [self.history.incident_at(self.history.ids[number], seq) for number in numbers]
        alerts = [self.history.alert_at(alert.ref, seq) for alert in self.attached(set(numbers))]
        return SnapshotRows(
            tuple([one for one in before if one is not None]), tuple([one for one in alerts if one is not None])
        )

    def start(self, now: Micros) -> SnapshotStart:
        self._began = self.history.seq
        return super().start(now)


class _EndWithoutCursor(Authority):
    def end(self, parts: Sequence[SnapshotRows]) -> SnapshotEnd:
        return replace(super().end(parts), cursor=None)


# Of the replica


class _CursorFirst(MemoryReplica):
    def apply(self, page: Page, prior: Prior | None) -> Cursor | None:
        before = self.rows
        after = super().apply(page, prior)
        if after is not None and page.events:
            whole, self.rows = self.rows, before.copy()
            self.rows.cursor = after
            self.between()
            self.rows = whole
        return after


class _EpochBlind(MemoryReplica):
    def continues(self, page: Page) -> bool:
        held = self.rows.cursor
        return held is not None and (held.seq, held.hash) == (page.after, page.hash)


class _HashBlind(MemoryReplica):
    def continues(self, page: Page) -> bool:
        held = self.rows.cursor
        return held is not None and held.seq == page.after


class _Undiscerning(MemoryReplica):
    def continues(self, page: Page) -> bool:
        return self.rows.cursor is not None


class _Insecure(MemoryReplica):
    def secure(self) -> None:
        pass


# Of the outbox


class _ForgetOnSend(MemoryOutbox):
    def tried(self, commands: Collection[bytes]) -> None:
        super().tried(commands)
        self.settle(commands, 0)


class _PruneOnAck(MemoryOutbox):
    def answered(self, outcomes: Sequence[Outcome], lineage: int, at: Micros) -> None:
        super().answered(outcomes, lineage, at)
        for outcome in outcomes:
            if outcome.ok:
                self.entries.pop(outcome.command, None)


# Of the link


class _AnyAnswer(Requests):
    """Takes an answer of a sort whenever it comes, of whatever lineage."""

    sort: What

    def __init__(self) -> None:
        super().__init__()
        self._all: dict[Ticket, Request] = {}

    def open(self, what: What, tick: float) -> Ticket:
        ticket = super().open(what, tick)
        if what == self.sort:
            self._all[ticket] = Request(ticket, what, tick)
        return ticket

    def find(self, ticket: Ticket) -> Request | None:
        return self._all.get(ticket) or super().find(ticket)

    def close(self, ticket: Ticket) -> Request | None:
        request = self.find(ticket)
        if request is not None and self._out.get(request.what) == request:
            del self._out[request.what]
        return request


class _AnyPage(_AnyAnswer):
    sort = "poll"


class _AnyPushed(_AnyAnswer):
    sort = "push"


class _EpochBlindFollowing(Following):
    def _continues(self, page: Page) -> bool:
        return self.cursor is not None and (self.cursor.seq, self.cursor.hash) == (page.after, page.hash)


class _HashBlindFollowing(Following):
    def _continues(self, page: Page) -> bool:
        return self.cursor is not None and self.cursor.seq == page.after


class _Undiscerned(Following):
    def _continues(self, page: Page) -> bool:
        return self.cursor is not None


class _AnyPrior(Following):
    def take_prior(self, when: Moment, ticket: Ticket, prior: Prior) -> list[Effect]:
        return super().take_prior(when, ticket, replace(prior, hash=b""))


class _AnyHistory(Histories):
    def keep(self, when: Moment, following: Following) -> list[KeepHistory]:
        if self._come is not None:
            self._come = replace(self._come, cursor=None)
        return super().keep(when, following)


class _NewIdOnRetry(Pushing):
    """Every further try goes under an id of its own."""

    def __init__(self, requests: Requests) -> None:
        super().__init__(requests)
        self._own: dict[bytes, bytes] = {}
        self._tries: dict[bytes, int] = {}

    def push(self, when: Moment, cursor: Cursor) -> list[Effect]:
        return [self._renamed(one) if isinstance(one, SendCommands) else one for one in super().push(when, cursor)]

    def answered(self, pushed: Pushed, request: Request, when: Moment, *, filling: bool) -> list[Effect]:
        outcomes = [replace(one, command=self._own.get(one.command, one.command)) for one in pushed.outcomes]
        return super().answered(replace(pushed, outcomes=tuple(outcomes)), request, when, filling=filling)

    def settle(self, seen: Collection[bytes], at: Micros) -> list[Effect]:
        return super().settle({self._own.get(id, id) for id in seen}, at)

    def _renamed(self, send: SendCommands) -> SendCommands:
        commands = tuple([self._next(command) for command in send.push.commands])
        return replace(send, push=replace(send.push, commands=commands))

    def _next(self, command: Command) -> Command:
        tries = self._tries[command.id] = self._tries.get(command.id, 0) + 1
        if tries == 1:
            return command
        id = sha256(command.id + bytes([tries % 256])).digest()[:16]
        self._own[id] = command.id
        return replace(command, id=id)


class _NoLineage(Pushing):
    """Takes the answer to any push of its, also to one made on a history that is gone."""

    def __init__(self, requests: Requests) -> None:
        super().__init__(requests)
        self._pushes: dict[int, Push] = {}

    def push(self, when: Moment, cursor: Cursor) -> list[Effect]:
        effects = super().push(when, cursor)
        self._pushes |= {one.ticket.number: one.push for one in effects if isinstance(one, SendCommands)}
        return effects

    def answered(self, pushed: Pushed, request: Request, when: Moment, *, filling: bool) -> list[Effect]:
        self._sent = self._pushes[request.ticket.number]
        return super().answered(pushed, request, when, filling=filling)


class _TrustAck(Pushing):
    def _is_held(self, outcome: Outcome, sent: Push) -> bool:
        return outcome.ok


class _PushWithoutCursor(Pushing):
    def push(self, when: Moment, cursor: Cursor) -> list[Effect]:
        return [
            replace(one, push=replace(one.push, cursor=None)) if isinstance(one, SendCommands) else one
            for one in super().push(when, cursor)
        ]


class _AckedIsDone(Pushing):
    """An acked command does not hold up later ones on its incident."""

    def _due(self, tick: float, seq: int) -> list[Entry]:
        everything = self._entries
        self._entries = {id: entry for id, entry in everything.items() if self._goes(entry, seq)}
        due = super()._due(tick, seq)
        self._entries = everything
        return due


class _OldView(Pushing):
    """Sends on after a start over without reading the outbox anew."""

    def abandon(self, *, restored: bool = False) -> None:
        super().abandon(restored=restored)
        self._outdated = False


class _NeverLost(Pushing):
    """Does not mind that the authority's journal ends before what it acked, or that the replica has passed it."""

    def _goes(self, entry: Entry, seq: int) -> bool:
        return entry.state == "pending"


class _NewestFirst(Pushing):
    def take_entries(self, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        return super().take_entries(list(entries)[::-1], cursor)


class _SeenWhenever(Pushing):
    """Takes for seen what a replica had seen that has begun anew since."""

    def take_found(self, seen: Collection[bytes], lineage: int, at: Micros) -> list[Effect]:
        if lineage != self._requests.lineage:
            return self.settle(seen, at)
        return super().take_found(seen, lineage, at)


class _ReadWhenever(Pushing):
    """Takes what was read of the outbox before answers were kept for what is in it now."""

    def take_read(self, turn: int, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        return super().take_read(self._turn, entries, cursor)


class _NoStartOver(Link):
    def _fill(self, when: Moment) -> list[Effect]:
        return [effect for effect in super()._fill(when) if not isinstance(effect, StartOver)]


def _link(**types: type) -> type[Link]:
    return type("MutantLink", (_Link,), {f"{name}_type": one for name, one in types.items()})


def _mutant(name: str, weather: str = "fair", first: int = 0, **parts: type) -> Mutant:
    return Mutant(name, type("MutantParts", (Parts,), parts), weather, first)


MUTANTS: Final[tuple[Mutant, ...]] = (
    _mutant("cursor saved before its events", replica=_CursorFirst),
    _mutant("new id on a retry", link=_link(pushing=_NewIdOnRetry)),
    _mutant("no server dedup", authority=_NoDedup),
    _mutant("forget on send", outbox=_ForgetOnSend),
    _mutant("no epoch check", authority=_NoEpoch, replica=_EpochBlind, link=_link(following=_EpochBlindFollowing)),
    _mutant("epoch only, no hash", authority=_EpochOnly, replica=_HashBlind, link=_link(following=_HashBlindFollowing)),
    _mutant("prune on ack", outbox=_PruneOnAck),
    _mutant("snapshot's cursor is the head", authority=_SnapshotOfBefore),
    _mutant("result stored after the commit", authority=_ReceiptAfterCommit),
    _mutant("a cursor over uncommitted gaps", authority=_UncommittedGaps),
    _mutant("stale page applied", replica=_Undiscerning, link=_link(requests=_AnyPage, following=_Undiscerned)),
    _mutant("trust ack", link=_link(pushing=_TrustAck)),
    _mutant(
        "page without compare-and-set",
        "winding",
        replica=_HashBlind,
        link=_link(requests=_AnyPage, following=_HashBlindFollowing),
    ),
    _mutant("push without cursor", "forgetful", link=_link(pushing=_PushWithoutCursor)),
    _mutant("no lineage number", "hesitant", 540, link=_link(requests=_AnyPushed, pushing=_NoLineage)),
    _mutant("acked beyond the head is not sent again", link=_link(pushing=_NeverLost)),
    _mutant("acked holds up nothing", "forgetful", link=_link(pushing=_AckedIsDone)),
    _mutant("sent from the view before a start over", "sluggish", link=_link(pushing=_OldView)),
    _mutant("outbox as read before a start over", "sluggish", link=_link(pushing=_ReadWhenever)),
    _mutant("no start over", link=_NoStartOver),
    _mutant("newest first", link=_link(pushing=_NewestFirst)),
    _mutant("seen in a replica that is gone", "sluggish", link=_link(pushing=_SeenWhenever)),
    _mutant("rows ahead of the cursor forgotten", "forgetful", 190, authority=_EndWithoutCursor),
    _mutant("seen before it is safe from a power cut", "stormy", replica=_Insecure),
    _mutant("prior of another history", "forgetful", link=_link(following=_AnyPrior)),
    _mutant("incident's history of another history", "forgetful", link=_link(histories=_AnyHistory)),
)
