"""Passes over many rows in slices: a key that comes meanwhile waits for one of them, not for all.

Between two slices rows may change and leave. Whoever cuts a pass notes which, and gives them their places at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from noc_tui.console.arranging import Key, columns_of
from noc_tui.console.order import Order
from noc_tui.incidents.model import Incident

T = TypeVar("T")
Slices = Generator[None, None, T]
"""Work that gives way after each slice, and what comes of it."""

SLICE: Final = 2_000
"""Rows of one slice: two or three milliseconds."""
FEW: Final = 8
"""Up to this part of all keys or numbers, some of them are sorted; more of them are met on a walk through all."""


def passing(
    of: Mapping[int, Key], test: Callable[[Incident], bool], rows: Mapping[int, Incident]
) -> Slices[dict[int, Key]]:
    """Return the keys of the rows that pass a test."""
    found: dict[int, Key] = {}
    numbers = list(of)
    for start in range(0, len(numbers), SLICE):
        part = numbers[start : start + SLICE]
        found.update({n: of[n] for n in part if n in of and n in rows and test(rows[n])})
        yield
    return found


def kept(of: Mapping[int, Key], *runs: list[Key]) -> Slices[list[Key]]:
    """Return the keys of some of the rows whose keys stand in `runs`, in that order: the fewer, the sooner sorted."""
    if len(of) * FEW < sum(map(len, runs)):
        return sorted(of.values())
    keys = [key for run in runs for key in run] if len(runs) > 1 else list(runs[0])
    found: list[Key] = []
    for start in range(0, len(keys), 2 * SLICE):
        found += _among(keys[start : start + 2 * SLICE], of)
        yield
    return found


def _among(keys: Sequence[Key], of: Container[int]) -> list[Key]:
    return [key for key in keys if key[-1] in of]


def in_order(sort: str, numbers: Sequence[int], rows: Mapping[int, Incident]) -> Slices[Order]:
    """Return rows, given by their numbers in order, sorted by one field or several."""
    parts = columns_of(sort)
    of: dict[int, Key] = {}
    alike: dict[Any, list[Key]] = {}
    apart: list[Key] = []
    seldom = False
    for start in range(0, len(numbers), SLICE):
        here = [number for number in numbers[start : start + SLICE] if number in rows]
        shown = list(map(rows.__getitem__, here))
        keys: list[Key] = list(zip(*(map(by, shown) for by in parts), here, strict=True))
        of.update(zip(here, keys, strict=True))
        if not start:
            seldom = len({key[0] for key in keys}) * 2 > len(keys)
        if seldom:
            apart += keys
        else:
            for key in keys:
                alike.setdefault(key[0], []).append(key)
        yield
    if seldom:
        _sort(apart, range(len(parts)))
    else:
        yield from _joined(alike, range(1, len(parts)), apart)
    return Order(of, apart)


def _joined(alike: dict[Any, list[Key]], fields: range, into: list[Key]) -> Slices[None]:
    """Add keys that have the first field in common, and come by their numbers, in its order: it is compared once."""
    done = 0
    for first in sorted(alike):
        run = alike[first]
        _sort(run, fields)
        into += run
        if len(into) - done >= 2 * SLICE:
            done = len(into)
            yield


def _sort(keys: list[Key], fields: range) -> None:
    """Sort by some fields, the last first: values of one kind are compared faster than tuples, and equal ones stay."""
    for field in reversed(fields):
        keys.sort(key=itemgetter(field))


def all_of(slices: Slices[T]) -> T:
    """Do all at once."""
    while True:
        try:
            next(slices)
        except StopIteration as done:
            result: T = done.value
            return result
