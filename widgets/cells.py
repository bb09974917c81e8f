"""A line of the screen as two strings of one character a cell: what stands there, and with which pen.

Comparing, slicing and searching strings runs at the speed of C, which is what makes a frame differ affordable.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.color import Color, ColorSystem, ColorType
from rich.segment import Segment
from rich.style import Style

from widgets.lifting import Ink

FILLER: Final = "\0"
"""The second cell of a sign that is two cells wide."""
_BLANKS: Final = re.compile("  +")


class Cells(NamedTuple):
    """Some cells side by side. `raw` is the text where a cell holds more than one character (a base and its marks):
    such a line is written whole; `glyphs` then holds the bases alone."""

    glyphs: str
    pens: str
    raw: str = ""

    def slice(self, begin: int, end: int) -> "Cells":
        """Some of the cells, without marks."""
        return Cells(self.glyphs[begin:end], self.pens[begin:end])


def joined(parts: Sequence[Cells]) -> Cells:
    """The cells of parts side by side."""
    if len(parts) == 1:
        return parts[0]
    glyphs, pens, raws = zip(*parts, strict=True)
    raw = "".join(part.raw or part.glyphs.replace(FILLER, "") for part in parts) if any(raws) else ""
    return Cells("".join(glyphs), "".join(pens), raw)


@cache
def pen_of(ink: Ink) -> str:
    """The one character that stands for an ink: its colours and attributes, packed in twenty bits."""
    front = 0 if ink.front is None else ink.front + 1
    ground = 0 if ink.ground is None else ink.ground + 1
    return chr(front << 11 | ground << 2 | ink.bold << 1 | ink.reverse)


@cache
def ink_of(pen: str) -> Ink:
    """The ink that a character stands for."""
    code = ord(pen)
    front, ground = code >> 11, code >> 2 & 0x1FF
    return Ink(front - 1 if front else None, ground - 1 if ground else None, bool(code & 2), bool(code & 1))


@cache
def paper_of(ink: Ink) -> str:
    """The pen of a blank drawn with an ink: two blanks that look alike have the same one."""
    return pen_of(ink) if ink.reverse else pen_of(Ink(None, ink.ground))


def cells_of(texts: Iterable[str], inks: Iterable[Ink]) -> Cells:
    """The cells of runs of text, each drawn with an ink."""
    glyphs: list[str] = []
    pens: list[str] = []
    raw: list[str] = []
    whole = False
    for text, ink in zip(texts, inks, strict=True):
        raw.append(text)
        if not text.isascii():
            text, marks = _one_a_cell(text)
            whole = whole or marks
        glyphs.append(text)
        pens.append(_pens(text, ink))
    return Cells("".join(glyphs), "".join(pens), "".join(raw) if whole else "")


def _pens(text: str, ink: Ink) -> str:
    """The pen of each cell; wide blanks have that of their paper."""
    pen = pen_of(ink)
    if "  " not in text:
        return pen * len(text)
    paper = paper_of(ink)
    parts: list[str] = []
    at = 0
    for blanks in _BLANKS.finditer(text):
        begin, end = blanks.span()
        parts += (pen * (begin - at), paper * (end - begin))
        at = end
    parts.append(pen * (len(text) - at))
    return "".join(parts)


@lru_cache(maxsize=4096)
def _one_a_cell(text: str) -> tuple[str, bool]:
    """One character for each cell, and whether some cell holds marks besides."""
    if cell_len(text) == len(text) and all(map(cell_len, text)):
        return text, False
    glyphs: list[str] = []
    marks = False
    for character in text:
        width = cell_len(character)
        if not width:
            marks = True
            continue
        glyphs.append(character + FILLER * (width - 1))
    return "".join(glyphs), marks


def cells_of_segments(segments: Sequence[Segment]) -> Cells:
    """The cells of segments that Rich or Textual made."""
    shown = [segment for segment in segments if not segment.control]
    return cells_of([segment.text for segment in shown], [_ink(segment.style) for segment in shown])


def _ink(style: Style | None) -> Ink:
    if style is None:
        return Ink()
    return Ink(_index(style.color), _index(style.bgcolor), bool(style.bold), bool(style.reverse))


def _index(colour: Color | None) -> int | None:
    if colour is None or colour.type is ColorType.DEFAULT:
        return None
    return colour.number if colour.number is not None else colour.downgrade(ColorSystem.EIGHT_BIT).number
