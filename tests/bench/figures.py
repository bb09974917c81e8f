"""Figures, what they should be, and the table that sets the two side by side. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that at least `part` per cent of all do not exceed (nearest rank); NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(part / 100 * len(values)) - 1)]


class Target(msgspec.Struct, frozen=True):
    """What a figure should be: at most `limit`, and best at most `stretch`; or at least, by `least`.

    `unit` stands behind both: ms, B, MB, %, "x H" and the like.
    """

    limit: float
    stretch: float | None = None
    unit: str = ""
    least: bool = False

    def words(self) -> str:
        """Return the target as the table shows it: `<= 1.5 x H`."""
        return f"{'>=' if self.least else '<='} {amount(self.limit)} {self.unit}".rstrip()

    def verdict(self, value: float) -> str:
        """Return whether a value meets the target, and by how much it does or does not."""
        if math.isnan(value):
            return "not measured"
        if not self._meets(value, self.limit):
            return f"MISSED: {self._apart(value, self.limit)}"
        if self.stretch is not None and self._meets(value, self.stretch):
            return f"met, and the stretch of {amount(self.stretch)} too"
        return f"met: {self._apart(value, self.limit)}"

    def _meets(self, value: float, limit: float) -> bool:
        return value >= limit if self.least else value <= limit

    def _apart(self, value: float, limit: float) -> str:
        share = abs(value - limit) / limit * 100
        return f"{amount(value)} {self.unit}".rstrip() + f", {share:.0f} % {'over' if value > limit else 'under'}"


class Figure(msgspec.Struct, frozen=True):
    """One line of the table: what was measured, the values in words, the empty app's beside it, target and verdict.

    `judged` is the value that the target is about.
    """

    name: str
    measured: str
    empty: str = ""
    target: Target | None = None
    judged: float = math.nan

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the line's cells."""
        if self.target is None:
            return (self.name, self.measured, self.empty, "", "")
        return (self.name, self.measured, self.empty, self.target.words(), self.target.verdict(self.judged))


HEADINGS: Final = ("figure", "measured", "empty app (H)", "target", "verdict")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table of aligned columns, in Markdown."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def amount(value: float) -> str:
    """Return a number with as many digits as mean something: 0.42, 4.2, 42, 4,200."""
    if math.isnan(value):
        return "-"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def spread(values: Sequence[float], unit: str, *parts: float) -> str:
    """Return percentiles in a row: `1.9 / 4.4 ms`."""
    return " / ".join(amount(percentile(values, part)) for part in parts) + f" {unit}"


def timed(
    name: str, values: Sequence[float], empty: Sequence[float], target: Target | None, part: float = 95
) -> Figure:
    """Return the figure of times in ms: p50 and p95, the empty app's beside it, judged at the percentile `part`.

    A target in "x H" is about how many times the empty app's same percentile that is.
    """
    value = percentile(values, part)
    if target is not None and target.unit == TIMES_H:
        value /= percentile(empty, part)
    shown = spread(values, "ms", 50, 95)
    beside = spread(empty, "ms", 50, 95) if empty else ""
    return Figure(name, shown, beside, target, value)


TIMES_H: Final = "x H"
"""The unit of a target that is counted in the empty app's own time."""

Tell = Callable[[str], None]
"""Takes a sentence for whoever waits."""
