"""How long a change takes from a key on one console to the screen of another, through one server."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

from tests.bench.figures import Figure, Target, percentile, spread, timed
from tests.bench.lab import Lab
from tests.bench.program import Program, Silent, now
from tests.bench.screen import Screen
from tests.bench.serving import served

_NAMED: Final = slice(37, 80)
"""Where a row of the board names its resource, and what is wrong with it."""
_STATE: Final = slice(4, 17)
_PATIENCE: Final = 5.0
_SETTLES: Final = 0.2
"""Seconds between two looks at what was written: the emulator is slow."""
_TURN: Final = 0.0005
_STILL: Final = 0.3
"""Seconds until another key, about: no operator is faster."""


class Change(NamedTuple):
    """Milliseconds from a key to its own screen, and to the other one."""

    here: float
    there: float


def link_change(lab: Lab) -> list[Figure]:
    """Acknowledge and undo on one console, and watch the other."""
    with served(lab) as server, server.ready_console("ana") as near, server.ready_console("ben") as far:
        changes = list(_changes(near, far, lab.times(25, 4)))
    return [
        _figure("change on console A to painted on console B, p50 / p95", [one.there for one in changes]),
        timed("change on console A to painted on A itself, p50 / p95", [one.here for one in changes], (), None),
    ]


def _figure(name: str, values: list[float]) -> Figure:
    return Figure(name, spread(values, "ms", 50, 95), "", Target(1_000, 250, "ms"), percentile(values, 95))


def _changes(near: Program, far: Program, times: int) -> Iterator[Change]:
    """Yield what each acknowledgement took, and its undoing."""
    chance = Random(times)
    name = _alone(near, far)
    for _ in range(times):
        for key, state in (("a", "acked"), ("u", "new")):
            _rest((near, far), _STILL + chance.uniform(0, 0.3))
            near.look()
            far.look()
            yield _change(near, far, key, f"{name} {state}")


def _alone(near: Program, far: Program) -> str:
    """Find an incident that nobody has acknowledged, filter both boards for it, and return its name."""
    near.stroke("home")
    near.stroke("tab")
    name = _lit(near.look())
    for program in (near, far):
        for key in ("/", *name.split()[0], "enter"):
            program.stroke(key)
        program.rest(2.5)  # the list does not move under a finger
    near.stroke("home")
    return name


def _change(near: Program, far: Program, key: str, wanted: str) -> Change:
    """Press a key and see when each screen has the wanted row."""
    pressed = near.press(key)
    here = there = None
    while there is None and now() - pressed < _PATIENCE * 1e9:
        _rest((near, far), _SETTLES)
        here = here or near.when(lambda screen: wanted in _rows(screen))
        there = far.when(lambda screen: wanted in _rows(screen))
    if here is None or there is None:
        blind = (far if here else near).look().text
        raise Silent(f"{wanted} was to be seen {'there' if here else 'here'}\n" + "\n".join(map(str.rstrip, blind)))
    return Change((here - pressed) / 1e6, (there - pressed) / 1e6)


def _rest(programs: tuple[Program, ...], seconds: float) -> None:
    """Let programs be, and note what each of them writes when it writes it."""
    end = now() + int(seconds * 1e9)
    while now() < end:
        for program in programs:
            program.read(_TURN)


def _lit(screen: Screen) -> str:
    row = screen.lit_row()
    if row is None:
        raise Silent("a row was to be lit")
    return screen.text[row][_NAMED].rstrip()


def _rows(screen: Screen) -> set[str]:
    """Return each row as its name and state."""
    return {f"{text[_NAMED].rstrip()} {(text[_STATE].split() or [''])[-1]}" for text in screen.text}
