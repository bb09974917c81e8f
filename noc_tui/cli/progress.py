"""How far long work has come, on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_EVERY: Final = 0.1
"""Seconds between two paints."""


@contextmanager
def shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give what long work calls with (done, total); it is painted on a terminal, and not at all elsewhere."""
    painted = False
    last = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal last, painted
        now = time.monotonic()
        if now - last < _EVERY or not sys.stderr.isatty():
            return
        last, painted = now, True
        part = f" of {total:,} ({100 * done // total}%)" if total else ""
        sys.stderr.write(f"\r{what}: {done:,}{part}\x1b[K")
        sys.stderr.flush()

    try:
        yield progress
    finally:
        if painted:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
