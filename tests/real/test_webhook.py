"""A real Alertmanager that calls us: its webhook and its PagerDuty sender, against a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from noc_tui.incidents.model import Incident
from noc_tui.incidents.times import iso
from noc_tui.net.client import HttpClient
from noc_tui.server.listening import ServeConfig
from noc_tui.sources.alertmanager import Alertmanager
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.opening import open_store, wall_clock
from tests.contract.server.house import listening, token
from tests.real.conftest import AlertmanagerProcess
from tests.real.test_alertmanager import link_down

pytestmark = pytest.mark.real

ROUTE = """
route: {receiver: noc, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
"""


def calling(kind: str, **receiver: Any) -> str:
    """The configuration of an Alertmanager that calls one receiver."""
    return ROUTE + "receivers: " + json.dumps([{"name": "noc", f"{kind}_configs": [receiver]}]) + "\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store."""
    path = tmp_path / "noc.db"
    open_store(path).close()
    return path


@pytest.fixture
async def address(store: Path) -> AsyncIterator[str]:
    """The address of a server over the store."""
    async with listening(ServeConfig(store=store, port=0)) as server:
        host, port = server.address
        yield f"http://{host}:{port}"


@pytest.fixture
def running(require_server: Callable[..., Path], tmp_path: Path) -> Callable[[str], Any]:
    """Runs an Alertmanager with a configuration, while the block lasts."""

    @asynccontextmanager
    async def run(config: str) -> AsyncIterator[AlertmanagerProcess]:
        place = tmp_path / "alertmanager"
        place.mkdir()
        found = AlertmanagerProcess(require_server("prometheus-alertmanager", "alertmanager"), place, config)
        try:
            await asyncio.to_thread(found.start)
            yield found
        finally:
            found.kill()

    return run


def ended(severity: str = "critical") -> dict[str, Any]:
    """The alert, over now."""
    return link_down(severity, endsAt=iso(wall_clock()))


def board(store: Path) -> list[Incident]:
    """What is on the board now."""
    with closing(BoardReader(store)) as reader:
        return [incident for chunk in reader.all_rows() for incident in chunk]


async def until(store: Path, enough: Callable[[list[Incident]], bool]) -> list[Incident]:
    """The board, once there is enough on it."""
    async with asyncio.timeout(30):
        while not enough(found := await asyncio.to_thread(board, store)):
            continue
    return found


def webhook(address: str, key: str) -> str:
    """Alertmanager's configuration for our door, as docs/operating.md has it."""
    return calling(
        "webhook",
        url=f"{address}/v1/alerts/alertmanager",
        http_config={"authorization": {"credentials": key}},
    )


async def test_the_webhook_from_raise_to_clear(store: Path, address: str, running: Callable[[str], Any]) -> None:
    key = token(store, "am", "source", "am")
    async with running(webhook(address, key)) as alertmanager:
        await asyncio.to_thread(alertmanager.fire, link_down())
        (raised,) = await until(store, bool)
        assert (raised.resource, raised.severity, raised.source) == ("core-sw1", "critical", "am")

        await asyncio.to_thread(alertmanager.fire, ended())
        (cleared,) = await until(store, lambda found: found[0].alerts_firing == 0)
        assert (cleared.number, cleared.alert_count) == (raised.number, 1)


async def test_what_is_polled_too_is_the_same_alert(store: Path, address: str, running: Callable[[str], Any]) -> None:
    key = token(store, "am", "source", "am")
    async with running(webhook(address, key)) as alertmanager, HttpClient() as client:
        await asyncio.to_thread(alertmanager.fire, link_down())
        await until(store, bool)
        polled = await Alertmanager("am", alertmanager.url, client, settling=0).poll()

    with closing(open_store(store)) as other:
        assert [accepted.outcome for accepted in other.ingest(polled.reports)] == ["repeated"]
        assert other.head().seq == 2


async def test_what_was_refused_comes_again(store: Path, address: str, running: Callable[[str], Any]) -> None:
    key = token(store, "am", "source", "am")
    tokens = store.with_name("noc.db-tokens")
    async with running(webhook(address, key)) as alertmanager:
        tokens.chmod(0o640)  # 503: nobody is let in by such a file
        await asyncio.to_thread(alertmanager.fire, link_down())
        async with asyncio.timeout(30):
            while "503" not in await asyncio.to_thread(alertmanager.log):
                continue
        assert board(store) == []

        tokens.chmod(0o600)
        (incident,) = await until(store, bool)
        assert incident.alerts_firing == 1


async def test_its_pagerduty_sender(store: Path, address: str, running: Callable[[str], Any]) -> None:
    key = token(store, "pd", "source", "pd")
    severity = "{{ .CommonLabels.severity }}"
    config = calling("pagerduty", routing_key=key, url=f"{address}/v2/enqueue", severity=severity)
    async with running(config) as alertmanager:
        await asyncio.to_thread(alertmanager.fire, link_down("major"))
        (raised,) = await until(store, bool)
        assert (raised.severity, raised.source, raised.alerts_firing) == ("major", "pd", 1)
        assert raised.title.startswith("[FIRING:1] LinkDown")

        await asyncio.to_thread(alertmanager.fire, ended("major"))
        (cleared,) = await until(store, lambda found: found[0].alerts_firing == 0)
        assert cleared.number == raised.number
