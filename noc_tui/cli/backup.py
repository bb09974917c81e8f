"""`noc-tui backup` and `noc-tui restore`: a copy of a store in use, and back again."""

from __future__ import annotations

from pathlib import Path

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.progress import shown
from noc_tui.cli.shape import Command

_FILE = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("target", type=_FILE)
@click.option("--force", is_flag=True, help="Replace TARGET if it exists.")
@pass_invocation
def backup(invocation: Invocation, target: Path, force: bool) -> int:
    """Copy the store to the file TARGET, as it is now, while it is in use.

    The copy is whole or is not there; it is readable by you alone.
    """
    # Start-up cost: no other command copies stores.
    from noc_tui.store.backup import backup as copied

    invocation.check_there()
    target = target.expanduser().absolute()
    if not target.parent.is_dir():
        raise Trouble(f"There is no directory {target.parent}: make it, or give another file.")
    if target.is_dir():
        raise Trouble(f"{target} is a directory: give the name of a file in it.")
    with shown("Pages copied") as progress:
        head = copied(invocation.store, target, progress, force=force)
    said.line(f"{target}: the store as of event {head.seq:,}")
    return OK


@click.command(cls=Command)
@click.argument("source", type=_FILE)
@pass_invocation
def restore(invocation: Invocation, source: Path) -> int:
    """Put the backup SOURCE in the place of the store.

    SOURCE is verified first; the store that was there is kept beside it under another name. End the console and the
    agent of that store before.
    """
    from noc_tui.store.backup import restore as restored

    invocation.check_directory()
    invocation.store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with shown("Pages restored") as progress:
        done = restored(source.expanduser().absolute(), invocation.store, progress, now=invocation.now())
    said.line(f"{done.path}: restored as of event {done.head.seq:,}")
    if done.kept is not None:
        said.line(f"{done.kept}: the store as it was before")
    return OK
