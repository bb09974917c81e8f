"""What the server counts, and how it is told to Prometheus (text format 0.0.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of a latency's buckets, in seconds."""
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Histogram:
    """How often something took how long."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one that took so long."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class Metrics:
    """The counts of one process since it started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        """Answers by route and status."""
        self.latency: dict[str, Histogram] = {}
        """Seconds to an answer by route; polls that were held for news are left out."""
        self.commands: Counter[str] = Counter()
        """Outcomes of commands: ok, repeated, or the code of the refusal."""
        self.forks = 0
        """Cursors that were not on our history: each is a restored store, or a fault of ours."""
        self.bugs = 0
        """Requests that failed by a fault of ours."""

    def answered(self, route: str, status: int, seconds: float | None) -> None:
        """Count an answer; `seconds` None for a poll that was held."""
        self.requests[route, status] += 1
        if seconds is not None:
            if route not in self.latency:
                self.latency[route] = Histogram()
            self.latency[route].observe(seconds)


Series = tuple[str, str, str, list[tuple[str, float]]]
"""A metric's name, type and help, and its samples: labels (with braces, or empty) and value."""


def exposition(series: list[Series], latency: dict[str, Histogram]) -> str:
    """Return metrics as Prometheus reads them."""
    lines = [line for one in series for line in _lines(one)]
    lines += _latency_lines(latency)
    return "\n".join(lines) + "\n"


def _lines(series: Series) -> Iterator[str]:
    name, kind, says, samples = series
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{labels} {value:g}" if isinstance(value, float) else f"{name}{labels} {value}"


def _latency_lines(latency: dict[str, Histogram]) -> Iterator[str]:
    name = "noc_tui_request_seconds"
    yield f"# HELP {name} Seconds from a request's head to its answer, by route; held polls are left out."
    yield f"# TYPE {name} histogram"
    for route, histogram in sorted(latency.items()):
        count = 0
        for bound, found in zip((*map(str, BOUNDS), "+Inf"), histogram.buckets, strict=True):
            count += found
            yield f'{name}_bucket{{route="{route}",le="{bound}"}} {count}'
        yield f'{name}_sum{{route="{route}"}} {histogram.total:.6f}'
        yield f'{name}_count{{route="{route}"}} {count}'
