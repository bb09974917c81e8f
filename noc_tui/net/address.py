"""Addresses: which ones we accept, and how they are shown without what is secret in them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from noc_tui.net.errors import BadUrl


class Address(NamedTuple):
    """An accepted address: `url` holds no credentials, query or fragment and ends without a slash."""

    url: str
    user: str
    password: str


def shown(url: str) -> str:
    """Return the address as a message may show it: no user, password, query or fragment, all printable."""
    try:
        parts = urlsplit(url)
        text = urlunsplit((parts.scheme, _host_and_port(parts), parts.path, "", ""))
    except ValueError:
        return "(unreadable address)"
    return "".join(c for c in text if c.isprintable())


def accept(text: str) -> Address:
    """Take apart an http or https address as typed; raise `BadUrl` with what is wrong and what to type."""
    text = text.strip()
    scheme, found, _ = text.partition("://")
    if not found:
        raise BadUrl("The address has no scheme; put http:// or https:// in front of it.", shown(text))
    if scheme.lower() not in ("http", "https"):
        raise BadUrl(f"The address {shown(text)} is not http or https; nothing else is spoken here.", shown(text))
    if not text.isprintable() or " " in text:
        raise BadUrl("The address holds a space or a control character; type it again.", shown(text))
    try:
        parts = urlsplit(text)
        where = _host_and_port(parts)
    except ValueError:
        raise BadUrl(
            "The address cannot be read; it looks like https://host:port/path, with a port from 1 to 65535.",
            shown(text),
        ) from None
    if not parts.hostname or parts.port == 0:
        raise BadUrl("The address names no host or port 0; it looks like https://host:port/path.", shown(text))
    if parts.query:
        raise BadUrl(f"The address {shown(text)} goes on after a question mark; leave that off.", shown(text))
    url = urlunsplit((parts.scheme.lower(), where, parts.path.rstrip("/"), "", ""))
    return Address(url, unquote(parts.username or ""), unquote(parts.password or ""))


def host_of(url: str) -> str:
    """Return the host (and port) that an address names, or `another page` if it names none."""
    try:
        where = _host_and_port(urlsplit(url))
    except ValueError:
        where = ""
    return "".join(c for c in where if c.isprintable()) or "another page of the same host"


def is_loopback(url: str) -> bool:
    """Tell whether an accepted address stays on this machine by its spelling; no name is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host_and_port(parts: SplitResult) -> str:
    """Return `host[:port]` without credentials; ValueError for a port out of range."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port is None else f"{host}:{parts.port}"
