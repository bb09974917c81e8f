"""What every test stands on: a home of its own, one zone, repeatable properties, servers found or missed."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import configuration, settings

REQUIRE_SERVERS = "NOC_TUI_REQUIRE_SERVERS"
"""Set where every server must be there: a test that misses one then fails and is not skipped."""

SETTINGS_OF_THE_RUN = {REQUIRE_SERVERS, "NOC_TUI_HYPOTHESIS"}

SWAYING = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY")
"""What a terminal leaves in the environment, and the program goes by."""

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("soak", max_examples=2000, deadline=None, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-goldens` writes the screens of tests/console as they are now; read the difference before a commit.

    `--seed` and `--minutes` are for the long forms of the tests of faults, which `make soak` runs.
    """
    parser.addoption("--update-goldens", action="store_true", help="write the goldens of tests/console anew")
    parser.addoption("--seed", type=int, default=0, help="by what chance the tests of faults do what they do")
    parser.addoption("--minutes", type=float, default=15.0, help="how long a slow test of a fault goes on at most")


def pytest_configure(config: pytest.Config) -> None:
    """Make a run the same everywhere: zone UTC, properties from a fixed seed, their files in the cache."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    configuration.set_hypothesis_home_dir(config.rootpath / ".pytest_cache" / "hypothesis")
    settings.load_profile(os.environ.get("NOC_TUI_HYPOTHESIS", "ci"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, which is the working directory too, so that nothing reaches the checkout."""
    place = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name in SETTINGS_OF_THE_RUN:
            continue
        if name in SWAYING or name.startswith(("NOC_TUI_", "TEXTUAL", "XDG_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("NOC_TUI_HOME", str(place / "noc-tui"))
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(place / kind.lower()))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.chdir(place)
    return place


@pytest.fixture(scope="session")
def require_server() -> Callable[..., Path]:
    """Find a server's program by any of its names, else skip the test, or fail it where all are required."""

    def find(*names: str) -> Path:
        for name in names:
            found = shutil.which(name)
            if found is not None:
                return Path(found)
        missing = f"needs {' or '.join(names)} on this host"
        if os.environ.get(REQUIRE_SERVERS):
            pytest.fail(missing)
        pytest.skip(missing)

    return find
