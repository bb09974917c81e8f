"""`noc-tui log`: an incident that nobody's monitoring reported."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.patience import deadline
from noc_tui.cli.shape import Command
from noc_tui.cli.values import readable
from noc_tui.cli.verb_options import given, options_of
from noc_tui.incidents.commands import Command as Wish
from noc_tui.incidents.commands import Outcome
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
@pass_any_invocation
def log(invocation: Invocation, /, title: str, as_json: bool, **args: Any) -> int:
    """Log an incident by hand and print its number.

    TITLE says what is wrong: one line, as the board will show it. Where a remote store cannot be reached it waits to be
    sent, under a name such as INC-~3f9a until it has a number.
    """
    title = readable(title)
    if not title.strip():
        raise click.BadParameter("it says what is wrong, and nothing stands there.", param_hint="TITLE")
    now = invocation.now()
    command = Wish(
        id=invocation.new_id(),
        verb=_VERB.id,
        incident=invocation.new_id(),
        args=given({"title": title, **args}),
        actor=invocation.me,
        origin=invocation.origin,
        at=now,
        batch=invocation.new_id(),
    )
    outcome = _sent(invocation, command) if invocation.remote is not None else _appended(invocation, command)
    if outcome is not None and not outcome.ok:
        raise Trouble(f"The incident was not logged: {outcome.reason}")
    number = number_text(0 if outcome is None else outcome.number, command.incident)
    if as_json:
        said.document({"number": number})
    else:
        said.line(number)
    return OK


def _appended(invocation: Invocation, command: Wish) -> Outcome:
    with closing(invocation.open_store()) as store:
        return store.append([command])[0]


def _sent(invocation: Invocation, command: Wish) -> Outcome | None:
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import remote_named
    from noc_tui.cli.sending import press_and_send, say_queued

    sent = press_and_send(invocation, remote_named(invocation), [command], deadline())
    say_queued(sent, 1)
    return sent.outcomes.get(command.id)
