"""Phrases with numbers and names in them, written as plain text and filled in from a random source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

Rand = Callable[[], float]
"""A source of numbers in [0, 1): `random.Random(seed).random`."""

_Fill = Callable[[Rand], object]

_SLOT: Final = re.compile(r"\{(?:(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)|(\w+))\}")

INSTANCE: Final = "{instance}"
"""The slot that stays open until the part of the resource that an alert speaks of is known."""

WHO: Final = "{who}"
"""The slot that stays open until the customer is known."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "peer": ("Voxelia", "Nordwave", "Telgrid", "Halcyon IP", "Ostlink", "Arvonet", "Lumen Bay", "Kestrel Cloud"),
    "exchange": ("SWI-IX", "RHEIN-IX", "NORD-IX", "IBER-IX", "ALP-IX"),
    "carrier": ("Alpfibre", "Interlaken Dark Fibre", "Seine Optics", "Polderglas", "Adria Transport"),
    "mailbox": ("gmail.example", "outlook.example", "posteo.example", "laposte.example"),
    "zone": (".es", ".fr", ".ch", ".de", ".io", ".nl"),
    "disk": ("/var", "/cache", "/var/log", "/srv", "/data"),
    "psu": ("A", "B"),
    "slot": ("FPC 0", "FPC 1", "FPC 2", "FPC 5"),
    "optic": ("opt 1 lane 0", "opt 1 lane 2", "opt 3 lane 1"),
    "month": ("September", "October", "November", "last month"),
    "crew": ("splice crew", "field engineer", "remote hands", "provider crew"),
    "vendor": ("vendor TAC", "the carrier", "the manufacturer"),
    "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri"),
}
"""The words that a named slot such as `{peer}` may become."""


class Phrase:
    """A text with slots: `{85..99}` a whole number, `{0.2..2.4}` one decimal, `{peer}` one of `NAMES`."""

    __slots__ = ("_fills", "_format")

    def __init__(self, text: str) -> None:
        """Compile `text`; an unknown named slot is a KeyError."""
        fills: list[_Fill] = []

        def slot(match: re.Match[str]) -> str:
            low, high, name = match.groups()
            if match.group() in (INSTANCE, WHO):
                return match.group()
            fills.append(_among(NAMES[name]) if name else _between(low, high))
            return "%s"

        self._format: str = _SLOT.sub(slot, text.replace("%", "%%"))
        self._fills: tuple[_Fill, ...] = tuple(fills)

    def say(self, rand: Rand) -> str:
        """Return the text with its slots filled (`{instance}` and `{who}` stay)."""
        return self._format % tuple([fill(rand) for fill in self._fills])


def one_of(phrases: tuple[Phrase, ...], rand: Rand) -> str:
    """Return one of the phrases, filled."""
    return phrases[int(rand() * len(phrases))].say(rand)


def phrases(*texts: str) -> tuple[Phrase, ...]:
    """Compile several texts at once."""
    return tuple(Phrase(text) for text in texts)


def _among(names: tuple[str, ...]) -> _Fill:
    count = len(names)
    return lambda rand: names[int(rand() * count)]


def _between(low: str, high: str) -> _Fill:
    if "." in low or "." in high:
        least, span = float(low), float(high) - float(low)
        return lambda rand: f"{least + rand() * span:.1f}"
    first, count = int(low), int(high) - int(low) + 1
    return lambda rand: first + int(rand() * count)
