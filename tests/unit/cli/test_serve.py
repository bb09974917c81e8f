"""Where a server is told to listen, and what it says when it cannot be started."""

from pathlib import Path

import click
import pytest

from noc_tui.cli import serve
from noc_tui.cli.serve import ListenType
from tests.contract.cli.running import in_process, refused


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8642", ("127.0.0.1", 8642)),
        ("noc.example:0", ("noc.example", 0)),
        ("[::1]:8642", ("::1", 8642)),
        (":8642", ("0.0.0.0", 8642)),
    ],
)
def test_an_address_to_listen_on(text: str, address: tuple[str, int]) -> None:
    assert ListenType().convert(text, None, None) == address


@pytest.mark.parametrize("text", ["8642", "127.0.0.1", "127.0.0.1:65536", "::1:8642", "http://127.0.0.1:80", "a:b", ""])
def test_what_is_none_is_said(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no address to listen on"):
        ListenType().convert(text, None, None)


def test_a_server_that_cannot_be_started_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noc = in_process(capsys)
    pem = tmp_path / "cert.pem"
    pem.write_text("no certificate", encoding="utf-8")
    refused(noc("serve", "--listen", "0.0.0.0:0"), 1, "--tls-cert")
    refused(noc("serve", "--tls-cert", str(pem)), 2, "belong together")
    refused(noc("serve", "--tls-cert", str(pem), "--tls-key", str(pem)), 1, "no certificate")
    refused(noc("serve", "--store", "https://noc.example"), 2, "server's host")
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "uvicorn" else name)
    refused(noc("serve"), 1, "needs uvicorn", "pipx install 'noc-tui[serve]'")
