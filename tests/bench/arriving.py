"""How long an alert takes from being accepted to being seen, while others arrive."""

from __future__ import annotations

from tests.bench.acting import RATE
from tests.bench.figures import Figure, Target, percentile, spread
from tests.bench.lab import Lab
from tests.bench.offering import offering
from tests.bench.program import Program

_MARKS = 35
"""As many as a screen has rows for."""
_SPACING = 0.6


def arriving(lab: Lab) -> list[Figure]:
    """Marked alerts among others, on a board that shows the marked ones."""
    marks = lab.times(_MARKS, 6)
    seconds = marks * _SPACING
    with (
        lab.ready_console() as console,
        offering(lab.store, "day", rate=RATE, seconds=seconds, marks=marks) as storm,
    ):
        for key in "/mark-":
            console.stroke(key)
        console.stroke("enter")
        console.rest(2.5)  # the list does not move under a finger
        console.look()
        storm.go()
        painted = _seen(console, marks, seconds)
        told = storm.told()
    taken, took = next((int(words[1]), float(words[2])) for words in told if words[0] == "taken")
    accepted = {words[1]: int(words[2]) for words in told if words[0] == "mark"}
    lags = [(painted[name] - at) / 1e6 for name, at in accepted.items() if name in painted]
    if len(lags) < marks:
        lab.tell(f"{marks - len(lags)} of {marks} marked alerts were not seen")
    name = f"alert accepted to row painted, {taken / took:,.0f} alerts/s arriving, p50 / p95"
    return [Figure(name, spread(lags, "ms", 50, 95), "", Target(200, 130, "ms"), percentile(lags, 95))]


def _seen(console: Program, marks: int, seconds: float) -> dict[str, int]:
    """Return when each mark was first on the screen."""
    painted: dict[str, int] = {}
    names = {f"mark-{number:04d}" for number in range(marks)}
    console.rest(seconds + 1.5)
    while names:
        at = console.when(lambda screen: any(screen.shows(name) for name in names))
        if at is None:
            break
        for name in [name for name in names if console.screen.shows(name)]:
            painted[name] = at
            names.discard(name)
    return painted
