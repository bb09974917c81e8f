"""Another process that fills a replica, for the tests that kill it: `python following.py DEED STORE REPLICA`.

It says what it has done, a line each, and waits for a line before it goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from noc_tui.journal.exchange import SnapshotEnd
from noc_tui.store.board_rows import BoardRows
from noc_tui.store.replica import ReplicaFile
from tests.contract.authority import Authority, applied
from tests.contract.past import EPOCH, believable
from tests.contract.ports import AT
from tests.contract.test_ports import URL


def say(word: str) -> None:
    """Print a line at once, and wait until somebody answers."""
    print(word, flush=True)
    sys.stdin.readline()


def fill(store: Path, replica: ReplicaFile) -> None:
    """Take a snapshot in, and say each piece."""
    with closing(BoardRows(store)) as board:
        replica.begin(board.start(0))
        say("begun")
        incidents = alerts = 0
        for part in board.parts():
            replica.fill(part)
            incidents += len(part.incidents)
            alerts += len(part.alerts)
            say("filled")
        replica.finish(SnapshotEnd(incidents, alerts))
        say("whole")


def follow(_store: Path, replica: ReplicaFile) -> None:
    """Apply pages of a believable past as fast as can be, and say when it goes on without waiting."""
    authority = Authority(believable(40), EPOCH)
    at = replica.cursor()
    say("follows")
    while at is not None and at.seq < authority.seq:
        at = applied(replica, authority, authority.page(at.seq, 1))
        print(at.seq if at is not None else 0, flush=True)


DEEDS: dict[str, Callable[[Path, ReplicaFile], None]] = {"fill": fill, "follow": follow}

if __name__ == "__main__":
    DEEDS[sys.argv[1]](Path(sys.argv[2]), ReplicaFile(Path(sys.argv[3]), URL, lambda: AT))
