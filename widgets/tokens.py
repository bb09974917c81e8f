"""The colours of the two coloured themes, by token, as indices of the xterm-256 palette."""

from types import MappingProxyType
from typing import Final, NamedTuple

from rich.color import Color


class Tokens(NamedTuple):
    """One theme's colours. In style sheets the names have `-` for `_`."""

    ground: int
    raised: int
    picked: int
    cursor: int
    rule: int
    muted: int
    text: int
    bright: int
    p1: int
    p2: int
    p3: int
    p4: int
    p5: int
    alarm: int
    on_alarm: int
    alarm_row: int
    alarm_cursor: int
    warn: int
    on_warn: int
    mark: int
    on_mark: int


DARK: Final = Tokens(
    ground=234, raised=235, picked=236, cursor=238, rule=239, muted=246, text=251, bright=255,
    p1=203, p2=214, p3=229, p4=75, p5=248, alarm=231, on_alarm=124, alarm_row=52, alarm_cursor=88,
    warn=172, on_warn=16, mark=240, on_mark=255,
)  # fmt: skip

LIGHT: Final = Tokens(
    ground=255, raised=231, picked=231, cursor=251, rule=250, muted=240, text=236, bright=16,
    p1=88, p2=94, p3=92, p4=18, p5=240, alarm=160, on_alarm=231, alarm_row=224, alarm_cursor=217,
    warn=214, on_warn=16, mark=249, on_mark=16,
)  # fmt: skip

TOKENS: Final = MappingProxyType[str, Tokens]({"dark": DARK, "light": LIGHT})


def hex_of(index: int) -> str:
    """The colour of an xterm-256 index, `#rrggbb`."""
    return Color.from_ansi(index).get_truecolor().hex
