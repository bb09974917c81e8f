"""How long an operator waits for the board."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.figures import TIMES_H, Figure, Target, percentile, spread
from tests.bench.lab import Lab, has_rows, is_empty_app, is_loaded
from tests.bench.program import Program
from tests.bench.screen import Screen

_TARGET = Target(3.5, 2.5, TIMES_H)


def starting(lab: Lab) -> list[Figure]:
    """From the start of the command to painted rows, and until all rows are there; the empty app's start in turn."""
    empty, painted, loaded = list[float](), list[float](), list[float]()
    for _ in range(lab.times(9, 2)):
        with lab.empty() as program:
            empty.append(_began(program, "the empty app began", is_empty_app))
        with lab.console() as program:
            painted.append(_began(program, "the board was painted", has_rows))
            loaded.append(_began(program, "the board was read", is_loaded))
    beside = spread(empty, "ms", 50)
    ratio = percentile(painted, 50) / percentile(empty, 50)
    return [
        Figure("start of the command to painted rows, p50", spread(painted, "ms", 50), beside, _TARGET, ratio),
        Figure("start of the command to all rows read, p50", spread(loaded, "ms", 50), beside),
    ]


def _began(program: Program, words: str, seen: Callable[[Screen], bool]) -> float:
    return (program.await_screen(words, seen, patience=60) - program.began) / 1e6
