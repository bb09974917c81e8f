"""Figures where cells are short, or where nobody is looking closely (LOOK.md section 5)."""

from __future__ import annotations

from typing import Final

from noc_tui.console.session import Session
from noc_tui.incidents.model import SECOND

CALM_AFTER: Final = 30 * SECOND
"""So long after the last key, times and counts are told in coarse steps: nobody reads them to the second."""


def is_calm(session: Session) -> bool:
    """Return whether nobody has pressed a key for so long that coarse steps will do."""
    return session.untouched >= CALM_AFTER


def in_short(count: int) -> str:
    """Return a count, from ten thousand on in thousands, rounded down: `9999`, `41k`."""
    return str(count) if count < 10_000 else f"{count // 1000}k"


def counted(count: int, *, calm: bool) -> str:
    """Return a count as a screen tells it: exact; while nobody is at the keys to two digits, in at most four cells.

    Rounded down: `999`, `4.5k`, `41k`.
    """
    if not calm:
        return str(count)
    return f"{count // 1000}.{count // 100 % 10}k" if 1000 <= count < 10_000 else in_short(count)
