"""Whose certificates are believed."""

import ssl
from pathlib import Path

import pytest

from noc_tui.net import tls


def paths(cafile: Path, capath: Path) -> ssl.DefaultVerifyPaths:
    """Where OpenSSL was told at its build to look."""
    return ssl.DefaultVerifyPaths("", "", "SSL_CERT_FILE", str(cafile), "SSL_CERT_DIR", str(capath))


@pytest.fixture(params=["file", "folder", "neither"])
def context(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A context on a system that keeps its authorities in a file, a folder, or not at all."""
    file, folder = tmp_path / "ca.pem", tmp_path / "certs"
    bundle = ssl.get_default_verify_paths()
    sample = next(Path(bundle.openssl_capath).glob("*.pem"), None) or Path(bundle.openssl_cafile)
    if request.param == "file":
        file.write_bytes(sample.read_bytes())
    if request.param == "folder":
        folder.mkdir()
        (folder / "one.pem").write_bytes(sample.read_bytes())
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths(file, folder))
    return tls.context()


def test_certificate_and_name_are_checked_wherever_authorities_are_kept(context: ssl.SSLContext) -> None:
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
