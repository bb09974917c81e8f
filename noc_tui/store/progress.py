"""How long work tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told (done, total) now and then. What it raises ends the work; nothing is left half done."""


def quiet(done: int, total: int) -> None:
    """Tell nobody."""
