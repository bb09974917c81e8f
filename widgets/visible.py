"""Text from outside, made harmless: what a terminal would obey becomes one sign that a person sees.

Every widget passes its text through `visible` before a cell is drawn, whoever made the text. Replaced are
the C0 and C1 controls, DEL, surrogates, format characters (bidirectional, zero-width, tags), unassigned and
private code points, and the few printable ones whose width terminals do not agree on. Marks that combine are
kept to `MARKS` for each base, because a thousand of them cost a thousand bytes in one cell.
"""

import unicodedata
from functools import lru_cache
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
"""The one sign that stands for anything that must not reach a terminal; one cell wide."""

MARKS: Final = 4
"""How many combining marks one base may carry."""

LONGEST: Final = 4096
"""Characters looked at in one text; no line of a screen needs more."""

_BLANK: Final = frozenset({"Zs"})
_MARK: Final = frozenset({"Mn", "Me"})

# Printable to Python, yet drawn as nothing or joined to a neighbour: fillers, variation selectors, the
# grapheme joiner, skin tones, flag letters.
_UNSURE: Final = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
    | set(range(0x1F1E6, 0x1F200))
    | set(range(0x1F3FB, 0x1F400))
)


def visible(text: str) -> str:
    """Return `text` with every character that a terminal could obey replaced by a sign that is seen.

    Printable ASCII comes back as it is, at the cost of two scans in C. The result can be encoded, and passing
    it through again changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return _visible(text[:LONGEST])


@lru_cache(maxsize=4096)
def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _MARK and ord(character) not in _UNSURE:
            marks += 1
            if shown and marks <= MARKS:
                shown.append(character)
            continue
        marks = 0
        shown.append(_shown(character, category))
    return "".join(shown)


def _shown(character: str, category: str) -> str:
    if category in _BLANK:
        return " "
    if not character.isprintable() or ord(character) in _UNSURE:
        return REPLACEMENT
    return character
