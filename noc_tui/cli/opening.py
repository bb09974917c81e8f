"""What `noc-tui` does without a command: open the board, or print it once where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click
from msgspec.structs import replace

from noc_tui.cli import said
from noc_tui.cli.board_text import bands_text
from noc_tui.cli.dialling import logged_in
from noc_tui.cli.faults import OK
from noc_tui.cli.invocation import Invocation, invocation_of
from noc_tui.cli.own_keys import own_keys
from noc_tui.cli.remote_board import board_now, make_files
from noc_tui.cli.source_options import SourceList, agent_words, sources_of
from noc_tui.console.board_model import BoardModel
from noc_tui.console.config import ConsoleConfig
from noc_tui.console.stock import stock_of
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.store.board_reader import BoardReader
from noc_tui.sync.remotes import Remote


def open_board(
    context: click.Context, *, alertmanagers: SourceList, interval: float, theme: str | None, in_ascii: bool | None
) -> int:
    """Open the board on the store, which is made where there is none, and return the exit status."""
    invocation = invocation_of(context)
    if invocation.remote is not None:
        if alertmanagers:
            raise click.UsageError("A remote store's sources are polled on its server: give --alertmanager there.")
        return open_remote(invocation, invocation.remote, theme=theme, in_ascii=in_ascii)
    if not invocation.store.exists():
        invocation.open_store().close()
    preferences = invocation.preferences
    return run(
        invocation,
        ConsoleConfig(
            store=invocation.store,
            me=invocation.me,
            origin=invocation.origin,
            zone=invocation.zone,
            theme=theme or preferences.theme,
            ascii=preferences.ascii if in_ascii is None else in_ascii,
        ),
        agent_words(sources_of(preferences, alertmanagers), interval),
    )


def run(invocation: Invocation, config: ConsoleConfig, agent: Sequence[str]) -> int:
    """Run the console, or print the board once where there is no terminal to run it on.

    `agent` are the words behind the console's agent's store on its command line.
    """
    if not on_terminal():
        print_once(config.store, invocation.now())
        return OK
    said.flush()
    config = _preferred(invocation, config)
    # Start-up cost: the console is imported when it is certain that it will run.
    from noc_tui.agent.supervision import Supervisor, command_line
    from noc_tui.console.starting import run_console

    return run_console(config, Supervisor(command_line(config.remote or str(config.store), agent), config.store))


def _preferred(invocation: Invocation, config: ConsoleConfig) -> ConsoleConfig:
    """The configuration with the user's own keys and texts, and the place for what a console keeps."""
    keymap, notices = own_keys(invocation.preferences, invocation.places.config_file)
    kept, templates = invocation.places.kept, invocation.preferences.templates
    return replace(config, keys=keymap, notices=notices, kept=kept, templates=templates)


def open_remote(invocation: Invocation, remote: Remote, *, theme: str | None, in_ascii: bool | None) -> int:
    """Open the board on the replica of a remote store, or print it once; return the exit status."""
    kept = logged_in(invocation)
    if not on_terminal():
        now = board_now(invocation)
        _print([now.rows], now.policy, invocation.now(), demo=now.demo)
        return OK
    make_files(invocation, remote)
    preferences = invocation.preferences
    return run(
        invocation,
        ConsoleConfig(
            store=remote.replica,
            outbox=remote.outbox,
            remote=remote.url,
            me=kept.name,
            origin=invocation.origin,
            zone=invocation.zone,
            theme=theme or preferences.theme,
            ascii=preferences.ascii if in_ascii is None else in_ascii,
        ),
        (),
    )


def on_terminal() -> bool:
    """Return whether there is a terminal to run a board on."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def print_once(store: Path, now: Micros) -> None:
    """Print the board of a store's file as text."""
    with closing(BoardReader(store)) as reader:
        _print(reader.all_rows(), reader.policy(), now, demo=reader.demo)


def _print(rows: Iterable[list[Incident]], policy: Policy, now: Micros, *, demo: bool) -> None:
    model = BoardModel(policy, now)
    model.swap_in(stock_of(rows, policy, now), now)
    said.words(f"There is no terminal here: this is the {'DEMO ' if demo else ''}board once, as text.")
    for line in bands_text(model, now):
        said.line(line)
