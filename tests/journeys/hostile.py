"""Text that does harm where it reaches a terminal, or is taken for markup or a question's syntax."""

from __future__ import annotations

import re
from typing import Final

MARK: Final = "zq"
"""Stands on both sides of each harmful part, so that it is known that the text did arrive."""

ESCAPES: Final = {
    "OSC 52, a clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "OSC 52 ended by ST": "\x1b]52;c;ZXZpbA==\x1b\\",
    "OSC 8, a link": "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "OSC 0, a title": "\x1b]0;owned\x07",
    "CSI 2J, a wiped screen": "\x1b[2J\x1b[H",
    "CSI 6n, a question": "\x1b[6n",
    "DCS, a question": "\x1bP+q544e\x1b\\",
    "C1 CSI": "\x9b31m",
    "C1 OSC": "\x9d52;c;ZXZpbA==\x9c",
    "a bell": "\x07",
    "a carriage return": "\rP5",
    "backspaces": "\x08\x08\x08\x08",
    "a tab": "\t",
    "vertical tab and form feed": "\x0b\x0c",
    "NUL, DEL, SO and SI": "\x00\x7f\x0e\x0f",
    "line ends": "\n\u2028\u2029\x85",
    "bidirectional override": "\u202egnp.exe\u202c",
    "bidirectional isolates": "\u2066x\u2069\u200f",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "tags": "\U000e0041\U000e0042",
    "a soft hyphen and a variation": "\u00ad\ufe0f",
}
MARKUP: Final = {
    "an action": "[@click=app.quit]press[/]",
    "a link in markup": "[link=http://evil.example]x[/link]",
    "a closing tag": "x[/]y",
    "an unknown closing tag": "x[/bold]y",
    "an open bracket": "[/",
    "half a tag": 'a]b[c="d',
    "a word in brackets": "[ERROR] disk",
    "a style": "[red]not red[/red]",
    "a query": 'p:1 OR ("',
    "percent and braces": "%s {0} {circuit} %(x)s",
    "quotes and SQL": "'; DROP TABLE incidents; --",
}
HEAVY: Final = {
    "many combining marks": "A" + "\u0301" * 5_000,
    "a long word": "W" * 9_000,
    "wide signs": "\u6f22\u5b57\uff21" * 30,
    "emoji": "\U0001f525\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flags and skin tones": "\U0001f1eb\U0001f1f7\U0001f44d\U0001f3fd",
}
ALL: Final = ESCAPES | MARKUP | HEAVY

FORBIDDEN: Final = re.compile(
    "[\x00-\x1a\x1c-\x1f\x7f\x80-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe0f\ufeff]"
    "|[\U000e0000-\U000e0fff]"
)
"""What a screen never holds beside the program's own sequences: controls, C1, bidirectional and unseen signs."""

OWN: Final = re.compile(
    r"\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]"  # modes
    r"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d*u|\x1b\[<u"  # questions about modes, the keyboard
    r"|\x1b\[[0-9;]*m|\x1b\[\d+(?:;\d+)?H|\x1b\[\d+[CX]|\x1b\[[HK]|\x1b\[2K"  # attributes, moves, erasing
    r"|\x1b\[\d+;\d+r\x1b\[\d+;1H(?:\n+|(?:\x1bM)+)\x1b\[r"  # a list that the terminal scrolls
    r"|\x1b[78]"  # the place where the clock ticks, kept by the terminal
    r"|\x1b\]22;default\x07"  # the pointer's shape
    r"|\r?\n"  # from line to line of a whole screen
)
"""Every sequence that the program writes of its own accord while its screen stands."""


def around(text: str) -> str:
    """A hostile text between two marks."""
    return f"{MARK}{text}{MARK}"


def betrayals(raw: bytes) -> list[str]:
    """What was written to a screen that is neither text to be seen nor a sequence of the program's own."""
    text = raw.decode("utf-8", "surrogateescape").partition("\x1b[?1049h")[2]
    rest = OWN.sub("", text)
    strange = [repr(rest[max(0, at.start() - 20) : at.end() + 30]) for at in re.finditer("\x1b", rest)]
    return strange + [repr(rest[max(0, at.start() - 20) : at.end() + 20]) for at in FORBIDDEN.finditer(rest)]
