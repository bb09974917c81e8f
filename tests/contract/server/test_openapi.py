"""The OpenAPI description: whole, and true of what the server does with requests made from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks as openapi_checks

from noc_tui.server.access import TABLE, Route
from noc_tui.server.listening import ServeConfig
from noc_tui.server.openapi import description
from tests.contract.server.house import WIDE, Client, bearer, house, listening, token
from tests.contract.server.test_journal import command

SCHEMA: Final = schemathesis.openapi.from_dict(description())
UNFIT: Final = [
    openapi_checks.ignored_auth,  # it takes our token for one that it has made up; the table of access is proven apart
    openapi_checks.positive_data_acceptance,  # no schema can tell what is a query, or a time
]
EVERY: Final = pytest.mark.parametrize("route", TABLE, ids=lambda route: route.name)


class Running:
    """A server at work in a thread, for clients that wait."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.url = ""
        self._tokens = {"operator": token(store, "kim"), "source": token(store, "probe", "source", "probe")}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def start(self) -> None:
        """Return when it listens."""
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        self._loop.close()

    def headers(self, route: Route) -> dict[str, str]:
        """A token of a role that may."""
        if not route.roles:
            return {}
        return bearer(self._tokens["operator" if "operator" in route.roles else "source"])

    async def _serve(self) -> None:
        async with listening(ServeConfig(store=self.store, port=0, limits=WIDE)) as server:
            self.url = f"http://127.0.0.1:{server.address[1]}"
            self._ready.set()
            await self._end.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over a store with something in it."""
    store = tmp_path_factory.mktemp("openapi") / "noc.db"
    asyncio.run(_fill(store))
    server = Running(store)
    server.start()
    yield server
    server.stop()


async def _fill(store: Path) -> None:
    async with house(store) as served, served.bare(bearer(token(store, "filler"))) as http:
        await Client(http).push(*(command() for _ in range(3)))


@EVERY
def test_it_does_what_it_says(running: Running, route: Route) -> None:
    _hold_to_it(running, route, 15)


@pytest.mark.slow
@EVERY
def test_it_does_what_it_says_whatever_is_asked(running: Running, route: Route) -> None:
    _hold_to_it(running, route, 400)


def _hold_to_it(running: Running, route: Route, examples: int) -> None:
    operation = SCHEMA.find_operation_by_id(route.name)
    headers = running.headers(route)

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        answer = case.call(base_url=running.url, headers=headers)
        case.validate_response(answer, excluded_checks=UNFIT)

    asked()


def test_it_describes_every_route_and_no_other() -> None:
    told = description()["paths"]
    assert {(path, method.upper()) for path in told for method in told[path]} == {
        (route.path, route.method) for route in TABLE
    }
