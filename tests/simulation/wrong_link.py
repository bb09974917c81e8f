"""What a link does wrong, each class one thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from math import inf

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.exchange import Cursor, Page, Prior, Push, Pushed
from noc_tui.journal.ports import Entry
from noc_tui.journal.skew import Skew
from noc_tui.sync.effects import Effect, KeepHistory, SendCommands, StartOver, Ticket
from noc_tui.sync.following import Following
from noc_tui.sync.histories import Histories
from noc_tui.sync.inputs import Moment
from noc_tui.sync.loading import Loading
from noc_tui.sync.machine import Link
from noc_tui.sync.pushing import Pushing
from noc_tui.sync.requests import Request, Requests, What
from noc_tui.sync.telling import Telling


class OtherLink(Link):
    """A link some of whose parts are others."""

    requests_type: type[Requests] = Requests
    following_type: type[Following] = Following
    pushing_type: type[Pushing] = Pushing
    histories_type: type[Histories] = Histories
    loading_type: type[Loading] = Loading
    telling_type: type[Telling] = Telling

    def __init__(self, url: str) -> None:
        super().__init__(url)
        requests = self.sides.requests = self.requests_type()
        self.sides.following = self.following_type(requests)
        self.sides.pushing = self.pushing_type(requests)
        self.sides.histories = self.histories_type(requests)
        self.sides.loading = self.loading_type()
        self.sides.telling = self.telling_type(url)


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


class AnyPage(_AnyAnswer):
    """Takes a page whenever it comes."""

    sort = "poll"


class AnyPushed(_AnyAnswer):
    """Takes the answer to a push whenever it comes."""

    sort = "push"


class EpochBlindFollowing(Following):
    """Does not look at the epoch of a page."""

    def _continues(self, page: Page) -> bool:
        cursor = self.asks_after
        return cursor is not None and (cursor.seq, cursor.hash) == (page.after, page.hash)


class HashBlindFollowing(Following):
    """Does not look at the hash of a page."""

    def _continues(self, page: Page) -> bool:
        cursor = self.asks_after
        return cursor is not None and cursor.seq == page.after


class Undiscerned(Following):
    """Takes any page."""

    def _continues(self, page: Page) -> bool:
        return self.cursor is not None


class AnyPrior(Following):
    """Takes a past of whatever history."""

    def take_prior(self, when: Moment, ticket: Ticket, prior: Prior) -> list[Effect]:
        return super().take_prior(when, ticket, replace(prior, hash=b""))


class AnyHistory(Histories):
    """Takes an incident's events of whatever history."""

    def keep(self, when: Moment, following: Following) -> list[KeepHistory]:
        if self._come is not None:
            self._come = replace(self._come, cursor=None)
        return super().keep(when, following)


class NewIdOnRetry(Pushing):
    """Every further try goes under an id of its own."""

    def __init__(self, requests: Requests) -> None:
        super().__init__(requests)
        self._own: dict[bytes, bytes] = {}
        self._tries: dict[bytes, int] = {}

    def push(self, when: Moment, cursor: Cursor, skew: Skew | None = None) -> list[Effect]:
        return [
            self._renamed(one) if isinstance(one, SendCommands) else one for one in super().push(when, cursor, skew)
        ]

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


class NoLineage(Pushing):
    """Takes the answer to any push of its, also to one made on a history that is gone."""

    def __init__(self, requests: Requests) -> None:
        super().__init__(requests)
        self._pushes: dict[int, Push] = {}

    def push(self, when: Moment, cursor: Cursor, skew: Skew | None = None) -> list[Effect]:
        effects = super().push(when, cursor, skew)
        self._pushes |= {one.ticket.number: one.push for one in effects if isinstance(one, SendCommands)}
        return effects

    def answered(self, pushed: Pushed, request: Request, when: Moment, *, filling: bool) -> list[Effect]:
        self._sent = self._pushes[request.ticket.number]
        return super().answered(pushed, request, when, filling=filling)


class TrustAck(Pushing):
    """Takes for seen what was answered ok."""

    def _is_held(self, outcome: Outcome, sent: Push) -> bool:
        return outcome.ok


class PushWithoutCursor(Pushing):
    """Does not say on which history commands were made."""

    def push(self, when: Moment, cursor: Cursor, skew: Skew | None = None) -> list[Effect]:
        return [
            replace(one, push=replace(one.push, cursor=None)) if isinstance(one, SendCommands) else one
            for one in super().push(when, cursor, skew)
        ]


class AckedIsDone(Pushing):
    """An acked command does not hold up later ones on its incident."""

    def _due(self, tick: float, seq: int) -> list[Entry]:
        everything = self._entries
        self._entries = {id: entry for id, entry in everything.items() if self._goes(entry, seq)}
        due = super()._due(tick, seq)
        self._entries = everything
        return due


class OldView(Pushing):
    """Sends on after a start over without reading the outbox anew."""

    def abandon(self, *, restored: bool = False) -> None:
        super().abandon(restored=restored)
        self._outdated = False


class NeverLost(Pushing):
    """Does not mind that the authority's journal ends before what it acked, or that the replica has passed it."""

    def _goes(self, entry: Entry, seq: int) -> bool:
        return entry.state == "pending"


class NewestFirst(Pushing):
    """Sends the last pressed first."""

    def take_entries(self, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        return super().take_entries(list(entries)[::-1], cursor)


class SeenWhenever(Pushing):
    """Takes for seen what a replica had seen that has begun anew since."""

    def take_found(self, seen: Collection[bytes], lineage: int, at: Micros) -> list[Effect]:
        if lineage != self._requests.lineage:
            return self.settle(seen, at)
        return super().take_found(seen, lineage, at)


class ReadWhenever(Pushing):
    """Takes what was read of the outbox before answers were kept for what is in it now."""

    def take_read(self, turn: int, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        return super().take_read(self._turn, entries, cursor)


class NoStartOver(Link):
    """Does not call pending again what was acked or seen before a new snapshot."""

    def _fill(self, when: Moment) -> list[Effect]:
        return [effect for effect in super()._fill(when) if not isinstance(effect, StartOver)]


class AfraidOfDisks(Loading):
    """Does not look again at a disk that has failed."""

    def look_anew(self, when: Moment, cursor: Cursor | None) -> None:
        super().look_anew(when, cursor)
        self.rest_until = inf


class AlwaysYoung(Telling):
    """Says that the server was heard just now."""

    def _status(self, when: Moment, following: Following, pushing: Pushing) -> LinkStatus:
        return replace(super()._status(when, following, pushing), ok_tick=when.tick)


class OneClock(Telling):
    """Takes the server's clock to be its own."""

    def told_time(self, time: Micros, request: Request, when: Moment) -> None:
        self.heard(when)
