"""`noc-tui login`: a token for a remote store, kept for this account alone."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING, Final

import click

from noc_tui.cli import said
from noc_tui.cli.dialling import client_to
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, invocation_of
from noc_tui.cli.shape import Command
from noc_tui.cli.values import readable
from noc_tui.net.errors import BadUrl, NotAllowed
from noc_tui.net.login import Login
from noc_tui.sync.remotes import Remote, keep_login, remote_of

if TYPE_CHECKING:
    from noc_tui.sync.api import Me

_LONGEST: Final = 4_096


@click.command(cls=Command)
@click.argument("url")
@click.option("--as", "name", required=True, metavar="NAME", help="Whose token it is, as the server knows them.")
@click.pass_context
def login(context: click.Context, url: str, name: str) -> int:
    """Keep the token for the remote store at URL, which `noc-tui token create` printed on the server.

    The token is asked for without being shown, or read from standard input; it never stands on a command line. It is
    shown to the server once, and kept if it is that of NAME.
    """
    invocation = invocation_of(context)
    try:
        remote = remote_of(readable(url), invocation.places.data, invocation.places.config)
    except BadUrl as error:
        raise click.BadParameter(str(error), param_hint="URL") from None
    token = _token(remote.url)
    me = asyncio.run(_checked(invocation, remote, token))
    if me.name != readable(name):
        raise Trouble(
            f"That token is {me.name}'s, not {readable(name)}'s: nothing was kept; give the right one of both."
        )
    try:
        keep_login(remote, me.name, token, me.role)
    except OSError as error:
        raise Trouble(f"The token cannot be kept in {remote.login_file} ({error.strerror}): see to it.") from None
    source = f" for {me.source}" if me.source else ""
    said.words(f"{remote.url}: you are {me.name}, with the role {me.role}{source}. The token is kept.")
    return OK


def _token(url: str) -> str:
    """Read a token where nobody sees it."""
    asked = getpass.getpass(f"Token for {url}: ") if sys.stdin.isatty() else sys.stdin.readline(_LONGEST + 1)
    token = asked.strip()
    if not token or len(token) > _LONGEST or not (token.isascii() and token.isprintable() and " " not in token):
        raise Trouble("That is no token: give the line that `noc-tui token create` printed.")
    return token


async def _checked(invocation: Invocation, remote: Remote, token: str) -> Me:
    # Start-up cost: the wire's values.
    from noc_tui.sync.api import Api

    async with client_to(invocation, remote, Login(secret=token)) as client:
        try:
            return await Api(remote.url, client).me()
        except NotAllowed:
            raise Trouble(
                f"{remote.url} does not know that token: it may be mistyped, expired or revoked; nothing was kept."
            ) from None
