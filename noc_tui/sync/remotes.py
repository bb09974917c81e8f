"""A remote store on this machine: its address, the directory of its replica and outbox, the file of its token.

Directories are for their owner alone (0700), files too (0600); the token stands in its file and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from noc_tui.net.address import accept, is_loopback
from noc_tui.net.errors import BadLogin, BadUrl
from noc_tui.net.login import Login, read_secret
from noc_tui.store.errors import REPLICA
from noc_tui.store.private_file import replace_private

_TOKEN: Final = "token"
_PORTS: Final = {"http": 80, "https": 443}
_ODD: Final = re.compile(r"[^A-Za-z0-9.-]+")


class Remote(msgspec.Struct, frozen=True):
    """A remote store: `url` is as it is dialled, `directory` holds what is kept of it, `login_file` its token."""

    url: str
    directory: Path
    login_file: Path

    @property
    def replica(self) -> Path:
        """The copy of its journal and board."""
        return self.directory / REPLICA

    @property
    def outbox(self) -> Path:
        """The commands on their way to it."""
        return self.directory / "outbox.db"

    @property
    def login(self) -> Login:
        """Who we are there; the file is read for each request."""
        return Login(secret_file=self.login_file, secret_name=_TOKEN)


class Kept(msgspec.Struct, frozen=True):
    """What a token file holds: for which address, whose name was given, the token, its role if that was told."""

    url: str
    name: str
    token: str
    role: str = ""


def is_remote(location: str) -> bool:
    """Return whether a location is a remote store's address, by its scheme."""
    return location.lower().startswith(("http://", "https://"))


def remote_of(url: str, data: Path, config: Path) -> Remote:
    """Return the remote store at an address; BadUrl says what is wrong with it.

    `data` and `config` are this account's directories. Plain http is for this machine alone: a token could be read on
    its way anywhere else.
    """
    found = accept(url)
    if found.user or found.password:
        raise BadUrl("An address with a name or password in it is not taken; keep the token with `noc-tui login`.", "")
    if not found.url.startswith("https://") and not is_loopback(found.url):
        raise BadUrl(
            f"{found.url} is plain http to another host, where a token can be read on the way; use https.", found.url
        )
    dialled = _without_usual_port(found.url)
    name = _name_of(dialled)
    return Remote(dialled, data / "remotes" / name, config / "tokens" / f"{name}.json")


def make_directory(remote: Remote) -> None:
    """Make the directory of a remote store, for its owner alone; raises OSError."""
    _make_private(remote.directory)


def keep_login(remote: Remote, name: str, token: str, role: str = "") -> None:
    """Keep a token for a remote store, in place of any earlier one; raises OSError."""
    _make_private(remote.login_file.parent)
    replace_private(remote.login_file, msgspec.json.encode(Kept(remote.url, name, token, role)))


def kept_login(remote: Remote) -> Kept | None:
    """Return what is kept to log in with, None if nothing is; BadLogin if the file is not to be used."""
    if not remote.login_file.exists():
        return None
    try:
        found = msgspec.json.decode(read_secret(remote.login_file), type=Kept)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise BadLogin(f"The token file {remote.login_file} cannot be read: run `noc-tui login` again.") from None
    if found.url != remote.url:
        raise BadLogin(f"The token file {remote.login_file} is for another address: run `noc-tui login` again.")
    return found


def kept_role(remote: Remote) -> str:
    """Return the role of the token that is kept, empty if that is not known or there is no token to be used."""
    try:
        kept = kept_login(remote)
    except BadLogin:
        return ""
    return "" if kept is None else kept.role


def _make_private(directory: Path) -> None:
    """Make a directory, and those above it, for its owner alone; of one that is there the mode is set right."""
    if not directory.parent.exists():
        _make_private(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.stat().st_mode & 0o077:
        directory.chmod(0o700)


def _without_usual_port(url: str) -> str:
    parts = urlsplit(url)
    if parts.port is None or parts.port != _PORTS[parts.scheme]:
        return url
    return parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()


def _name_of(url: str) -> str:
    """Return a name for files: readable, and another one for each address."""
    parts = urlsplit(url)
    host = _ODD.sub("-", parts.hostname or "").strip("-")[:100]
    return f"{host}_{parts.port or _PORTS[parts.scheme]}_{hashlib.sha256(url.encode()).hexdigest()[:8]}"
