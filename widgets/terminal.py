"""What the terminal can show: decided from the environment and its terminfo entry, and by asking it once."""

import curses
import os
import re
import select
import termios
import time
import tty
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from widgets.ink import ThemeName

Colour: TypeAlias = Literal["truecolor", "256", "16", "mono"]

_TEXTUAL: Final[Mapping[str, Colour]] = {"truecolor": "truecolor", "256": "256", "standard": "16", "windows": "16"}
"""What Textual's own TEXTUAL_COLOR_SYSTEM means here."""

_WIDE: Final = ("zh", "ja", "ko")
"""Languages whose terminals may draw ambiguous signs two cells wide."""


class Terminfo(NamedTuple):
    """The two facts of a terminfo entry that matter here."""

    colours: int
    bce: bool
    """Erased cells take the current background."""


@dataclass(frozen=True, slots=True)
class TerminalProfile:
    """What may be used on this terminal."""

    colour: Colour
    unicode: bool
    bce: bool
    """Blanks may be erased rather than written."""

    def theme(self, *, light: bool = False) -> ThemeName:
        """The theme that the terminal can show, of the ground that its user prefers."""
        if self.colour == "mono":
            return "mono"
        if self.colour == "16":
            return "ansi16"
        return "light" if light else "dark"


def terminfo_of(term: str) -> Terminfo | None:
    """The terminfo entry of a terminal type; None when there is none on this host."""
    try:
        # A descriptor is needed for its baud rate only, which is not read.
        with Path(os.devnull).open() as nothing:
            curses.setupterm(term, nothing.fileno())
    except curses.error:
        return None
    return Terminfo(curses.tigetnum("colors"), curses.tigetflag("bce") == 1)


def decide(env: Mapping[str, str], lookup: Callable[[str], Terminfo | None] = terminfo_of) -> TerminalProfile:
    """Decide from the environment: NO_COLOR, TEXTUAL_COLOR_SYSTEM, COLORTERM, TERM; LC_ALL, LC_CTYPE, LANG.

    An unknown terminal gets attributes and ASCII: they are right everywhere. `unicode` says what the locale
    allows; whether the signs are one cell wide is what `probe_width` asks the terminal.
    """
    term = env.get("TERM", "")
    entry = lookup(term) if term not in {"", "dumb", "unknown"} else None
    inside = bool(env.get("TMUX") or env.get("STY"))
    return TerminalProfile(
        colour=_colour(env, term, entry),
        unicode=_utf8(env) and term not in {"", "dumb", "unknown"},
        bce=entry is not None and entry.bce and not inside,
    )


def _colour(env: Mapping[str, str], term: str, entry: Terminfo | None) -> Colour:
    if env.get("NO_COLOR") or term in {"", "dumb", "unknown"}:
        return "mono"
    forced = _TEXTUAL.get(env.get("TEXTUAL_COLOR_SYSTEM", "").strip().lower())
    if forced is not None:
        return forced
    if env.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return "truecolor"
    colours = entry.colours if entry is not None else 0
    if colours >= 256 or "256color" in term:
        return "256"
    return "16" if colours >= 8 else "mono"


def _utf8(env: Mapping[str, str]) -> bool:
    locale = next((env[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "")
    return locale.lower().replace("-", "").endswith("utf8") and not locale.lower().startswith(_WIDE)


_ASK: Final = "\x1b7\x1b[6n●\x1b[6n\x1b8\x1b[K".encode()
"""Where is the cursor, a sign, where is it now; and all of it wiped at once, answered or not."""
_ANSWER: Final = re.compile(rb"\x1b\[(\d+);(\d+)R")


def probe_width(fd: int, deadline: float = 0.3) -> int | None:
    """Ask the terminal how many cells the sign `●` takes; None if it does not say within `deadline` seconds.

    Only for a terminal that nothing else reads or writes yet, so before the screen is taken over; anything that
    is not a terminal is not asked. What was typed meanwhile is lost. The terminal's mode is restored.
    """
    if not os.isatty(fd):
        return None
    try:
        mode = termios.tcgetattr(fd)
        try:
            tty.setraw(fd, termios.TCSADRAIN)
            os.write(fd, _ASK)
            answers = _read_answers(fd, time.monotonic() + deadline)
            if len(answers) < 2:
                termios.tcflush(fd, termios.TCIFLUSH)
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, mode)
    except (OSError, termios.error):
        return None
    return _difference(answers)


def _read_answers(fd: int, end: float) -> list[tuple[bytes, bytes]]:
    """Read up to two reports of the cursor's place; not a byte beyond the second."""
    read = b""
    while len(_ANSWER.findall(read)) < 2:
        left = end - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            break
        byte = os.read(fd, 1)
        if not byte:
            break
        read += byte
    return _ANSWER.findall(read)


def _difference(answers: list[tuple[bytes, bytes]]) -> int | None:
    if len(answers) < 2:
        return None
    (row, column), (row_after, column_after) = answers
    width = int(column_after) - int(column)
    return width if row == row_after and width >= 0 else None
