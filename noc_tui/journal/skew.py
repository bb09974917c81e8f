"""Whose clock says when something was done: how far another clock is off, as measured, and what that makes of a time.

A command that is long on its way is not one whose author's clock is slow. So the clocks are compared where both ends of
an exchange are known (`sync.freshness`), the figure travels with the commands, and only what is beyond its error is put
right: clocks that may agree are taken to agree.
"""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.incidents.model import SECOND, Micros

LONGEST_WAY: Final = 20 * SECOND
"""How long a push may be on its way, in microseconds: its sender has given it up by then (`sync.pushing.DEADLINE`)."""
_EARLIEST: Final = 1
"""An instant of 0 stands for one that was not told."""


class Skew(msgspec.Struct, frozen=True):
    """The authority's clock less another one, in microseconds, known to within `error` either way."""

    ahead: Micros
    error: Micros

    @property
    def correction(self) -> Micros:
        """What is to be added to a time by the other clock: nothing where the two may agree."""
        return self.ahead if abs(self.ahead) > self.error else 0


def skew_of(measured: Skew | None, sent_at: Micros, now: Micros) -> Skew:
    """Return how far a sender's clock is off that said `sent_at` as he sent what is here `now`, by the authority's.

    What he measured counts, unless it cannot be: nothing arrives before it was sent, so his clock was set since. One
    that measured nothing (an older version) is right as long as the way alone may explain what is between.
    """
    most = now - sent_at
    if measured is not None and measured.error >= 0 and measured.ahead - measured.error <= most:
        return measured
    return Skew(0, LONGEST_WAY) if 0 <= most <= LONGEST_WAY else Skew(most, 0)


def done_at(at: Micros, skew: Skew, floor: Micros, now: Micros) -> Micros:
    """Return when something was done by the authority's clock that was done `at` by its author's.

    Not before `floor`, when the last event that its author had seen was taken, nor later than now (docs/sync.md).
    """
    return max(_EARLIEST, floor, min(at + skew.correction, now))
