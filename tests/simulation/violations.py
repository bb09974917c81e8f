"""What a run of the simulation ends with when an invariant does not hold."""

from __future__ import annotations


class Violation(Exception):
    """An invariant of the sync contract does not hold: its number in SYNC.md's list, and what was seen."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(f"invariant {number}: {sentence}")
        self.number = number


class Crash(Exception):
    """A process dies here: what it has made durable stays, all else is gone."""


def must(number: int, holds: bool, sentence: str) -> None:
    """Raise `Violation` unless an invariant holds."""
    if not holds:
        raise Violation(number, sentence)
