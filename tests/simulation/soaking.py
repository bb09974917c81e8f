"""Very many seeds, in every weather, with the progress on the way; what was not run is said, so that one can go on."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from typing import Final

import msgspec

from tests.simulation.plan import WEATHERS
from tests.simulation.world import first_fault

TOGETHER: Final = 100
"""Seeds in one weather."""


class _Part(msgspec.Struct, frozen=True):
    """Seeds that are run together: `end` is the one after the last."""

    first: int
    end: int
    weather: str


def soak(first: int, count: int, minutes: float, workers: int, tell: Callable[[str], None]) -> int:
    """Run `count` seeds from `first` on until one breaks an invariant or the time is over; 1 if one did.

    So many `workers`, each a process, share them. Told are the progress, the command that replays a seed which broke an
    invariant, and the command to go on with.
    """
    parts = [_part(place, min(place + TOGETHER, first + count)) for place in range(first, first + count, TOGETHER)]
    began, done = time.monotonic(), first
    pool = multiprocessing.get_context("spawn").Pool(workers, signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        for part, fault in zip(parts, pool.imap(_run, parts), strict=True):
            if fault:
                tell(fault)
                return 1
            done = part.end
            spent = time.monotonic() - began
            tell(f"{done - first:,} of {count:,} seeds, {(done - first) / spent:.0f} a second, no violation")
            if spent > minutes * 60:
                break
    except KeyboardInterrupt:
        pass
    finally:
        if done < first + count:
            tell(f"go on: python -m tests.simulation --soak {first + count - done} --from {done}")
        pool.terminate()
        pool.join()
    return 0


def _run(part: _Part) -> str:
    return first_fault(range(part.first, part.end), part.weather)


def _part(first: int, end: int) -> _Part:
    """The weather goes by the seed, wherever one begins."""
    weathers = sorted(WEATHERS)
    return _Part(first, end, weathers[first // TOGETHER % len(weathers)])
