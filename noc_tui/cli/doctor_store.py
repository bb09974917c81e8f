"""What `noc-tui doctor` tells of a store's file: how it is, how much room it has, and every case it can see.

What to do in each of them: docs/recovery.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from noc_tui.cli.damage import UNREADABLE, damage_in
from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError
from noc_tui.store.facts import facts_of
from noc_tui.store.live import Live, live_path
from noc_tui.store.places import refuse_network, refuse_planted, refuse_unwritable

SCARCE: Final = 64 << 20
"""Bytes of room below which there is a word to be said: the log takes 40 MB in a storm."""
AHEAD: Final = 2 * SECOND
"""How far the journal may be ahead of our clock before one of them is wrong."""

Facts = list[tuple[str, str]]


def store_facts(invocation: Invocation) -> tuple[Facts, list[str]]:
    """Return what is known of the store, and what is wrong with it."""
    path = invocation.store
    troubles: list[str] = []
    for check in (refuse_network, refuse_unwritable, refuse_planted):
        try:
            if path.exists():
                check(path)
        except StoreError as error:
            troubles.append(str(error))
    room, scarce = _room(path)
    troubles += scarce
    if not path.exists():
        return [("state", "there is none yet"), *room], troubles
    try:
        return [*_facts(invocation), *room], troubles + _clock(path, invocation.now())
    except StoreError as error:
        return [("state", "cannot be read")], [*troubles, str(error)]
    except UNREADABLE as error:
        found = damage_in(path)
        if found is None:
            raise
        return [("state", f"cannot be read: {type(error).__name__}")], [*troubles, str(found)]


def _facts(invocation: Invocation) -> Iterator[tuple[str, str]]:
    with closing(BoardReader(invocation.store)) as reader:
        demo = "a demo, " if reader.demo else ""
        yield "state", f"{demo}event {reader.head_seq():,}, {reader.open_count():,} incidents open"
        yield "quarantine", _quarantined(reader.quarantined(), live_path(invocation.store))
    sizes = facts_of(invocation.store)
    yield "size", f"{sizes.size:,} bytes, log {sizes.log:,} bytes"
    if not live_path(invocation.store).exists():
        yield "agent", "never ran"
        return
    with closing(Live(live_path(invocation.store))) as live:
        status = live.agent()
    if status is None:
        yield "agent", "never ran"
    else:
        ago = short(invocation.now() - status.beat_at)
        yield "agent", f"pid {status.pid} on {status.host}, version {status.version or '?'}, last heard {ago} ago"
        for source in status.sources:
            error = f": {source.last_error}" if source.last_error else ""
            yield f"source {source.name}", f"{source.state}, {source.alerts:,} alerts{error}"


def _room(path: Path) -> tuple[Facts, list[str]]:
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:  # there is no such directory yet
        return [], []
    said = f"Only {free >> 20} MB are free on the disk of {path.parent}: make room before writing stops."
    return [("room", f"{free >> 20:,} MB free")], [said] if free < SCARCE else []


def _clock(path: Path, now: Micros) -> list[str]:
    """Say it if the journal has events that our clock has not come to yet."""
    # Start-up cost: SQLAlchemy, which the help of no command needs.
    from noc_tui.store.tail import TailReader

    with closing(TailReader(path)) as tail:
        ahead = tail.head().received_at - now
    if ahead < AHEAD:
        return []
    return [
        f"The last event is {short(ahead)} ahead of this machine's clock: it is wrong now, or was then; set it right. "
        "Order does not depend on it; new events bear that time until the clock has come to it."
    ]


def _quarantined(kept: int, live_file: Path) -> str:
    repeats = 0
    if kept and live_file.exists():
        with closing(Live(live_file)) as live:
            repeats = live.odd_repeats()
    again = f"; repeats left out: {repeats:,}" if repeats else ""
    return f"{kept:,} kept that could not be read{again}"
