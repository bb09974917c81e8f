"""`noc-tui token`: who may come in through `noc-tui serve`, and what each of them may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from noc_tui.cli import said
from noc_tui.cli.board_text import table
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.shape import Group
from noc_tui.cli.values import readable
from noc_tui.incidents.durations import DurationError, parse_duration
from noc_tui.incidents.model import Micros
from noc_tui.incidents.times import iso, moment
from noc_tui.server.token_file import TokenError
from noc_tui.server.tokens import ROLES, Entry, Role, tokens_of

_HEADS = ("NAME", "ROLE", "SOURCE", "CREATED", "EXPIRES")


@click.group(cls=Group)
def token() -> None:
    """Tokens: who may come in through `noc-tui serve`.

    They lie beside the store, in its -tokens file, and count at once: a serve that runs looks at every request.
    """


@token.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    required=True,
    help="viewer reads, operator acts too, source brings alerts, admin may do all.",
)
@click.option(
    "--source", metavar="NAME", help="The one name under which a source may bring alerts.  [default: the token's name]"
)
@click.option("--expires", metavar="AGE", help="How long it is good for: 12h, 90d. Default: until it is revoked.")
@pass_invocation
def create(invocation: Invocation, name: str, role: Role, source: str | None, expires: str | None) -> int:
    """Make a token and print it, once: only its hash is kept.

    NAME is the person or the system that comes with it; what is done with a person's token is done by that person.
    """
    name, source = readable(name), readable(source or "")
    if source and role != "source":
        raise click.BadParameter("only a token with --role source is bound to one.", param_hint="--source")
    now = invocation.now()
    expires_at = None if expires is None else _instant(expires, now)
    _make_room(invocation)
    with _told():
        text = tokens_of(invocation.store).create(
            name, role, (source or name) if role == "source" else "", expires_at, now
        )
    said.line(text)
    said.words(f"This is the token of {name} ({role}) for {invocation.store}: keep it now, it is not shown again.")
    return OK


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> int:
    """Print the names of all tokens, with what each may do and until when; no token is shown."""
    now = invocation.now()
    with _told():
        entries = tokens_of(invocation.store).entries()
    if as_json:
        said.document([_shape(entry, now) for entry in entries])
    elif not entries:
        said.words(f"There is no token for {invocation.store}: make one with `noc-tui token create`.")
    else:
        for line in table([_HEADS, *(_cells(entry, now) for entry in entries)]):
            said.line(line)
    return OK


@token.command()
@click.argument("name")
@pass_invocation
def revoke(invocation: Invocation, name: str) -> int:
    """Forget a token: who comes with it next is not let in."""
    name = readable(name)
    with _told():
        tokens_of(invocation.store).revoke(name)
    said.words(f"The token of {name} is revoked.")
    return OK


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except TokenError as error:
        raise Trouble(str(error)) from None


def _make_room(invocation: Invocation) -> None:
    """Tokens may be made before the store is; only a directory that somebody named is not made."""
    invocation.check_directory()
    if not invocation.named:
        invocation.store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _instant(text: str, now: Micros) -> Micros:
    try:
        age = parse_duration(readable(text))
    except DurationError as error:
        raise click.BadParameter(f"{error}.", param_hint="--expires") from None
    if not age:
        raise click.BadParameter("a token that has expired already lets nobody in.", param_hint="--expires")
    return now + age


def _shape(entry: Entry, now: Micros) -> dict[str, object]:
    return {
        "name": entry.name,
        "role": entry.role,
        "source": entry.source or None,
        "created_at": iso(entry.created_at),
        "expires_at": None if entry.expires_at is None else iso(entry.expires_at),
        "expired": entry.is_over(now),
    }


def _cells(entry: Entry, now: Micros) -> tuple[str, ...]:
    ends = "never" if entry.expires_at is None else _minute(entry.expires_at)
    return (
        entry.name,
        entry.role,
        entry.source or "-",
        _minute(entry.created_at),
        f"{ends} (over)" if entry.is_over(now) else ends,
    )


def _minute(micros: Micros) -> str:
    return f"{moment(micros):%Y-%m-%d %H:%M}Z"
