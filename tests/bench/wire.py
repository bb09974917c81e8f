"""What a slow link has to carry: bytes per key, per scrolled line, per page."""

from __future__ import annotations

from typing import Final

from tests.bench.figures import Figure, Target, amount, percentile
from tests.bench.lab import BELOW, Lab
from tests.bench.program import Program

_HELD: Final = 1 / 30
"""Seconds between two keys of a key that is held down."""


def wire(lab: Lab) -> list[Figure]:
    """Bytes with the pane below the board, then without a pane."""
    with lab.ready_console(BELOW) as console, lab.ready_empty() as empty:
        beside = f"{amount(_median(empty, ('x',) * 20))} B"
        below = _board(lab, console, "pane below", beside, (700, 550), (800, 500))
        console.stroke("Z")
        closed = _board(lab, console, "pane closed", beside, (370, 100), (500, 300))
    return [*below, *closed]


def _board(
    lab: Lab, console: Program, pane: str, beside: str, cursor: tuple[float, float], line: tuple[float, float]
) -> list[Figure]:
    turns = lab.times(4, 1)
    console.stroke("home")
    per_key = _median(console, (("j",) * 8 + ("k",) * 8) * turns)
    console.stroke("L")
    per_line = _held(console, 30 * turns)
    per_page = _median(console, (("pagedown",) * 4 + ("pageup",) * 4) * turns)
    return [
        _figure(f"bytes per cursor key, {pane}", per_key, beside, Target(*cursor, "B")),
        _figure(f"bytes per line scrolled, key held, {pane}", per_line, "", Target(*line, "B")),
        _figure(f"bytes per page, {pane}", per_page, "", Target(8_000, 4_500, "B")),
    ]


def _figure(name: str, value: float, beside: str, target: Target) -> Figure:
    return Figure(name, f"{amount(round(value))} B", beside, target, value)


def _median(program: Program, keys: tuple[str, ...]) -> float:
    """Return the bytes of the middle key: the odd one that met a tick of the clock says nothing."""
    strokes = [program.stroke(key) for key in keys]
    return percentile([stroke.size for stroke in strokes if stroke is not None], 50)


def _held(program: Program, keys: int) -> float:
    """Return the mean bytes of a key that is held down, all that comes meanwhile included."""
    program.until_quiet()
    program.take_size()
    for _ in range(keys):
        program.press("j")
        program.rest(_HELD)
    program.until_quiet()
    return program.take_size() / keys
