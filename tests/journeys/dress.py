"""How a terminal is dressed at which a journey is made: its size, its colours, and what is on the board besides."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import pytest

from tests.journeys.terminal import Terminal

_COLOURED: Final = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
"""What sets a colour, be it of eight, sixteen, 256 or more."""


class Dress(NamedTuple):
    """A size and a theme."""

    size: tuple[int, int]
    theme: str

    def kept_by(self, terminal: Terminal) -> bool:
        """Whether what came to a terminal was in these colours: in none at all, where it is monochrome."""
        return (_COLOURED.search(terminal.raw) is None) == (self.theme == "mono")


DRESSED: Final = pytest.mark.parametrize(
    "dress",
    [Dress((80, 24), "dark"), Dress((160, 48), "light"), Dress((80, 24), "mono")],
    ids=["80x24", "160x48", "monochrome"],
)
"""Makes a journey in each of these."""
