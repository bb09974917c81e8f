"""What httpx raises, as our own errors: each a sentence."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import httpx

from noc_tui.net.errors import BadTls, BadUrl, Garbled, NetError, TimedOut, Unreachable

E = TypeVar("E", bound=BaseException)

_HUNG_UP: Final = "disconnected without sending a response"
"""How httpcore says that no head of an answer came; it has no class of its own for it."""

_UNSIGNED: Final = (
    "name the file of the authority that signed it as ca_file, of a [[remote]] in config.toml, "
    "or let the system trust it"
)
_OTHER_NAME: Final = "use a name that it is for, or have one made for this one"
_CERTIFICATES: Final = {
    9: "see whether the clock here is right",
    10: "have it renewed, or see whether the clock here is right",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
"""What to do about a certificate, by OpenSSL's X509_V_ERR_...: not yet valid, expired, of another host, address."""


@contextmanager
def as_ours(place: str, deadline: float, connecting: float) -> Iterator[None]:
    """Turn what goes wrong in an exchange with `place` into the `NetError` tree.

    `deadline` is in seconds for the whole of what is done within, `connecting` for the connection.
    """
    try:
        yield
    except httpx.InvalidURL:
        raise BadUrl("The address cannot be used; it looks like https://host:port/path.", place) from None
    except httpx.ConnectTimeout:
        raise TimedOut(
            f"{place} let no connection come about within {round(connecting, 2):g} s; see whether it is "
            "running and what filters the way to it.",
            place,
        ) from None
    except TimeoutError:
        raise TimedOut(
            f"{place} did not answer in full within {round(deadline, 2):g} s; see whether it is overloaded or "
            "the way to it is slow.",
            place,
        ) from None
    except httpx.TransportError as error:
        raise _translated(error, place) from error


def _translated(error: httpx.TransportError, place: str) -> NetError:
    """Return our error for one of httpx."""
    cause = _cause(error, ssl.SSLError)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return BadTls(
            f"The certificate of {place} is not trusted ({cause.verify_message.rstrip('.')}); "
            f"{_CERTIFICATES.get(cause.verify_code, _UNSIGNED)}.",
            place,
        )
    if cause is not None:
        return BadTls(f"No TLS connection to {place} came about; see whether it really speaks https there.", place)
    if isinstance(error, httpx.RemoteProtocolError) and _HUNG_UP in str(error):
        return Unreachable(
            f"{place} hung up without an answer in HTTP; see whether it is running and what is behind that address.",
            place,
        )
    if isinstance(error, (httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.UnsupportedProtocol)):
        return Garbled(
            f"{place} broke off in the middle of its answer or does not speak HTTP; see what is behind that address.",
            place,
        )
    if isinstance(error, httpx.ProxyError):
        return Unreachable(f"The proxy did not let us through to {place}; check the proxy.", place)
    os_error = _cause(error, OSError)
    reason = os_error.strerror if os_error is not None and os_error.strerror else "the connection failed"
    return Unreachable(
        f"{place} cannot be reached ({reason}); see whether it is running and the address is right.", place
    )


def _cause(error: BaseException, kind: type[E]) -> E | None:
    """Return the first error of a kind among the causes of another."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, kind):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
