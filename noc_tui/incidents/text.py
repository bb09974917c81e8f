"""Text from outside, made fit to be shown: the one place where hostile text is disarmed (DESIGN.md 7.4 and 8.15).

A title may hold escape sequences, control characters or bidirectional overrides. `clean` and `clean_block` replace
what a terminal would obey by a visible sign and drop what nobody could see; the journal keeps the original.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from unicodedata import category

import msgspec

LINE_LIMIT: Final = 1024
"""Characters of one line that are kept."""
BLOCK_LIMIT: Final = 64 * 1024
"""Characters of a note that are kept."""
BLOCK_LINES: Final = 2000
"""Lines of a note that are kept."""
FIELD_LIMIT: Final = 16 * 1024
"""Bytes of UTF-8 that the journal keeps of one field (DESIGN.md 8.4)."""
MARKS: Final = 4
"""Combining marks that one base may carry: thousands of them cost thousands of bytes for one cell."""

_TAB_WIDTH: Final = 8
_BIDI_SIGN: Final = "\u2426"
_REPLACEMENT: Final = "\ufffd"

_BIDI: Final = ((0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069))
"""Bidirectional controls (Unicode `Bidi_Control`)."""

_UNSEEN: Final = (
    # Default_Ignorable_Code_Point: joiners, fillers, variation selectors, tags
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200D), (0x2060, 0x2065), (0x206A, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    (0xE0000, 0xE0FFF),
    # the other format characters (Cf)
    *((0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2)),
    *((0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F)),
    # the separators of lines and paragraphs (Zl, Zp)
    (0x2028, 0x2029),
)

_BROKEN: Final = (
    (0x0080, 0x009F),  # C1 controls
    (0xD800, 0xDFFF),  # surrogates
    (0xFDD0, 0xFDEF),  # noncharacters, and the last two of each plane
    *((plane << 16 | 0xFFFE, plane << 16 | 0xFFFF) for plane in range(17)),
)


def _replacements() -> dict[int, str]:
    """Every code point that may not be shown, and what stands for it."""
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\u2421"
    for sign, ranges in ((_REPLACEMENT, _BROKEN), ("", _UNSEEN), (_BIDI_SIGN, _BIDI)):
        for first, last in ranges:
            table.update(dict.fromkeys(range(first, last + 1), sign))
    return table


_IN_BLOCK: Final = _replacements() | {0x09: "\t", 0x0A: "\n"}
_IN_LINE: Final = _IN_BLOCK | {0x09: " ", 0x0A: " "}

_PLAIN: Final = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff]*")
"""Latin text, in which nothing is hidden and nothing combines."""

_JAMO: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
"""Hangul vowels and finals, which terminals draw into the cell before them."""


class Cut(msgspec.Struct, frozen=True):
    """What a field was before it was cut: its length in bytes of UTF-8, and its SHA-256 in hex."""

    length: int
    sha256: str


def clean(text: str, limit: int = LINE_LIMIT) -> str:
    """Return `text` as one line that can be shown: nothing in it is obeyed by a terminal, or hidden.

    At most `limit` characters are kept. Line ends and tabs become spaces, controls become pictures (U+2400 and up),
    bidirectional controls U+2426, what is broken U+FFFD; what cannot be seen is dropped, and combining marks beyond
    `MARKS` a base. The result can be encoded, and cleaning it again changes nothing.
    """
    if len(text) > limit:
        text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    if _PLAIN.fullmatch(text):
        return text
    return _few_marks(text.replace("\r\n", "\n").translate(_IN_LINE))


def clean_block(text: str) -> str:
    """Return `text` as lines that can be shown: as `clean`, with line ends kept and tabs expanded.

    At most `BLOCK_LIMIT` characters and `BLOCK_LINES` lines are kept.
    """
    text = text[:BLOCK_LIMIT]
    if text.isascii() and text.isprintable():
        return text
    text = _few_marks(text.replace("\r\n", "\n").translate(_IN_BLOCK)).expandtabs(_TAB_WIDTH)
    return "\n".join(text[:BLOCK_LIMIT].split("\n", BLOCK_LINES)[:BLOCK_LINES])


def cut_field(text: str) -> tuple[str, Cut | None]:
    """Return what the journal keeps of a field: all of it, or its beginning and what it was (DESIGN.md 8.4).

    It is cut, between two characters, where it has more than `FIELD_LIMIT` bytes in UTF-8.
    """
    if len(text) <= FIELD_LIMIT // 4:
        return text, None
    whole = text.encode("utf-8", "surrogatepass")
    if len(whole) <= FIELD_LIMIT:
        return text, None
    end = FIELD_LIMIT
    while whole[end] & 0xC0 == 0x80:  # inside a character
        end -= 1
    kept = whole[:end].decode("utf-8", "surrogatepass")
    return kept, Cut(len(whole), hashlib.sha256(whole).hexdigest())


def _few_marks(text: str) -> str:
    """Drop the combining marks beyond `MARKS` a base, and those without a base."""
    if text.isascii():
        return text
    kept: list[str] = []
    room = 0
    for sign in text:
        if sign >= "\u0300" and _combines(sign):
            if not room:
                continue
            room -= 1
        else:
            room = 0 if sign == "\n" else MARKS
        kept.append(sign)
    return "".join(kept)


def _combines(sign: str) -> bool:
    return category(sign)[0] == "M" or _JAMO.match(sign) is not None
