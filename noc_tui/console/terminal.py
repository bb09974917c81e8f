"""Which colours and signs this terminal gets."""

from __future__ import annotations

import os
import sys

from widgets.ink import THEMES, Palette
from widgets.signs import Signs
from widgets.terminal import decide, probe_width


def dressed(theme: str, ascii_only: bool | None) -> tuple[Palette, Signs]:
    """Return palette and signs: as asked for, else what the environment and the terminal itself say."""
    found = decide(os.environ)
    name = next((known for known in THEMES if known == theme), found.theme(light=theme == "light"))
    return Palette(name, erase=found.bce), Signs.of(_draws_signs() if ascii_only is None else not ascii_only)


def _draws_signs() -> bool:
    """Unicode signs only where the locale has them and the terminal says they are one cell wide (LOOK.md 2)."""
    if not decide(os.environ).unicode or sys.__stdin__ is None:
        return False
    return probe_width(sys.__stdin__.fileno()) == 1
