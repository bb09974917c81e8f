"""What an agent is started with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from noc_tui.sync.remotes import Remote


class LinkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A remote store that is to be kept in step, and how it is reached (config.toml): `proxy` is an address."""

    remote: Remote
    ca_file: Path | None = None
    proxy: str | None = None


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One store and where its alerts come from.

    `sources` are Alertmanagers, pairs of name and address; `interval` is the seconds between two polls of one.
    `simulate_rate` (reports a second) and `seed` play a simulated NOC, for a demo's store alone. A `supervised` agent
    ends when its standard input does, and tells its stages on standard output. With a `link`, `store` is the replica of
    a remote store: the agent keeps it in step and does no duties, which are the server's.
    """

    store: Path
    sources: tuple[tuple[str, str], ...] = ()
    interval: float = 1.0
    simulate_rate: float | None = None
    seed: int = 1
    supervised: bool = False
    link: LinkConfig | None = None
