"""What a run of text is, and what has happened to its row: all that a widget knows about looks."""

from enum import IntFlag
from typing import Final, Literal, TypeAlias, get_args

Role: TypeAlias = Literal[
    "text", "muted", "bright", "strong", "p1", "p2", "p3", "p4", "p5", "badge1", "badge1_swapped", "badge2",
    "soon", "late", "mark", "key", "rule",
]  # fmt: skip
"""What a run of text is. How each looks in each state of a row: `widgets.lifting`."""

TEXT: Final = "text"
MUTED: Final = "muted"
BRIGHT: Final = "bright"
STRONG: Final = "strong"
"""Bold and bright: the resource of a new row, the title of a detail."""
P1: Final = "p1"
P2: Final = "p2"
P3: Final = "p3"
P4: Final = "p4"
P5: Final = "p5"
BADGE1: Final = "badge1"
"""The alarm block."""
BADGE1_SWAPPED: Final = "badge1_swapped"
"""The alarm block with its two colours exchanged, for the other half of its 1 Hz swap."""
BADGE2: Final = "badge2"
"""The warn block."""
SOON: Final = "soon"
"""A clock of which less than a quarter is left."""
LATE: Final = "late"
"""A clock that ran out."""
MARK: Final = "mark"
"""A grey block: something that the person at the keys did."""
KEY: Final = "key"
RULE: Final = "rule"
"""Thin lines and the unused part of a meter; never text."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)

Run: TypeAlias = tuple[str, Role]
"""A piece of a line: its text and what it is."""


class RowState(IntFlag):
    """What has happened to a row; flags, so that a row can be picked and under the cursor."""

    PLAIN = 0
    PICKED = 1
    ALARM = 2
    CURSOR = 4
    RAISED = 8
    """A bar; also the cursor's row while another pane has the focus."""
    CURSOR_UNFOCUSED = 8
    PICKED_CURSOR = 5
    ALARM_CURSOR = 6


STATES: Final = tuple(RowState(value) for value in range(16))
"""Every state a row can be in."""
