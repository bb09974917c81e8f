"""Following: the cursor, the polls after it, pages on their way into the replica, a snapshot where it has no cursor."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.journal.exchange import LIMIT, MOST, Cursor, Page, Prior, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.net.backoff import LONGEST, Backoff
from noc_tui.sync.company import Company
from noc_tui.sync.effects import (
    ApplyPage,
    AskPrior,
    BeginFill,
    Effect,
    FetchSnapshot,
    FillRows,
    FinishFill,
    Poll,
    Ticket,
)
from noc_tui.sync.inputs import Failed, Lacking, Moment, PageCame
from noc_tui.sync.requests import Requests
from noc_tui.sync.trail import REMEMBERED, Trail

LONG_WAIT: Final = 20.0
"""Seconds that a server may hold a poll while nothing is new, where it gives signs of life meanwhile."""
SHORT_WAIT: Final = 2.0
"""The same where it gives none: what we hold is live only while it is younger than 3 s (SYNC.md 18)."""
EXCHANGE: Final = 15.0
"""Seconds for a whole exchange, on top of what the server waits."""
WHOLE: Final = 3_600.0
"""Seconds for a whole snapshot: on a slow line much is still better than nothing."""
SILENCE: Final = 5.0
"""Seconds without a sign of life, from a server that gives them, after which a held poll is given up."""
STANDSTILL: Final = 30.0
"""Seconds without a line after which a snapshot is given up."""
TOGETHER: Final = REMEMBERED
"""Events that go into the replica together at most: the trail must not lose what they pass; more are hardly cheaper,
and each step of sending a command waits for one such transaction, some 0.2 s. Pressing it does not."""
QUICK: Final = 1.0
"""Seconds within which a full page has to come, or the next is no larger."""
PATIENCE: Final = 3
"""Pages in a row that do not continue what is held, before it is given up for a new snapshot."""
PRESSED_AFTER: Final = 1.0
"""Seconds after a failure from which whoever presses something need not wait any longer."""
MEASURED_EVERY: Final = 300.0
"""Seconds between two polls that are answered at once: only how long those took tells where the clocks are."""
HERE_EVERY: Final = 1.0
"""Seconds between two polls at least that are sent only to tell who is here."""
_STOPPING: Final = frozenset(("not_allowed", "setting"))
_LARGE: Final = frozenset(("timed_out", "too_large"))


class Filling(msgspec.Struct, frozen=True):
    """A snapshot that is being taken in: where the tail goes on after it, and how many rows have come."""

    start: SnapshotStart
    done: int = 0

    @property
    def total(self) -> int:
        """How many rows to expect."""
        return self.start.incidents + self.start.alerts


class Following:
    """The side of the link that pulls: asks, waits, takes in what came.

    Far behind it goes on asking while a page goes into the replica, and what came meanwhile goes in together: rows that
    several pages change are written once.
    Without a `cursor` the replica must be filled from a snapshot.
    """

    def __init__(self, requests: Requests) -> None:
        self.cursor: Cursor | None = None
        self.filling: Filling | None = None
        self.trail = Trail()
        self.company = Company()
        self.head = 0
        self.page: Page | None = None
        """What is on its way into the replica."""
        self.trouble = ""
        """Why the last attempt failed; empty while the link is up, or was never tried."""
        self.in_line = False
        """The server sends others the board first; ours comes when it is asked again."""
        self.stopped = False
        """The server lets us do nothing: `trouble` says why; no more attempts until somebody says so."""
        self.well = False
        """The server has answered since the last trouble."""
        self.rest_until = 0.0
        self._rest_least = 0.0
        self._requests = requests
        self._taking: Ticket | None = None
        self._next: PageCame | None = None
        """What came meanwhile and continues that: one page, or several as one."""
        self._ends_at: Cursor | None = None
        self._backoff = Backoff()
        self._anew = Backoff(early=LONGEST)  # a snapshot costs more than a poll
        self._limit = LIMIT
        self._polled_at = 0.0
        self._caught_up = False
        self._beating = False
        self._alive_at = 0.0
        self._measure_at = 0.0
        self._broken = 0

    @property
    def made_on(self) -> Cursor | None:
        """The history that commands are sent on: the one held, or the one that is about to be."""
        return self.cursor if self.filling is None else self.filling.start.cursor

    # What is asked

    def idle(self, tick: float) -> bool:
        """Whether the next poll or snapshot may be asked for now."""
        if self.stopped or tick < self.rest_until or self._requests.out("poll", "snapshot") is not None:
            return False
        if self.page is None:
            return self._taking is None
        last = self.page if self._next is None else self._next.page
        has_room = self._next is None or len(last.events) + self._limit <= TOGETHER
        return has_room and last.head > last.events[-1].seq

    @property
    def asks_after(self) -> Cursor | None:
        """The cursor after which the next page is asked for: the one held, once what is on its way is in."""
        page = self.page if self._next is None else self._next.page
        return self.cursor if page is None else Cursor(page.epoch, page.events[-1].seq, page.events[-1].hash)

    def poll(self, when: Moment, cursor: Cursor, *, awaiting: bool) -> Poll:
        """Ask what came after the cursor; `awaiting`: events of our own are expected at any moment."""
        wait = LONG_WAIT if self._beating else SHORT_WAIT
        if awaiting or not self._caught_up or when.tick >= self._measure_at:
            wait, self._measure_at = 0.0, when.tick + MEASURED_EVERY
        self._polled_at = when.tick
        return Poll(
            ticket=self._requests.open("poll", when.tick),
            cursor=cursor,
            ahead=self.trail.ahead,
            limit=self._limit,
            wait=wait,
            deadline=wait + EXCHANGE,
            beside=self.company.version,
            here=self.company.tell(),
        )

    def fetch_snapshot(self, when: Moment) -> FetchSnapshot:
        """Ask for all that is on the board."""
        return FetchSnapshot(ticket=self._requests.open("snapshot", when.tick), deadline=WHOLE)

    def here_due(self) -> float | None:
        """Return the tick from which the poll under way is given up for one that tells who is here now."""
        poll = self._requests.out("poll")
        return None if poll is None or not self.company.has_news() else poll.sent + HERE_EVERY

    def silent_at(self) -> float | None:
        """Return the tick from which what is under way counts as lost: the link is cut and nobody told us."""
        request = self._requests.out("poll", "snapshot")
        if request is None or (request.what == "poll" and not self._beating):
            return None
        return max(request.sent, self._alive_at) + (SILENCE if request.what == "poll" else STANDSTILL)

    def give_up_waiting(self, when: Moment) -> list[Effect]:
        """Give up what nobody answers any more, and a poll that tells of consoles what is true no longer."""
        silent_at, here_due = self.silent_at(), self.here_due()
        if silent_at is not None and when.tick >= silent_at:
            cancelled = self._requests.cancel("poll", "snapshot")
            return [*cancelled, *self.failed(when, "The server has fallen silent; the link to it may be cut.")]
        return list(self._requests.cancel("poll")) if here_due is not None and when.tick >= here_due else []

    def proves(self, cursor: Cursor) -> bool | None:
        """Whether a cursor is on the history that is held; None while it is ahead and nobody knows."""
        if self.cursor is None or cursor.seq > self.cursor.seq:
            return None
        return cursor.epoch == self.cursor.epoch and self.trail.passes(cursor)

    # What came

    def begin_at(self, cursor: Cursor | None, ahead: Cursor | None) -> None:
        """The replica is at this cursor, its rows up to the one ahead."""
        self.cursor = cursor
        self.trail.begin(cursor, ahead)

    def beaten(self, tick: float) -> None:
        """The server gives signs of life while it holds a poll."""
        self._beating, self._alive_at = True, tick

    def take_page(self, came: PageCame) -> list[Effect]:
        """Take a page; it is applied if it continues the cursor, after the one before it."""
        page = came.page
        if not self._continues(page):
            return self.failed(came.when, "The server answered with a page that was not asked for.")
        self.trouble, self.well = "", True
        self.head = page.head
        is_quick = len(page.events) >= self._limit and came.when.tick - self._polled_at <= QUICK
        self._limit = min(MOST if is_quick else max(LIMIT, self._limit), self._limit * 2)
        self._caught_up = not page.events
        effects = self.company.take(page.beside)
        if page.events:
            self._next = came if self._next is None else replace(came, page=_joined(self._next.page, page))
            return effects if self.page is not None else effects + self.go_on(came.when)
        if self.page is None:
            self._went_well(came.when.tick)
        return effects

    def lack(self, lacking: Lacking) -> list[Effect]:
        """A page needs something to be known first."""
        if self.page is None or lacking.ticket != self._taking:
            return []
        self._taking = None
        ticket = self._requests.open("prior", lacking.when.tick)
        return [AskPrior(ticket=ticket, asked=lacking.asked, deadline=EXCHANGE)]

    def take_prior(self, when: Moment, ticket: Ticket, prior: Prior) -> list[Effect]:
        """Now the page can be applied."""
        if self.page is None or prior.seq != self.page.after or prior.hash not in (self.page.hash, b""):
            return self.failed(when, "The server answered with a past that was not asked for.")
        self._taking = ticket
        return [ApplyPage(ticket=ticket, page=self.page, prior=prior)]

    def applied(self, ticket: Ticket, cursor: Cursor, tick: float) -> Page | None:
        """The page is in the replica; return it."""
        if ticket != self._taking:
            return None
        page, self.page, self._taking = self.page, None, None
        self.cursor = cursor
        self.trail.go_on(page.events if page is not None else ())
        self._caught_up = cursor.seq >= self.head
        self._went_well(tick)
        return page

    def go_on(self, when: Moment) -> list[Effect]:
        """Apply what came; if the server has more, that is asked for first, for what is on disk is waited for."""
        came, self._next = self._next, None
        if came is None:
            return []
        self.page, self._taking = came.page, came.ticket
        cursor = self.asks_after
        ahead = [self.poll(when, cursor, awaiting=True)] if cursor is not None and self.idle(when.tick) else []
        return [*ahead, ApplyPage(ticket=came.ticket, page=came.page)]

    def take_line(self, when: Moment, ticket: Ticket, line: SnapshotStart | SnapshotRows | SnapshotEnd) -> list[Effect]:
        """Take a line of a snapshot; the rows stand between one start and one end."""
        self._alive_at = when.tick
        if isinstance(line, SnapshotStart) and self.filling is None:
            self.trouble, self.well, self.in_line = "", True, False
            self.filling = Filling(line)
            return [BeginFill(start=line)]
        if self.filling is None or isinstance(line, SnapshotStart):
            self._requests.close(ticket)
            return self.failed(when, "The server sent a snapshot whose lines are out of order.")
        if isinstance(line, SnapshotEnd):
            self._requests.close(ticket)
            self._taking, self._ends_at = ticket, line.cursor
            return [FinishFill(ticket=ticket, end=line)]
        self.filling = Filling(self.filling.start, self.filling.done + len(line.incidents) + len(line.alerts))
        return [FillRows(rows=line)]

    def filled(self, ticket: Ticket, cursor: Cursor, tick: float) -> bool:
        """The snapshot is what is held now; False if nobody waits for it any more."""
        if ticket != self._taking:
            return False
        self._taking, self.filling = None, None
        self.begin_at(cursor, self._ends_at)
        self.head = max(self.head, cursor.seq)
        self._went_well(tick)
        self._anew = self._anew.succeeded(tick)
        return True

    # What went wrong

    def distrusts(self, ticket: Ticket) -> bool:
        """Whether this is the page or snapshot being taken in."""
        return ticket == self._taking

    def not_continued(self, when: Moment, sentence: str) -> list[Effect]:
        """What came does not follow from what is held; after some patience the replica is given up."""
        self.abandon()
        effects = self.failed(when, sentence)
        self._broken += 1
        if self._broken >= PATIENCE:
            self._broken = 0
            self._begin_anew(when)
        return effects

    def failed(self, when: Moment, sentence: str, failure: Failed | None = None) -> list[Effect]:
        """An attempt failed, or brought what cannot be: rest before the next one, or stop where it is no use."""
        trouble = failure.trouble if failure is not None else "garbled"
        if trouble in _LARGE:
            self._limit = max(1, self._limit // 2)
        asked = failure.retry_after if failure is not None else None
        self._backoff, wait = self._backoff.failed(when.tick, lambda: when.chance, asked)
        self.rest_until = when.tick + wait
        self._rest_least = when.tick + max(PRESSED_AFTER, asked or 0.0)
        self.stopped = trouble in _STOPPING
        self.trouble, self.well, self.in_line = sentence, False, False
        given_up: list[Effect] = []
        if self.page is None or self._taking is None:  # what is being applied came whole, and will be in
            given_up += self._requests.cancel("poll", "prior")
            self.abandon()
        return given_up + self.company.lose()

    def wait_in_line(self, failure: Failed) -> list[Effect]:
        """The server lives and asks us to come for a snapshot a little later."""
        effects = self.failed(failure.when, "", failure)
        self.in_line = True
        return effects

    def give_up(self, when: Moment) -> None:
        """The server says that what is held is no part of its history."""
        self.trouble, self.well = "", True
        self._begin_anew(when)

    def abandon(self) -> None:
        """Give up what was being taken in."""
        self.page, self._taking, self._next, self.filling = None, None, None, None
        self._caught_up = False

    def hurry(self) -> None:
        """Rest no longer."""
        self.rest_until = 0.0
        self.stopped = False

    def rest_less(self) -> None:
        """Somebody waits for the link, or the server was heard of: rest no longer than it asked for."""
        self.rest_until = min(self.rest_until, self._rest_least)

    def _continues(self, page: Page) -> bool:
        """Whether a page follows the cursor as we know it; the replica compares again when it applies it."""
        return self.asks_after == Cursor(page.epoch, page.after, page.hash)

    def _begin_anew(self, when: Moment) -> None:
        """Fill the replica from a snapshot; one that has to begin anew too often takes its time."""
        self.cursor = None
        self._anew, wait = self._anew.failed(when.tick, lambda: when.chance)
        self.rest_until = max(self.rest_until, when.tick + wait)
        self._rest_least = max(self._rest_least, when.tick + PRESSED_AFTER)

    def _went_well(self, tick: float) -> None:
        # Each success makes up for one failure: a link that loses some is not left for half a minute after each loss.
        failures = max(0, self._backoff.failures - 1)
        self._backoff = replace(self._backoff.succeeded(tick), failures=failures)
        self._broken = 0


def _joined(first: Page, second: Page) -> Page:
    """Return two pages, of which one continues the other, as one."""
    return replace(second, after=first.after, hash=first.hash, events=first.events + second.events)
