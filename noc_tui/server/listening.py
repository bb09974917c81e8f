"""Where the server listens, and whether it may: beyond this host never in the clear, never for nobody."""

from __future__ import annotations

import ipaddress
import resource
import ssl
from pathlib import Path
from typing import Final

import msgspec

from noc_tui.server.limits import Limits
from noc_tui.server.tokens import tokens_of

_OTHER_FILES: Final = 256
"""Files that are open beside the connections, at most."""


class CannotServe(Exception):
    """The server cannot be started as it was asked to; a sentence that says what to do."""


class ServeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Which store is served, and where. Port 0 takes any that is free. With a certificate and its key it is https."""

    store: Path
    host: str = "127.0.0.1"
    port: int = 8642
    tls_cert: Path | None = None
    tls_key: Path | None = None
    limits: Limits = Limits()


def tls_context(config: ServeConfig) -> ssl.SSLContext | None:
    """Return what TLS is spoken by, None if it is not; CannotServe if the files cannot be used."""
    cert, key = config.tls_cert, config.tls_key
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise CannotServe("TLS takes a certificate and its key: give both --tls-cert and --tls-key.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CannotServe(f"The key {key} is not that of the certificate {cert}: give the one that is.") from None
        raise CannotServe(
            f"{cert} and {key} are no certificate and its key: both must be PEM, and the key without a password."
        ) from None
    except OSError as error:
        raise CannotServe(
            f"The certificate {cert} or its key {key} cannot be read ({error.strerror}): see to the path, and that "
            "this account may read both."
        ) from None
    return context


def refuse_open(config: ServeConfig) -> None:
    """Raise CannotServe if what is told could be read on the way, or nobody could be let in."""
    if is_loopback(config.host):
        return
    if config.tls_cert is None:
        raise CannotServe(
            f"{config.host} can be reached from elsewhere, where anybody could read along: give --tls-cert and "
            "--tls-key, or listen on 127.0.0.1."
        )
    if not tokens_of(config.store).entries():
        raise CannotServe(
            f"{config.host} can be reached from elsewhere, and nobody has a token yet: make one with "
            "`noc-tui token create`."
        )


def make_room(limits: Limits) -> None:
    """Let this process have as many connections open as its bounds allow, as far as the system lets it.

    Most systems start a process with room for a thousand files, and without room no connection is taken.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def is_loopback(host: str) -> bool:
    """Return whether an address is of this host alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_password() -> str:
    """Return what opens no key: OpenSSL would ask at the terminal."""
    return ""
