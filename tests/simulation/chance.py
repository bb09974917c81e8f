"""Chance from a seed: the only source of it in the simulation, so that a seed is a run."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws from one seed, in the order asked."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self.draw = self._random.random
        """A number in [0, 1)."""

    def happens(self, probability: float) -> bool:
        """Return True that often."""
        return self.draw() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number from a range."""
        return low + (high - low) * self.draw()

    def upto(self, count: int) -> int:
        """Return a whole number from 0 to below `count`."""
        return int(self.draw() * count)

    def one_of(self, things: Sequence[T]) -> T:
        """Return one of these."""
        return things[self.upto(len(things))]

    def bytes(self, count: int) -> bytes:
        """Return random bytes."""
        return self._random.randbytes(count)
