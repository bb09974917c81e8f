"""`noc-tui log`: an incident that nobody's monitoring reported."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.shape import Command
from noc_tui.cli.values import readable
from noc_tui.cli.verb_options import given, options_of
from noc_tui.incidents.commands import Command as Wish
from noc_tui.incidents.model import number_text
from noc_tui.incidents.verbs import VERBS

_VERB = VERBS["log"]


@click.command(
    cls=Command,
    params=[
        click.Argument(["title"]),
        *options_of(_VERB, but=("title",)),
        click.Option(["--json", "as_json"], is_flag=True, help="Print {number} as JSON."),
    ],
)
@pass_invocation
def log(invocation: Invocation, /, title: str, as_json: bool, **args: Any) -> int:
    """Log an incident by hand and print its number.

    TITLE says what is wrong: one line, as the board will show it.
    """
    now = invocation.now()
    command = Wish(
        id=invocation.new_id(),
        verb=_VERB.id,
        incident=invocation.new_id(),
        args=given({"title": readable(title), **args}),
        actor=invocation.me,
        origin=invocation.origin,
        at=now,
        batch=invocation.new_id(),
    )
    with closing(invocation.open_store()) as store:
        outcome = store.append([command])[0]
    if not outcome.ok:
        raise Trouble(f"The incident was not logged: {outcome.reason}")
    number = number_text(outcome.number)
    if as_json:
        said.document({"number": number})
    else:
        said.line(number)
    return OK
