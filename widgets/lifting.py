"""How a role looks on a row in a given state: the tables of emphasis, one for each kind of theme.

A row's ground swallows some colours and shouts others down, so each state *lifts* what stands on it: grey
text becomes bright under the cursor, a priority's colour gives way to weight, a clock running out becomes a
block. On an alarm row there is no second colour. Blocks keep their own two colours everywhere; on a row that
is drawn in reverse a block is not, so that it stays a hole one can see.
"""

from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

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
    RULE,
    SOON,
    STRONG,
    TEXT,
    Role,
    RowState,
)
from widgets.tokens import Tokens


class Ink(NamedTuple):
    """How a run is drawn: colours by xterm index (None: the terminal's own), and two attributes."""

    front: int | None = None
    ground: int | None = None
    bold: bool = False
    reverse: bool = False


_Look: TypeAlias = tuple[str, bool]
"""A token for the text, and whether it is bold."""

_PLAIN: Final = MappingProxyType[Role, _Look](
    {
        TEXT: ("text", False),
        MUTED: ("muted", False),
        BRIGHT: ("bright", False),
        STRONG: ("bright", True),
        KEY: ("bright", False),
        RULE: ("rule", False),
        P1: ("p1", False),
        P2: ("p2", False),
        P3: ("p3", False),
        P4: ("p4", False),
        P5: ("p5", False),
        SOON: ("p2", True),
    }
)
_CALM: Final[_Look] = ("bright", False)
_LOUD: Final[_Look] = ("bright", True)

_ON_PICKED: Final = MappingProxyType[Role, _Look]({MUTED: ("text", False), P1: _LOUD})
_ON_CURSOR: Final = MappingProxyType[Role, _Look](
    {TEXT: _CALM, MUTED: _CALM, P1: _LOUD, P3: _CALM, P4: _CALM, P5: _CALM}
)
_ON_ALARM: Final = MappingProxyType[Role, _Look](
    {MUTED: ("text", False), P1: _LOUD, P2: _CALM, P3: _CALM, P4: _CALM, P5: _CALM, SOON: _LOUD}
)
_ON_ALARM_CURSOR: Final = MappingProxyType[Role, _Look]({**_ON_ALARM, TEXT: _CALM, MUTED: _CALM})

_BLOCKS: Final = MappingProxyType[Role, tuple[str, str, bool]](
    {
        BADGE1: ("on_alarm", "alarm", True),
        BADGE1_SWAPPED: ("alarm", "on_alarm", True),
        LATE: ("on_alarm", "alarm", True),
        BADGE2: ("on_warn", "warn", False),
        MARK: ("on_mark", "mark", False),
    }
)


def colour_ink(tokens: Tokens, role: Role, state: RowState) -> Ink:
    """The ink of `role` in a theme of 256 colours."""
    cursor, alarm = bool(state & RowState.CURSOR), bool(state & RowState.ALARM)
    if role in (P2, SOON) and cursor and not alarm:
        role = BADGE2
    if role in _BLOCKS:
        front, ground, bold = _BLOCKS[role]
        return Ink(getattr(tokens, front), getattr(tokens, ground), bold)
    ground, lifted = _row(state, cursor=cursor, alarm=alarm)
    front, bold = lifted.get(role, _PLAIN[role])
    return Ink(getattr(tokens, front), getattr(tokens, ground), bold)


def _row(state: RowState, *, cursor: bool, alarm: bool) -> tuple[str, MappingProxyType[Role, _Look]]:
    if alarm:
        return ("alarm_cursor", _ON_ALARM_CURSOR) if cursor else ("alarm_row", _ON_ALARM)
    if cursor:
        return "cursor", _ON_CURSOR
    if state & RowState.PICKED:
        return "picked", _ON_PICKED
    if state & RowState.RAISED:
        return "raised", _NOTHING
    return "ground", _NOTHING


_NOTHING: Final = MappingProxyType[Role, _Look]({})

_MONO_BOLD: Final = frozenset({STRONG, P1, P2, SOON, KEY, BADGE1, BADGE1_SWAPPED, BADGE2, LATE})
_MONO_BLOCKS: Final = frozenset({BADGE1, BADGE2, LATE, MARK})


def mono_ink(role: Role, state: RowState) -> Ink:
    """The ink of `role` where there is no colour at all: bold and reverse alone."""
    cursor = bool(state & RowState.CURSOR)
    alarm_row = bool(state & RowState.ALARM) and not cursor
    bold = role in _MONO_BOLD or (alarm_row and role != RULE)
    return Ink(bold=bold, reverse=(role in _MONO_BLOCKS) != cursor)


_SIXTEEN: Final = MappingProxyType[Role, Ink](
    {
        BADGE1: Ink(15, 1, bold=True),
        BADGE1_SWAPPED: Ink(1, 15, bold=True),
        LATE: Ink(15, 1, bold=True),
        BADGE2: Ink(0, 3),
    }
)
_SIXTEEN_TEXT: Final = MappingProxyType[Role, Ink]({P1: Ink(9), P2: Ink(3), SOON: Ink(3, bold=True)})


def sixteen_ink(role: Role, state: RowState) -> Ink:
    """The ink of `role` where only the sixteen named colours can be trusted: greys are the terminal's own."""
    cursor, alarm = bool(state & RowState.CURSOR), bool(state & RowState.ALARM)
    if role in (P2, SOON) and cursor and not alarm:
        role = BADGE2
    if role in _SIXTEEN:
        return _SIXTEEN[role]
    if role in _SIXTEEN_TEXT and not (cursor or alarm):
        return _SIXTEEN_TEXT[role]
    return mono_ink(role, state)
