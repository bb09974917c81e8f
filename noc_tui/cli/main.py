"""The program `noc-tui`: its table of commands, and the one edge at which errors become sentences."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

import click

import noc_tui
from noc_tui.cli import said
from noc_tui.cli.damage import UNREADABLE, cause_of
from noc_tui.cli.faults import FAILED, INTERRUPTED, MISUSED, OK, UNHEARD, Trouble
from noc_tui.cli.invocation import DEBUG
from noc_tui.cli.screen_options import screen_options
from noc_tui.cli.shape import LazyGroup
from noc_tui.cli.source_options import source_options
from noc_tui.net.errors import NetError
from noc_tui.sources.errors import SourceError
from noc_tui.store.errors import StoreError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo", "demo"),
    "list": ("listing", "list_board"),
    "search": ("search", "search"),
    "show": ("show", "show"),
    "log": ("log", "log"),
    "do": ("do", "do"),
    "alert": ("alert", "alert"),
    "journal": ("journal", "journal"),
    "board": ("board", "board"),
    "agent": ("agent", "agent"),
    "serve": ("serve", "serve"),
    "login": ("login", "login"),
    "outbox": ("outbox", "outbox"),
    "source": ("source", "source"),
    "token": ("token", "token"),
    "policy": ("policy", "policy"),
    "view": ("view", "view"),
    "export": ("transfer", "export"),
    "import": ("transfer", "import_"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
    "verify": ("verify", "verify"),
    "simulate": ("simulate", "simulate"),
    "doctor": ("doctor", "doctor"),
    "keys": ("keys", "keys"),
}
"""Every command: the module of this package that holds it, and its name there; the order is that of the help."""


@click.group(cls=LazyGroup, table=COMMANDS, invoke_without_command=True)
@source_options
@screen_options
@click.version_option(noc_tui.__version__, "--version", message="%(prog)s %(version)s")
@click.pass_context
def program(
    context: click.Context,
    alertmanagers: tuple[tuple[str, str], ...],
    interval: float,
    theme: str | None,
    in_ascii: bool | None,
) -> int:
    """noc-tui: an incident console for network operations centres.

    Without a command it opens the board. Every command has --help; data goes to standard output, words to standard
    error. Exit status: 0 done, 1 refused or failed, 2 bad usage.
    """
    if context.invoked_subcommand is not None:
        if alertmanagers or theme or in_ascii is not None:
            raise click.UsageError(f"Options of the board go behind the command {context.invoked_subcommand}.")
        return OK
    # Start-up cost: no other command needs the board.
    from noc_tui.cli.opening import open_board

    return open_board(context, alertmanagers=alertmanagers, interval=interval, theme=theme, in_ascii=in_ascii)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status; whatever goes wrong is told in one sentence."""
    said.prepare()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # as __main__ left it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    meta: dict[str, object] = {}
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments), meta)
        said.flush()
    except BrokenPipeError:
        return _unheard()
    except BaseException as error:  # noqa: BLE001 (the process's edge: everything is told, nothing is passed over)
        if meta.get(DEBUG):
            # Start-up cost: only who looks for a defect needs it.
            from traceback import print_exception

            print_exception(error)
        return _told(error)
    return status


def _run(arguments: list[str], meta: dict[str, object]) -> int:
    try:
        with program.make_context("noc-tui", arguments) as context:
            context.meta.setdefault(DEBUG, False)
            try:
                return int(program.invoke(context) or OK)
            except UNREADABLE as error:
                raise cause_of(error, context) from error
            finally:
                meta.update(context.meta)
    except click.exceptions.Exit as end:
        return end.exit_code


def _told(error: BaseException) -> int:
    """Say what went wrong, and return the status for it; SystemExit passes."""
    if isinstance(error, SystemExit):
        raise error
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say("")
        return INTERRUPTED
    if isinstance(error, click.UsageError):
        _say(_usage(error))
        return MISUSED
    _say(_sentence(error))
    return FAILED


def _usage(error: click.UsageError) -> str:
    context = error.ctx
    path = context.command_path if context is not None else "noc-tui"
    message = " ".join(error.format_message().split())
    return f"{path}: {message} See `{path} --help`."


def _sentence(error: BaseException) -> str:
    if isinstance(error, Trouble | StoreError | NetError | SourceError):
        return f"noc-tui: {error}"
    if isinstance(error, click.ClickException):
        return f"noc-tui: {error.format_message()}"
    if isinstance(error, OSError) and error.filename:
        return f"noc-tui: {error.filename} cannot be used ({error.strerror}): see to it, then repeat the command."
    if isinstance(error, OSError):
        return f"noc-tui: what was read or written failed ({error.strerror or error}): see to it, then repeat it."
    return (
        f"noc-tui: an unexpected failure ({type(error).__name__}: {error}). Nothing acknowledged is lost; "
        "repeat the command with --debug and report what it prints."
    )


def _say(sentence: str) -> None:
    try:
        said.flush()
        said.words(sentence)
    except OSError:  # nobody is there to be told
        _hush()


def _unheard() -> int:
    """End quietly when whoever read our output has gone."""
    _hush()
    return UNHEARD


def _hush() -> None:
    """Let nothing more be written: what is still buffered would raise again at the interpreter's end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
    os.close(nowhere)
