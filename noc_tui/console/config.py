"""What a console is started with."""

from __future__ import annotations

from datetime import UTC, tzinfo
from pathlib import Path

import msgspec


class ConsoleConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A console's preferences and connections (config.toml and the command line).

    `theme` is dark, light, ansi16, mono or "" for what the terminal can show; `ascii` None lets the terminal be asked.
    `zone` is where the operator sits: times are typed in it. `simulate_rate` is in alerts a second and belongs to a
    demo's store alone. `agent` False starts none.
    """

    store: Path
    me: str
    origin: str
    zone: tzinfo = UTC
    alertmanagers: tuple[tuple[str, str], ...] = ()
    interval: float = 1.0
    demo: bool = False
    simulate_rate: float | None = None
    seed: int = 1
    theme: str = ""
    ascii: bool | None = None
    agent: bool = True
    debug: bool = False
