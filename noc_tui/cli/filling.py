"""A simulated past and present, in a store made for it: `noc-tui simulate`, and the beginning of a demo."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from noc_tui.cli.faults import Trouble
from noc_tui.cli.progress import shown
from noc_tui.incidents.model import Micros


def fill_store(store: Path, *, open_count: int, closed_count: int, seed: int, now: Micros) -> None:
    """Make a store, marked DEMO, with so many open and closed incidents; the same seed gives the same NOC."""
    # Start-up cost: the simulated network and the bulk load are of no use to other commands.
    from noc_tui.simulate.filling import fill

    with shown("Incidents simulated") as progress:
        fill(store, open_count=open_count, closed_count=closed_count, seed=seed, now=now, progress=progress)


def demo_events(store: Path) -> int:
    """Return how many events a demo's store holds, 0 if there is none; Trouble if it is a live one (DESIGN.md 6)."""
    # Start-up cost: few commands ask.
    from noc_tui.store.board_reader import BoardReader

    if not store.exists():
        return 0
    with closing(BoardReader(store)) as reader:
        if not reader.demo:
            raise Trouble(f"{store} is a live store: nothing simulated goes there; give another --store.")
        return reader.head_seq()
