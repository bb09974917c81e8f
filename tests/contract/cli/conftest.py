"""What the tests of the command line share."""

import pytest

from tests.contract.cli.running import Run, in_process


@pytest.fixture
def noc(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in this process, on the default store of the test's own home."""
    return in_process(capsys)
