"""`noc-tui doctor`: what this installation stands on, to be pasted into a report."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from typing import Final

import click

import noc_tui
from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.doctor_store import store_facts
from noc_tui.cli.faults import FAILED, OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.shape import Command
from noc_tui.store.facts import sqlite_version

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
    found, troubles = store_facts(invocation)
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
