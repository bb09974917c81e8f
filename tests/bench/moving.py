"""How long a key takes to be painted, each group in turn with the same key of the empty app."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

import msgspec

from tests.bench.figures import TIMES_H, Figure, Target, Tell, timed
from tests.bench.lab import Lab
from tests.bench.program import QUIET, Program

LATE: Final = 0.11
"""Seconds without a byte after which all rows were gone through; the pane is read after a longer rest."""
GAP: Final = 0.03
"""Seconds at most that are waited before the next key, so that keys meet every phase of a frame."""


class Group(msgspec.Struct, frozen=True):
    """Keys that are measured together, those of one round, and their target; `before` and `after` are not measured.

    Several keys in a word are pressed at once. `late`: what they do may be painted some time after the keys themselves.
    """

    name: str
    keys: tuple[str, ...]
    target: Target
    before: tuple[str, ...] = ("home",)
    after: tuple[str, ...] = ()
    late: bool = False


_LIST: Final = Target(3, 2, TIMES_H)
_OTHER: Final = Target(4, 2, TIMES_H)
_WHOLE: Final = Target(80, 30, "ms")
"""For what goes through every row."""
_DOWN_TO_THE_END: Final = ("home", "L")
_BY_TWO: Final = (":sort site,-age\r", ":sort owner,-updated\r", ":sort priority,age\r")
GROUPS: Final = (
    Group("cursor key to paint", ("j",) * 10 + ("k",) * 10, Target(1.5, 1, TIMES_H)),
    Group("scroll one line", ("j",) * 20, _LIST, _DOWN_TO_THE_END),
    Group("page down and up", ("pagedown",) * 5 + ("pageup",) * 5, _LIST),
    Group("home and end", ("end", "home") * 4, _LIST),
    Group("next that needs someone", ("tab",) * 10, _OTHER),
    Group("pick", (" ",) * 10, _OTHER),
    Group("pane off and on", ("Z",) * 4, _OTHER, ("U", "home")),
    Group("next view and back", ("]", "[") * 2, _WHOLE, late=True),
    Group("re-sort by one column", ("za", "zr", "zu", "zo"), _WHOLE, after=("zz",), late=True),
    Group("re-sort by two columns", _BY_TWO, _WHOLE, after=("zz",), late=True),
    Group("group by service", ("zgv", "zgg") * 2, _WHOLE, late=True),
    Group("fold all, open all", ("zM", "zR") * 2, _WHOLE, ("zgv", "home"), ("zgg", "home")),
    Group("pick all, unpick", ("*", "U") * 2, _WHOLE),
    Group(
        "filter, each letter", ("r", "o", "u", "t"), Target(60, 30, "ms"), ("home", "/"), ("enter", "escape"), late=True
    ),
)


def moving(lab: Lab) -> list[Figure]:
    """Every group, round after round, with both programs alive."""
    with lab.ready_console() as console, lab.ready_empty() as empty:
        times = strokes(GROUPS, console, empty, lab.times(8, 1), lab.tell)
    return [timed(f"{group.name}, p50 / p95", times[group.name], times[""], group.target) for group in GROUPS]


def strokes(
    groups: Sequence[Group], console: Program, empty: Program, rounds: int, tell: Tell
) -> dict[str, list[float]]:
    """Return the times of each group in ms, by its name, and under "" those of the empty app."""
    chance = Random(rounds)
    times = {name: list[float]() for name in ("", *(group.name for group in groups))}
    for _ in range(rounds):
        for group in groups:
            for key in group.before:
                console.stroke(key)
            silent = _press(console, group.keys, times[group.name], chance, LATE if group.late else QUIET)
            for key in group.after:
                console.stroke(key)
            if silent:
                tell(f"{group.name}: {silent} of {len(group.keys)} keys changed nothing")
            _press(empty, ("x",) * 10, times[""], chance)
    return times


def _press(program: Program, keys: Sequence[str], times: list[float], chance: Random, quiet: float = QUIET) -> int:
    """Press keys one by one and note what each took; return how many changed nothing."""
    silent = 0
    for key in keys:
        stroke = program.stroke(key, quiet)
        if stroke is None:
            silent += 1
        else:
            times.append(stroke.ms)
        program.rest(chance.uniform(0, GAP))
    return silent
