"""The questions that a program asks its terminal, found in what it writes, and a plain xterm's answers to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_QUESTION: Final = re.compile(
    rb"\x1b\[(?:(?P<attributes>0?c)|>(?P<version>0?q)|(?P<place>6n)|\?(?P<mode>\d+)\$p|(?P<status>5n))"
)
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[>?0-9$]{0,8})?\Z")
_SYNCHRONISED: Final = 2026
_SET, _UNKNOWN = 2, 0


class Questions:
    """Finds questions, also those that are cut in two between reads."""

    def __init__(self) -> None:
        self._rest = b""

    def split(self, data: bytes) -> list[tuple[bytes, re.Match[bytes] | None]]:
        """Return the bytes in parts, each but the last ending with the question that stands beside it.

        A question begun in earlier bytes is found when its end comes; no byte is given twice.
        """
        whole, given = self._rest + data, len(self._rest)
        parts: list[tuple[bytes, re.Match[bytes] | None]] = []
        for found in _QUESTION.finditer(whole):
            if found.end() > given:
                parts.append((whole[given : found.end()], found))
                given = found.end()
        parts.append((whole[given:], None))
        cut = _UNFINISHED.search(whole, given if parts[:-1] else 0)
        self._rest = cut[0] if cut else b""
        return parts


def answer(question: re.Match[bytes], place: Callable[[], tuple[int, int]]) -> bytes:
    """Return what the terminal says; `place` tells line and column of its cursor."""
    if question["attributes"]:
        return b"\x1b[?62;22c"
    if question["version"]:
        return b"\x1bP>|bench(1)\x1b\\"
    if question["place"]:
        return b"\x1b[%d;%dR" % place()
    if question["mode"]:
        mode = int(question["mode"])
        return b"\x1b[?%d;%d$y" % (mode, _SET if mode == _SYNCHRONISED else _UNKNOWN)
    return b"\x1b[0n"
