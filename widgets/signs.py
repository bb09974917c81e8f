"""The signs on the screen, each one cell wide: Unicode where the terminal draws it so, else ASCII."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Signs:
    """One set of signs: what `UNICODE` and `ASCII` are made of."""

    unicode: bool
    new: str
    bar: str
    """The cursor's bar, in the first cell of its row."""
    group: str
    group_open: str
    cut: str
    changed: str
    used: str
    """The inked part of a meter or a life line."""
    unused: str
    sparks: str
    """A rate from none to the most, four steps."""
    rule_beside: str
    rule_below: str
    here: str
    """Before the name of somebody who looks at a row."""
    down: str
    """Before the head of a column that is sorted by, as it comes; `up` when it is turned round."""
    up: str
    picked: str = "x"
    cleared: str = "~"
    snoozed: str = "z"
    unsent: str = "^"
    flapping: str = "%"
    old: str = "?"

    @classmethod
    def of(cls, unicode: bool) -> "Signs":
        """The set for a terminal that does, or does not, draw the Unicode signs one cell wide."""
        return UNICODE if unicode else ASCII


UNICODE: Final = Signs(
    unicode=True,
    new="●",
    bar="▌",
    group="▸",
    group_open="▾",
    cut="…",
    changed="•",
    used="━",
    unused="─",
    sparks="▁▂▃█",
    rule_beside="│",
    rule_below="─",
    here="·",
    down="↓",
    up="↑",
)

ASCII: Final = Signs(
    unicode=False,
    new="*",
    bar=">",
    group="+",
    group_open="-",
    cut="~",
    changed="'",
    used="=",
    unused="-",
    sparks=".:+#",
    rule_beside="|",
    rule_below="-",
    here="@",
    down="v",
    up="^",
)
