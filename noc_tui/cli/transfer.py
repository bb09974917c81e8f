"""`noc-tui export` and `noc-tui import`: a journal as lines of JSON, and back again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.progress import shown
from noc_tui.cli.shape import Command

_FILE: Final = click.Path(path_type=Path, allow_dash=True)
_STREAM: Final = Path("-")


@click.command(cls=Command)
@click.argument("file", type=_FILE, default=_STREAM)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@pass_invocation
def export(invocation: Invocation, file: Path, force: bool) -> int:
    """Write the whole journal as NDJSON to FILE, or to standard output.

    Every event with its body and its hash: any tool can read it, and `noc-tui import` proves it line by line.
    """
    # Start-up cost: no other command exports.
    from noc_tui.store.exporting import export_journal

    invocation.check_there()
    with _written(file, force=force) as out, shown("Events exported") as progress:
        head = export_journal(invocation.store, out, progress)
        out.flush()
    said.words(f"{head.seq:,} events were exported.")
    return OK


@click.command("import", cls=Command)
@click.argument("file", type=_FILE)
@pass_invocation
def import_(invocation: Invocation, file: Path) -> int:
    """Fill a new store with the journal exported to FILE, or - for standard input.

    Every line is proven by its hash. What was stopped goes on where it stopped when it is run again.
    """
    # Start-up cost: no other command imports.
    from noc_tui.store.importing import LONGEST, import_journal

    invocation.check_directory()
    with _read(file) as lines, shown("Events imported") as progress:
        bounded = iter(lambda: lines.readline(LONGEST + 1), b"")
        done = import_journal(invocation.store, bounded, progress, clock=invocation.now)
    said.line(f"{invocation.store}: {done.events:,} events imported, the journal ends with event {done.head.seq:,}")
    return OK


@contextmanager
def _read(file: Path) -> Iterator[BinaryIO]:
    if file == _STREAM:
        yield sys.stdin.buffer
        return
    try:
        stream = file.expanduser().open("rb")
    except OSError as error:
        raise Trouble(f"The export {file} cannot be read ({error.strerror}): give another file.") from None
    with stream:
        yield stream


@contextmanager
def _written(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give the stream to write to; a file appears under its name when it is whole, for its owner alone."""
    if file == _STREAM:
        yield sys.stdout.buffer
        return
    target = file.expanduser().absolute()
    if target.exists() and not force:
        raise Trouble(f"{target} exists: give another file, or say --force to replace it.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(f"{target} cannot be written ({error.strerror}): give another file.") from None
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
