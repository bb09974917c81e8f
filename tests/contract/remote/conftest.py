"""What the tests of a remote store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.desk import Desk
from tests.contract.remote.running import Account, Server, serving


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Makes commands; its clock is that of the world."""
    return Desk(tmp_path / "nowhere")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server over an empty store."""
    (tmp_path / "srv").mkdir()
    with serving(tmp_path / "srv" / "noc.db") as found:
        yield found


@pytest.fixture
def ana(server: Server, home: Path) -> Account:
    """An operator's account on that server."""
    account = Account(home / "ana", server.url)
    account.log_in(server.token())
    return account
