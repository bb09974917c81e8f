"""The demo's own store, made anew each time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from noc_tui.cli.faults import Trouble

_BESIDE: Final = tuple(f"{file}{log}" for file in ("", "-live", "-search") for log in ("", "-wal", "-shm"))


def begin_anew(store: Path) -> None:
    """Delete the demo's own store and see that there is a directory for it; Trouble while another demo runs on it."""
    # Start-up cost: no other command asks.
    from noc_tui.store.gate import FileLock

    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not store.exists():
        return
    lock = FileLock(store.with_name(f"{store.name}-agent.lock"))
    try:
        if not lock.take():
            raise Trouble(f"A demo is running on {store}: leave it, or give this one a file of its own with --store.")
        for suffix in _BESIDE:
            store.with_name(f"{store.name}{suffix}").unlink(missing_ok=True)
    finally:
        lock.close()
