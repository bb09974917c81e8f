"""What every measurement stands on: a store of its own, the commands to measure, and how thoroughly."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.store.search_index import SearchIndex
from tests.bench.figures import Tell
from tests.bench.program import Program
from tests.bench.screen import Screen

OPERATOR: Final = "ana"
RIGHT: Final = 160
"""Columns from which on the pane stands on the right."""
BELOW: Final = 158
"""Columns with which the pane stands below."""


class Lab(msgspec.Struct, frozen=True):
    """The store that is measured on, a copy for this run alone, a home for the programs, and whether to be quick.

    `port` is where its server is found.
    """

    store: Path
    home: Path
    quick: bool
    tell: Tell
    port: int

    def times(self, full: int, quick: int) -> int:
        """Return how often to do something."""
        return quick if self.quick else full

    def environment(self) -> dict[str, str]:
        """Return the environment of a plain, modern terminal."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "NOC_TUI_HOME": str(self.home / "noc-tui"),
            "NOC_TUI_ME": OPERATOR,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }

    def console(self, columns: int = RIGHT) -> Program:
        """Start a console on the store."""
        command = [str(Path(sys.executable).with_name("noc-tui")), "--store", str(self.store)]
        return Program(command, self.environment(), columns=columns, restless=frozenset((0,)))

    def empty(self) -> Program:
        """Start the empty app."""
        return Program([sys.executable, str(Path(__file__).with_name("empty_app.py"))], self.environment())

    @contextmanager
    def ready_console(self, columns: int = RIGHT) -> Iterator[Program]:
        """Start a console and wait until it has read the whole board and its agent is at work."""
        with self.console(columns) as console:
            console.await_screen("the console read its board", is_loaded, patience=60)
            console.await_screen("the agent was at work", lambda screen: "live" in screen.text[0], patience=60)
            console.rest(1.0)
            console.look()
            yield console

    @contextmanager
    def ready_empty(self) -> Iterator[Program]:
        """Start the empty app and wait for it."""
        with self.empty() as empty:
            empty.await_screen("the empty app began", is_empty_app, patience=20)
            yield empty


_INDEXED_AT_ONCE: Final = 20_000
_ROW: Final = re.compile(r".{3}[ !][1-5]\s.{0,4}(new|acked|active|held|resolved)\s")


def has_rows(screen: Screen) -> bool:
    """Return whether the board's rows are painted."""
    return any(map(_ROW.match, screen.text))


def is_loaded(screen: Screen) -> bool:
    """Return whether the board is painted, and all of it is read."""
    return has_rows(screen) and not screen.shows("Reading the board")


def is_empty_app(screen: Screen) -> bool:
    """Return whether the empty app has painted itself."""
    return screen.shows("ready, ")


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def copied(source: Path, folder: Path) -> Path:
    """Copy a filled store that nobody has open, so that what is measured on it leaves no trace in it."""
    target = folder / "bench.db"
    for suffix in ("", "-live", "-search"):
        part = source.with_name(source.name + suffix)
        if part.exists():
            shutil.copyfile(part, target.with_name(target.name + suffix))
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    _make_searchable(target)
    return target


def _make_searchable(store: Path) -> None:
    """Complete the index of the search, as an agent has long done on a desk: or it does so while others measure."""
    with closing(SearchIndex(store)) as index:
        while index.lag().left:
            index.advance(_INDEXED_AT_ONCE)
