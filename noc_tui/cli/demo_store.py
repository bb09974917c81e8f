"""A demo's store: never a live one (DESIGN.md 6)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from noc_tui.cli.faults import Trouble

_BESIDE: Final = ("", "-wal", "-shm", "-live", "-live-wal", "-live-shm")


def refuse_live(store: Path) -> None:
    """Raise Trouble if a store holds anything but a simulated NOC."""
    # Start-up cost: few commands ask.
    from noc_tui.store.board_reader import BoardReader

    with closing(BoardReader(store)) as reader:
        if not reader.demo:
            raise Trouble(
                f"{store} is a live store: simulated alerts go to a demo's store alone; give another --store."
            )


def begin_anew(store: Path) -> None:
    """Delete the demo's own store; Trouble while another demo runs on it."""
    # Start-up cost: few commands ask.
    from noc_tui.store.gate import FileLock

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
