"""The process: where it listens, with what, and how it ends."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from noc_tui.journal.exchange import Cursor
from noc_tui.server.limits import Limits
from noc_tui.server.listening import CannotServe, ServeConfig
from noc_tui.server.serving import serve
from tests.contract.server.house import Client, asking, bearer, listening, token
from tests.contract.server.raw import Port
from tests.contract.server.test_journal import command, start


class Certificate:
    """An authority of our own, and the files of a certificate that it signed."""

    def __init__(self, directory: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        self.cert, self.key = directory / "cert.pem", directory / "key.pem"
        issued.private_key_pem.write_to_path(self.key)
        for blob in issued.cert_chain_pems:
            blob.write_to_path(self.cert, append=True)
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate for this host."""
    return Certificate(tmp_path)


async def test_it_is_asked_over_tls(tmp_path: Path, certificate: Certificate) -> None:
    config = ServeConfig(store=tmp_path / "noc.db", port=0, tls_cert=certificate.cert, tls_key=certificate.key)
    async with listening(config) as server:
        url = f"https://127.0.0.1:{server.address[1]}"
        headers = bearer(token(tmp_path / "noc.db"))
        async with httpx.AsyncClient(base_url=url, headers=headers, verify=certificate.trust) as http:
            ana = Client(http)
            cursor = await start(ana)
            poll = asyncio.create_task(ana.page(cursor, wait=20))
            await ana.push(command())
            assert len((await poll).events) == 1


async def test_a_handshake_that_does_not_come_is_not_waited_for(tmp_path: Path, certificate: Certificate) -> None:
    config = ServeConfig(
        store=tmp_path / "noc.db",
        port=0,
        tls_cert=certificate.cert,
        tls_key=certificate.key,
        limits=Limits(head_seconds=0.3),
    )
    async with listening(config) as server, Port(*server.address).wire() as wire:
        assert await wire.closed() == b""


async def test_a_stop_answers_what_is_held(tmp_path: Path) -> None:
    config = ServeConfig(store=tmp_path / "noc.db", port=0)
    async with listening(config) as server:
        headers = bearer(token(tmp_path / "noc.db"))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.address[1]}", headers=headers) as http:
            ana = Client(http)
            cursor: Cursor = await start(ana)
            poll = asyncio.create_task(ana.get("/v1/journal", **asking(cursor), wait=25))
            await asyncio.wait((poll,), timeout=0.2)
            server.stop()
            answer = await asyncio.wait_for(poll, 10)
            assert answer.status_code == 200
            assert answer.json()["after"] == cursor.seq


def test_it_listens_beyond_this_host_only_with_tls_and_tokens(tmp_path: Path, certificate: Certificate) -> None:
    store = tmp_path / "noc.db"
    with pytest.raises(CannotServe, match="--tls-cert"):
        serve(ServeConfig(store=store, host="0.0.0.0"), None, print)
    with pytest.raises(CannotServe, match="token create"):
        serve(ServeConfig(store=store, host="::", tls_cert=certificate.cert, tls_key=certificate.key), None, print)


@pytest.mark.parametrize(("content", "remedy"), [(None, "see to the path"), ("no certificate", "must be PEM")])
def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, remedy: str) -> None:
    cert = tmp_path / "cert.pem"
    if content is not None:
        cert.write_text(content, encoding="utf-8")
    with pytest.raises(CannotServe, match=rf"cert\.pem.*{remedy}"):
        serve(ServeConfig(store=tmp_path / "noc.db", tls_cert=cert, tls_key=cert), None, print)
