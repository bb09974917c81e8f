"""What each input means to the parts of a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from noc_tui.incidents.model import Micros
from noc_tui.sync import inputs as told
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input, Moment
from noc_tui.sync.sides import Sides

UNKNOWN: Final = 401
"""The status of who comes with a token that is not known; what a known one may not do is 403, of one route alone."""

BUSY: Final = 503
"""The status of a server that does too much already; it says when to come again."""


class Taking:
    """Takes what happened to the side that it concerns. What nobody waits for any more changes nothing.

    `heard_at` is when whoever followed the store before heard of it last, 0 if nobody did.
    """

    def __init__(self, sides: Sides, heard_at: Micros) -> None:
        self._sides = sides
        self._heard_at = heard_at
        self._takers: dict[type[Input], Callable[[Any], list[Effect]]] = {
            told.Started: self._started,
            told.Woke: self._nothing,
            told.OutboxMoved: self._outbox_moved,
            told.HereChanged: self._here_changed,
            told.HistoryWished: self._history_wished,
            told.RetryWished: self._retry_wished,
            told.DiskFailed: self._disk_failed,
            told.Loaded: self._loaded,
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

    def take(self, input: Input) -> list[Effect]:
        """Take what happened; return what must be done for it, apart from what can be begun now."""
        return self._takers[type(input)](input)

    # What comes by itself

    def _started(self, started: told.Started) -> list[Effect]:
        self._sides.telling.begin(self._heard_at, started.when)
        return []

    def _nothing(self, _: Input) -> list[Effect]:
        return []

    def _outbox_moved(self, _: told.OutboxMoved) -> list[Effect]:
        self._sides.pushing.moved()
        return []

    def _here_changed(self, changed: told.HereChanged) -> list[Effect]:
        self._sides.following.company.here = changed.here
        return []

    def _history_wished(self, wished: told.HistoryWished) -> list[Effect]:
        self._sides.histories.wish(wished.number)
        return []

    def _retry_wished(self, wished: told.RetryWished) -> list[Effect]:
        if wished.role is not None:
            self._sides.telling.role = wished.role
        self._sides.loading.hurry()
        self._sides.pushing.hurry()
        cancelled = [] if self._sides.following.well else self._sides.requests.cancel("poll")
        self._sides.following.hurry()
        return list(cancelled)

    def _disk_failed(self, failure: told.DiskFailed) -> list[Effect]:
        """What came after the effect that failed was not done, either: not what was to be told, for one."""
        self._sides.telling.disk_trouble = failure.sentence
        self._sides.telling.forget()
        self._sides.pushing.forget()
        return self._look_anew(failure.when)

    def _look_anew(self, when: Moment) -> list[Effect]:
        self._sides.loading.look_anew(when, self._sides.following.cursor)
        return list(self._sides.abandon())

    # Answers from disk

    def _loaded(self, loaded: told.Loaded) -> list[Effect]:
        sides = self._sides
        if not sides.loading.take(loaded):
            return []
        sides.telling.disk_trouble = ""
        lineages = [entry.lineage for entry in loaded.entries]
        cancelled = sides.abandon(least=max(lineages, default=0) + 1)
        cursor = sides.loading.cursor(loaded)
        sides.following.begin_at(cursor, loaded.ahead)
        return cancelled + sides.pushing.take_entries(loaded.entries, cursor)

    def _outbox_read(self, read: told.OutboxRead) -> list[Effect]:
        effects = self._sides.pushing.take_read(read.turn, read.entries, self._sides.following.cursor)
        if self._sides.pushing.pressed():
            self._sides.pushing.rest_less()
            self._sides.following.rest_less()
        return effects

    def _seen_found(self, found: told.SeenFound) -> list[Effect]:
        return self._sides.pushing.take_found(found.commands, found.lineage, found.when.now)

    def _applied(self, applied: told.Applied) -> list[Effect]:
        page = self._sides.following.applied(applied.ticket, applied.cursor, applied.when.tick)
        if page is None:
            return []
        settled = self._sides.pushing.settle({event.command_id for event in page.events}, applied.when.now)
        return settled + self._sides.following.go_on(applied.when)

    def _lacking(self, lacking: told.Lacking) -> list[Effect]:
        return self._sides.following.lack(lacking)

    def _outdated(self, outdated: told.Outdated) -> list[Effect]:
        """Somebody else moved the replica: look at it anew."""
        return self._look_anew(outdated.when) if self._sides.following.distrusts(outdated.ticket) else []

    def _filled(self, filled: told.Filled) -> list[Effect]:
        if not self._sides.following.filled(filled.ticket, filled.cursor, filled.when.tick):
            return []
        return self._sides.pushing.filled(filled.cursor, filled.when.now)

    def _not_continued(self, broken: told.NotContinued) -> list[Effect]:
        if not self._sides.following.distrusts(broken.ticket):
            return []
        return self._sides.following.not_continued(broken.when, broken.sentence)

    # Answers from the network

    def _page_came(self, came: told.PageCame) -> list[Effect]:
        request = self._sides.requests.close(came.ticket)
        if request is None:
            return []
        self._sides.telling.told_time(came.page.time, request, came.when)
        self._sides.telling.role = came.page.role or self._sides.telling.role
        if self._sides.following.trail.is_left_by(came.page):
            events = came.page.events
            self._sides.telling.restored_to = events[-1].received_at if events else came.page.time
            return self._begin_anew(came.when, restored=True)
        taken = self._sides.following.take_page(came)
        if self._sides.following.well:
            self._sides.pushing.head_told(came.page.head, came.ticket.number, came.when)
            self._sides.pushing.reached()
        return taken

    def _beat(self, beat: told.Beat) -> list[Effect]:
        if self._sides.requests.find(beat.ticket) is not None:
            self._sides.following.beaten(beat.when.tick)
            self._sides.telling.heard(beat.when)
        return []

    def _forked(self, forked: told.Forked) -> list[Effect]:
        """The authority has another history now: it was restored, or is another one."""
        if self._sides.requests.find(forked.ticket) is None:
            return []
        self._sides.telling.restored_to = forked.fork.received_at or forked.when.now
        return self._begin_anew(forked.when, restored=True)

    def _gone_below(self, gone: told.GoneBelow) -> list[Effect]:
        """What follows our cursor is archived."""
        if self._sides.requests.find(gone.ticket) is None:
            return []
        return self._begin_anew(gone.when)

    def _begin_anew(self, when: Moment, *, restored: bool = False) -> list[Effect]:
        self._sides.telling.heard(when)
        self._sides.following.give_up(when)
        return list(self._sides.abandon(restored=restored))

    def _line_came(self, came: told.LineCame) -> list[Effect]:
        if self._sides.requests.find(came.ticket) is None:
            return []
        self._sides.telling.heard(came.when)
        return self._sides.following.take_line(came.when, came.ticket, came.line)

    def _prior_came(self, came: told.PriorCame) -> list[Effect]:
        if self._sides.requests.close(came.ticket) is None:
            return []
        self._sides.telling.heard(came.when)
        return self._sides.following.take_prior(came.when, came.ticket, came.prior)

    def _history_came(self, came: told.HistoryCame) -> list[Effect]:
        if self._sides.requests.close(came.ticket) is not None:
            self._sides.histories.take(came.history)
        return []

    def _pushed_came(self, came: told.PushedCame) -> list[Effect]:
        request = self._sides.requests.close(came.ticket)
        if request is None:
            return []
        self._sides.telling.told_time(came.pushed.time, request, came.when)
        self._sides.following.rest_less()
        filling = self._sides.following.cursor is None
        return self._sides.pushing.answered(came.pushed, request, came.when, filling=filling)

    def _failed(self, failure: told.Failed) -> list[Effect]:
        request = self._sides.requests.close(failure.ticket)
        if request is None:
            return []
        if request.what == "push":
            return self._sides.pushing.failed(failure) + self._nobody_known(failure)
        if request.what == "history":
            self._sides.histories.failed(failure)
            return []
        if request.what == "snapshot" and failure.status == BUSY and failure.retry_after is not None:
            self._sides.telling.heard(failure.when)
            return self._sides.following.wait_in_line(failure)
        return self._sides.following.failed(failure.when, failure.sentence, failure)

    def _nobody_known(self, failure: told.Failed) -> list[Effect]:
        """A push was answered that our token is not known: then the poll that is still held is nobody's, too."""
        if failure.status != UNKNOWN:
            return []
        given_up = self._sides.requests.cancel("poll", "snapshot", "prior")
        return [*given_up, *self._sides.following.failed(failure.when, failure.sentence, failure)]
