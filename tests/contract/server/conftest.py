"""What the tests of the server share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.contract.server.house import Client, House, house


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[House]:
    """A server over an empty store."""
    async with house(tmp_path / "noc.db") as found:
        yield found


@pytest_asyncio.fixture
async def ana(served: House) -> AsyncIterator[Client]:
    """An operator."""
    async with served.client() as client:
        yield client
