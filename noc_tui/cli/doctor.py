"""`noc-tui doctor`: what this installation stands on, to be pasted into a report."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import click

import noc_tui
from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.damage import UNREADABLE, damage_in
from noc_tui.cli.faults import FAILED, OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.shape import Command
from noc_tui.incidents.durations import short
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import StoreError
from noc_tui.store.facts import facts_of, sqlite_version
from noc_tui.store.live import Live, live_path
from noc_tui.store.places import refuse_network, refuse_planted, refuse_unwritable

_PACKAGES: Final = ("textual", "sqlalchemy", "aiosqlite", "httpx", "msgspec", "click")
_VARIABLES: Final = ("TERM", "COLORTERM", "NO_COLOR", "TMUX", "SSH_TTY", "LANG", "LC_ALL", "TZ")


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_any_invocation
def doctor(invocation: Invocation, as_json: bool) -> int:
    """Print versions, terminal, directories and the store's state; exits 1 if something needs mending.

    On a remote store also whether it answers, who we are there, how far the clocks differ, and what waits for it.
    """
    facts = [*_versions(), *_terminal(), *_places(invocation)]
    found, troubles = _store(invocation)
    facts += found
    if invocation.remote is not None:
        # Start-up cost: the HTTP client.
        from noc_tui.cli.doctor_link import link_facts

        linked, wrong = link_facts(invocation, invocation.remote)
        facts, troubles = facts + linked, troubles + wrong
    if as_json:
        said.document({"facts": dict(facts), "troubles": troubles})
    else:
        for line in list(table([("", ""), *facts]))[1:]:
            said.line(line)
    for trouble in troubles:
        said.words(trouble)
    return FAILED if troubles else OK


def _versions() -> Iterator[tuple[str, str]]:
    yield "noc-tui", noc_tui.__version__
    yield "python", f"{platform.python_version()} ({sys.executable})"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "sqlite", sqlite_version()
    for name in _PACKAGES:
        yield name, importlib.metadata.version(name)


def _terminal() -> Iterator[tuple[str, str]]:
    if sys.stdin.isatty() and sys.stdout.isatty():
        # Start-up cost: Textual, which this command needs on a terminal alone.
        from noc_tui.console.terminal import dressed

        size = shutil.get_terminal_size()
        palette, signs = dressed("", None)
        drawn = "all signs" if signs.unicode else "ASCII signs"
        yield "terminal", f"{size.columns}x{size.lines}, {palette.name} colours, {drawn}"
    else:
        yield "terminal", "none: standard input or output is no terminal"
    yield "encoding", sys.stdout.encoding
    yield "environment", " ".join(f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ)


def _places(invocation: Invocation) -> Iterator[tuple[str, str]]:
    places = invocation.places
    yield "me", f"{invocation.me} at {invocation.origin}"
    yield "configuration", f"{places.config_file}" + ("" if places.config_file.exists() else " (none)")
    yield "data", str(places.data)
    yield "store", f"{invocation.store}" + ("" if invocation.remote is None else f", of {invocation.remote.url}")


def _store(invocation: Invocation) -> tuple[list[tuple[str, str]], list[str]]:
    """Return what is known of the store, and what is wrong with it."""
    path = invocation.store
    troubles: list[str] = []
    for check in (refuse_network, refuse_unwritable, refuse_planted):
        try:
            if path.exists():
                check(path)
        except StoreError as error:
            troubles.append(str(error))
    if not path.exists():
        return [("state", "there is none yet")], troubles
    try:
        return list(_facts(invocation)), troubles
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


def _quarantined(kept: int, live_file: Path) -> str:
    repeats = 0
    if kept and live_file.exists():
        with closing(Live(live_file)) as live:
            repeats = live.odd_repeats()
    again = f"; repeats left out: {repeats:,}" if repeats else ""
    return f"{kept:,} kept that could not be read{again}"
