"""`noc-tui keys`: the table of keys, as help shows it."""

from __future__ import annotations

import click

from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.faults import OK
from noc_tui.cli.shape import Command
from noc_tui.console.keymap import STANDARD, label_of
from noc_tui.console.keys import GROUPS


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of {keys, title, group, verb}.")
def keys(as_json: bool) -> int:
    """Print the keys of the board, and what each does."""
    rows = [(group, binding) for group in GROUPS for binding in STANDARD.bindings_of(group)]
    if as_json:
        said.document(
            [
                {"keys": label_of(row), "title": row.title, "group": group, "verb": row.verb or None}
                for group, row in rows
            ]
        )
        return OK
    for line in table([("GROUP", "KEYS", "WHAT IT DOES"), *((group, label_of(row), row.title) for group, row in rows)]):
        said.line(line)
    return OK
