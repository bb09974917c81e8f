"""When to try again: full jitter, and what the server asks for. Pure: time and chance come from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec
from msgspec.structs import replace

FIRST: Final = 0.5
"""Seconds: the longest wait after the first failure; it doubles with each further one."""
LONGEST: Final = 30.0
"""Seconds: the longest wait of our own."""
EARLY: Final = 5.0
"""Seconds: the longest wait of our own in the first minutes of an outage; most are a restart."""
YOUNG: Final = 2.0
"""Seconds: no wait is longer than the outage has lasted, or than this; who restarts is not waited for long after."""
EARLY_FOR: Final = 120.0
"""Seconds that an outage counts as young."""
LONGEST_ASKED: Final = 300.0
"""Seconds: the longest wait that a server may ask for."""
HEALTHY: Final = 120.0
"""Seconds without a failure after which the past is forgotten in any case."""
_HEALED: Final = 10.0
_TIMES: Final = 4.0
"""It is forgotten sooner after so many times the seconds that it failed for, and so many seconds at least."""


class Backoff(msgspec.Struct, frozen=True):
    """How often in a row it failed, since when it has been well (monotonic seconds, None: it is not), since when it
    fails (None: nobody knows), and the longest wait in the first minutes of that.

    A single success does not wipe the slate: a server that fails every second request is still failing.
    """

    failures: int = 0
    well_since: float | None = None
    failing_since: float | None = None
    early: float = EARLY

    def failed(self, at: float, chance: Callable[[], float], asked: float | None = None) -> tuple[Backoff, float]:
        """Return the state after a failure at `at`, and the seconds to wait.

        `chance` returns a number in [0, 1). `asked` is a Retry-After in seconds: we wait that long and our
        jitter on top, so that not all clients return at the same moment, but never over five minutes.
        """
        failures = 0 if self._healed(at) else self.failures
        since = self.failing_since if failures else at
        ceiling = min(self._longest(at, since), FIRST * 2.0 ** min(failures, 16))
        wait = chance() * ceiling
        if asked is not None:
            wait = min(LONGEST_ASKED, max(0.0, asked) + wait)
        return Backoff(failures + 1, None, since, self.early), wait

    def _healed(self, at: float) -> bool:
        if self.well_since is None:
            return False
        failed = HEALTHY if self.failing_since is None else self.well_since - self.failing_since
        return at - self.well_since >= min(HEALTHY, max(_HEALED, _TIMES * failed))

    def _longest(self, at: float, since: float | None) -> float:
        """Return the longest wait at `at` in an outage that began at `since`."""
        if since is None or at - since >= EARLY_FOR:
            return LONGEST
        return min(self.early, max(YOUNG, at - since)) if self.early <= EARLY else self.early

    def succeeded(self, at: float) -> Backoff:
        """Return the state after a success at `at`."""
        return self if self.well_since is not None else replace(self, well_since=at)


def retry_after(value: str, date: str = "") -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110 10.2.3), or None when it cannot be read.

    A date is counted from the answer's own Date header, so that our clock does not matter.
    """
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    until, now = _http_date(value), _http_date(date)
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
