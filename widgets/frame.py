"""What is on the terminal, and the fewest bytes that turn it into what shall be there. Pure: no widget, no terminal.

A line that is the same costs nothing, one that changed the cells that changed. Where most lines of a list moved up or
down together the terminal itself scrolls them, inside a region of full lines.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from operator import ne
from typing import Final, NamedTuple

from rich.cells import cell_len

from widgets.cells import FILLER, Cells, ink_of, paper_of
from widgets.lifting import Ink
from widgets.line import sgr

_SPANS: Final = re.compile(rb"\x01+(?:\x00{1,4}\x01+)*")
"""Changed cells: a gap of up to four is cheaper written than stepped over, if no pen is changed for it."""
_GAPS: Final = re.compile(rb"\x00+")
_RUNS: Final = re.compile(r"(.)\1*", re.DOTALL)
_ERASED_FROM: Final = 12
"""Erasing blanks and stepping over them takes up to ten bytes."""
_VOTES: Final = 3
"""Lines that must agree on how far they moved."""
_PLAIN: Final = Ink()
_NEAR: Final = 2
"""Cells before the kept place up to which stepping back from it is the cheapest way."""


class Place(NamedTuple):
    """A cell and the pen that it is written with: what a terminal keeps when told to (DECSC)."""

    y: int
    x: int
    ink: Ink


class Band(NamedTuple):
    """Where lines may move together: the lines from `top` up to, not including, `bottom`, known by the cells from
    `left` up to `right`."""

    top: int
    bottom: int
    left: int
    right: int


class Frame:
    """The cells that a terminal of a size shows, as far as they are known.

    `erase`: erased cells take the current background, so that blanks may be erased on any ground.
    """

    def __init__(self, width: int, height: int, *, erase: bool = False) -> None:
        self.width: Final = width
        self.height: Final = height
        self._erase: Final = erase
        self._lines: list[Cells | None] = [None] * height
        self._ink: Ink | None = None
        """The terminal's pen; None while it is not known."""
        self._alone: tuple[int, int] | None = None
        """Where the last frame that wrote one stretch of cells alone began."""
        self._kept: Place | None = None
        """What the terminal keeps: where one stretch alone was written twice running, as a clock's last digit is."""

    def update(self, lines: Mapping[int, Cells], band: Band | None = None) -> str:
        """Return the text that brings these lines to the terminal, and take them as shown; "" if nothing changed.

        The terminal keeps the pen that it leaves for the next one; where the cursor is afterwards is not told.
        """
        changed = {y: line for y, line in lines.items() if line != self._lines[y]}
        if not changed:
            return ""
        moved = self._shift(changed, band) if band is not None else 0
        if band is not None and moved:
            push, shown = self._scrolled(band, moved)
            rest = {y: lines.get(y) or self._known(y) for y in {*range(band.top, band.bottom), *changed}}
            writing = self._writing({y: line for y, line in rest.items() if line != shown[y]}, shown, push)
        else:
            writing = self._writing(changed, self._lines)
        self._ink = writing.ink
        self._kept = writing.kept
        for y, line in changed.items():
            self._lines[y] = line
        return writing.text()

    def put_down(self) -> str:
        """Return the text that leaves the terminal with its plain pen, for whoever writes next."""
        self._ink = _PLAIN
        return "\x1b[m"

    def _known(self, y: int) -> Cells:
        line = self._lines[y]
        assert line is not None, "lines are moved only where all are known"
        return line

    # Moving

    def _shift(self, changed: Mapping[int, Cells], band: Band) -> int:
        """How many lines most of the band moved: up when positive. 0 if no such move is plain to see."""
        places: dict[str, int] = {}
        for y in range(band.top, band.bottom):
            line = self._lines[y]
            if line is None:
                return 0
            key = line.glyphs[band.left : band.right]
            places[key] = -1 if key in places else y
        votes: Counter[int] = Counter()
        for y, line in changed.items():
            if band.top <= y < band.bottom:
                was = places.get(line.glyphs[band.left : band.right], -1)
                if was >= 0 and was != y:
                    votes[was - y] += 1
        moved, count = votes.most_common(1)[0] if votes else (0, 0)
        inside = sum(band.top <= y < band.bottom for y in changed)
        return moved if count >= _VOTES and 2 * count > inside else 0

    def _scrolled(self, band: Band, moved: int) -> tuple[str, list[Cells | None]]:
        """The bytes that move a band, and what the terminal shows then. Line feeds, for not every terminal that has
        regions knows how to scroll them otherwise."""
        blank = Cells(" " * self.width, chr(0) * self.width)
        shown = list(self._lines)
        inside = shown[band.top : band.bottom]
        if moved > 0:
            shown[band.top : band.bottom] = inside[moved:] + [blank] * moved
            push = f"\x1b[{band.bottom};1H" + "\n" * moved
        else:
            shown[band.top : band.bottom] = [blank] * -moved + inside[:moved]
            push = f"\x1b[{band.top + 1};1H" + "\x1bM" * -moved
        return f"\x1b[{band.top + 1};{band.bottom}r{push}\x1b[r", shown

    # Writing

    def _writing(self, lines: Mapping[int, Cells], shown: list[Cells | None], push: str = "") -> "_Writing":
        writing = _Writing(self._erase, self.width, self._ink, self._kept)
        if push:
            writing.plain(push)
        spans: list[tuple[int, int, int]] = []
        for y in sorted(lines):
            line, was = lines[y], shown[y]
            if was is None or line.raw or was.raw:
                spans.append((y, 0, 0))
            else:
                spans += [(y, begin, end) for begin, end in _spans(was, line)]
        keep = self._is_alone(spans)
        for y, begin, end in spans:
            if end:
                writing.span(y, begin, end, lines[y], keep=keep)
            else:
                writing.line(y, lines[y])
        return writing

    def _is_alone(self, spans: list[tuple[int, int, int]]) -> bool:
        """Whether this one stretch is all that is written, for the second time running: it will be again."""
        if len(spans) != 1 or not spans[0][2]:
            return False
        was, self._alone = self._alone, spans[0][:2]
        return was == self._alone and (self._kept is None or self._kept[:2] != was)


def moved_to(y: int, x: int) -> str:
    """Return what moves the cursor to a cell."""
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


def _spans(was: Cells, line: Cells) -> Iterator[tuple[int, int]]:
    """The stretches of cells that differ."""
    width = len(line.glyphs)
    begin = min(_alike(was.glyphs, line.glyphs), _alike(was.pens, line.pens))
    old, new = Cells(was.glyphs[begin:], was.pens[begin:]), Cells(line.glyphs[begin:], line.pens[begin:])
    if old.pens == new.pens:
        marks = bytes(map(ne, old.glyphs, new.glyphs))
    elif old.glyphs == new.glyphs:
        marks = bytes(map(ne, old.pens, new.pens))
    else:
        marks = bytes(map(ne, zip(old.glyphs, old.pens, strict=True), zip(new.glyphs, new.pens, strict=True)))
    for found in _SPANS.finditer(marks):
        start = found.start()
        for gap in _GAPS.finditer(marks, *found.span()):
            if not _is_worth_writing(new, *gap.span()):
                yield begin + start, begin + gap.start()
                start = gap.end()
        yield begin + start, min(begin + found.end(), width)


def _is_worth_writing(line: Cells, begin: int, end: int) -> bool:
    """Whether unchanged cells between changed ones need no pen that their neighbours do not have."""
    beside = {line.pens[begin - 1], line.pens[end]}
    papers = {paper_of(ink_of(pen)) for pen in beside}
    cells = zip(line.glyphs[begin:end], line.pens[begin:end], strict=True)
    return all(pen in beside or (glyph == " " and paper_of(ink_of(pen)) in papers) for glyph, pen in cells)


def _alike(old: str, new: str) -> int:
    """How many characters two strings of one length have in common from their beginning: by halving, for comparing
    slices is the machine's work."""
    low, high = 0, len(new)
    if old == new:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle
    return low


class _Writing:
    """The text of one frame as it is put together, with the pen and the place that it leaves the cursor at.

    `kept` is what the terminal keeps: going back there costs two bytes and brings the pen along.
    """

    def __init__(self, erase: bool, width: int, ink: Ink | None, kept: Place | None) -> None:
        self.ink = ink or _PLAIN
        self.kept = kept
        self._erase = erase
        self._width = width
        self._parts: list[str] = [] if ink is not None else ["\x1b[m"]
        self._at: tuple[int, int] | None = None

    def text(self) -> str:
        """All of it so far."""
        return "".join(self._parts)

    def plain(self, text: str) -> None:
        """Write with the plain pen: lines that come in anew are blank."""
        self._pen(_PLAIN)
        self._parts.append(text)
        self._at = None

    def line(self, y: int, line: Cells) -> None:
        """Write a whole line."""
        if not line.raw:
            self.span(y, 0, self._width, line)
            return
        # Terminals do not agree on how wide marked characters are: clean first, then from the left edge on.
        self._move(y, 0, _PLAIN)
        self.plain("\x1b[2K")
        at = 0
        for character in line.raw:
            size = cell_len(character)
            if size:
                self._pen(ink_of(line.pens[at]))
                at += size
            self._parts.append(character)

    def span(self, y: int, begin: int, end: int, line: Cells, *, keep: bool = False) -> None:
        """Write the cells of a line from `begin` up to `end`; a wide sign is written whole. `keep` their place."""
        if line.glyphs[begin] == FILLER:
            begin -= 1
        if end < self._width and line.glyphs[end] == FILLER:
            end += 1
        ink = ink_of(line.pens[begin])
        self._move(y, begin, ink)
        if keep:
            self._pen(ink)
            self._parts.append("\x1b7")
            self.kept = Place(y, begin, ink)
        for run in _RUNS.finditer(line.pens, begin, end):
            self._run(line.glyphs[run.start() : run.end()], ink_of(run.group(1)), last=run.end() == self._width)
        # In the last column a terminal waits with the next line: nothing relative may follow.
        self._at = (y, end) if end < self._width else None

    def _run(self, text: str, ink: Ink, *, last: bool) -> None:
        blank = text.isspace() and not ink.reverse
        if not blank:
            self._pen(ink)
        elif self.ink.ground != ink.ground or self.ink.reverse:
            self._pen(Ink(self.ink.front, ink.ground, self.ink.bold))  # of a blank nothing else is seen
        if blank and (self._erase or ink.ground is None):
            size = len(text)
            if last and size > 3:
                text = "\x1b[K"
            elif size >= _ERASED_FROM:
                text = f"\x1b[{size}X\x1b[{size}C"
        self._parts.append(text if text.isprintable() else text.replace(FILLER, ""))

    def _pen(self, ink: Ink) -> None:
        if ink != self.ink:
            self._parts.append(sgr(self.ink, ink) if ink != _PLAIN else "\x1b[m")
            self.ink = ink

    def _move(self, y: int, x: int, ink: Ink) -> None:
        """Go to a cell, where this ink is used next."""
        way = self._way(y, x)
        kept = self.kept
        if kept is not None and kept.y == y and 0 <= kept.x - x <= _NEAR:
            back = "\x1b8" + "\b" * (kept.x - x)
            if len(back) + len(sgr(kept.ink, ink)) < len(way) + len(sgr(self.ink, ink)):
                way, self.ink = back, kept.ink
        self._parts.append(way)

    def _way(self, y: int, x: int) -> str:
        if self._at == (y, x):
            return ""
        if self._at is not None and self._at[0] == y and x > self._at[1]:
            return f"\x1b[{x - self._at[1]}C"
        return moved_to(y, x)
