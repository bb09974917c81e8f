"""What every command knows: which store, who asks, from where, since when; and the doors to the store."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Callable
from datetime import tzinfo
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar

import click
import msgspec

from noc_tui.cli import said
from noc_tui.cli.faults import Trouble
from noc_tui.cli.local_zone import LocalZone
from noc_tui.cli.places import Places, places
from noc_tui.cli.preferences import Preferences, read_preferences
from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import Micros
from noc_tui.incidents.text import clean
from noc_tui.journal.ids import make_id
from noc_tui.net.errors import BadUrl
from noc_tui.store.errors import NotAStore
from noc_tui.store.places import file_of
from noc_tui.sync.remotes import Remote, is_remote, remote_of

if TYPE_CHECKING:
    from noc_tui.store.board_reader import BoardReader
    from noc_tui.store.opening import Store

P = ParamSpec("P")
R = TypeVar("R")

STORE: Final = "noc_tui.store"
ME: Final = "noc_tui.me"
DEBUG: Final = "noc_tui.debug"
"""Keys of click's `Context.meta`: what was given anywhere on the command line."""
ON_COMMAND_LINE: Final = "--store"
_LONGEST_NAME: Final = 64


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the program. `named` says where the store was named, such as `--store`; "" for the default one.

    With a `remote` store, `store` is the replica of it.
    """

    store: Path
    named: str
    me: str
    origin: str
    preferences: Preferences
    places: Places
    remote: Remote | None = None

    @property
    def place(self) -> str:
        """The store as a person calls it: its file, or a remote one's address."""
        return str(self.store) if self.remote is None else self.remote.url

    @property
    def zone(self) -> tzinfo:
        """The operator's time zone."""
        return LocalZone()

    def now(self) -> Micros:
        """Return the present instant, in microseconds UTC."""
        return time.time_ns() // 1000

    def new_id(self) -> bytes:
        """Return a fresh UUIDv7."""
        return make_id(self.now(), os.urandom(10))

    def open_store(self, *, create: bool = True, demo: bool = False) -> Store:
        """Open the store for writing; make it where there is none, but no directory that somebody named."""
        # Start-up cost: SQLAlchemy takes longer to import than most commands take to run.
        from noc_tui.store.opening import open_store

        if create:
            self.check_directory()
        else:
            self.check_there()
        return open_store(self.store, create=create, demo=demo, told=said.words)

    def board_reader(self) -> BoardReader:
        """Return a reader of the board, which needs no SQLAlchemy."""
        # Start-up cost: what reads no store need not import sqlite3.
        from noc_tui.store.board_reader import BoardReader

        self.check_there()
        return BoardReader(self.store)

    def check_directory(self) -> None:
        """Raise Trouble if the store was named in a directory that does not exist: most likely it is mistyped."""
        directory = self.store.parent
        if self.named and not directory.is_dir():
            raise Trouble(f"There is no directory {directory}: make it, or give another path with --store.")

    def check_there(self) -> None:
        """Raise Trouble or NotAStore if there is no file to read."""
        if self.store.is_dir():
            raise NotAStore(self.store, "a directory")
        if self.store.exists():
            return
        if self.named:
            self.check_directory()
            raise Trouble(f"There is no store at {self.store}: check the path given with --store.")
        raise Trouble(
            f"There is no store yet at {self.store}: open the board with `noc-tui`, log an incident with "
            "`noc-tui log`, or look at `noc-tui demo`."
        )


def invocation_of(context: click.Context) -> Invocation:
    """Return what the command line, the environment and config.toml say together; the earlier wins."""
    found = places(os.environ)
    preferences = read_preferences(found.config_file)
    named, store = _store(context, found, preferences)
    remote = None if isinstance(store, Path) else store
    return Invocation(
        store=store if isinstance(store, Path) else store.replica,
        remote=remote,
        named=named,
        me=_me(context, preferences),
        origin=origin(),
        preferences=preferences,
        places=found,
    )


def pass_invocation(command: Callable[Concatenate[Invocation, P], R]) -> Callable[P, R]:
    """Give a command its invocation as the first argument; one with a remote store is refused."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        invocation = invocation_of(click.get_current_context())
        if invocation.remote is not None:
            raise click.UsageError(
                f"This works on a store's file, and {invocation.remote.url} is a remote store: run it on the server's "
                "host, or give a file with --store."
            )
        return command(invocation, *args, **kwargs)

    return called


def pass_any_invocation(command: Callable[Concatenate[Invocation, P], R]) -> Callable[P, R]:
    """Give a command that works on a remote store too its invocation as the first argument."""

    @wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(invocation_of(click.get_current_context()), *args, **kwargs)

    return called


def origin() -> str:
    """Return where we are: `host:tty` on a terminal, else `host:script`; each has an undo stack of its own."""
    try:
        where = os.ttyname(sys.stdin.fileno()).removeprefix("/dev/")
    except (OSError, ValueError, AttributeError):
        where = "script"
    return f"{os.uname().nodename}:{where}"


def _store(context: click.Context, found: Places, preferences: Preferences) -> tuple[str, Path | Remote]:
    said_by = (
        (ON_COMMAND_LINE, context.meta.get(STORE)),
        ("NOC_TUI_STORE", os.environ.get("NOC_TUI_STORE")),
        (f"store in {found.config_file}", preferences.store),
    )
    for who, location in said_by:
        if location:
            try:
                if is_remote(location):
                    return who, remote_of(location, found.data, found.config)
                return who, file_of(location)
            except BadUrl as error:
                raise click.UsageError(f"{who}: {error}") from None
            except ValueError as error:
                raise click.UsageError(f"{who}: {error}.") from None
    return "", found.store


def _me(context: click.Context, preferences: Preferences) -> str:
    name = context.meta.get(ME) or os.environ.get("NOC_TUI_ME") or preferences.me or _os_user()
    name = clean(name).strip()
    if not name or len(name) > _LONGEST_NAME:
        raise click.UsageError(f"A person's name has 1 to {_LONGEST_NAME} characters: give another one with --me.")
    if name == RULE:
        raise click.UsageError(f"{RULE!r} is what the standing duties are called: give a person's name with --me.")
    return name


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return f"uid{os.getuid()}"
