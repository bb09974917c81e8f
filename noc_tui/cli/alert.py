"""`noc-tui alert send`: alerts from scripts, one by options or many on standard input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Final

import click

from noc_tui.cli import said
from noc_tui.cli.alert_stream import Answer, batches, take_in
from noc_tui.cli.faults import FAILED, OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.shape import Group
from noc_tui.cli.values import readable
from noc_tui.incidents.model import SEVERITIES, number_text
from noc_tui.sources.errors import BadAlert
from noc_tui.sources.native import DEFAULT_SOURCE, parse_alert_json

_ONE: Final = "\0one"
"""`--json` without a file: the answer to the alert of the options as JSON."""


@click.group(cls=Group)
def alert() -> None:
    """Alerts from scripts."""


@alert.command()
@click.option("--source", metavar="NAME", help=f"Who reports it.  [default: {DEFAULT_SOURCE}]")
@click.option("--key", metavar="TEXT", help="What makes it the same alert again. Default: from resource and summary.")
@click.option("--severity", metavar="WORD", help=f"{', '.join(reversed(SEVERITIES))}.")
@click.option("--resource", metavar="TEXT", help="What it is about: a host, a link, a circuit.")
@click.option("--summary", metavar="TEXT", help="What is wrong, in one line.")
@click.option("--service", metavar="TEXT", help="The service that suffers.")
@click.option("--site", metavar="TEXT", help="Where.")
@click.option("--label", "labels", multiple=True, metavar="K=V", help="A label; may be given several times.")
@click.option("--state", type=click.Choice(["firing", "cleared"]), help="Whether it is there or over.")
@click.option("--starts-at", metavar="TIME", help="Since when, ISO 8601 with a zone.")
@click.option(
    "--json",
    "lines",
    is_flag=False,
    flag_value=_ONE,
    metavar="[FILE]",
    help="Take NDJSON from FILE, - for standard input, an alert a line; without FILE only answer in JSON.",
)
@pass_any_invocation
def send(invocation: Invocation, /, lines: str | None, labels: tuple[str, ...], **fields: str | None) -> int:
    """Take in one alert, given by options, or many as NDJSON with --json -.

    Every line of input gets a line of output, in its order, once its alert is durable: {alert, incident, outcome},
    where outcome is opened, attached, repeated, cleared, suppressed or quarantined. Lines are taken as they come. If
    one cannot be read it is kept in quarantine, its reason is told on standard error, and the exit status is 1. Blank
    lines are passed over. A field has the name of its option; labels is an object.

    \b
    noc-tui alert send --severity major --resource core-sw1 --summary 'fan 2 stopped'
    tail -f alerts.ndjson | noc-tui alert send --json -
    """
    given = {name: readable(text) for name, text in fields.items() if text is not None}
    pairs = _pairs(labels)
    if lines is not None and lines != _ONE:
        if given or pairs:
            raise click.UsageError("Alerts come from --json FILE or from the options, not from both.")
        return _many(invocation, lines)
    return _one(invocation, given | ({"labels": pairs} if pairs else {}), as_json=lines is not None)


def _pairs(labels: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for label in labels:
        name, equals, value = readable(label).partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{label!r} is no label; it is NAME=VALUE.", param_hint="--label")
        pairs[name] = value
    return pairs


def _one(invocation: Invocation, fields: dict[str, Any], *, as_json: bool) -> int:
    body = json.dumps(fields).encode()
    try:
        parse_alert_json(body)
    except BadAlert as error:
        raise click.UsageError(str(error)) from None
    return _taken(invocation, lambda: iter([[body]]), _print_json if as_json else _print_text)


def _many(invocation: Invocation, name: str) -> int:
    if name == "-":
        return _taken(invocation, lambda: batches(sys.stdin.fileno()), _print_json)
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Trouble(f"The alerts in {name} cannot be read ({error.strerror}): give another file.") from None
    try:
        return _taken(invocation, lambda: batches(descriptor), _print_json)
    finally:
        os.close(descriptor)


def _taken(
    invocation: Invocation, lines: Callable[[], Iterator[list[bytes]]], answered: Callable[[list[Answer]], None]
) -> int:
    if invocation.remote is not None:
        # Start-up cost: the wire's values.
        from noc_tui.cli.alert_sending import send_alerts

        return OK if send_alerts(invocation, lines(), answered) else FAILED
    with closing(invocation.open_store()) as store:
        return OK if take_in(store, lines(), answered) else FAILED


def _print_json(answers: list[Answer]) -> None:
    for answer in answers:
        said.document(answer.shape())
    said.flush()
    for answer in answers:
        if answer.reason:
            said.words(f"Line {answer.place} was put into quarantine: {answer.reason}")


def _print_text(answers: list[Answer]) -> None:
    for answer in answers:
        place = number_text(answer.number) if answer.number else "no incident"
        said.line(f"{place} {answer.outcome} {answer.alert or ''}".rstrip())
        if answer.reason:
            said.words(f"The alert was put into quarantine: {answer.reason}")
