"""Figures as ink on a line: meters, bars, life lines, rates, steps. Pure functions from numbers to runs."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from widgets.roles import BRIGHT, MUTED, P2, RULE, TEXT, Role, Run
from widgets.signs import Signs


def meter(used: float, width: int, signs: Signs, role: Role = TEXT) -> list[Run]:
    """How much of something is used, 0 to 1, `width` cells: little ink is good news.

    Anything used shows at least one cell; the line is full only when all is used.
    """
    inked = _cells(used, width)
    if inked == width and used < 1:
        inked -= 1
    return _ink([True] * inked + [False] * (width - inked), signs, role)


def bar(share: float, width: int, signs: Signs, role: Role = MUTED) -> list[Run]:
    """A share of the largest, 0 to 1, as a bar of at most `width` cells with nothing behind it."""
    inked = _cells(share, width)
    return [(signs.used * inked, role), (" " * (width - inked), role)]


def life_line(spans: Sequence[tuple[float, float]], width: int, signs: Signs, role: Role = TEXT) -> list[Run]:
    """When something was so: spans of time as shares of the whole, 0 to 1; each shows at least one cell."""
    inked = [False] * width
    for begin, end in spans:
        first = min(max(0, int(begin * width)), width - 1)
        last = min(max(first + 1, ceil(end * width)), width)
        inked[first:last] = [True] * (last - first)
    return _ink(inked, signs, role)


def spark(values: Sequence[float], signs: Signs, *, loud: float | None = None, role: Role = MUTED) -> list[Run]:
    """A rate over time, one cell a value, against the largest; values over `loud` are coloured as trouble."""
    most = max(values, default=0)
    top = len(signs.sparks) - 1
    cells: list[Run] = [
        (
            signs.sparks[min(top, ceil(top * value / most)) if value > 0 else 0],
            P2 if loud is not None and value > loud else role,
        )
        for value in values
    ]
    return [("".join(text for text, _ in same), kind) for kind, same in groupby(cells, key=lambda run: run[1])]


def steps(at: int, total: int, width: int, signs: Signs) -> list[Run]:
    """Where one is among `total` steps, the first being 1: what is done, this one, what is left.

    Steps that would be narrower than one cell and a blank become one plain meter.
    """
    each = min(3, width // total) if total else 0
    if each < 2:
        return meter(at / total if total else 0, width, signs)
    done, this, left = signs.used * (each - 1), signs.used * (each - 1), signs.unused * (each - 1)
    at = min(max(at, 1), total)
    return [
        ((done + " ") * (at - 1), TEXT),
        (this + " ", BRIGHT),
        ((left + " ") * (total - at), RULE),
        (" " * (width - each * total), RULE),
    ]


def _cells(share: float, width: int) -> int:
    share = min(max(share, 0.0), 1.0)
    return max(round(share * width), 1 if share > 0 and width else 0)


def _ink(inked: Sequence[bool], signs: Signs, role: Role) -> list[Run]:
    return [
        ((signs.used if ink else signs.unused) * len(list(same)), role if ink else RULE) for ink, same in groupby(inked)
    ]
