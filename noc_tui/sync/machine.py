"""The link to a remote store, as a machine without I/O: what happened goes in, what is to be done comes out.

The same code runs in the agent and in the simulation (tests/simulation). It reads no clock and draws no chance: inputs
bring both. It is total: any input at any time has an answer, and what nobody waits for any more changes nothing.
What it keeps: a replica that is always some moment of one history of the authority's, and an outbox whose every
command takes effect once, or comes back to who pressed it (docs/journal.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from noc_tui.incidents.model import DAY, Micros
from noc_tui.journal.exchange import Cursor
from noc_tui.net.backoff import Backoff
from noc_tui.sync import effects as do
from noc_tui.sync import inputs as told
from noc_tui.sync.effects import Effect
from noc_tui.sync.following import Following
from noc_tui.sync.histories import Histories
from noc_tui.sync.inputs import Input, Moment
from noc_tui.sync.pushing import Pushing
from noc_tui.sync.requests import Requests
from noc_tui.sync.telling import Telling

KEPT: Final = 14 * DAY
"""How long a seen command stays in the outbox: a server restored from a backup that is older has lost it."""
UNKNOWN: Final = 401
"""The status of who comes with a token that is not known; what a known one may not do is 403, of one route alone."""
NOT_SET: Final = -1.0
"""No tick to be woken at: it is not known whether a waking was asked for."""
PRUNE_EVERY: Final = 3_600.0
"""Seconds between two looks for what has been kept long enough."""


class Link:
    """The link to the store at `url`. Feed it `Started` first, then whatever happens; do what it returns, in order.

    `heard_at` is when whoever followed the store before heard of it last, 0 if nobody did: what is held is that old.
    """

    def __init__(self, url: str, heard_at: Micros = 0) -> None:
        self.requests = Requests()
        self.following = Following(self.requests)
        self.pushing = Pushing(self.requests)
        self.histories = Histories(self.requests)
        self.telling = Telling(url)
        self._heard_at = heard_at
        self._loaded = False
        self._loading = False
        self._to_fill = False
        self._load_at = 0.0
        self._disk = Backoff()
        self._prune_at = 0.0
        self._wake_at: float | None = NOT_SET
        self._takers: dict[type[Input], Callable[[Any], list[Effect]]] = {
            told.Started: self._started,
            told.Woke: self._nothing,
            told.OutboxMoved: self._outbox_moved,
            told.HereChanged: self._here_changed,
            told.HistoryWished: self._history_wished,
            told.RetryWished: self._retry_wished,
            told.DiskFailed: self._disk_failed,
            told.Loaded: self._loaded_all,
            told.OutboxRead: self._outbox_read,
            told.SeenFound: self._seen_found,
            told.Applied: self._applied,
            told.Lacking: self._lacking,
            told.Outdated: self._outdated,
            told.Filled: self._filled,
            told.NotContinued: self._not_continued,
            told.PageCame: self._page_came,
            told.Beat: self._beat,
            told.Forked: self._forked,
            told.GoneBelow: self._gone_below,
            told.LineCame: self._line_came,
            told.PriorCame: self._prior_came,
            told.HistoryCame: self._history_came,
            told.PushedCame: self._pushed_came,
            told.Failed: self._failed,
        }

    def step(self, input: Input) -> list[Effect]:
        """Take what happened; return what is to be done now, in order."""
        return self._takers[type(input)](input) + self._go_on(input.when)

    # What can be begun now

    def _go_on(self, when: Moment) -> list[Effect]:
        begun = self._work(when) if self._loaded else self._load(when)
        return begun + self.telling.tell(when, self.following, self.pushing) + self._wake(when)

    def _load(self, when: Moment) -> list[Effect]:
        if self._loading or when.tick < self._load_at:
            return []
        self._loading = True
        return [do.Load()]

    def _work(self, when: Moment) -> list[Effect]:
        begun = self.pushing.read() + self._pull(when) + self._push(when) + self._prune(when)
        if self.following.cursor is None:
            return begun
        return [*begun, *self.histories.keep(when, self.following), *self.histories.fetch(when)]

    def _pull(self, when: Moment) -> list[Effect]:
        given_up = self._give_up(when)
        if not self.following.idle(when.tick):
            return given_up
        cursor = self.following.cursor
        if cursor is None:
            return given_up + self._fill(when)
        return [*given_up, self.following.poll(when, cursor, awaiting=self.pushing.awaiting(cursor))]

    def _give_up(self, when: Moment) -> list[Effect]:
        """Give up what nobody answers any more, and a poll that tells of consoles what is true no longer."""
        silent_at, here_due = self.following.silent_at(), self.following.here_due()
        if silent_at is not None and when.tick >= silent_at:
            failed = self.following.failed(when, "The server has fallen silent; the link to it may be cut.", None)
            return [*self.requests.cancel("poll", "snapshot"), *failed]
        return list(self.requests.cancel("poll")) if here_due is not None and when.tick >= here_due else []

    def _fill(self, when: Moment) -> list[Effect]:
        """Begin anew: what was acked or seen counts no more, for it may have been in another history."""
        cancelled = self._abandon()
        self.pushing.moved()
        over = do.StartOver(at=when.now)
        return [*cancelled, over, *self.pushing.read(), self.following.fetch_snapshot(when)]

    def _push(self, when: Moment) -> list[Effect]:
        cursor = self._made_on()
        return [] if cursor is None else self.pushing.push(when, cursor)

    def _made_on(self) -> Cursor | None:
        """The history that commands are sent on: the one held, or the one that is about to be."""
        filling = self.following.filling
        return filling.start.cursor if filling is not None else self.following.cursor

    def _prune(self, when: Moment) -> list[Effect]:
        """Forget what was seen long ago, unless our clock is so wrong that nobody knows what long ago is."""
        if when.tick < self._prune_at or not self.following.well or abs(self.telling.freshness.skew) > DAY:
            return []
        self._prune_at = when.tick + PRUNE_EVERY
        return [do.Prune(before=when.now - KEPT)]

    def _wake(self, when: Moment) -> list[Effect]:
        """Ask to be woken when something that rests may go on."""
        following = self.following
        pulls = (self._load_at, following.rest_until, following.here_due(), following.silent_at())
        rest = (self.pushing.next_tick(when.tick), self.histories.next_tick(when.tick), self.telling.next_tick())
        ticks = [tick for tick in (*pulls, *rest, self._prune_at) if tick is not None and tick > when.tick]
        tick = min(ticks, default=None)
        if tick == self._wake_at:
            return []
        self._wake_at = tick
        return [do.WakeAt(tick=tick)]

    def _abandon(self, *, restored: bool = False, least: int = 0) -> list[do.Cancel]:
        """From now on another history is followed."""
        self.following.abandon()
        self.pushing.abandon(restored=restored)
        self.histories.abandon()
        return self.requests.begin_lineage(least)

    # What comes by itself

    def _started(self, started: told.Started) -> list[Effect]:
        self.telling.begin(self._heard_at, started.when)
        return []

    def _nothing(self, _: Input) -> list[Effect]:
        return []

    def _outbox_moved(self, _: told.OutboxMoved) -> list[Effect]:
        self.pushing.moved()
        return []

    def _here_changed(self, changed: told.HereChanged) -> list[Effect]:
        self.following.here = changed.here
        return []

    def _history_wished(self, wished: told.HistoryWished) -> list[Effect]:
        self.histories.wish(wished.number)
        return []

    def _retry_wished(self, _: told.RetryWished) -> list[Effect]:
        self._load_at = 0.0
        self.pushing.hurry()
        cancelled = [] if self.following.well else self.requests.cancel("poll")
        self.following.hurry()
        return list(cancelled)

    def _disk_failed(self, failure: told.DiskFailed) -> list[Effect]:
        """What came after the effect that failed was not done, either: not what was to be told, nor the waking."""
        self.telling.disk_trouble = failure.sentence
        self.telling.forget()
        self.pushing.forget()
        self._wake_at = NOT_SET
        return self._look_anew(failure.when)

    def _look_anew(self, when: Moment) -> list[Effect]:
        """Read all from disk in a while; a replica that was to be filled anew is still to be."""
        self._disk, wait = self._disk.failed(when.tick, lambda: when.chance)
        self._load_at = when.tick + wait
        self._to_fill = self._to_fill or (self._loaded and self.following.cursor is None)
        self._loaded = self._loading = False
        return list(self._abandon())

    # Answers from disk

    def _loaded_all(self, loaded: told.Loaded) -> list[Effect]:
        if not self._loading:
            return []
        self._loading, self._loaded = False, True
        self.telling.disk_trouble = ""
        self._disk = self._disk.succeeded(loaded.when.tick)
        lineages = [entry.lineage for entry in loaded.entries]
        cancelled = self._abandon(least=max(lineages, default=0) + 1)
        cursor, self._to_fill = (None if self._to_fill else loaded.cursor), False
        self.following.begin_at(cursor, loaded.ahead)
        return cancelled + self.pushing.take_entries(loaded.entries, cursor)

    def _outbox_read(self, read: told.OutboxRead) -> list[Effect]:
        return self.pushing.take_read(read.turn, read.entries, self.following.cursor)

    def _seen_found(self, found: told.SeenFound) -> list[Effect]:
        return self.pushing.take_found(found.commands, found.lineage, found.when.now)

    def _applied(self, applied: told.Applied) -> list[Effect]:
        page = self.following.applied(applied.ticket, applied.cursor, applied.when.tick)
        if page is None:
            return []
        return self.pushing.settle({event.command_id for event in page.events}, applied.when.now)

    def _lacking(self, lacking: told.Lacking) -> list[Effect]:
        return self.following.lack(lacking)

    def _outdated(self, outdated: told.Outdated) -> list[Effect]:
        """Somebody else moved the replica: look at it anew."""
        return self._look_anew(outdated.when) if self.following.distrusts(outdated.ticket) else []

    def _filled(self, filled: told.Filled) -> list[Effect]:
        if not self.following.filled(filled.ticket, filled.cursor, filled.when.tick):
            return []
        return self.pushing.filled(filled.cursor, filled.when.now)

    def _not_continued(self, broken: told.NotContinued) -> list[Effect]:
        if not self.following.distrusts(broken.ticket):
            return []
        return self.following.not_continued(broken.when, broken.sentence)

    # Answers from the network

    def _page_came(self, came: told.PageCame) -> list[Effect]:
        request = self.requests.close(came.ticket)
        if request is None:
            return []
        self.telling.told_time(came.page.time, request, came.when)
        if self.following.is_other(came.page):
            self.telling.restored_to = came.page.time
            return self._begin_anew(came.when, restored=True)
        taken = self.following.take_page(came)
        if self.following.well:
            self.pushing.head_told(came.page.head, came.ticket.number, came.when)
        return taken

    def _beat(self, beat: told.Beat) -> list[Effect]:
        if self.requests.find(beat.ticket) is not None:
            self.following.beaten(beat.when.tick)
            self.telling.heard(beat.when)
        return []

    def _forked(self, forked: told.Forked) -> list[Effect]:
        """The authority has another history now: it was restored, or is another one."""
        if self.requests.find(forked.ticket) is None:
            return []
        self.telling.restored_to = forked.fork.received_at or forked.when.now
        return self._begin_anew(forked.when, restored=True)

    def _gone_below(self, gone: told.GoneBelow) -> list[Effect]:
        """What follows our cursor is archived."""
        if self.requests.find(gone.ticket) is None:
            return []
        return self._begin_anew(gone.when)

    def _begin_anew(self, when: Moment, *, restored: bool = False) -> list[Effect]:
        self.telling.heard(when)
        self.following.give_up(when)
        return list(self._abandon(restored=restored))

    def _line_came(self, came: told.LineCame) -> list[Effect]:
        if self.requests.find(came.ticket) is None:
            return []
        self.telling.heard(came.when)
        return self.following.take_line(came.when, came.ticket, came.line)

    def _prior_came(self, came: told.PriorCame) -> list[Effect]:
        if self.requests.close(came.ticket) is None:
            return []
        self.telling.heard(came.when)
        return self.following.take_prior(came.when, came.ticket, came.prior)

    def _history_came(self, came: told.HistoryCame) -> list[Effect]:
        if self.requests.close(came.ticket) is not None:
            self.histories.take(came.history)
        return []

    def _pushed_came(self, came: told.PushedCame) -> list[Effect]:
        request = self.requests.close(came.ticket)
        if request is None:
            return []
        self.telling.told_time(came.pushed.time, request, came.when)
        filling = self.following.cursor is None
        return self.pushing.answered(came.pushed, request, came.when, filling=filling)

    def _failed(self, failure: told.Failed) -> list[Effect]:
        request = self.requests.close(failure.ticket)
        if request is None:
            return []
        if request.what == "push":
            return self.pushing.failed(failure) + self._nobody_known(failure)
        if request.what == "history":
            self.histories.failed(failure)
            return []
        return self.following.failed(failure.when, failure.sentence, failure)

    def _nobody_known(self, failure: told.Failed) -> list[Effect]:
        """A push was answered that our token is not known: then the poll that is still held is nobody's, too."""
        if failure.status != UNKNOWN:
            return []
        given_up = self.requests.cancel("poll", "snapshot", "prior")
        return [*given_up, *self.following.failed(failure.when, failure.sentence, failure)]
