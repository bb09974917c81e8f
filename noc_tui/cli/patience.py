"""How long a script waits for a remote store: one deadline for the whole of a command, however much is asked in it."""

from __future__ import annotations

import time
from typing import Final

PATIENCE: Final = 10.0
"""Seconds for which a script waits for the answer (DESIGN.md 6)."""


def deadline() -> float:
    """Return when a command that begins now waits no longer, by the monotonic clock."""
    return time.monotonic() + PATIENCE


def half_until(until: float) -> float:
    """Return when half of the time that is left is over."""
    now = time.monotonic()
    return now + max(0.0, until - now) / 2
