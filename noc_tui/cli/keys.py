"""`noc-tui keys`: the table of keys, as help shows it, with the user's own."""

from __future__ import annotations

import click

from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.faults import FAILED, OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.own_keys import own_keys
from noc_tui.cli.shape import Command
from noc_tui.console.keymap import label_of
from noc_tui.console.keys import GROUPS, PAGE_GROUPS, Binding


@click.command(cls=Command)
@click.option(
    "--all", "every", is_flag=True, help="Also every choice that follows a key, and the keys of single pages."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of {keys, title, group, verb, name}.")
@pass_any_invocation
def keys(invocation: Invocation, every: bool, as_json: bool) -> int:
    """Print the keys of the board, and what each does.

    NAME is what a key is given to in [keys] of config.toml: resolve = "Y" moves it, release = "" takes its key away.
    What is wrong there is told, and the standard keys are printed, as the board has them then.
    """
    keymap, faults = own_keys(invocation.preferences, invocation.places.config_file)
    rows = [
        row
        for group in (*GROUPS, *PAGE_GROUPS)
        for row in keymap.all
        if row.group == group and (every or not (row.hidden or row.page))
    ]
    if as_json:
        said.document([_shape(row) for row in rows])
    else:
        cells = [(row.group, label_of(row), row.name, _words(row)) for row in rows]
        for line in table([("GROUP", "KEYS", "NAME", "WHAT IT DOES"), *cells]):
            said.line(line)
    for fault in faults:
        said.words(fault)
    return FAILED if faults else OK


def _words(row: Binding) -> str:
    return f"{row.title}: {row.choice}" if row.hidden and row.choice and row.verb else row.title


def _shape(row: Binding) -> dict[str, str | None]:
    return {
        "keys": label_of(row),
        "title": _words(row),
        "group": row.group,
        "verb": row.verb or None,
        "name": row.name,
    }
