"""Until when a server's certificate is good."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from noc_tui.net import tls

_TIMEOUT: Final = 5.0
_PORT: Final = 443


def good_until(url: str, ca_file: Path | None = None) -> float | None:
    """Return when the certificate at an https address ends, seconds since the epoch; None where none is shown to us.

    Raises BadCaFile; whether the certificate is trusted is for a request to say.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    context = tls.context(ca_file)
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or _PORT), timeout=_TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as wrapped,
        ):
            shown = wrapped.getpeercert() or {}
    except OSError:  # ssl.SSLError is one
        return None
    end = shown.get("notAfter")
    return float(ssl.cert_time_to_seconds(end)) if isinstance(end, str) else None
