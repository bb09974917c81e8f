"""A terminal emulator in a driver's place: what the console writes is shown there, and compared with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final
from unicodedata import normalize

import pyte
from pyte.graphics import FG_AIXTERM, FG_ANSI, FG_BG_256
from rich.cells import cell_len
from rich.color import Color, ColorSystem, ColorType
from rich.style import Style
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.strip import Strip

from tests.screens import KeepingScreen

Cell = tuple[str, str, str, bool, bool]
"""What one cell shows: its sign, its two colours, bold and reverse. Of a blank its ground alone."""

_NAMED: Final = {name: FG_BG_256[code - 30] for code, name in FG_ANSI.items() if code < 38} | {
    name: FG_BG_256[code - 82] for code, name in FG_AIXTERM.items()
}
"""The sixteen colours by the names that the emulator has for them, where it was told them by name."""

_SHOWN: Final = 200
"""Characters of what was written last that a failure tells."""


class _Unerasing(KeepingScreen):
    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        with self._plain_pen():
            super().erase_in_line(how, private)

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        with self._plain_pen():
            super().erase_in_display(how, *args, **kwargs)

    def erase_characters(self, count: int | None = None) -> None:
        with self._plain_pen():
            super().erase_characters(count)

    @contextmanager
    def _plain_pen(self) -> Iterator[None]:
        attrs, self.cursor.attrs = self.cursor.attrs, self.default_char
        try:
            yield
        finally:
            self.cursor.attrs = attrs


class Emulator(HeadlessDriver):
    """A driver whose terminal is an emulator; no key comes from it.

    Erased cells take the current background, as with `bce`.
    """

    SCREEN: ClassVar[type[pyte.Screen]] = KeepingScreen

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None):
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.screen = self.SCREEN(*self._get_terminal_size())
        self._stream = pyte.Stream(self.screen)
        self.written = 0
        self.last = ""

    @property
    def is_headless(self) -> bool:
        """No: what is painted is written."""
        return False

    def write(self, data: str) -> None:
        """Show what the console writes."""
        columns, lines = self._get_terminal_size()
        if (self.screen.columns, self.screen.lines) != (columns, lines):
            self.screen.resize(lines, columns)
        self.written += len(data)
        self.last = (self.last + data)[-_SHOWN:]
        self._stream.feed(data)

    def row(self, y: int) -> list[Cell]:
        """What a line of the terminal shows."""
        line = self.screen.buffer[y]
        return [_plain(*_look(line[x])) for x in range(self.screen.columns)]

    def place(self) -> tuple[int, int]:
        """Where the terminal's cursor is: column and line, from nought."""
        return min(self.screen.cursor.x, self.screen.columns - 1), self.screen.cursor.y


class Plain(Emulator):
    """A driver whose terminal erases to its own ground, whatever the pen is."""

    SCREEN: ClassVar[type[pyte.Screen]] = _Unerasing


def meant(strip: Strip) -> list[Cell]:
    """The cells of a line as Textual has them."""
    cells: list[Cell] = []
    for text, style, control in strip:
        look = _styled(style or Style())
        for sign in "" if control else text:
            width = cell_len(sign)
            if width:
                cells += [_plain(sign, *look), *[_plain("", *look)] * (width - 1)]
            elif cells:  # a mark stands upon the sign before it
                cells[-1] = (normalize("NFC", cells[-1][0] + sign), *cells[-1][1:])
    return cells


def _styled(style: Style) -> tuple[str, str, bool, bool]:
    return _colour(style.color), _colour(style.bgcolor), bool(style.bold), bool(style.reverse)


def _colour(colour: Color | None) -> str:
    """A colour as the emulator names it, of the 256 that terminals share."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return "default"
    number = colour.number if colour.number is not None else colour.downgrade(ColorSystem.EIGHT_BIT).number
    assert number is not None
    return str(FG_BG_256[number])


def _look(char: pyte.screens.Char) -> Cell:
    return char.data, _NAMED.get(char.fg, char.fg), _NAMED.get(char.bg, char.bg), char.bold, char.reverse


def _plain(sign: str, front: str, ground: str, bold: bool, reverse: bool) -> Cell:
    if sign == " " and not reverse:
        return sign, "", ground, False, False
    return sign, front, ground, bold, reverse
