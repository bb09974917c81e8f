"""How old what we hold is, and how far the server's clock is from ours: both against the monotonic clock alone."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import SECOND, Micros
from noc_tui.journal.skew import Skew

_DRIFT: Final = 2e-4
"""Seconds that two clocks drift apart in a second at most; ten times what a sound quartz does."""
_READING: Final = 0.005
"""Seconds between two clocks that are read one after the other, at most: a thread may lose its turn there."""


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """When the server was last heard, and its clock's place on ours.

    `heard_tick` is monotonic, `heard_at` that moment by the wall clock, 0 before the first. `ahead` is the server's
    clock less our monotonic one in microseconds, known at `known_tick` to within `error` seconds; None: not known.
    `wall` is our wall clock less our monotonic one at that tick.
    """

    heard_tick: float = 0.0
    heard_at: Micros = 0
    skew: Micros = 0
    """The server's clock less ours at the moment it was last heard."""
    ahead: Micros | None = None
    error: float = 0.0
    known_tick: float = 0.0
    wall: Micros = 0

    def heard(self, tick: float, now: Micros) -> Freshness:
        """Return the state after a sign of life at `tick`, when the wall clock said `now`."""
        skew = 0 if self.ahead is None else self.ahead + _micros(tick) - now
        return replace(self, heard_tick=tick, heard_at=now, skew=skew)

    def heard_once(self, heard_at: Micros, tick: float, now: Micros) -> Freshness:
        """Return the state after a sign of life at `heard_at` by the wall clock, before there was a monotonic one.

        Only the wall clock knows how long ago that is; one that was set back since is not believed.
        """
        ago = max(0, now - heard_at)
        return replace(self, heard_tick=tick - ago / SECOND, heard_at=now - ago)

    def told_time(self, time: Micros, asked_tick: float, tick: float, now: Micros) -> Freshness:
        """Return the state after an answer at `tick` to what was asked at `asked_tick`, and which told the `time`.

        The server read its clock somewhere between the two, so half the way there and back is both our guess and how
        wrong it can be. A guess gives way to a better one, and to any that it cannot agree with: a clock was set.
        """
        error = max(0.0, tick - asked_tick) / 2
        ahead = time - _micros(tick - error)
        if self.ahead is not None:
            known = self._error_at(tick)
            if error > known and abs(ahead - self.ahead) <= _micros(error + known):
                return self.heard(tick, now)
        wall = now - _micros(tick)
        return replace(self, ahead=ahead, error=error, known_tick=tick, wall=wall).heard(tick, now)

    def measured(self, tick: float, now: Micros) -> Skew | None:
        """Return how far our wall clock, which says `now` at `tick`, is off the server's, as far as we have measured.

        None before the first answer, and where our own two clocks have moved apart since: one was set, or the machine
        slept, and what was measured is of another time.
        """
        wall = now - _micros(tick)
        apart = (tick - self.known_tick) * _DRIFT + _READING
        if self.ahead is None or abs(wall - self.wall) > _micros(apart):
            return None
        return Skew(self.ahead - wall, _micros(self._error_at(tick) + _READING))

    def _error_at(self, tick: float) -> float:
        """How wrong the last guess may be by now, in seconds."""
        return self.error + (tick - self.known_tick) * _DRIFT


def _micros(seconds: float) -> Micros:
    return round(seconds * SECOND)
