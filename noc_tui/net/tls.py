"""Whose certificates are believed: the operating system's, or those of one file. Never nobody's."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from noc_tui.net.errors import BadCaFile


def context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a TLS client context that checks certificate and host name; raise `BadCaFile`.

    With `ca_file` only the certificates in it are trusted. Without, the operating system's are, because that
    is where an administrator puts a private authority; where there are none, those that come with httpx.
    The environment (SSL_CERT_FILE, SSL_CERT_DIR) is not asked.
    """
    if ca_file is not None:
        return _only(ca_file)
    paths = ssl.get_default_verify_paths()
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file.is_file():
        made.load_verify_locations(cafile=file)
        return made
    if folder.is_dir() and any(folder.iterdir()):
        made.load_verify_locations(capath=folder)
        return made
    return httpx.create_ssl_context(verify=True, trust_env=False)


def _only(ca_file: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        made.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise BadCaFile(f"The file {ca_file} holds no certificate that can be read; it must be PEM.") from None
    except OSError as error:
        raise BadCaFile(f"The certificate file {ca_file} cannot be read: {error.strerror}.") from None
    return made
