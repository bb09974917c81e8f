"""Measures the program on a store of a size and prints one table: `make bench`, or with ARGS="--quick"."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from noc_tui.simulate.filling import fill
from noc_tui.store.board_reader import BoardReader
from tests.bench.acting import acting
from tests.bench.arriving import arriving
from tests.bench.figures import Figure, table
from tests.bench.lab import Lab, copied, free_port
from tests.bench.link_bytes import link_bytes
from tests.bench.link_catching_up import link_catching_up
from tests.bench.link_change import link_change
from tests.bench.link_commands import link_commands
from tests.bench.link_filling import link_filling
from tests.bench.link_polls import link_polls
from tests.bench.machine import disk_sync, machine
from tests.bench.moving import moving
from tests.bench.program import Silent, now
from tests.bench.resting import resting
from tests.bench.starting import starting
from tests.bench.taking_in import taking_in
from tests.bench.wire import wire

PARTS: Final[dict[str, Callable[[Lab], list[Figure]]]] = {
    "start": starting,
    "keys": moving,
    "bytes": wire,
    "idle": resting,
    "ack": acting,
    "arrival": arriving,
    "link-filling": link_filling,
    "link-change": link_change,
    "link-bytes": link_bytes,
    "link-polls": link_polls,
    "link-commands": link_commands,
    "link-catching-up": link_catching_up,
    "intake": taking_in,
}
"""What is measured, in this order: what adds alerts to the store comes last."""
_FULL = (100_000, 1_000_000)
_QUICK = (2_000, 5_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print it, and return 0; 1 if something could not be measured."""
    options = _options(arguments)
    gc.disable()  # a pause of ours would be counted as one of the program's
    with tempfile.TemporaryDirectory(prefix="noc-tui-bench-") as temporary:
        folder = Path(temporary)
        filled = _filled(options.store or folder / "filled.db", options.open, options.closed)
        lab = Lab(copied(filled, folder), folder, options.quick, _tell, free_port())
        head = [machine(), disk_sync(folder), _size(lab.store)]
        figures, failed = _measured(lab, options.only or list(PARTS))
    print("\n".join([*head, "", table(figures)]))
    return failed


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--open", type=int, help=f"open incidents of the store ({_FULL[0]:,})")
    parser.add_argument("--closed", type=int, help=f"closed incidents of the store ({_FULL[1]:,})")
    parser.add_argument("--quick", action="store_true", help="a small store and few repetitions: some minutes")
    parser.add_argument("--store", type=Path, help="a filled store to measure on a copy of; made if it is not there")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part alone; may be repeated")
    options = parser.parse_args(arguments)
    usual = _QUICK if options.quick else _FULL
    options.open = usual[0] if options.open is None else options.open
    options.closed = usual[1] if options.closed is None else options.closed
    return options


def _filled(store: Path, open_count: int, closed_count: int) -> Path:
    if not store.exists():
        _tell(f"filling a store with {open_count:,} open and {closed_count:,} closed incidents")
        fill(store, open_count=open_count, closed_count=closed_count, seed=1)
    return store.absolute()


def _size(store: Path) -> str:
    reader = BoardReader(store)
    try:
        rows, events = sum(map(len, reader.all_rows())), reader.head_seq()
    finally:
        reader.close()
    return f"{rows:,} incidents on the board, {events:,} events, {store.stat().st_size / 1e6:,.0f} MB; 160x48 truecolor"


def _measured(lab: Lab, names: Sequence[str]) -> tuple[list[Figure], int]:
    figures, failed = list[Figure](), 0
    for name in names:
        began = now()
        try:
            figures += PARTS[name](lab)
        except Silent as silence:
            failed = 1
            _tell(f"{name}: not measured: {silence}")
        gc.collect()
        _tell(f"{name}: {(now() - began) / 1e9:.0f} s")
    return figures, failed


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
