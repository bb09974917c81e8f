"""The host's clock for ages: one that nobody sets, and that goes on while the host is suspended."""

from __future__ import annotations

import time
from typing import Final

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux stops CLOCK_MONOTONIC while it is suspended (clock_gettime(2)); other systems do not."""


def ticks() -> float:
    """Return seconds since a moment that is the same for all processes of the host until it is booted again."""
    return time.clock_gettime(_CLOCK)
