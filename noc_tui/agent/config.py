"""What an agent is started with."""

from __future__ import annotations

from pathlib import Path

import msgspec


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One store and where its alerts come from.

    `sources` are Alertmanagers, pairs of name and address; `interval` is the seconds between two polls of one.
    `simulate_rate` (reports a second) and `seed` play a simulated NOC, for a demo's store alone. A `supervised` agent
    ends when its standard input does, and tells its stages on standard output.
    """

    store: Path
    sources: tuple[tuple[str, str], ...] = ()
    interval: float = 1.0
    simulate_rate: float | None = None
    seed: int = 1
    supervised: bool = False
