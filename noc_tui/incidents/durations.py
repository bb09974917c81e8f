"""Durations as people write and read them: `15m`, `1d12h`; on the board four cells, rounded down.

The board's form is that of LOOK.md, section 5.
"""

from __future__ import annotations

import re
from typing import Final

from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros

WEEK: Final = 7 * DAY
YEAR: Final = 365 * DAY
LONGEST: Final = 100 * YEAR
"""The longest duration that is taken from people."""

_UNITS: Final = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1000, "us": 1}
_WRITTEN: Final = re.compile(r"\s*".join(rf"(?:([0-9]{{1,15}}){unit})?" for unit in _UNITS))
_NAMES: Final = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


class DurationError(ValueError):
    """Text that is no duration; the message says what to write."""


def parse_duration(text: str) -> Micros:
    """Return the microseconds of `15m`, `2h`, `1d12h` or `3w`; DurationError says what to write instead.

    Units are w, d, h, m, s, ms and us, each at most once, longest first.
    """
    found = _WRITTEN.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise DurationError(f"not a duration: {text!r} (try 15m, 2h, 1d12h)")
    micros = sum(int(count or 0) * unit for count, unit in zip(found.groups(), _UNITS.values(), strict=True))
    if micros > LONGEST:
        raise DurationError(f"too long a duration: {text!r} (at most {LONGEST // DAY}d)")
    return micros


def duration_text(micros: Micros) -> str:
    """Return a duration as people write it, exactly: `parse_duration` of it gives `micros` back."""
    left = abs(micros)
    parts: list[str] = []
    for name, unit in _UNITS.items():
        if unit == WEEK:
            continue
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count}{name}")
    return ("-" if micros < 0 else "") + ("".join(parts) or "0s")


def short(micros: Micros) -> str:
    """Return a duration in at most four cells, rounded down: `41s 1m12 12m 1h09 13h 1d02 9d`.

    Two units below two minutes, ten hours and five days; one unit for what is late (`-12m`).
    """
    seconds = micros // SECOND
    if seconds < 60:
        return f"{seconds}s" if seconds >= 0 else one_unit(micros)
    if seconds < 120:
        return f"{seconds // 60}m{seconds % 60:02}"
    minutes = seconds // 60
    if 60 <= minutes < 600:
        return f"{minutes // 60}h{minutes % 60:02}"
    hours = minutes // 60
    if 24 <= hours < 120:
        return f"{hours // 24}d{hours % 24:02}"
    return one_unit(micros)


def coarse(micros: Micros) -> str:
    """Return a duration for a screen that nobody is at: no seconds, hours to ten minutes, rounded toward nothing.

    `<1m 1m 12m 1h00 13h 1d02 -12m`: what nothing happens to looks the same for minutes (OPERATOR.md 2.7).
    """
    seconds = abs(micros) // SECOND
    if seconds < 60:
        return "-<1m" if micros < 0 else "<1m"
    if 3600 <= micros // SECOND < 36_000:
        return f"{seconds // 3600}h{seconds // 600 % 6}0"
    return one_unit(micros) if seconds < 3600 else short(micros)


def one_unit(micros: Micros) -> str:
    """Return a duration in its largest unit alone, at most four cells, rounded toward nothing: `7h`, `-12m`."""
    late = micros < 0
    seconds = abs(micros) // SECOND
    days = seconds // 86_400
    if seconds < 60:
        text = f"{seconds}s"
    elif seconds < 3600:
        text = f"{seconds // 60}m"
    elif days < 1:
        text = f"{seconds // 3600}h"
    elif days < (100 if late else 1000):
        text = f"{days}d"
    elif days < 365:
        text = f"{days // 7}w"
    else:
        text = f"{days // 365}y"
    return f"-{text}" if late and seconds else text


def in_words(micros: Micros) -> str:
    """Return a duration for a sentence, in at most two units, rounded down: `15 min`, `1 d 12 h`."""
    left = abs(micros)
    parts: list[str] = []
    for unit, name in _NAMES:
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count} {name}")
    return ("-" if micros < 0 and parts else "") + (" ".join(parts[:2]) or "0 s")
