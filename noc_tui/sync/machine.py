"""The link to a remote store, as a machine without I/O: what happened goes in, what is to be done comes out.

The same code runs in the agent and in the simulation (tests/simulation). It reads no clock and draws no chance: inputs
bring both. It is total: any input at any time has an answer, and what nobody waits for any more changes nothing.
What it keeps: a replica that is always some moment of one history of the authority's, and an outbox whose every
command takes effect once, or comes back to who pressed it (docs/journal.md).
"""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.model import DAY, Micros
from noc_tui.sync import effects as do
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import DiskFailed, Input, Moment, Woke
from noc_tui.sync.sides import Sides
from noc_tui.sync.taking import Taking

KEPT: Final = 14 * DAY
"""How long a seen command stays in the outbox: a server restored from a backup that is older has lost it."""
NOT_SET: Final = -1.0
"""No tick to be woken at: none is asked for, as far as is known."""
PRUNE_EVERY: Final = 3_600.0
"""Seconds between two looks for what has been kept long enough."""


class Link:
    """The link to the store at `url`. Feed it `Started` first, then whatever happens; do what it returns, in order.

    `heard_at` is when whoever followed the store before heard of it last, 0 if nobody did: what is held is that old.
    `role` is that of our token, empty if it is not known.
    """

    def __init__(self, url: str, heard_at: Micros = 0, role: str = "") -> None:
        self.sides = Sides(url)
        self.sides.telling.role = role
        self._taking = Taking(self.sides, heard_at)
        self._prune_at = 0.0
        self._wake_at: float | None = NOT_SET

    def step(self, input: Input) -> list[Effect]:
        """Take what happened; return what is to be done now, in order."""
        if isinstance(input, Woke | DiskFailed):
            self._wake_at = NOT_SET  # that waking is used up; or it was among what was left undone
        return self._taking.take(input) + self._go_on(input.when)

    # What can be begun now

    def _go_on(self, when: Moment) -> list[Effect]:
        sides = self.sides
        begun = self._work(when) if sides.loading.done else list(sides.loading.load(when))
        return begun + sides.telling.tell(when, sides.following, sides.pushing) + self._wake(when)

    def _work(self, when: Moment) -> list[Effect]:
        sides = self.sides
        begun = sides.pushing.read() + self._pull(when) + self._push(when) + self._prune(when)
        if sides.following.cursor is None:
            return begun
        return [*begun, *sides.histories.keep(when, sides.following), *sides.histories.fetch(when)]

    def _pull(self, when: Moment) -> list[Effect]:
        following = self.sides.following
        silent_at = following.silent_at()
        given_up = following.give_up_waiting(when)
        if silent_at is not None and when.tick >= silent_at:
            given_up += self.sides.pushing.cut_off(when, following.trouble)
        if not following.idle(when.tick):
            return given_up
        cursor = following.asks_after
        if cursor is None:
            return given_up + self._fill(when)
        return [*given_up, following.poll(when, cursor, awaiting=self.sides.pushing.awaiting(cursor))]

    def _fill(self, when: Moment) -> list[Effect]:
        """Begin anew: what was acked or seen counts no more, for it may have been in another history."""
        sides = self.sides
        cancelled = sides.abandon()
        sides.pushing.moved()
        over = do.StartOver(at=when.now)
        return [*cancelled, over, *sides.pushing.read(), sides.following.fetch_snapshot(when)]

    def _push(self, when: Moment) -> list[Effect]:
        cursor = self.sides.following.made_on
        if cursor is None:
            return []
        return self.sides.pushing.push(when, cursor, self.sides.telling.freshness.measured(when.tick, when.now))

    def _prune(self, when: Moment) -> list[Effect]:
        """Forget what was seen long ago, unless our clock is so wrong that nobody knows what long ago is."""
        sound = self.sides.following.well and abs(self.sides.telling.freshness.skew) <= DAY
        if not sound or when.tick < self._prune_at:
            return []
        self._prune_at = when.tick + PRUNE_EVERY
        return [do.Prune(before=when.now - KEPT)]

    def _wake(self, when: Moment) -> list[Effect]:
        """Ask to be woken when something that rests may go on."""
        sides = self.sides
        following = sides.following
        pulls = (sides.loading.rest_until, following.rest_until, following.here_due(), following.silent_at())
        others = (sides.pushing.next_tick(when.tick), sides.histories.next_tick(when.tick), sides.telling.next_tick())
        ticks = [tick for tick in (*pulls, *others, self._prune_at) if tick is not None and tick > when.tick]
        tick = min(ticks, default=None)
        if tick == self._wake_at:
            return []
        self._wake_at = tick
        return [do.WakeAt(tick=tick)]
