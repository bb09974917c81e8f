"""Every role can be read on every row, in every theme, and the themes say what they promise."""

from typing import Literal

import pytest
from rich.color import Color
from rich.style import Style
from textual.app import App

from widgets.ink import THEMES, Palette, ThemeName
from widgets.lifting import Ink
from widgets.roles import (
    BADGE1,
    BADGE1_SWAPPED,
    BADGE2,
    BRIGHT,
    KEY,
    LATE,
    MARK,
    MUTED,
    P1,
    P2,
    P3,
    P4,
    P5,
    ROLES,
    RULE,
    SOON,
    STATES,
    STRONG,
    TEXT,
    Role,
    RowState,
)  # fmt: skip
from widgets.tokens import DARK, LIGHT, TOKENS, Tokens, hex_of

LOWEST = {"dark": 4.9, "light": 4.5}
"""The lowest contrast, rounded to a tenth, that the two coloured themes promise on any row (WCAG ratio)."""

BLOCKS: tuple[Role, ...] = (BADGE1, BADGE1_SWAPPED, BADGE2, LATE, MARK)


def luminance(index: int) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [channel / 255 for channel in Color.from_ansi(index).get_truecolor()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(ink: Ink) -> float:
    """WCAG 2.2, contrast ratio."""
    assert ink.front is not None
    assert ink.ground is not None
    dim, lit = sorted((luminance(ink.front), luminance(ink.ground)))
    return (lit + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_role_can_be_read_on_every_row(name: Literal["dark", "light"]) -> None:
    palette = Palette(name)
    weak = {
        (role, state.value): round(contrast(palette.ink(role, state)), 2)
        for role in ROLES
        for state in STATES
        if role != RULE and round(contrast(palette.ink(role, state)), 1) < LOWEST[name]
    }

    assert weak == {}


@pytest.mark.parametrize("name", ["dark", "light"])
def test_blocks_keep_their_colours_on_every_row(name: Literal["dark", "light"]) -> None:
    palette = Palette(name)

    for role in BLOCKS:
        assert {palette.ink(role, state) for state in STATES} == {palette.ink(role)}


@pytest.mark.parametrize(
    ("role", "state", "ink"),
    [
        (TEXT, RowState.PLAIN, Ink(DARK.text, DARK.ground)),
        (STRONG, RowState.PLAIN, Ink(DARK.bright, DARK.ground, bold=True)),
        (SOON, RowState.PLAIN, Ink(DARK.p2, DARK.ground, bold=True)),
        (BADGE1, RowState.PLAIN, Ink(124, 231, bold=True)),
        (BADGE1_SWAPPED, RowState.PLAIN, Ink(231, 124, bold=True)),
        (BADGE2, RowState.PLAIN, Ink(16, 172)),
        (MUTED, RowState.CURSOR, Ink(DARK.bright, DARK.cursor)),
        (TEXT, RowState.CURSOR, Ink(DARK.bright, DARK.cursor)),
        (P1, RowState.CURSOR, Ink(DARK.bright, DARK.cursor, bold=True)),
        (P2, RowState.CURSOR, Ink(DARK.on_warn, DARK.warn)),
        (SOON, RowState.CURSOR, Ink(DARK.on_warn, DARK.warn)),
        (P3, RowState.CURSOR, Ink(DARK.bright, DARK.cursor)),
        (P4, RowState.PICKED_CURSOR, Ink(DARK.bright, DARK.cursor)),
        (MUTED, RowState.CURSOR_UNFOCUSED, Ink(DARK.muted, DARK.raised)),
        (MUTED, RowState.PICKED, Ink(DARK.text, DARK.picked)),
        (TEXT, RowState.PICKED, Ink(DARK.text, DARK.picked)),
        (P1, RowState.PICKED, Ink(DARK.bright, DARK.picked, bold=True)),
        (P3, RowState.PICKED, Ink(DARK.p3, DARK.picked)),
        (MUTED, RowState.ALARM, Ink(DARK.text, DARK.alarm_row)),
        (P2, RowState.ALARM, Ink(DARK.bright, DARK.alarm_row)),
        (MUTED, RowState.ALARM_CURSOR, Ink(DARK.bright, DARK.alarm_cursor)),
        (SOON, RowState.ALARM_CURSOR, Ink(DARK.bright, DARK.alarm_cursor, bold=True)),
    ],
)
def test_lifting(role: Role, state: RowState, ink: Ink) -> None:
    assert Palette("dark").ink(role, state) == ink


def test_no_second_colour_on_an_alarm_row() -> None:
    inks = {Palette("dark").ink(role, RowState.ALARM) for role in ROLES if role not in (*BLOCKS, RULE)}

    assert {ink.front for ink in inks} == {DARK.text, DARK.bright}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_mono_has_attributes_alone(role: Role, state: RowState) -> None:
    style = Palette("mono").style(role, state)

    assert style.color is None
    assert style.bgcolor is None


@pytest.mark.parametrize(
    ("role", "state", "ink"),
    [
        (TEXT, RowState.PLAIN, Ink()),
        (KEY, RowState.PLAIN, Ink(bold=True)),
        (BRIGHT, RowState.PLAIN, Ink()),
        (BADGE1, RowState.PLAIN, Ink(bold=True, reverse=True)),
        (MARK, RowState.PLAIN, Ink(reverse=True)),
        (TEXT, RowState.CURSOR, Ink(reverse=True)),
        (BADGE2, RowState.CURSOR, Ink(bold=True)),
        (MARK, RowState.PICKED_CURSOR, Ink()),
        (SOON, RowState.CURSOR, Ink(bold=True, reverse=True)),
        (MUTED, RowState.ALARM, Ink(bold=True)),
        (MUTED, RowState.ALARM_CURSOR, Ink(reverse=True)),
        (MUTED, RowState.CURSOR_UNFOCUSED, Ink()),
    ],
)
def test_mono_shows_a_block_as_a_hole_in_a_reversed_row(role: Role, state: RowState, ink: Ink) -> None:
    assert Palette("mono").ink(role, state) == ink


@pytest.mark.parametrize(
    ("role", "state", "ink"),
    [
        (BADGE1, RowState.ALARM_CURSOR, Ink(15, 1, bold=True)),
        (BADGE2, RowState.PLAIN, Ink(0, 3)),
        (P1, RowState.PLAIN, Ink(9)),
        (P2, RowState.PLAIN, Ink(3)),
        (P2, RowState.CURSOR, Ink(0, 3)),
        (P1, RowState.CURSOR, Ink(bold=True, reverse=True)),
        (P3, RowState.PLAIN, Ink()),
        (MARK, RowState.PLAIN, Ink(reverse=True)),
    ],
)
def test_sixteen_colours(role: Role, state: RowState, ink: Ink) -> None:
    assert Palette("ansi16").ink(role, state) == ink


def test_colours_are_written_as_indices_and_never_rounded() -> None:
    style = Palette("light").style(BRIGHT, RowState.RAISED)

    assert style == Style(color=Color.from_ansi(LIGHT.bright), bgcolor=Color.from_ansi(LIGHT.raised))
    assert style.bgcolor is not None
    assert style.bgcolor.number == 231


def test_a_style_is_made_once() -> None:
    palette = Palette()

    assert palette.style(P5, RowState.PICKED) is palette.style(P5, RowState.PICKED)


@pytest.mark.parametrize("name", THEMES)
async def test_style_sheets_know_the_tokens(name: ThemeName) -> None:
    palette = Palette(name)
    app = App[None](ansi_color=palette.ansi)
    app.register_theme(palette.textual_theme())
    app.theme = name
    async with app.run_test():
        variables = app.theme_variables

    for token in Tokens._fields:
        css = token.replace("_", "-")
        expected = "ansi_default" if palette.ansi else hex_of(getattr(TOKENS[name], token))
        assert variables[css] == expected
