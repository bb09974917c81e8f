"""How a command reaches a remote store: who we are there, whose certificates are believed, through which proxy."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation
from noc_tui.cli.preferences import RemoteSetting
from noc_tui.net.errors import BadUrl, NotAllowed
from noc_tui.net.login import Login
from noc_tui.sync.remotes import Kept, Remote, kept_login, remote_of

if TYPE_CHECKING:
    from noc_tui.net.client import HttpClient
    from noc_tui.sync.api import Api

T = TypeVar("T")


def remote_named(invocation: Invocation) -> Remote:
    """Return the remote store that the invocation is on; for commands that have looked whether it is."""
    assert invocation.remote is not None
    return invocation.remote


def logged_in(invocation: Invocation) -> Kept:
    """Return what is kept to log in with; Trouble says how to get it, BadLogin what is wrong with it."""
    remote = remote_named(invocation)
    kept = kept_login(remote)
    if kept is None:
        raise Trouble(f"There is no token for {remote.url}: run `noc-tui login {remote.url} --as NAME`.")
    return kept


def way_to(invocation: Invocation, remote: Remote) -> RemoteSetting:
    """Return how config.toml says that a remote store is reached."""
    for setting in invocation.preferences.remote:
        try:
            named = remote_of(setting.url, invocation.places.data, invocation.places.config)
        except BadUrl as error:
            raise Trouble(f"A remote store of {invocation.places.config_file} cannot be used: {error}") from None
        if named.url == remote.url:
            return setting
    return RemoteSetting(url=remote.url)


def client_to(
    invocation: Invocation, remote: Remote, login: Login | None = None, until: float | None = None
) -> HttpClient:
    """Return a client for a remote store, with the login kept for it unless another one is given.

    `until`, by the monotonic clock, ends whatever is asked.
    """
    # Start-up cost: the HTTP client.
    from noc_tui.net.client import HttpClient

    way = way_to(invocation, remote)
    return HttpClient(login=login or remote.login, ca_file=ca_file_of(way), proxy=way.proxy or None, until=until)


def ca_file_of(way: RemoteSetting) -> Path | None:
    """Return the file of the certificates that are believed, None for the operating system's."""
    return Path(way.ca_file).expanduser().absolute() if way.ca_file else None


def ask_remote(
    invocation: Invocation, question: Callable[[Api], Coroutine[Any, Any, T]], until: float | None = None
) -> T:
    """Return what `question` gets from the remote store, by `until` on the monotonic clock if that is given.

    Raises the `NetError` tree, Trouble if we are not let in.
    """
    # Start-up cost: the event loop, the wire's values.
    import asyncio

    from noc_tui.sync.api import Api, in_words

    logged_in(invocation)
    remote = remote_named(invocation)

    async def asked() -> T:
        async with client_to(invocation, remote, until=until) as client:
            return await question(Api(remote.url, client))

    try:
        return asyncio.run(asked())
    except NotAllowed as error:
        raise Trouble(in_words(error, remote.url)) from error
