"""Roles to styles: a `Palette` turns what a piece of text is, on a row in some state, into its look.

Colours are indices of the xterm-256 palette: the same colours on a terminal of 24 bits, at half the bytes
of a triplet, and no library rounds them on the way.
"""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

from widgets.lifting import Ink, colour_ink, mono_ink, sixteen_ink
from widgets.roles import ROLES, Role, RowState
from widgets.tokens import TOKENS, Tokens, hex_of

ThemeName: TypeAlias = Literal["dark", "light", "mono", "ansi16"]
THEMES: Final[tuple[ThemeName, ...]] = get_args(ThemeName)


class Pen(NamedTuple):
    """An ink made ready for drawing: its style, made once, and what its blanks look like.

    Pens of equal `paper` draw the same blank, so a blank between them may be written with either.
    """

    ink: Ink
    style: Style
    paper: tuple[int | None, bool, int | None]


class Palette:
    """The inks of one theme: `dark`, `light`, `ansi16` (the colours every terminal has), `mono` (attributes).

    With `erase`, long blanks are written as one erase-character sequence: right only on terminals whose
    erased cells take the current background (terminfo `bce`).
    """

    def __init__(self, name: ThemeName = "dark", *, erase: bool = False) -> None:
        self.name: Final = name
        self.erase: Final = erase
        self._pens: dict[int, dict[Role, Pen]] = {}

    @property
    def dark(self) -> bool:
        """False for the theme on a light ground."""
        return self.name != "light"

    @property
    def ansi(self) -> bool:
        """Whether the terminal's own colours show through: hand it to `App(ansi_color=...)`.

        Without it Textual answers NO_COLOR by turning colours into greys, which are colours too.
        """
        return self.name in ("mono", "ansi16")

    def style(self, role: Role, state: RowState = RowState.PLAIN) -> Style:
        """The style of `role` on a row in `state`; made once."""
        return self.pens(state)[role].style

    def pens(self, state: RowState) -> Mapping[Role, Pen]:
        """All pens of a row in `state`, by role; made once for each state."""
        pens = self._pens.get(state)
        if pens is None:
            pens = self._pens[state] = {role: _pen(self.ink(role, state)) for role in ROLES}
        return pens

    def ink(self, role: Role, state: RowState = RowState.PLAIN) -> Ink:
        """The ink of `role` on a row in `state`, as the tables of `widgets.lifting` have it."""
        if self.name == "mono":
            return mono_ink(role, state)
        if self.name == "ansi16":
            return sixteen_ink(role, state)
        return colour_ink(TOKENS[self.name], role, state)

    @cached_property
    def tokens(self) -> Mapping[str, str]:
        """The tokens as colours of a style sheet, by their names there (`on-alarm`, not `on_alarm`)."""
        if self.name in {"mono", "ansi16"}:
            colours = dict.fromkeys(Tokens._fields, "ansi_default")
        else:
            colours = {name: hex_of(index) for name, index in TOKENS[self.name]._asdict().items()}
        return MappingProxyType({name.replace("_", "-"): colour for name, colour in colours.items()})

    def textual_theme(self) -> Theme:
        """The theme of the palette's name, which gives style sheets `$ground`, `$raised` and so on."""
        tokens = self.tokens
        if self.ansi:
            # Textual's own style sheet for ANSI themes asks for these two.
            own = {"ansi-background": "ansi_default", "ansi-foreground": "ansi_default"}
            return Theme(self.name, primary="ansi_default", ansi=True, variables={**tokens, **own})
        return Theme(
            self.name,
            primary=tokens["bright"],
            foreground=tokens["text"],
            background=tokens["ground"],
            surface=tokens["ground"],
            panel=tokens["raised"],
            warning=tokens["p2"],
            error=tokens["p1"],
            dark=self.dark,
            variables=dict(tokens),
        )


def _pen(ink: Ink) -> Pen:
    style = Style(
        color=None if ink.front is None else Color.from_ansi(ink.front),
        bgcolor=None if ink.ground is None else Color.from_ansi(ink.ground),
        bold=ink.bold or None,
        reverse=ink.reverse or None,
    )
    return Pen(ink, style, (ink.ground, ink.reverse, ink.front if ink.reverse else None))
