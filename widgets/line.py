"""Lines of a screen: text laid out in cells, and drawn as strips that cost few bytes.

A line is a sequence of runs. Drawing it joins what looks alike: equal pens merge, and a blank takes the pen
of the run before it wherever that paints the same blank, so ten columns are often three runs on the wire.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from widgets.cells import Cells, cells_of
from widgets.ink import Palette, Pen
from widgets.lifting import Ink
from widgets.roles import TEXT, RowState, Run
from widgets.visible import visible

Line: TypeAlias = Sequence[Run]
"""What stands on one line of the screen, left to right."""

Align: TypeAlias = Literal["left", "right"]


def width_of(text: str) -> int:
    """The cells that `text` takes; for ASCII that is its length."""
    return len(text) if text.isascii() else cell_len(text)


def cut_end(text: str, width: int, sign: str = "…") -> str:
    """Shorten `text` to at most `width` cells, its end replaced by the one-cell `sign`."""
    if width_of(text) <= width:
        return text
    if width < 1:
        return ""
    return _head(text, width - 1).rstrip() + sign


def cut_middle(text: str, width: int, sign: str = "…") -> str:
    """Shorten `text` to at most `width` cells by taking out its middle: `pe07…ge-0/0/3`.

    The end of a resource's name tells it from its neighbours, so the end gets the odd cell.
    """
    if width_of(text) <= width:
        return text
    if width < 1:
        return ""
    ahead = (width - 1) // 2
    return _head(text, ahead) + sign + _tail(text, width - 1 - ahead)


def fit(
    text: str,
    width: int,
    align: Align = "left",
    cut: Callable[[str, int, str], str] = cut_end,
    sign: str = "…",
) -> str:
    """Make `text` exactly `width` cells: shortened by `cut`, or filled up with blanks."""
    text = visible(text)
    if text.isascii() and len(text) <= width:
        return text.rjust(width) if align == "right" else text.ljust(width)
    text = cut(text, width, sign)
    blanks = " " * (width - width_of(text))
    return blanks + text if align == "right" else text + blanks


def line_width(line: Line) -> int:
    """The cells that a line takes."""
    return sum(width_of(visible(text)) for text, _ in line)


def overlay(line: Line, *cells: Run) -> list[Run]:
    """Replace the first cells of a line by one-cell runs: a cursor's bar, the sign of a pick."""
    laid = list(cells)
    covered = len(cells)
    for text, role in line:
        if not covered:
            laid.append((text, role))
        elif width_of(text) > covered:
            laid.append((_tail(text, width_of(text) - covered), role))
            covered = 0
        else:
            covered -= width_of(text)
    return laid


def to_strip(line: Line, palette: Palette, state: RowState, width: int) -> Strip:
    """Draw a line on a row in `state`: cut or filled to exactly `width` cells."""
    pens = palette.pens(state)
    texts: list[str] = []
    used: list[Pen] = []
    cells, blank = 0, True
    for text, role in line:
        if not (text.isascii() and text.isprintable()):
            text = visible(text)
        size = width_of(text)
        if cells + size > width:
            text, size = _head(text, width - cells), width - cells
        if size:
            blank = _add(texts, used, text, pens[role], blank)
            cells += size
    if cells < width:
        _add(texts, used, " " * (width - cells), pens[TEXT], False)
    return Painted(texts, used, width, palette.erase)


def _add(texts: list[str], used: list[Pen], text: str, pen: Pen, blank: bool) -> bool:
    """Append a run, joined to the one before it where no eye could tell; say whether all is blank so far."""
    empty = text.isspace()
    if used:
        last = used[-1]
        if last is pen or (last.paper == pen.paper and (empty or blank or last.ink == pen.ink)):
            texts[-1] += text
            if blank and not empty:
                used[-1] = pen
            return blank and empty
        blank = True
    texts.append(text)
    used.append(pen)
    return blank and empty


def _head(text: str, width: int) -> str:
    return text[:width] if text.isascii() else set_cell_size(text, width)


def _tail(text: str, width: int) -> str:
    if text.isascii():
        return text[len(text) - width :]
    first = len(text)
    while first and cell_len(text[first - 1 :]) <= width:
        first -= 1
    tail = text[first:]
    return " " * (width - cell_len(tail)) + tail


_LONG_BLANK: Final = re.compile(" {12,}")
"""Erasing and stepping over n cells takes up to ten bytes; a shorter blank is cheaper as it is."""


class Painted(Strip):
    """A strip that writes itself with the difference between one pen and the next, not each from nothing."""

    __slots__ = ("_cells", "_erase", "_inks")

    def __init__(self, texts: Sequence[str], pens: Sequence[Pen], width: int, erase: bool = False) -> None:
        super().__init__(map(Segment, texts, [pen.style for pen in pens]), width)
        self._inks = [pen.ink for pen in pens]
        self._erase = erase
        self._cells: Cells | None = None

    def cells(self) -> Cells:
        """The strip for a frame; made once."""
        if self._cells is None:
            self._cells = cells_of([segment.text for segment in self._segments], self._inks)
        return self._cells

    def render(self, console: Console) -> str:
        """The bytes for the terminal; they begin and end with the terminal's plain pen."""
        if self._render_cache is None:
            parts: list[str] = []
            last = _PLAIN
            for (text, _, _), ink in zip(self._segments, self._inks, strict=True):
                parts.append(sgr(last, ink))
                parts.append(_LONG_BLANK.sub(_erased, text) if self._erase and not ink.reverse else text)
                last = ink
            if last != _PLAIN:
                parts.append("\x1b[m")
            self._render_cache = "".join(parts)
        return self._render_cache


_PLAIN: Final = Ink()


def _erased(blanks: re.Match[str]) -> str:
    size = blanks.end() - blanks.start()
    return f"\x1b[{size}X\x1b[{size}C"


@lru_cache(maxsize=2048)
def sgr(last: Ink, ink: Ink) -> str:
    """The shortest sequence that changes the terminal's pen from `last` to `ink`; empty if equal."""
    codes: list[str] = []
    if ink.bold != last.bold:
        codes.append("1" if ink.bold else "22")
    if ink.reverse != last.reverse:
        codes.append("7" if ink.reverse else "27")
    if ink.front != last.front:
        codes.append(_colour(ink.front, 30))
    if ink.ground != last.ground:
        codes.append(_colour(ink.ground, 40))
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def _colour(index: int | None, plane: int) -> str:
    if index is None:
        return str(plane + 9)
    if index < 8:
        return str(plane + index)
    if index < 16:
        return str(plane + 52 + index)
    return f"{plane + 8};5;{index}"
