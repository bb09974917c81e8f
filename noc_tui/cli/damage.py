"""Whether a failure that nobody foresaw comes of a damaged store: then that is what is said, and what to do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import click
import msgspec

from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import invocation_of
from noc_tui.store.errors import CorruptStore, StoreError

UNREADABLE: Final = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, msgspec.MsgspecError)
"""How Python refuses a value that no program of ours has written."""
PATIENCE: Final = 20.0
"""Seconds that the search for a cause may take: some 500,000 events."""


class _TooLong(Exception):
    """The search for the cause was given up."""


def cause_of(error: Exception, context: click.Context) -> Exception:
    """Return CorruptStore if the store that a command works on is proven to be damaged, else the error itself."""
    try:
        store = invocation_of(context).store
    except (click.ClickException, Trouble):
        return error
    return damage_in(store) or error


def damage_in(store: Path) -> StoreError | None:
    """Return what is wrong with a store, as far as `verify` finds it in time; None if it finds nothing."""
    # Start-up cost: whole stores are read by few commands.
    from noc_tui.store.verify import verify

    end = time.monotonic() + PATIENCE

    def bounded(_done: int, _all: int) -> None:
        if time.monotonic() > end:
            raise _TooLong

    if not store.is_file():
        return None
    try:
        fault = verify(store, bounded).fault
    except StoreError as found:
        return found
    except _TooLong:
        return None
    return None if fault is None else CorruptStore(store, fault.sentence.rstrip("."))
