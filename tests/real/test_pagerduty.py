"""PagerDuty's own client, over TLS with a private authority, against our `/v2/enqueue`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme
from pagerduty import EventsApiV2Client, HttpError

from noc_tui.incidents.model import Incident
from noc_tui.server.listening import ServeConfig
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.opening import open_store
from tests.contract.server.house import listening, token


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store."""
    path = tmp_path / "noc.db"
    open_store(path).close()
    return path


@pytest.fixture
def authority() -> trustme.CA:
    """Who signs the server's certificate."""
    return trustme.CA()


@pytest.fixture
async def address(store: Path, authority: trustme.CA, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server over the store that speaks TLS."""
    signed = authority.issue_cert("localhost", "127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(b"".join(part.bytes() for part in signed.cert_chain_pems))
    key.write_bytes(signed.private_key_pem.bytes())
    async with listening(ServeConfig(store=store, port=0, tls_cert=cert, tls_key=key)) as server:
        yield f"https://localhost:{server.address[1]}"


def client_of(address: str, authority: trustme.CA, key: str) -> EventsApiV2Client:
    """The client as one configures it for another address."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return EventsApiV2Client(key, base_url=address, verify=context)


def board(store: Path) -> list[Incident]:
    """What is on the board now."""
    with closing(BoardReader(store)) as reader:
        return [incident for chunk in reader.all_rows() for incident in chunk]


async def test_trigger_acknowledge_and_resolve(
    store: Path, address: str, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    key = token(store, "pd", "source", "pd")

    def night() -> None:
        with client_of(address, authority, key) as client:
            dedup_key = client.trigger("Disk full", "db-2")
            (raised,) = board(store)
            assert (raised.title, raised.resource, raised.severity) == ("Disk full", "db-2", "critical")
            assert client.trigger("Disk full", "db-2", dedup_key=dedup_key) == dedup_key
            assert client.acknowledge(dedup_key) == dedup_key
            assert board(store) == [raised]
            assert client.resolve(dedup_key) == dedup_key
            assert [incident.alerts_firing for incident in board(store)] == [0]

    await asyncio.to_thread(night)
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []


async def test_a_key_that_was_revoked_is_an_error_to_it(store: Path, address: str, authority: trustme.CA) -> None:
    def refused() -> None:
        with client_of(address, authority, "0" * 32) as client, pytest.raises(HttpError, match="400") as error:
            client.trigger("Disk full", "db-2")
        assert "Invalid routing key" in str(error.value)

    await asyncio.to_thread(refused)
    assert board(store) == []
