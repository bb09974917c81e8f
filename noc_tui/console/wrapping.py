"""Text broken into lines at blanks."""

from __future__ import annotations

from typing import Final

from widgets.line import cut_end, width_of
from widgets.visible import visible

ALL: Final = 1 << 30
"""As many lines as it takes."""


def wrap(text: str, width: int, most: int = ALL, sign: str = "…") -> list[str]:
    """Return a text broken at blanks into at most `most` lines of `width` cells; the last one may be cut.

    Where there is no room, as on a terminal that is dragged to nothing, it takes that of one wide sign.
    """
    width = max(2, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = visible(paragraph)
        while True:
            if len(lines) == most - 1 or width_of(rest) <= width:
                lines.append(cut_end(rest, width, sign))
                break
            at = _break_at(rest, width)
            lines.append(rest[:at].rstrip())
            rest = rest[at:].lstrip()
        if len(lines) >= most:
            break
    return lines


def _break_at(text: str, width: int) -> int:
    """Characters of a text that go on a line: up to the last blank, or in a long word all that fit."""
    fits = min(width, len(text) - 1)
    while fits > 1 and width_of(text[:fits]) > width:
        fits -= 1
    blank = text.rfind(" ", 0, fits + 1)
    return blank if blank > width // 3 else max(1, fits)
