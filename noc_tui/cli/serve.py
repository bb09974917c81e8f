"""`noc-tui serve`: a store for a whole NOC, behind an HTTP API."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import click

from noc_tui.cli import said
from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation, pass_invocation
from noc_tui.cli.shape import Command
from noc_tui.cli.source_options import SourceList, agent_words, source_options, sources_of
from noc_tui.cli.values import ParamType

HOST: Final = "127.0.0.1"
PORT: Final = 8642
_NEEDED: Final = ("starlette", "uvicorn")
_LISTEN: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s\[\]:]*)):(?P<port>[0-9]{1,5})")
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


class ListenType(ParamType):
    """HOST:PORT; an IPv6 address stands in brackets, and no host at all is every address of this machine."""

    name = "listen"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Return host and port."""
        if isinstance(value, tuple):
            return value
        found = _LISTEN.fullmatch(str(value))
        if found is None or int(found["port"]) > 65_535:
            self.fail(f"{value!r} is no address to listen on; it is HOST:PORT, such as {HOST}:{PORT}.", param, ctx)
        return found["six"] or found["host"] or "0.0.0.0", int(found["port"])


@click.command(cls=Command)
@click.option(
    "--listen",
    type=ListenType(),
    default=f"{HOST}:{PORT}",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen.",
)
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="The certificate with its chain, PEM.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="Its private key, PEM.")
@source_options
@pass_invocation
def serve(
    invocation: Invocation,
    /,
    listen: tuple[str, int],
    tls_cert: Path | None,
    tls_key: Path | None,
    alertmanagers: SourceList,
    interval: float,
) -> int:
    """Put the store behind an HTTP API, for consoles on other machines and for whatever sends alerts.

    Who comes needs a token: `noc-tui token create`. Beyond this machine it listens with TLS alone. The standing duties
    are done meanwhile, as by `noc-tui agent`. Runs until it is interrupted.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together: give both, or none for this machine alone.")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise Trouble(
            f"`noc-tui serve` needs {' and '.join(missing)}, which came with the extra `serve` only: install it by "
            "`pipx install 'noc-tui[serve]'`."
        )
    if not invocation.store.exists():
        invocation.open_store().close()
    # Start-up cost: the server.
    from noc_tui.agent.supervision import Supervisor, command_line
    from noc_tui.server.listening import CannotServe, ServeConfig
    from noc_tui.server.serving import serve as served
    from noc_tui.server.token_file import TokenError

    words = agent_words(sources_of(invocation.preferences, alertmanagers), interval)
    keeper = Supervisor(command_line(str(invocation.store), words), invocation.store)
    said.flush()
    config = ServeConfig(store=invocation.store, host=listen[0], port=listen[1], tls_cert=tls_cert, tls_key=tls_key)
    try:
        return served(config, keeper, said.words)
    except (CannotServe, TokenError) as error:
        raise Trouble(str(error)) from None
