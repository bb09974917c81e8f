"""Where things lie on this machine: configuration, stores, logs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

HOME: Final = "NOC_TUI_HOME"
"""The variable that moves configuration, data and state together."""
_NAME: Final = "noc-tui"


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The directories that belong to one account."""

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """The console's preferences and connections."""
        return self.config / "config.toml"

    @property
    def store(self) -> Path:
        """The store that is opened when none is named."""
        return self.data / "noc.db"

    @property
    def kept(self) -> Path:
        """What a console keeps between its runs: macros, lines that were typed, keys that were told of."""
        return self.data / "console.json"

    @property
    def demo(self) -> Path:
        """The store of `noc-tui demo`, made anew each time."""
        return self.data / "demo.db"


def places(environ: Mapping[str, str]) -> Places:
    """Return this account's places: those of the platform, or all of them below `NOC_TUI_HOME`."""
    home = environ.get(HOME, "")
    if home:
        base = Path(home).expanduser().absolute()
        return Places(config=base, data=base, state=base)
    return Places(
        config=platformdirs.user_config_path(_NAME, appauthor=False),
        data=platformdirs.user_data_path(_NAME, appauthor=False),
        state=platformdirs.user_state_path(_NAME, appauthor=False),
    )
